"""Rows without a line end between them: two processes write into one file, or a buffer is lost with the end of its line."""

from __future__ import annotations

import math
from collections.abc import Sequence

from loganalyzer.readers.csv.cells import cells_of, number_of

MOST_ROWS = 64


def rows_in(line: str, separator: str, width: int, before: Sequence[str]) -> list[list[str]] | None:
    """The rows of ``width`` cells that stand in one line behind the row ``before``; None where these cannot be told.

    Where two rows meet, the last cell of one and the first of the other are one ("0.3157"): the number of the next row is
    known where rows are counted by one, and nothing else is guessed. Rows in bars ("| 56 | 0.3 || 57 | 0.3 |") say where they meet.
    """
    if separator == "|" and line.startswith("|") and "||" in line:
        rows = [cells_of(f"|{part}|", "|") for part in line.strip().strip("|").split("||")]
        return rows if all(len(row) == width for row in rows) else None
    cells = cells_of(line, separator)
    count, rest = divmod(len(cells) - 1, width - 1) if width > 1 else (0, 1)
    step = _counted(before[0], separator) if before else None
    first = _counted(cells[0], separator)
    if rest or not 1 < count <= MOST_ROWS or step is None or first is None or first <= step:
        return None
    gap, rows, head = first - step, [], cells[0]
    for number in range(count):
        inside = cells[1 + number * (width - 1) : 1 + (number + 1) * (width - 1)]
        if number < count - 1:
            following = str(first + (number + 1) * gap)
            if not inside[-1].endswith(following):
                return None
            inside[-1] = inside[-1][: -len(following)]
            rows.append([head, *inside])
            head = following
        else:
            rows.append([head, *inside])
    return rows


def _counted(cell: str, separator: str) -> int | None:
    """The whole number in a cell that is written as one."""
    value = number_of(cell, separator)[0]
    whole = value is not None and math.isfinite(value) and value == int(value)
    return int(value) if whole and value is not None and cell.strip() == str(int(value)) else None
