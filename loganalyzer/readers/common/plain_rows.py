"""Rows of plain numbers, read in blocks: beside the text, only the numbers that it holds take memory.

Read line by line, each line and each cell is an object of fifty bytes and more for as long as the table is read. What is
read here is what most tables are made of; where anything else stands in a text, its reader goes through the lines itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats
from loganalyzer.readers.common.number_words import LONGEST_NUMBER
from loganalyzer.readers.deadline import time_is_up

BLOCK = 2**18
"""Characters that are turned into numbers at once: few enough to stay near the processor."""


class PlainRows(Record, eq=False):
    """``values`` float64[rows, columns]; ``missing`` bool of the same shape marks empty cells, None where there are none.

    Both are NaN in ``values``: an empty cell, and one that says so.
    """

    values: Floats
    missing: NDArray[np.bool_] | None = None


def plain_rows(
    text: str, start: int, separator: str | None, width: int, empty: Collection[str] = ()
) -> PlainRows | None:
    """The rows from ``start`` on; None where a line is anything but ``width`` numbers with ``separator`` between them.

    Cells that say ``empty`` (small letters, without blanks around) are missing. Rows may be quoted cell by cell; decimals
    may have commas where these part no cells. A ``separator`` of None are blanks. The last line must have ended.
    """
    if width < 1 or not text.endswith("\n") or start >= len(text):
        return None
    values = np.empty((text.count("\n", start), width))
    missing: NDArray[np.bool_] | None = None
    done = 0
    for block in _blocks(text, start):
        if time_is_up(done, "line"):
            break
        found = _numbers(block, separator, width, empty)
        if found is None:
            return None
        stop = done + len(found.values)
        values[done:stop] = found.values
        if found.missing is not None:
            missing = np.zeros(values.shape, bool) if missing is None else missing
            missing[done:stop] = found.missing
        done = stop
    if not done:
        return None
    return PlainRows(values[:done], None if missing is None else missing[:done])


def _blocks(text: str, start: int) -> Iterator[str]:
    """Whole lines; a line that is longer than a block comes alone."""
    while start < len(text):
        stop = text.rfind("\n", start, start + BLOCK) + 1 or text.index("\n", start) + 1
        yield text[start:stop]
        start = stop


def _numbers(block: str, separator: str | None, width: int, empty: Collection[str]) -> PlainRows | None:
    block = block.replace("\r\n", "\n")
    if "\r" in block or "_" in block or not block.isascii():
        return None
    if '"' in block and separator is not None:
        block = _unquoted(block, separator, width)
    if separator not in (",", None):
        block = block.replace(",", ".")
    lines = block.split("\n")
    lines.pop()
    if separator is None:
        even = all(len(line.split()) == width for line in lines)
    else:
        even = all(line.count(separator) == width - 1 for line in lines)
    if not lines or not even or max(map(len, lines)) > LONGEST_NUMBER:
        return None
    cells = block.split() if separator is None else separator.join(lines).split(separator)
    try:
        return PlainRows(np.array(cells, np.float64).reshape(-1, width))
    except ValueError:
        return _with_empty_cells(cells, width, empty) if empty else None


def _unquoted(block: str, separator: str, width: int) -> str:
    """Lines of which every cell is quoted, without the quotes; no lines where one is not made so."""
    between = f'"{separator}"'
    lines = block.split("\n")
    lines.pop()
    if not all(line[:1] == line[-1:] == '"' and line.count(between) == width - 1 for line in lines):
        return ""
    return "".join(line[1:-1].replace(between, separator) + "\n" for line in lines)


def _with_empty_cells(cells: list[str], width: int, empty: Collection[str]) -> PlainRows | None:
    missing = [not cell for cell in cells]
    try:
        values = np.array([cell or "nan" for cell in cells], np.float64)
    except ValueError:
        missing = [cell.strip(" \t").lower() in empty for cell in cells]
        try:
            values = np.array([np.nan if none else float(cell) for cell, none in zip(cells, missing, strict=True)])
        except ValueError:
            return None
    return PlainRows(values.reshape(-1, width), np.array(missing).reshape(-1, width))
