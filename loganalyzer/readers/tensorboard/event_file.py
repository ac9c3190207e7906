"""One TensorBoard event file, read window by window: memory is bounded by the scalars, not by the images."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from loganalyzer.model.errors import ReadError
from loganalyzer.model.record import field
from loganalyzer.readers.base import Source
from loganalyzer.readers.deadline import time_is_up
from loganalyzer.readers.tensorboard.crc32c import Bytes
from loganalyzer.readers.tensorboard.templates import Gathered, decode
from loganalyzer.readers.tensorboard.tfrecord import HEADER, LengthCheck, frame, resynchronise

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

WINDOW = 4 * 2**20
SHARED = 12 * 2**20
MOST_DAMAGES = 20_000
Chunk = Callable[[int, int], Bytes]


class EventFile(Struct):
    """What a file holds, and what is wrong with it.

    ``lost`` counts bytes between records that are no records (``lost_at`` the first of them), ``torn`` those of an
    unfinished last record, ``zeros`` those of a tail of zeros (space that was set aside and never written), ``shrank``
    those that were cut off while the file was read.
    """

    source: Source
    gathered: Gathered = field(default_factory=Gathered)
    lost: int = 0
    lost_at: int = 0
    torn: int = 0
    zeros: int = 0
    shrank: int = 0


def read_event_file(source: Source, *, verify: bool = False) -> EventFile:
    """Read all scalars of a file, up to its size at opening. Raises ReadError if it cannot be opened."""
    result = EventFile(source)
    if len(source.head) >= source.size or source.local is None:
        data = np.frombuffer(source.read(), np.uint8)
        _windows(lambda at, count: data[at : at + count], len(data), result, verify)
        return result
    try:
        descriptor = os.open(source.local, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise ReadError("cannot-open", reason=error.strerror or "error") from error

    def chunk(at: int, count: int) -> Bytes:
        buffer = np.empty(count, np.uint8)
        return buffer[: os.preadv(descriptor, [buffer.data], at)]

    try:
        if source.size < SHARED:
            _windows(chunk, source.size, result, verify)
        else:  # numpy lets go of the interpreter: one thread decodes while the other reads and frames
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(2) as pool:
                _windows(chunk, source.size, result, verify, pool)
    except OSError as error:
        raise ReadError("cannot-open", reason=error.strerror or "error") from error
    finally:
        os.close(descriptor)
    return result


def _windows(chunk: Chunk, size: int, result: EventFile, verify: bool, pool: Executor | None = None) -> None:
    """Frame window after window and decode what was framed; with a ``pool``, at most two windows at a time."""
    check = LengthCheck()
    running: deque[Future[None]] = deque()
    place = damages = 0
    while place < size and not time_is_up(result.gathered.records, "record"):
        window = chunk(place, min(WINDOW, size - place))
        if len(window) < min(WINDOW, size - place):  # the file shrank while it was read
            result.shrank = size - place - len(window)
            size = place + len(window)
        at, after = 0, place + len(window)
        while at < len(window):
            found = frame(window, at, check)
            if pool is None or not len(found.offsets):
                decode(window, found.offsets, found.lengths, place, result.gathered, verify=verify)
            else:
                running.append(
                    pool.submit(decode, window, found.offsets, found.lengths, place, result.gathered, verify=verify)
                )
                if len(running) > 2:
                    running.popleft().result()
            here = place + found.stop
            if here >= size:
                break
            torn = not found.damaged and here + found.needed > size
            if not torn and not found.damaged:  # the record goes on behind the window
                after = (
                    here + found.needed if found.needed > WINDOW else here
                )  # images of many megabytes are left unread
                break
            damages += 1
            good = _next_header(chunk, window, place, found.stop + 1, size) if damages <= MOST_DAMAGES else None
            _write_down(result, window[found.stop :], here, size if good is None else good, torn and good is None, size)
            after = size if good is None else good
            if after >= place + len(window):
                break
            at = after - place
        place = after
    for decoded in running:
        decoded.result()


def _next_header(chunk: Chunk, window: Bytes, place: int, start: int, size: int) -> int | None:
    """The place in the file of the next bytes that look like a header, from ``start`` in the window on."""
    while True:
        good = resynchronise(window, start, size - place - start)
        if good is not None:
            return place + good
        following = place + max(start, len(window) - HEADER + 1)
        if following + HEADER > size or following == place:
            return None
        place, start = following, 0
        window = chunk(place, min(WINDOW, size - place))


def _write_down(result: EventFile, bad: Bytes, here: int, after: int, torn: bool, size: int) -> None:
    """Note the bytes from ``here`` to ``after`` that are no records."""
    if torn:
        result.torn += after - here
    elif after == size and len(bad) == size - here and not bad.any():
        result.zeros += after - here
    else:
        if not result.lost:
            result.lost_at = here
        result.lost += after - here
