"""Look into tables that are not read (Parquet, Feather, Arrow, Excel) for curves: the report must say that they are there.

Only the names of the columns are looked at, which these formats keep apart from the values; the work is bounded by
``MOST_BYTES`` and ``MOST_COLUMNS``. A table of data, with no counter or no curve among its columns, is nothing to tell.
"""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from typing import BinaryIO

from loganalyzer.discovery.archive_marks import ZIP_MARK
from loganalyzer.discovery.source import open_regular
from loganalyzer.model.errors import ReadError
from loganalyzer.model.role import Quantity, Split
from loganalyzer.model.run import Note
from loganalyzer.roles.assign import role_of, words_of

MOST_BYTES = 2**20
"""So much is read of the part of a file that names the columns."""
MOST_COLUMNS = 10_000
MOST_SHEETS = 10
MOST_ROWS = 5
"""In so many first rows of a sheet the names of the columns may stand."""
_PARQUET, _PARQUET_END = b"PAR1", 8
_ARROW, _ARROW_STREAM = b"ARROW1", b"\xff\xff\xff\xff"
_CURVES = frozenset({Quantity.LOSS, Quantity.METRIC})
_COMPARED = frozenset("model method experiment architecture dataset".split())
"""Columns of a table in which each row is another training."""
_DAMAGED = (OSError, EOFError, ValueError, IndexError, RuntimeError, struct.error, zlib.error, zipfile.BadZipFile)


def table_of_curves(path: Path) -> Note | None:
    """Return what to say of the table at ``path`` if its columns are those of a log; else None. Never raises."""
    try:
        with open_regular(os.path.realpath(path)) as file:
            for names in _headers(file):
                curves = _curves(names)
                if curves:
                    return Note("table-not-read", {"names": ", ".join(curves[:5])[:200]})
    except (*_DAMAGED, ReadError):
        pass
    return None


def _curves(names: Sequence[str]) -> list[str]:
    """The curves among ``names``, if something counts them, or a quantity is there both of validation and of other data."""
    roles = {name: role_of(name) for name in names[:MOST_COLUMNS]}
    curves = [name for name, role in roles.items() if role.quantity in _CURVES]
    counted = any(role.quantity in (Quantity.STEP, Quantity.EPOCH) for role in roles.values())
    of = {
        split: {roles[n].metric for n in curves if (roles[n].split is Split.VALIDATION) is split}
        for split in (True, False)
    }
    alone = len(curves) == len(roles) and bool(of[True] & of[False])
    compared = any(words_of(name)[:1] and words_of(name)[0] in _COMPARED for name in roles)
    return curves if (counted or alone) and not compared else []


def _headers(file: BinaryIO) -> Iterator[Sequence[str]]:
    """Yield what may be the names of the columns. Raises what is in ``_DAMAGED``."""
    start = file.read(8)
    if start.startswith(_PARQUET):
        yield _parquet_names(_parquet_footer(file))
    elif start.startswith((_ARROW, _ARROW_STREAM)):
        yield _arrow_names(start + file.read(MOST_BYTES))
    elif start.startswith(ZIP_MARK):
        file.seek(0)
        with zipfile.ZipFile(file) as book:
            yield from _rows_of_sheets(book)


# --- Parquet: a struct in Thrift's compact protocol at the end of the file -------------------------------------------------


def _parquet_footer(file: BinaryIO) -> bytes:
    end = file.seek(-_PARQUET_END, os.SEEK_END)
    size, mark = struct.unpack("<I4s", file.read(_PARQUET_END))
    if mark != _PARQUET or size > end:
        return b""
    file.seek(end - size)
    return file.read(min(size, MOST_BYTES))


def _parquet_names(footer: bytes) -> list[str]:
    """The names of the columns: field 4 of each element of the list that is field 2, which has no children (field 5)."""
    reader = _Compact(footer)
    for number, kind in reader.fields():
        if number == 2 and kind == _Compact.LIST:
            count, _ = reader.list_head()
            elements = [dict(reader.values()) for _ in range(min(count, MOST_COLUMNS))]
            return [
                name.decode("utf-8", "replace")
                for one in elements
                if isinstance(name := one.get(4), bytes) and not one.get(5)
            ]
        reader.skip(kind)
    return []


class _Compact:
    """A reader of Thrift's compact protocol. Raises IndexError at the end of the data, ValueError for what is none."""

    BINARY, LIST, SET, MAP, STRUCT = 8, 9, 10, 11, 12
    _DEPTH = 16

    def __init__(self, data: bytes) -> None:
        self._data, self._at, self._depth = data, 0, 0

    def fields(self) -> Iterator[tuple[int, int]]:
        """Yield number and type of each field of a struct; the caller reads or skips its value."""
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            yield number, head & 15

    def values(self) -> Iterator[tuple[int, int | bytes]]:
        """Yield the numbers and texts of a struct by the number of their field."""
        for number, kind in self.fields():
            if kind == self.BINARY:
                yield number, self._binary()
            elif kind in (4, 5, 6):
                yield number, self._zigzag()
            else:
                self.skip(kind)

    def list_head(self) -> tuple[int, int]:
        """The number of elements of a list, and their type."""
        head = self._byte()
        return (head >> 4 if head >> 4 < 15 else self._varint()), head & 15

    def skip(self, kind: int) -> None:
        """Pass over a value (of a boolean field the type is the value)."""
        self._depth += 1
        if self._depth > self._DEPTH or kind in (0, self.MAP) or kind > self.STRUCT:
            raise ValueError("no metadata")
        if kind == 3:
            self._byte()
        elif kind in (4, 5, 6):
            self._varint()
        elif kind == 7:
            self._take(8)
        elif kind == self.BINARY:
            self._binary()
        elif kind in (self.LIST, self.SET):
            count, inner = self.list_head()
            for _ in range(count):
                self._byte() if inner in (1, 2) else self.skip(inner)
        elif kind == self.STRUCT:
            for _, inner in self.fields():
                self.skip(inner)
        self._depth -= 1

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _varint(self) -> int:
        value = shift = 0
        while shift < 70:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
        raise ValueError("no number")

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def _binary(self) -> bytes:
        return self._take(self._varint())

    def _take(self, size: int) -> bytes:
        self._at += size
        if self._at > len(self._data):
            raise IndexError("the end")
        return self._data[self._at - size : self._at]


# --- Arrow and Feather: a flat buffer at the beginning ---------------------------------------------------------------------


def _arrow_names(data: bytes) -> list[str]:
    """The texts of the schema: 4 bytes of length, as many characters, and a zero, at places that 4 divides."""
    names: list[str] = []
    at = data.find(_ARROW_STREAM)
    stop = at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")
    while 0 <= at < min(stop, len(data) - 4) and len(names) < MOST_COLUMNS:
        size = int.from_bytes(data[at : at + 4], "little")
        text = data[at + 4 : at + 4 + size] if 0 < size < 200 else b""
        if text and data[at + 4 + size : at + 5 + size] == b"\0" and text.isascii() and text.decode().isprintable():
            names.append(text.decode())
        at += 4
    return names


# --- Excel: XML in a zip archive; what it says is looked for, not parsed -----------------------------------------------------

_TEXT = re.compile(r"<t\b[^>]{0,100}>([^<]{0,400})</t>")
_NUMBER = re.compile(r"<v>(\d{1,9})</v>")


def _rows_of_sheets(book: zipfile.ZipFile) -> Iterator[Sequence[str]]:
    """Yield the texts of the first rows of each sheet."""
    names = [
        name for name in book.namelist()[:MOST_COLUMNS] if name.startswith("xl/worksheets/") and name.endswith(".xml")
    ]
    shared = [_joined(text) for text in _member(book, "xl/sharedStrings.xml").split("</si>")] if names else []
    for name in names[:MOST_SHEETS]:
        for row in _member(book, name).split("</row>", MOST_ROWS)[:MOST_ROWS]:
            yield list(_cells(row.rpartition("<row")[2], shared))


def _cells(row: str, shared: Sequence[str]) -> Iterator[str]:
    for piece in row.split("</c>"):
        attributes, _, content = piece.rpartition("<c ")[2].partition(">")
        if 't="s"' in attributes:
            place = _NUMBER.search(content)
            if place and int(place[1]) < len(shared):
                yield shared[int(place[1])]
        elif 't="inlineStr"' in attributes or 't="str"' in attributes:
            yield _joined(content)


def _joined(content: str) -> str:
    return unescape("".join(_TEXT.findall(content))).strip()


def _member(book: zipfile.ZipFile, name: str) -> str:
    try:
        with book.open(name) as file:
            return file.read(MOST_BYTES).decode("utf-8", "replace")
    except KeyError:
        return ""
