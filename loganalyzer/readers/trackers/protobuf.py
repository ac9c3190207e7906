"""Fields of a protobuf message, without its schema."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_DOUBLE, _FLOAT = struct.Struct("<d"), struct.Struct("<f")


def fields(data: bytes) -> Iterator[tuple[int, bytes | int | float]]:
    """(number, content): bytes, a varint, or a double or float. Raises ValueError or IndexError where it is no message."""
    position, size = 0, len(data)
    while position < size:
        tag, position = _varint(data, position)
        wire = tag & 7
        if wire == 2:
            length, position = _varint(data, position)
            if length > size - position:
                raise ValueError("length past the end")
            yield tag >> 3, data[position : position + length]
            position += length
        elif wire == 0:
            value, position = _varint(data, position)
            yield tag >> 3, value
        elif wire in (1, 5):
            number = _DOUBLE if wire == 1 else _FLOAT
            if number.size > size - position:
                raise ValueError("number past the end")
            yield tag >> 3, number.unpack_from(data, position)[0]
            position += number.size
        else:
            raise ValueError("unknown wire type")


def text(content: bytes | int | float) -> str:
    """A text field; "" for any other."""
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def signed(number: int) -> int:
    """A varint as the int64 that it stands for."""
    return number - 2**64 if number >= 2**63 else number


def _varint(data: bytes, position: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        byte = data[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, position
        shift += 7
        if shift > 63:
            raise ValueError("number too long")
