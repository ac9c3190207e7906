"""Text to a table of numbers: guessed separator, padded names, odd spellings of NaN, repeated headers, torn lines."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from loganalyzer.model.run import Floats, Note

MOST_COLUMNS = 10_000
MOST_LINE = 1_000_000
SEPARATORS = (",", ";", "\t", "|")
MISSING = frozenset({"", "na", "n/a", "none", "null", "-", "--"})
NOT_A_NUMBER = frozenset({"nan", "+nan", "-nan", "-nan(ind)", "nan(ind)", "1.#qnan", "-1.#ind", "1.#ind", "#nan"})
INFINITE = {
    "inf": math.inf,
    "+inf": math.inf,
    "infinity": math.inf,
    "+infinity": math.inf,
    "-inf": -math.inf,
    "-infinity": -math.inf,
    "1.#inf": math.inf,
    "-1.#inf": -math.inf,
    "∞": math.inf,
}
_DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d+(?:[eE][+-]?\d+)?$")
_NUMBER = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$")


@dataclass(frozen=True, eq=False)
class Table:
    """``values`` float64[rows, columns], NaN where a cell is empty; ``explicit_nan`` marks cells that say NaN."""

    columns: tuple[str, ...]
    values: Floats
    explicit_nan: NDArray[np.bool_]
    notes: tuple[Note, ...] = ()


def looks_like_header(head: str) -> list[str] | None:
    """The names in the first line of ``head``, if rows of as many numbers follow; else None."""
    lines = [line for line in islice(head.splitlines(), 40) if line.strip() and not line.startswith(("#", "<<<<<<<"))]
    if not lines:
        return None
    separator = _separator(lines)
    if separator is None:
        return None
    names = _cells(lines[0], separator)
    if len(names) < 2 or len(names) > MOST_COLUMNS or sum(_is_number(n) for n in names) > len(names) // 4:
        return None
    rows = [_cells(line, separator) for line in lines[1:6]]
    numeric = [sum(number_of(c, separator)[0] is not None for c in row) >= 0.3 * len(names) for row in rows]
    return [n.strip() for n in names] if rows and any(numeric) else ([n.strip() for n in names] if not rows else None)


def parse_table(text: str) -> Table:
    """Parse all of ``text``. Never raises for content; what was wrong is in the notes."""
    fast = _fast(text)
    return fast if fast is not None else _tolerant(text)


def _fast(text: str) -> Table | None:
    """A clean table of plain numbers, parsed in one go; None when anything is unusual."""
    first, _, body = text.partition("\n")
    if (
        "," not in first
        or '"' in text
        or ";" in first
        or "\t" in first
        or not body.endswith("\n")
        or "\r" in body.rstrip("\r\n")
    ):
        return None
    names = tuple(n.strip() for n in first.split(","))
    if len(names) > MOST_COLUMNS or len(set(names)) < len(names) or "" in names:
        return None
    rows = body.count("\n")
    if body.count(",") != rows * (len(names) - 1) or ",," in body or ",\n" in body or "\n," in body or "\n\n" in body:
        return None
    cells = body.rstrip("\n").replace("\n", ",").split(",")
    try:
        values = np.array(cells, dtype=np.float64).reshape(-1, len(names))
    except ValueError:
        return None
    if np.isnan(values).any() or len(values) != rows:
        return None
    return Table(names, values, np.zeros(values.shape, dtype=bool))


def _tolerant(text: str) -> Table:
    notes: list[Note] = []
    lines = re.split(r"\r\r\n|\r\n|\n|\r", text)
    complete = lines[-1] == ""
    lines = [line for line in lines if line.strip("\x00 \t")]
    if any(len(line) > MOST_LINE for line in lines):
        notes.append(Note("line-too-long", {"limit": MOST_LINE}, harmful=True))
        lines = [line for line in lines if len(line) <= MOST_LINE]
    conflict = [line for line in lines if line.startswith(("<<<<<<<", "=======", ">>>>>>>"))]
    if conflict:
        notes.append(Note("conflict-markers", {"count": len(conflict)}, harmful=True))
        lines = [line for line in lines if line not in conflict]
    lines = [line for line in lines if not line.startswith("#")]
    separator = _separator(lines[:40]) if lines else None
    if separator is None or len(lines) < 2:
        return Table((), np.zeros((0, 0)), np.zeros((0, 0), dtype=bool), tuple(notes))
    names = _unique_names([n.strip() for n in _cells(lines[0], separator)], notes)[:MOST_COLUMNS]
    if not complete and len(lines) > 1:
        last = _cells(lines[-1], separator)
        # a number that was cut while being written is a wrong number: 0.1 of 0.12345
        lines = lines[:-1]
        notes.append(Note("last-line-unfinished", {"cells": len(last), "columns": len(names)}))
    return _rows(lines, names, separator, notes)


def _rows(lines: list[str], names: list[str], separator: str, notes: list[Note]) -> Table:
    values = np.full((len(lines) - 1, len(names)), np.nan)
    explicit = np.zeros(values.shape, dtype=bool)
    header = [n.strip() for n in _cells(lines[0], separator)]
    used, ragged, text_cells, headers = 0, [], 0, 0
    for number, line in enumerate(lines[1:], start=2):
        cells = _cells(line, separator)
        if [c.strip() for c in cells] == header:
            headers += 1
            continue
        if len(cells) != len(header):
            ragged.append(number)
            if len(cells) > len(header):
                continue
        for column, cell in enumerate(cells[: len(names)]):
            value, said_nan = number_of(cell, separator)
            if value is None:
                text_cells += cell.strip().lower() not in MISSING
                continue
            values[used, column] = value
            explicit[used, column] = said_nan
        used += 1
    values, explicit = values[:used], explicit[:used]
    if headers:
        notes.append(Note("header-repeated", {"count": headers}))
    if ragged:
        notes.append(Note("ragged-rows", {"count": len(ragged), "first": ragged[0]}, harmful=True))
    numeric = [i for i in range(len(names)) if np.isfinite(values[:, i]).any() or explicit[:, i].any()]
    in_numeric = text_cells - _text_only(values, explicit, used)
    if in_numeric > 0 and used:
        notes.append(Note("text-in-number-columns", {"count": in_numeric}))
    return Table(tuple(names[i] for i in numeric), values[:, numeric], explicit[:, numeric], tuple(notes))


def _text_only(values: Floats, explicit: NDArray[np.bool_], rows: int) -> int:
    """How many cells the columns without a single number have; those are text on purpose."""
    empty = ~(np.isfinite(values).any(axis=0) | explicit.any(axis=0)) if rows else np.zeros(0, dtype=bool)
    return int(empty.sum()) * rows


def number_of(cell: str, separator: str = ",") -> tuple[float | None, bool]:
    """The number in a cell (None if there is none), and whether the cell says NaN or infinite."""
    text = cell.strip().strip("\x00'\"").strip()
    lower = text.lower()
    if lower in MISSING:
        return None, False
    if lower in NOT_A_NUMBER:
        return math.nan, True
    if lower in INFINITE:
        return INFINITE[lower], True
    if separator != "," and _DECIMAL_COMMA.match(text):
        text = text.replace(",", ".")
    if text.endswith("%") and _NUMBER.match(text[:-1].strip()):
        return float(text[:-1]), False
    if not _NUMBER.match(text):
        return None, False
    value = float(text)
    return value, math.isinf(value)


def _is_number(cell: str) -> bool:
    return number_of(cell)[0] is not None


def _cells(line: str, separator: str) -> list[str]:
    if '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator))
    except (csv.Error, StopIteration):
        return line.split(separator)


def _separator(lines: list[str]) -> str | None:
    """The separator that cuts the first line and most others into the same number of cells, at least two."""
    best, most = None, 1
    for separator in SEPARATORS:
        width = len(_cells(lines[0], separator))
        same = sum(len(_cells(line, separator)) == width for line in lines)
        if width > most and same >= max(1, 0.6 * len(lines)):
            best, most = separator, width
    return best


def _unique_names(names: list[str], notes: list[Note]) -> list[str]:
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    doubled = [n for n, count in seen.items() if count > 1 and n]
    if doubled:
        notes.append(Note("duplicate-columns", {"names": ", ".join(doubled[:5])}))
    return result
