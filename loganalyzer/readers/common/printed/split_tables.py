"""Tables with a column for each data set and a row for each quantity ("METRIC | TRAIN | VALIDATION" over "Loss | 0.5 | 0.6")."""

from __future__ import annotations

import re

from loganalyzer.readers.common.line_names import splits_in
from loganalyzer.readers.common.number_words import number_in
from loganalyzer.readers.common.quantities import KNOWN, with_split
from loganalyzer.roles.assign import role_of

LONGEST = 200
_BETWEEN = re.compile(r"[|│\t]| {2,100}")
_HELD_OUT = re.compile(r"val|test|dev", re.IGNORECASE)
_FRAME = " \t*#=-_'\"|│"
_FIRST = frozenset({"", "metric", "metrics", "measure", "quantity", "name", "value", "score", "指標"})
"""What stands above the names of the rows."""
_SETS = frozenset({"set", "data", "dataset", "split"})


def data_sets_of(line: str) -> tuple[str, ...]:
    """The data sets that the columns of a table are called after, () for other lines."""
    if len(line) > LONGEST or not _HELD_OUT.search(line) or not splits_in(line):
        return ()
    first, *others = _cells(line)
    if first.lower() not in _FIRST and splits_in(first):
        first, others = "", [first, *others]
    own = [splits_in(cell) for cell in others]
    told = tuple(splits[0] for splits in own if len(splits) == 1)
    plain = all({*cell.lower().split()[1:]} <= _SETS for cell in others)
    return told if first.lower() in _FIRST and plain and len(told) == len(others) == len({*told}) > 1 else ()


def values_of(line: str, data_sets: tuple[str, ...]) -> dict[str, float]:
    """The values of a row by their names, {} where it is none of such a table."""
    if len(line) > LONGEST:
        return {}
    name, *cells = _cells(line)
    if len(cells) != len(data_sets) or role_of(name).quantity not in KNOWN:
        return {}
    values = [_value(cell) for cell in cells]
    told = zip(data_sets, values, strict=True)
    return {with_split(name, split): value for split, value in told if value is not None}


def _cells(line: str) -> list[str]:
    cells = [cell.strip(_FRAME) for cell in _BETWEEN.split(line.strip().strip("|│"))]
    return [cells[0], *filter(None, cells[1:])]


def _value(cell: str) -> float | None:
    value = number_in(cell.removesuffix("%"))
    return value * 0.01 if value is not None and cell.endswith("%") else value
