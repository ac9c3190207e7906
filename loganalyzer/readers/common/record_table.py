"""Records in columns: for each name, in which records it has a number, and which."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from loganalyzer.model.record import Record
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Floats, Ints
from loganalyzer.roles.assign import role_of

Column = tuple[Ints, Floats]


class RecordTable(Record):
    """``size`` records. A column is int64[n], the numbers of the records that have it, rising, and float64[n], its values.

    Columns stand in the order in which the records first show them.
    """

    size: int
    columns: Mapping[str, Column]

    def dense(self, name: str) -> Floats:
        """One value a record, float64[size]; NaN where it has none."""
        values = np.full(self.size, np.nan)
        if name in self.columns:
            rows, known = self.columns[name]
            values[rows] = known
        return values


def table_of(rows: Iterable[Mapping[str, float]]) -> RecordTable:
    """The columns of records of numbers."""
    found: dict[str, tuple[array[int], array[float]]] = defaultdict(lambda: (array("q"), array("d")))
    size = 0
    for size, row in enumerate(rows, 1):
        for name, value in row.items():
            numbers, values = found[name]
            numbers.append(size - 1)
            values.append(value)
    columns = {n: (np.frombuffer(rows, np.int64), np.frombuffer(values)) for n, (rows, values) in found.items()}
    return RecordTable(size, columns)


def joined(tables: Sequence[RecordTable]) -> RecordTable:
    """The records of ``tables`` one after another."""
    pieces: dict[str, list[Column]] = defaultdict(list)
    start = 0
    for table in tables:
        for name, (rows, values) in table.columns.items():
            pieces[name].append((rows + start, values))
        start += table.size
    columns = {
        name: (np.concatenate([rows for rows, _ in own]), np.concatenate([values for _, values in own]))
        for name, own in pieces.items()
    }
    return RecordTable(start, dict(sorted(columns.items(), key=lambda item: item[1][0][0])))


def longest(table: RecordTable, most: int) -> RecordTable:
    """The table with at most ``most`` of its columns: first those of known quantities, then those with more values."""
    if len(table.columns) <= most:
        return table
    ranked = sorted(
        table.columns, key=lambda name: (role_of(name).quantity is Quantity.OTHER, -len(table.columns[name][0]))
    )
    kept = set(ranked[:most])
    return RecordTable(table.size, {name: own for name, own in table.columns.items() if name in kept})
