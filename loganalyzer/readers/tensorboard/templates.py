"""Many event records at once: records of one shape differ only in wall time, step and values.

One decoded example gives the places of those bytes; all other bytes must equal the example's, which is checked for all
records in a few array operations; then each column of numbers is cut out as a strided view. What fits no template is
decoded one by one. The checksum of every record is verified.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import google_crc32c
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from loganalyzer.model.record import Record, field
from loganalyzer.readers.tensorboard.crc32c import Bytes, changes, masked, unmasked
from loganalyzer.readers.tensorboard.tfrecord import FOOTER, HEADER, Ints
from loganalyzer.readers.tensorboard.wire import Attachment, Event, WireError, parse

Floats = NDArray[np.float64]
Columns = tuple[Ints, Ints, Floats, Floats]

_LONGEST = 4096
_FEWEST = 24
_BLOCK_BYTES = 1 << 20
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_POOR_MATCHES = 64
_KEPT_PLUGINS = (b"hparams", b"text")
_MOST_ATTACHMENTS = 1000


class Gathered(Struct):
    """What was decoded: for each tag the chunks (place in file, step, wall time, value), in any order.

    ``bad`` lists the records left out: (place in file, reason "checksum" or "content"); ``attachments`` what else was
    found, with its place; ``records`` counts the records framed. Nothing is in order: several threads may add.
    """

    chunks: dict[bytes, list[Columns]] = field(default_factory=dict)
    singles: dict[bytes, list[tuple[int, int, float, float]]] = field(default_factory=dict)
    attachments: list[tuple[int, Attachment]] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)
    records: int = 0

    def columns(self, tag: bytes) -> Columns:
        """The points of a tag in the order they were written: place, step, wall time, value."""
        parts = list(self.chunks.get(tag, ()))
        singles = self.singles.get(tag)
        if singles:
            place, step, wall, value = zip(*singles, strict=True)
            floats = np.array(wall, np.float64), np.array(value, np.float64)
            parts.append((np.array(place, np.int64), np.array(step, np.int64), *floats))
        places, steps, walls, values = joined(parts)
        if len(places) > 1 and not bool(np.all(places[1:] >= places[:-1])):
            order = np.argsort(places, kind="stable")
            return places[order], steps[order], walls[order], values[order]
        return places, steps, walls, values


def joined(parts: Sequence[Columns]) -> Columns:
    """Several chunks as one, in the given order; there must be one at least."""
    if len(parts) == 1:
        return parts[0]
    places, steps, walls, values = zip(*parts, strict=True)
    return np.concatenate(places), np.concatenate(steps), np.concatenate(walls), np.concatenate(values)


def decode(window: Bytes, offsets: Ints, lengths: Ints, base: int, into: Gathered, *, verify: bool = False) -> None:
    """Decode the records with headers at ``offsets`` (int64[n]) of ``window``, which begins at ``base`` in the file."""
    into.records += len(offsets)
    if len(offsets) < _FEWEST:
        _one_by_one(window, offsets, lengths, base, into, verify)
        return
    short = lengths <= _LONGEST
    if not bool(short.all()):
        _one_by_one(window, offsets[~short], lengths[~short], base, into, verify)
        offsets, lengths = offsets[short], lengths[short]
    order = np.argsort(lengths.astype(np.uint16), kind="stable")
    ordered = lengths[order]
    cuts = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    for group in np.split(order, cuts):
        if len(group) < _FEWEST:
            _one_by_one(window, offsets[group], lengths[group], base, into, verify)
        elif len(group):
            _same_length(window, offsets[group], int(lengths[group[0]]), base, into)


def _one_by_one(window: Bytes, offsets: Ints, lengths: Ints, base: int, into: Gathered, verify: bool) -> None:
    for offset, length in zip(offsets.tolist(), lengths.tolist(), strict=True):
        start = offset + HEADER
        payload = window[start : start + length].tobytes()
        _single(payload, window[start + length : start + length + FOOTER].tobytes(), base + offset, into, verify)


def _single(payload: bytes, crc: bytes, place: int, into: Gathered, verify: bool) -> None:
    """One record by the slow way. Large ones (images) are verified only on demand or when they do not decode."""
    right = (len(payload) > _LONGEST and not verify) or masked(payload) == int.from_bytes(crc, "little")
    if not right:
        into.bad.append((place, "checksum"))
        return
    try:
        event = parse(payload)
    except WireError:
        into.bad.append((place, "content"))
        return
    if event.scalars and len(payload) > _LONGEST and masked(payload) != int.from_bytes(crc, "little"):
        into.bad.append((place, "checksum"))
        return
    for scalar in event.scalars:
        into.singles.setdefault(scalar.tag, []).append((place, event.step, event.wall_time, scalar.value))
    for attachment in event.attachments:
        if attachment.plugin in _KEPT_PLUGINS and len(into.attachments) < _MOST_ATTACHMENTS:
            into.attachments.append((place, attachment))


def _same_length(window: Bytes, offsets: Ints, length: int, base: int, into: Gathered) -> None:
    """Records of one payload length, in blocks that stay in the processor's cache."""
    width = length + FOOTER
    padded = -(-width // 8) * 8
    if int(offsets[-1]) + HEADER + padded > len(window):  # the last words would reach past the window
        window = np.concatenate([window, np.zeros(8, np.uint8)])
    records = np.ndarray((len(window) - padded + 1,), f"V{padded}", window.data, 0, (1,))
    at_once = max(_FEWEST, _BLOCK_BYTES // padded)
    for at in range(0, len(offsets), at_once):
        places = offsets[at : at + at_once]
        rows = records[places + HEADER].view(np.uint8).reshape(len(places), padded)
        _block(rows, places + base, length, into)


def _block(rows: Bytes, places: Ints, length: int, into: Gathered) -> None:
    left = np.arange(len(rows))
    hashes: dict[tuple[int, ...], tuple[NDArray[np.uint64], Template]] = {}
    poor = 0
    while len(left):
        first = int(left[0])
        payload = rows[first, :length].tobytes()
        crc = rows[first, length : length + FOOTER].tobytes()
        template = None if poor > _POOR_MATCHES else _template(payload, crc)
        if template is None:
            many = left if poor > _POOR_MATCHES else left[:1]
            for row in many.tolist():
                _single(
                    rows[row, :length].tobytes(),
                    rows[row, length : length + FOOTER].tobytes(),
                    int(places[row]),
                    into,
                    True,
                )
            left = left[len(many) :]
            poor += 1
            continue
        if template.shape not in hashes:
            hashes[template.shape] = (_hashes(rows, template), template)
        hashed = hashes[template.shape][0]
        same = hashed[left] == hashed[first]
        if bool(same.all()):
            matched, left = left, left[:0]
        else:
            matched, left = left[same], left[~same]
        if len(matched) < 4:
            poor += 1
        whole = len(matched) == len(rows)
        _columns(rows if whole else rows[matched], places if whole else places[matched], template, into)


class Template(Record):
    """A decoded example: which of its bytes may differ, and what they mean."""

    payload: bytes
    crc: int
    event: Event
    free: tuple[int, ...]
    shape: tuple[int, ...]


def _template(payload: bytes, crc: bytes) -> Template | None:
    """The template that this record gives; None if it is damaged or has parts that no template can express."""
    right = google_crc32c.value(payload)
    if masked(payload) != int.from_bytes(crc, "little"):
        return None
    try:
        event = parse(payload)
    except WireError:
        return None
    if not event.scalars or event.attachments or any(s.place < 0 for s in event.scalars):
        return None
    free: list[int] = []
    if event.wall_place >= 0:
        free.extend(range(event.wall_place, event.wall_place + 8))
    free.extend(range(event.step_place, event.step_place + event.step_width))
    for scalar in event.scalars:
        free.extend(range(scalar.place, scalar.place + np.dtype(scalar.kind).itemsize))
    if len(set(free)) != len(free):
        return None
    return Template(payload, right, event, tuple(sorted(free)), (event.step_place, event.step_width, *sorted(free)))


def _hashes(rows: Bytes, template: Template) -> NDArray[np.uint64]:
    """A hash of the bytes that must not differ (and of the continuation bits of the step): uint64[n]."""
    masks, factors = _masks(template.shape, len(template.payload), rows.shape[1])
    result: NDArray[np.uint64] = (rows.view("<u8") & masks) @ factors
    return result


@lru_cache(maxsize=64)
def _masks(shape: tuple[int, ...], length: int, width: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The bits of each word of a row that must not differ, and the odd factor that the word has in the hash."""
    place, bytes_of_step, *free = shape
    mask = np.full(width, 0xFF, np.uint8)
    mask[free] = 0
    mask[place : place + bytes_of_step] = 0x80
    mask[length:] = 0
    return mask.view("<u8"), np.multiply.accumulate(np.full(width // 8, _PRIME))


def _columns(rows: Bytes, places: Ints, template: Template, into: Gathered) -> None:
    count, width = rows.shape
    length, event = len(template.payload), template.event

    def cut(place: int, kind: str) -> NDArray[np.generic]:
        return np.ndarray((count,), kind, rows.data, place, (width,))

    crcs = changes(rows, template.free, length, template.payload) ^ np.uint32(template.crc)
    right = crcs == unmasked(cut(length, "<u4").astype(np.uint32))
    steps = _steps(rows, event)
    walls = (
        cut(event.wall_place, "<f8").astype(np.float64) if event.wall_place >= 0 else np.full(count, event.wall_time)
    )
    keep: Callable[[NDArray[np.generic]], NDArray[np.generic]] = lambda column: column  # noqa: E731
    if not bool(right.all()):
        into.bad.extend((int(place), "checksum") for place in places[~right])
        keep = lambda column: column[right]  # noqa: E731
    for scalar in event.scalars:
        with np.errstate(invalid="ignore"):  # NaNs of any kind are values like others
            values = cut(scalar.place, scalar.kind).astype(np.float64)
        into.chunks.setdefault(scalar.tag, []).append((keep(places), keep(steps), keep(walls), keep(values)))  # type: ignore[arg-type]


def _steps(rows: Bytes, event: Event) -> Ints:
    """The varint column of the step: seven bits a byte, the lowest first."""
    if event.step_place < 0:
        return np.zeros(len(rows), np.int64)
    if event.step_width <= 4:
        word = np.ndarray((len(rows),), "<u4", rows.data, event.step_place, (rows.shape[1],)).astype(np.uint32)
        small = word & np.uint32(0x7F)
        for byte in range(1, event.step_width):
            small |= (word >> np.uint32(byte)) & np.uint32(0x7F << (7 * byte))
        return small.astype(np.int64)
    result = np.zeros(len(rows), np.uint64)
    for byte in range(event.step_width):
        column = rows[:, event.step_place + byte].astype(np.uint64) & np.uint64(0x7F)
        result |= column << np.uint64(7 * byte)
    return result.view(np.int64)
