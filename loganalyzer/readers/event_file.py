"""One TensorBoard event file, read window by window: memory is bounded by the scalars, not by the images."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from loganalyzer.errors import ReadError
from loganalyzer.reader import Source
from loganalyzer.readers.crc32c import Bytes
from loganalyzer.readers.event_templates import Gathered, decode
from loganalyzer.readers.tfrecord import HEADER, LengthCheck, frame, resynchronise

WINDOW = 4 * 2**20
Chunk = Callable[[int, int], Bytes]


@dataclass
class EventFile:
    """What a file holds, and what is wrong with it.

    ``lost`` counts bytes between records that are no records (``lost_at`` the first of them), ``torn`` those of an
    unfinished last record, ``zeros`` those of a tail of zeros (space that was set aside and never written).
    """

    source: Source
    gathered: Gathered = field(default_factory=Gathered)
    lost: int = 0
    lost_at: int = 0
    torn: int = 0
    zeros: int = 0


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
    buffer = np.empty(min(WINDOW, source.size), np.uint8)  # one for all windows: fresh memory costs more than reading

    def chunk(at: int, count: int) -> Bytes:
        return buffer[: os.preadv(descriptor, [memoryview(buffer)[:count]], at)]

    try:
        _windows(chunk, source.size, result, verify)
    except OSError as error:
        raise ReadError("cannot-open", reason=error.strerror or "error") from error
    finally:
        os.close(descriptor)
    return result


def _windows(chunk: Chunk, size: int, result: EventFile, verify: bool) -> None:
    check = LengthCheck()
    place = 0
    while place < size:
        window = chunk(place, min(WINDOW, size - place))
        if len(window) < min(WINDOW, size - place):  # the file shrank while it was read
            size = place + len(window)
        if not len(window):
            return
        found = frame(window, 0, check)
        decode(window, found.offsets, found.lengths, place, result.gathered, verify=verify)
        if found.damaged:
            place = _after_damage(window, found.stop, place, size, result)
            continue
        after = place + found.stop
        if after >= size:
            return
        if after + found.needed > size or size - after < HEADER:
            place = _after_damage(window, found.stop, place, size, result, torn=True)
        elif found.needed > WINDOW:
            place = after + found.needed  # an image or a graph of many megabytes: by length, unread
        else:
            place = after


def _after_damage(window: Bytes, stop: int, place: int, size: int, result: EventFile, torn: bool = False) -> int:
    """Where to read on after bytes that are no record; what was lost is written down."""
    here = place + stop
    good = resynchronise(window, stop + 1, size - here - 1)
    at_end = place + len(window) >= size
    if good is None and at_end:
        tail = window[stop:]
        if not torn and not tail.any():
            result.zeros += len(tail)
        elif torn:
            result.torn += size - here
        else:
            _lose(result, here, size - here)
        return size
    after = place + (good if good is not None else max(stop + 1, len(window) - HEADER + 1))
    _lose(result, here, after - here)
    return after


def _lose(result: EventFile, at: int, count: int) -> None:
    if not result.lost:
        result.lost_at = at
    result.lost += count
