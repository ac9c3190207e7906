"""TFRecord framing: where the records of a file begin and end.

A record is ``uint64 length, uint32 masked CRC of the length, payload, uint32 masked CRC of the payload``
(tensorflow/core/lib/io/record_writer.h). A training loop writes the same tags in the same order, so the lengths
repeat: the last period is guessed to go on, all its headers are checked at once for k periods, k is multiplied while
that holds, and only where it breaks the file is walked record by record.
"""

from __future__ import annotations

import struct

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from loganalyzer.model.record import Record, field
from loganalyzer.readers.tensorboard.crc32c import Bytes, changes, masked, unmasked

Ints = NDArray[np.int64]

HEADER = 12
FOOTER = 4
_header = struct.Struct("<QI")
_HISTORY = 8192
_MOST_BATCH = 4096
_FIRST_BATCH = 24
_CHECKED_AT_ONCE = 65_536


class Frames(Record):
    """Records found in a window.

    ``offsets`` int64[n] of their headers, ``lengths`` int64[n] of their payloads; ``stop`` is where the walk ended;
    ``damaged`` says that the bytes at ``stop`` are no header (else the window ended inside a record, of which
    ``needed`` bytes are needed in all, as far as known).
    """

    offsets: Ints
    lengths: Ints
    stop: int
    damaged: bool
    needed: int


class LengthCheck(Struct):
    """Remembers the right checksum for each length met, and the lengths met last (``history``, int64[<= 8192])."""

    history: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    _known: dict[int, int] = field(default_factory=dict)

    def ok(self, length: int, crc: int) -> bool:
        """True if ``crc`` is the masked CRC of ``length``."""
        right = self._known.get(length)
        if right is None:
            if len(self._known) > 100_000:
                self._known.clear()
            right = self._known[length] = masked(length.to_bytes(8, "little"))
        return right == crc


def frame(window: Bytes, start: int, check: LengthCheck) -> Frames:
    """All complete records from ``start`` on in ``window`` (uint8[n]), up to the first damage."""
    view = window.data
    offsets: list[Ints] = []
    lengths: list[Ints] = []
    history = check.history
    position, batch = start, _FIRST_BATCH
    while True:
        found, sizes, position, damaged, needed = _walk(view, position, batch, check)
        if found:
            offsets.append(np.array(found, np.int64))
            lengths.append(np.array(sizes, np.int64))
            history = check.history = np.concatenate([history, lengths[-1]])[-_HISTORY:]
        if len(found) < batch:
            break
        period = _period(history)
        jumped = 0
        if period:
            sizes_of_period = history[-period:]
            places = _repeats(window, position, sizes_of_period)
            jumped = len(places)
            if jumped:
                offsets.append(places)
                lengths.append(np.tile(sizes_of_period, jumped // period))
                history = check.history = np.concatenate([history, lengths[-1][-_HISTORY:]])[-_HISTORY:]
                position = int(places[-1]) + HEADER + FOOTER + int(sizes_of_period[-1])
        batch = _FIRST_BATCH if jumped > batch else min(2 * batch, _MOST_BATCH)
    none = np.zeros(0, np.int64)
    joined = np.concatenate(offsets) if offsets else none
    return Frames(joined, np.concatenate(lengths) if lengths else none, position, damaged, needed)


def _walk(
    view: memoryview, position: int, most: int, check: LengthCheck
) -> tuple[list[int], list[int], int, bool, int]:
    end = len(view)
    found: list[int] = []
    sizes: list[int] = []
    unpack, ok = _header.unpack_from, check.ok
    while len(found) < most:
        if end - position < HEADER:
            return found, sizes, position, False, HEADER
        length, crc = unpack(view, position)
        if not ok(length, crc):
            return found, sizes, position, True, 0
        after = position + length + HEADER + FOOTER
        if after > end:
            return found, sizes, position, False, length + HEADER + FOOTER
        found.append(position)
        sizes.append(length)
        position = after
    return found, sizes, position, False, 0


def _period(history: Ints) -> int:
    """The number of records after which the lengths repeat; 0 if they do not.

    Of all candidates the one wins that explains most of the history: a loop of 3 records inside a loop of 32 holds
    only for a while.
    """
    count = len(history)
    candidates = np.flatnonzero(history[-2::-1][: count // 2] == history[-1]) + 1
    best, explained = 0, 0
    for period in candidates[:48].tolist() + candidates[48:][-16:].tolist():
        same = history[period:] == history[:-period]
        run = count - period if bool(same.all()) else int(np.argmin(same[::-1]))
        if run >= period and run + period > explained:
            best, explained = period, run + period
        if explained == count:
            break
    return best


def _repeats(window: Bytes, start: int, sizes: Ints) -> Ints:
    """Header offsets of the whole periods that follow ``start``: int64[k * len(sizes)].

    A length that is as foretold needs no checksum of its own: the payload's checksum holds only if it is right.
    """
    steps = sizes + HEADER + FOOTER
    width = int(steps.sum())
    most = (len(window) - start) // width
    if most < 1:
        return np.zeros(0, np.int64)
    within = np.cumsum(steps) - steps
    all_lengths = np.ndarray((len(window) - 7,), "<u8", window.data, 0, (1,))
    unsigned = sizes.astype(np.uint64)
    places: list[Ints] = []
    done, ask = 0, 1
    while done < most:
        ask = min(ask, most - done, max(1, _CHECKED_AT_ONCE // len(sizes)))
        offsets = (start + width * np.arange(done, done + ask))[:, None] + within
        same = (all_lengths[offsets] == unsigned).all(axis=1)
        good = ask if bool(same.all()) else int(np.argmin(same))
        places.append(offsets[:good].reshape(-1))
        done += good
        if good < ask:
            break
        ask *= 4
    return np.concatenate(places)


def resynchronise(window: Bytes, start: int, bytes_left: int) -> int | None:
    """The first place from ``start`` on that looks like a record's header; None if there is none in this window.

    A header's length must fit into the ``bytes_left`` from ``start`` on, and its checksum must hold.
    """
    count = len(window) - start - HEADER + 1
    if count <= 0:
        return None
    lengths = np.ndarray((count,), "<u8", window.data, start, (1,))
    crc_of_zeros = unmasked(np.array([masked(bytes(8))], np.uint32))[0]
    at, span = 0, 0
    while at < count:
        at, span = at + span, min(max(4 * span, 4096), 1 << 20)  # most damage is short
        places = np.flatnonzero(lengths[at : at + span] <= np.uint64(max(0, bytes_left))) + at
        if not len(places):
            continue
        rows = np.ndarray((count, 8), np.uint8, window.data, start, (1, 1))[places]
        crcs = np.ndarray((count,), "<u4", window.data, start + 8, (1,))[places]
        right = changes(np.ascontiguousarray(rows), tuple(range(8)), 8, bytes(8)) ^ crc_of_zeros
        good = places[right == unmasked(crcs)]
        if len(good):
            return start + int(good[0])
    return None
