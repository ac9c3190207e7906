"""One TensorBoard ``Event`` message, field by field, with the places of its numbers.

Field numbers: tensorflow/core/util/event.proto, framework/summary.proto, framework/tensor.proto. Unknown fields are
skipped by their length; nothing recurses, so nesting costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

from loganalyzer.model.record import Record

_double = Struct("<d")
_float = Struct("<f")
_half = Struct("<e")

FLAT_TYPES = {1: ("<f4", 4), 2: ("<f8", 8), 3: ("<i4", 4), 4: ("|u1", 1), 5: ("<i2", 2), 6: ("|i1", 1), 9: ("<i8", 8),
              10: ("|u1", 1), 17: ("<u2", 2), 19: ("<f2", 2), 22: ("<u4", 4), 23: ("<u8", 8)}  # fmt: skip
BFLOAT16 = 14
MOST_FIELDS = 1_000_000


class WireError(ValueError):
    """The bytes are no such message."""


class Scalar(Record):
    """One number: its tag, and where its bytes lie in the payload (``place``, -1 if it has no fixed width)."""

    tag: bytes
    value: float
    place: int
    kind: str


class Attachment(Record):
    """What else a tag carries: the bytes of a plugin (hyper-parameters) or of a text."""

    tag: bytes
    plugin: bytes
    content: bytes
    text: bytes = b""


class Event(Record):
    """A decoded record. ``wall_place`` and ``step_place`` are -1 where the field is absent."""

    wall_time: float
    step: int
    wall_place: int
    step_place: int
    step_width: int
    scalars: tuple[Scalar, ...]
    attachments: tuple[Attachment, ...]


def varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """The varint at ``at`` (unsigned, 64 bits) and the place after it. Raises WireError."""
    result = shift = 0
    while at < end and shift < 70:
        byte = data[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result & 0xFFFFFFFFFFFFFFFF, at
        shift += 7
    raise WireError("varint")


def fields(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """The fields of the message in ``data[at:end]``: (number, wire type, start and end of the value).

    Raises WireError if the bytes are no message.
    """
    left = MOST_FIELDS
    while at < end:
        left -= 1
        if not left:
            raise WireError("too many fields")
        key = data[at]
        at += 1
        if key >= 0x80:
            key, at = varint(data, at - 1, end)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise WireError("field 0")
        if kind == 2:
            if at < end and data[at] < 0x80:
                size, at = data[at], at + 1
            else:
                size, at = varint(data, at, end)
            after = at + size
        elif kind == 5:
            after = at + 4
        elif kind == 1:
            after = at + 8
        elif kind == 0:
            _, after = varint(data, at, end)
        else:
            raise WireError("wire type")
        if after > end:
            raise WireError("length")
        yield number, kind, at, after
        at = after


def parse(data: bytes) -> Event:
    """Decode a payload. Raises WireError."""
    wall_time, step, wall_place, step_place, step_width = 0.0, 0, -1, -1, 0
    scalars: list[Scalar] = []
    attachments: list[Attachment] = []
    for number, kind, at, after in fields(data, 0, len(data)):
        if number == 1 and kind == 1:
            wall_time, wall_place = _double.unpack_from(data, at)[0], at
        elif number == 2 and kind == 0:
            raw = varint(data, at, after)[0]
            step, step_place, step_width = raw - (1 << 64) if raw >> 63 else raw, at, after - at
        elif number == 5 and kind == 2:
            for inner, inner_kind, start, end in fields(data, at, after):
                if inner == 1 and inner_kind == 2:
                    _value(data, start, end, scalars, attachments)
    return Event(wall_time, step, wall_place, step_place, step_width, tuple(scalars), tuple(attachments))


def _value(data: bytes, at: int, end: int, scalars: list[Scalar], attachments: list[Attachment]) -> None:
    tag, simple, tensor, plugin, content = b"", -1, (-1, -1), b"", b""
    for number, kind, start, after in fields(data, at, end):
        if number == 1 and kind == 2:
            tag = data[start:after]
        elif number == 2 and kind == 5:
            simple = start
        elif number == 8 and kind == 2:
            tensor = (start, after)
        elif number == 9 and kind == 2:
            plugin, content = _plugin(data, start, after)
    if simple >= 0:
        scalars.append(Scalar(tag, _float.unpack_from(data, simple)[0], simple, "<f4"))
    elif tensor[0] >= 0 and plugin in (b"", b"scalars"):
        scalar = _tensor(data, *tensor, tag)
        if scalar is not None:
            scalars.append(scalar)
    if plugin and plugin != b"scalars":
        text = _text(data, *tensor) if plugin == b"text" and tensor[0] >= 0 else b""
        attachments.append(Attachment(tag, plugin, content, text))


def _plugin(data: bytes, at: int, end: int) -> tuple[bytes, bytes]:
    name = content = b""
    for number, kind, start, after in fields(data, at, end):
        if number == 1 and kind == 2:
            for inner, inner_kind, s, e in fields(data, start, after):
                if inner == 1 and inner_kind == 2:
                    name = data[s:e]
                elif inner == 2 and inner_kind == 2:
                    content = data[s:e]
    return name, content


def _tensor(data: bytes, at: int, end: int, tag: bytes) -> Scalar | None:
    """The one number of a tensor of rank 0, or whose dimensions are all 1; None for any other tensor."""
    dtype, values = 0, []
    for number, kind, start, after in fields(data, at, end):
        if number == 1 and kind == 0:
            dtype = varint(data, start, after)[0]
        elif number == 2 and kind == 2:
            for inner, inner_kind, s, e in fields(data, start, after):
                if inner == 2 and inner_kind == 2:
                    sizes = [varint(data, a, b)[0] for n, k, a, b in fields(data, s, e) if n == 1 and k == 0]
                    if sizes != [1]:
                        return None
        elif number in (4, 5, 6, 7, 10, 11, 13, 16, 17) and after > start:
            values.append((number, kind, start, after))
    if len(values) != 1:
        return None
    number, kind, start, after = values[0]
    if number == 4:
        return _flat(data, start, after, dtype, tag)
    if number == 5 and after - start == 4:
        return Scalar(tag, _float.unpack_from(data, start)[0], start, "<f4")
    if number == 6 and after - start == 8:
        return Scalar(tag, _double.unpack_from(data, start)[0], start, "<f8")
    if number in (7, 10, 11, 13, 16, 17) and kind in (0, 2):
        raw, stop = varint(data, start, after)
        return Scalar(tag, _whole(raw, number, dtype), -1, "") if stop == after else None
    return None


def _flat(data: bytes, start: int, after: int, dtype: int, tag: bytes) -> Scalar | None:
    import numpy as np

    if dtype == BFLOAT16 and after - start == 2:
        return Scalar(tag, _float.unpack(b"\0\0" + data[start:after])[0], -1, "")
    kind, width = FLAT_TYPES.get(dtype, ("", -1))
    if after - start != width:
        return None
    with np.errstate(invalid="ignore"):  # NaNs of any kind are values like others
        return Scalar(tag, float(np.frombuffer(data, kind, 1, start)[0]), start, kind)


def _whole(raw: int, number: int, dtype: int) -> float:
    if number == 13:  # the 16 bits of a half
        bits = (raw & 0xFFFF).to_bytes(2, "little")
        return float(_float.unpack(b"\0\0" + bits)[0] if dtype == BFLOAT16 else _half.unpack(bits)[0])
    return float(raw - (1 << 64) if raw >> 63 and number in (7, 10) else raw)


def _text(data: bytes, at: int, end: int) -> bytes:
    for number, kind, start, after in fields(data, at, end):
        if number == 8 and kind == 2:
            return data[start:after]
    return b""
