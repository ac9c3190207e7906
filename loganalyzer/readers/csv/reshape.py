"""Tables of another shape as plain ones: long ones (step, name, value), several runs in one, two header rows, lying ones."""

from __future__ import annotations

from collections.abc import Sequence

from loganalyzer.model.record import Record
from loganalyzer.readers.common.data_sets import COLUMNS as DATA_SETS
from loganalyzer.readers.common.data_sets import data_set
from loganalyzer.readers.common.long_records import NAMES, VALUES
from loganalyzer.readers.common.quantities import COUNTERS, OBJECTIVES, with_split
from loganalyzer.readers.common.run_fields import FIELDS, are_runs
from loganalyzer.readers.csv.cells import cells_of, finished, is_missing, number_of
from loganalyzer.readers.csv.header import LINE_END, SEPARATORS, is_number
from loganalyzer.roles.assign import role_of

FEWEST_ROWS = 2
FEWEST_LYING = 5
MOST_LYING = 60
MOST_FIRST_LINE = 100_000


class Grid(Record):
    """The cells of a table, its names among them, and what separates them."""

    separator: str
    rows: Sequence[Sequence[str]]

    @property
    def names(self) -> Sequence[str]:
        """The first row."""
        return self.rows[0]

    @property
    def low(self) -> Sequence[str]:
        """The names in small letters, without quotes."""
        return [name.strip('"').lower() for name in self.names]

    def text(self, rows: Sequence[Sequence[str]]) -> str:
        """Rows as text."""
        return "\n".join(self.separator.join(row) for row in rows) + "\n"


def reshaped(text: str) -> list[tuple[str, str]]:
    """The plain tables in a text, each with the label of its run ("" where it is one); [] where it is plain already."""
    if not may_be(text):
        return []
    grid = _grid(text)
    if grid is None:
        return []
    joined = _with_one_header(grid) or _upright(grid)
    if joined is not None:
        return [("", grid.text(joined))]
    parts = _groups(grid) or [("", grid)]
    wide = [(label, _wide(part)) for label, part in parts]
    if any(rows is not None for _, rows in wide):
        return [(label, grid.text(rows)) for label, rows in wide if rows is not None]
    return [(label, grid.text(part.rows)) for label, part in parts] if len(parts) > 1 else []


def may_be(text: str) -> bool:
    """Whether ``reshaped`` may find something in what begins so, by its first lines: most tables are plain."""
    first, second = [*LINE_END.split(text[:MOST_FIRST_LINE], maxsplit=2), ""][:2]
    separator = _separator(first)
    if not separator:
        return False
    names = [cell.strip().strip('"').lower() for cell in first.split(separator)]
    if not FIELDS.isdisjoint(names) or (not NAMES.isdisjoint(names) and not VALUES.isdisjoint(names)):
        return True
    if len(names) > FEWEST_LYING and all(map(is_number, names[1:])):
        return role_of(names[0]).quantity in COUNTERS
    below = [cell.strip() for cell in second.split(separator)]
    return len(below) == len(names) and any(data_set(name) for name in names) and not any(map(is_number, below))


def _separator(line: str) -> str:
    return max(SEPARATORS, key=line.count) if any(mark in line for mark in SEPARATORS) else ""


def _grid(text: str) -> Grid | None:
    lines = [line for line in LINE_END.split(text) if line.strip()]
    separator = _separator(lines[0])
    rows = [[cell.strip() for cell in cells_of(line, separator)] for line in lines]
    if len(lines) > 1 and not text.endswith(("\n", "\r")):
        rows[-1] = [cell.strip() for cell in finished(lines[-1], lines[1:-1], separator)]
    width = len(rows[0])
    whole = rows if len(rows[-1]) == width else rows[:-1]
    if len(whole) < 1 + FEWEST_ROWS or width < 2 or any(len(row) != width for row in whole):
        return None
    return Grid(separator, whole)


def _with_one_header(grid: Grid) -> list[Sequence[str]] | None:
    """Two rows of names as one: "train,,val," above "loss,acc,loss,acc"."""
    above, below, first = grid.rows[0], grid.rows[1], grid.rows[2]
    if not all(is_number(cell) or is_missing(cell) for cell in first) or any(map(is_number, [*above, *below])):
        return None
    if len(set(above)) == len(above) or not any(role_of(name).quantity in OBJECTIVES for name in below if name):
        return None
    names, last = [], ""
    for outer, inner in zip(above, below, strict=True):
        last = outer or last
        counts = role_of(outer or inner).quantity in COUNTERS
        names.append(outer or inner if counts or not inner else f"{last}/{inner}" if last else inner)
    return [names, *grid.rows[2:]]


def _upright(grid: Grid) -> list[Sequence[str]] | None:
    """A table that has a quantity in each row, turned."""
    if len(grid.names) <= FEWEST_LYING or len(grid.rows) > MOST_LYING:
        return None
    counter, names = grid.names[0], [row[0] for row in grid.rows]
    if role_of(counter).quantity not in COUNTERS or not all(map(is_number, grid.names[1:])):
        return None
    if any(map(is_number, names)) or not any(role_of(name).quantity in OBJECTIVES for name in names):
        return None
    return [list(column) for column in zip(*grid.rows, strict=True)]


def _groups(grid: Grid) -> list[tuple[str, Grid]]:
    """The rows of each run under its label, where a column tells them and each counts by itself; [] for other tables."""
    columns = [i for i, name in enumerate(grid.low) if name in FIELDS]
    counter = _counter(grid)
    if not columns or counter is None:
        return []
    by_label: dict[str, list[Sequence[str]]] = {}
    for row in grid.rows[1:]:
        by_label.setdefault("/".join(row[i] for i in columns), []).append(row)
    keys = [i for i, name in enumerate(grid.low) if i == counter or name in NAMES or name in DATA_SETS]
    if not are_runs([[tuple(row[i] for i in keys) for row in rows] for rows in by_label.values()]):
        return []
    kept = [i for i in range(len(grid.names)) if i not in columns]
    return [
        (label, Grid(grid.separator, [[row[i] for i in kept] for row in (grid.names, *rows)]))
        for label, rows in by_label.items()
    ]


def _counter(grid: Grid) -> int | None:
    """The first column that counts."""
    counters = (i for i, name in enumerate(grid.names) if role_of(name.strip('"')).quantity in COUNTERS)
    low = grid.low
    return next((i for i in counters if low[i] not in FIELDS), None)


def _wide(grid: Grid) -> list[Sequence[str]] | None:
    """A long table (a row for each value) with a row for each step; None for other tables."""
    named = next((i for i, name in enumerate(grid.low) if name in NAMES), None)
    valued = next((i for i, name in enumerate(grid.low) if name in VALUES), None)
    counter = _counter(grid)
    if named is None or valued is None or counter is None:
        return None
    split = next((i for i, name in enumerate(grid.low) if name in DATA_SETS and i not in (named, valued)), None)
    columns: dict[str, int] = {}
    found: list[tuple[str, dict[str, str]]] = []
    for row in grid.rows[1:]:
        name = row[named] if split is None else with_split(row[named], data_set(row[split]))
        if not name or is_number(name) or (number_of(row[valued])[0] is None and not is_missing(row[valued])):
            return None
        columns.setdefault(name, len(columns))
        if not found or found[-1][0] != row[counter] or name in found[-1][1]:
            found.append((row[counter], {}))
        found[-1][1][name] = row[valued]
    if not any(role_of(name).quantity in OBJECTIVES for name in columns) or len(columns) > len(found) * 10:
        return None
    header = [grid.names[counter], *columns]
    return [header, *([step, *(values.get(name, "") for name in columns)] for step, values in _merged(found))]


def _merged(found: Sequence[tuple[str, dict[str, str]]]) -> list[tuple[str, dict[str, str]]]:
    """Rows of one step together, where a table has one quantity after the other; in the order of their first."""
    steps = [step for step, _ in found]
    if len(set(steps)) == len(steps):
        return list(found)
    merged: dict[str, dict[str, str]] = {}
    for step, values in found:
        own = merged.setdefault(step, {})
        if not own.keys().isdisjoint(values):
            return list(found)  # another session counts anew
        own.update(values)
    return list(merged.items())
