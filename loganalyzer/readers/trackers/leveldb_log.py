"""The record log of LevelDB as W&B writes it: blocks of 32 KiB, records cut into chunks, a checksum each.

Format: https://github.com/google/leveldb/blob/main/doc/log_format.md; W&B puts a file header of seven bytes before it
and uses the plain CRC-32 of type and data.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from msgspec import Struct

BLOCK = 32_768
HEADER = 7
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4
_CHUNK = struct.Struct("<IHB")


class Damage(Struct):
    """What was wrong on the way: chunks with a bad checksum, and whether the file ends inside a record."""

    bad_chunks: int = 0
    torn: bool = False


def records(data: bytes, damage: Damage, start: int = HEADER) -> Iterator[bytes]:
    """Yield the whole records of ``data``; a damaged block costs itself, reading goes on at the next block."""
    position, size = start, len(data)
    parts: list[bytes] = []
    open_record = False
    while position + HEADER <= size:
        left = BLOCK - position % BLOCK
        if left < HEADER:
            position += left
            continue
        checksum, length, kind = _CHUNK.unpack_from(data, position)
        if checksum == 0 and length == 0 and kind == 0:
            position += left  # a block filled up with zeros
            continue
        body_at = position + HEADER
        fits = length <= left - HEADER and FULL <= kind <= LAST
        if fits and body_at + length > size:
            damage.torn = True
            return
        body = data[body_at : body_at + length] if fits else b""
        if not fits or zlib.crc32(body, zlib.crc32(bytes((kind,)))) != checksum:
            damage.bad_chunks += 1
            parts, open_record = [], False
            position += left if not fits else HEADER + length
            continue
        position = body_at + length
        if kind == FULL:
            parts, open_record = [], False
            yield body
        elif kind == FIRST:
            parts, open_record = [body], True
        elif open_record:
            parts.append(body)
            if kind == LAST:
                yield b"".join(parts)
                parts, open_record = [], False
    damage.torn = damage.torn or open_record or 0 < size - position < HEADER
