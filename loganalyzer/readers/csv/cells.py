"""One cell of a table: what number it holds, and the words for a missing one."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence

import numpy as np

from loganalyzer.model.late import late
from loganalyzer.model.run import Floats
from loganalyzer.readers.common.last_number import LINES_ABOVE, is_whole
from loganalyzer.readers.common.number_words import LONGEST_NUMBER, number_in
from loganalyzer.readers.csv.list_cells import without_separators

MISSING = frozenset({"", "na", "n/a", "none", "null", "-", "--", "_"})
_DECIMAL_COMMA = late(lambda: re.compile(r"[+-]?(?:\d+,\d*|,\d+)(?:[eE][+-]?\d+)?"))
_BEGINS = frozenset("+-.0123456789")
_NUMBER = r"[+-]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:[eE][+-]?\d{1,4})?"
_SPREAD = late(lambda: re.compile(rf"({_NUMBER})\s?(?:(?:±|\+/-|\+-)\s?{_NUMBER}|\(\s?(?:±|\+/-)?\s?{_NUMBER}\s?\))"))
"""A mean and how far values lie from it: "0.53 ± 0.02", "0.53 (0.02)"."""
_WITH_UNIT = late(lambda: re.compile(rf"({_NUMBER})\s?(?:s|sec|secs|ms|min|h|dB|nats|bits|bpd|MB|GB|MiB|GiB)"))


def number_of(cell: str, separator: str = ",") -> tuple[float | None, bool]:
    """The number in a cell (None if there is none), and whether the cell says NaN or infinite."""
    value = number_in(cell)
    if value is not None:
        return value, not math.isfinite(value)
    text = cell.strip("\x00'\" \t")
    if len(text) > LONGEST_NUMBER:
        return None, False
    if separator != "," and _DECIMAL_COMMA.fullmatch(text):
        return number_of(text.replace(",", "."))
    if text.endswith("%"):
        return number_in(text[:-1].rstrip()), False
    told = (_WITH_UNIT.fullmatch(text) or _SPREAD.fullmatch(text)) if text[:1] in _BEGINS else None
    return float(told[1]) if told else None, False


def plain_numbers(cells: Sequence[str]) -> Floats | None:
    """Cells that are all finite numbers in plain spelling; None for others."""
    try:
        numbers = np.array(cells, dtype=np.float64)
    except ValueError:
        return None
    text = "".join(cells)
    long = len(text) > LONGEST_NUMBER and max(map(len, cells)) > LONGEST_NUMBER
    return None if long or "_" in text or not np.isfinite(numbers).all() else numbers


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.strip("\x00 \t").lower() in MISSING


def cells_of(line: str, separator: str) -> list[str]:
    """The cells of a line; quotes as in RFC 4180 where they are closed."""
    if '"' not in line:
        if "[" in line:
            line = without_separators(line, separator)
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator))
    except (csv.Error, StopIteration):
        return line.split(separator)


def finished(last: str, before: Sequence[str], separator: str) -> list[str]:
    """The cells of a last line without a line end; its last number may be cut (0.1 of 0.12345) and is left empty then.

    It is whole where it has all the digits that the lines above, ``before``, have there (``last_number``).
    """
    cells = cells_of(last, separator)
    above = [found[-1] for line in before[-LINES_ABOVE:] if len(found := cells_of(line, separator)) == len(cells)]
    number = cells[-1]
    if not is_whole(number, above) and not number_of(number, separator)[1]:
        cells[-1] = ""
    return cells
