"""CRC-32C of many records at once.

A CRC is linear over GF(2): two messages of one length whose bytes differ only at some places have CRCs that differ by
one table value for each such place. Checking a million records of one shape therefore costs a handful of table
look-ups for each record instead of a call for each record.

Polynomial 0x1EDC6F41, reflected (RFC 3720, appendix B.4); the mask is TFRecord's
(tensorflow/tsl, ``crc32c.h``: rotate right by 15, add 0xa282ead8).
"""

from __future__ import annotations

from functools import lru_cache

import google_crc32c
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint32]

REFLECTED = 0x82F63B78
MASK_DELTA = 0xA282EAD8
FEW = 512
"""Fewer records are checked all columns at once, more one column after another, which needs no room for all of them."""


def masked(data: bytes) -> int:
    """TFRecord's masked CRC-32C of ``data``."""
    crc = int(google_crc32c.value(data))
    return (((crc >> 15) | (crc << 17)) + MASK_DELTA) & 0xFFFFFFFF


def unmasked(values: Words) -> Words:
    """The CRCs behind masked ones, uint32[n]."""
    turned = values - np.uint32(MASK_DELTA)
    return (turned << np.uint32(15)) | (turned >> np.uint32(17))


@lru_cache(maxsize=8192)
def table(distance: int) -> Words:
    """What one byte does to the CRC when ``distance`` bytes follow it: uint32[256]."""
    if distance == 0:
        values = np.arange(256, dtype=np.uint32)
        for _ in range(8):
            values = np.where(
                values & np.uint32(1), (values >> np.uint32(1)) ^ np.uint32(REFLECTED), values >> np.uint32(1)
            )
        return values
    known = distance - 1 - (distance - 1) % 64  # a chain of anchors keeps the recursion shallow
    values = table(0) if known == 0 else _anchor(known // 64)
    for _ in range(distance - known):
        values = (values >> np.uint32(8)) ^ table(0)[values & np.uint32(0xFF)]
    return values


@lru_cache(maxsize=512)
def _anchor(index: int) -> Words:
    values = table(0)
    for _ in range(index * 64):
        values = (values >> np.uint32(8)) ^ table(0)[values & np.uint32(0xFF)]
    return values


@lru_cache(maxsize=256)
def pair_table(distance: int) -> Words:
    """The same for two bytes, read as a little-endian uint16, ``distance`` bytes after them: uint32[65536]."""
    return (table(distance)[:, None] ^ table(distance + 1)[None, :]).reshape(-1)


@lru_cache(maxsize=64)
def _tables(columns: tuple[int, ...], length: int) -> tuple[Words, NDArray[np.intp]]:
    """The tables of several bytes of a message one after another, and where each begins (a row for each column)."""
    tables = np.concatenate([table(length - 1 - column) for column in columns])
    return tables, np.arange(len(columns))[:, None] * 256


def changes(rows: Bytes, columns: tuple[int, ...], length: int, example: bytes) -> Words:
    """How the CRC of each row differs from the example's.

    ``rows`` uint8[n, >= length] hold messages of ``length`` bytes, equal to ``example`` except in ``columns``
    (ascending). Returns uint32[n] to be XORed with the example's CRC.
    """
    count, width = rows.shape
    if count < FEW and columns:  # few rows are looked up in one go: the calls are what takes the time
        tables, places = _tables(columns, length)
        own = np.frombuffer(example, np.uint8)[list(columns), None]
        found: Words = tables.take(rows.T[list(columns)] + places) ^ tables.take(own + places)
        return np.asarray(np.bitwise_xor.reduce(found, axis=0))
    result = np.zeros(count, np.uint32)
    at = 0
    while at < len(columns):
        column = columns[at]
        if count >= 4096 and at + 1 < len(columns) and columns[at + 1] == column + 1:
            distance = length - 2 - column
            words = np.ndarray((count,), "<u2", rows, column, (width,))
            result ^= (
                pair_table(distance)[words]
                ^ pair_table(distance)[int.from_bytes(example[column : column + 2], "little")]
            )
            at += 2
        else:
            one = table(length - 1 - column)
            result ^= one[rows[:, column]] ^ one[example[column]]
            at += 1
    return result
