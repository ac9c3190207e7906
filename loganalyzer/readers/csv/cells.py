"""One cell of a table: numbers in any spelling, the many words for NaN, infinite and missing."""

from __future__ import annotations

import csv
import math
import re

MISSING = frozenset({"", "na", "n/a", "none", "null", "-", "--", "_"})
NOT_A_NUMBER = frozenset(
    {
        "nan", "+nan", "-nan", "-nan(ind)", "nan(ind)", "1.#qnan", "-1.#qnan", "-1.#ind", "1.#ind", "#nan", "nan%", "nan.0",
        "#num!", "#div/0!", "#value!",
    }
)  # fmt: skip
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
    "-∞": -math.inf,
    "inf%": math.inf,
    "-inf%": -math.inf,
    "overflow": math.inf,
    "-overflow": -math.inf,
}
LONGEST_NUMBER = 1000
_DECIMAL_COMMA = re.compile(r"[+-]?(?:\d+,\d*|,\d+)(?:[eE][+-]?\d+)?")
_NUMBER = re.compile(r"[+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?")
_WRAPPED = re.compile(
    r"(?:tensor|array|(?:np|numpy)\.\w+|\w*float\d*)?[(\[]+\s*([^(),\[\]\s]+)\s*,?\s*[)\]]+"
    r"|tensor\(\s*([^(),\[\]\s]+)\s*,.*\)"
)
"""A value printed as it is in the program: ``tensor(0.5, device='cuda:0')``, ``np.float32(0.5)``, ``[0.5]``."""


def number_of(cell: str, separator: str = ",") -> tuple[float | None, bool]:
    """The number in a cell (None if there is none), and whether the cell says NaN or infinite."""
    text = cell.strip().strip("\x00'\"").strip()
    if len(text) > LONGEST_NUMBER:
        return None, False
    if not _NUMBER.fullmatch(text):
        return _unusual(text, separator)
    value = float(text)
    return value, math.isinf(value)


def _unusual(text: str, separator: str) -> tuple[float | None, bool]:
    """The same of what is not plainly a number."""
    lower = text.lower()
    if lower in MISSING:
        return None, False
    if lower in NOT_A_NUMBER:
        return math.nan, True
    if lower in INFINITE:
        return INFINITE[lower], True
    if separator != "," and _DECIMAL_COMMA.fullmatch(text):
        return number_of(text.replace(",", "."))
    if text.endswith("%") and _NUMBER.fullmatch(text[:-1].strip()):
        return float(text[:-1]), False
    inner = _WRAPPED.fullmatch(text) if text[-1] in ")]" else None
    return number_of(inner[1] or inner[2], separator) if inner else (None, False)


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.strip("\x00 \t").lower() in MISSING


def cells_of(line: str, separator: str) -> list[str]:
    """The cells of a line; quotes as in RFC 4180 where they are closed."""
    if '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator))
    except (csv.Error, StopIteration):
        return line.split(separator)


def finished(last: str, before: str, separator: str) -> list[str]:
    """The cells of a last line without a line end; its last number may be cut (0.1 of 0.12345) and is left empty then.

    It counts as whole where it has as many digits behind the point as the one ``before``.
    """
    cells, above = cells_of(last, separator), cells_of(before, separator)
    digits, usual = (line[-1].strip().partition(".")[2] for line in (cells, above))
    if not (digits.isdigit() and usual.isdigit() and len(digits) >= len(usual)):
        cells[-1] = ""
    return cells
