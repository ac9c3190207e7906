"""A curve that has a value in every record and then none to the end, while the records go on.

That is how NaN looks in a table: pandas writes it as an empty cell, and most JSON encoders as ``null``. Left out, the last
finite value would be taken for the end of the training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from loganalyzer.model.run import Ints, Note
from loganalyzer.readers.common.columns import Column
from loganalyzer.readers.common.evaluations_behind import are_evaluations
from loganalyzer.readers.common.quantities import CURVES
from loganalyzer.roles.assign import role_of

FEWEST_BEFORE = 5
FEWEST_MISSING = 2
"""One record without a value is what a training looks like that is being written, or its summary."""


def with_missing_ends(
    columns: Mapping[str, Column], steps: Ints, planned: bool
) -> tuple[dict[str, Column], tuple[Note, ...]]:
    """The columns with NaN where a curve is missing to the end, and a note that names them.

    ``steps`` int64[records] are those of all records. Rows of ``columns`` are numbers of records. A curve is missing where
    ``FEWEST_BEFORE`` or more records in a row had it, ``FEWEST_MISSING`` or more at the end do not, and the other columns
    go on: records of another kind (a final evaluation) have names of their own or lack the other columns, too, or go back
    to an earlier step.
    ``planned``: records that hold nothing but their number may stand there for what is yet to be trained.
    """
    size = len(steps)
    missing = {name: own for name, own in columns.items() if _stops(name, own, size)}
    others = [own.rows for name, own in columns.items() if name not in missing]
    found = dict(columns)
    for name, own in missing.items():
        if are_evaluations(columns, steps, int(own.rows[-1]) + 1):
            continue
        if _goes_on(others, int(own.rows[-1]) + 1, size) or not (others or planned):
            found[name] = _continued(own, steps)
    ended = [name for name in missing if found[name] is not columns[name]]
    notes = []
    if ended:
        notes.append(Note("missing-to-the-end", {"names": ", ".join(ended[:5])[:200]}))
    if missing and not others and planned:
        empty = size - 1 - max(int(own.rows[-1]) for own in missing.values())
        notes.append(Note("rows-without-values", {"count": empty}, harmful=True))
    return found, tuple(notes)


def _stops(name: str, column: Column, size: int) -> bool:
    rows = column.rows
    whole = len(rows) >= FEWEST_BEFORE and int(rows[-1]) - int(rows[0]) == len(rows) - 1
    return whole and size - 1 - int(rows[-1]) >= FEWEST_MISSING and role_of(name).quantity in CURVES


def _goes_on(others: Sequence[Ints], first: int, size: int) -> bool:
    """Whether the records from ``first`` on are of the kind of those before: what these have, those have, and no more."""
    if any(int(rows[0]) >= first for rows in others):
        return False
    steady = [rows for rows in others if _has_all(rows, first - FEWEST_BEFORE, first)]
    return bool(steady) and all(_has_all(rows, first, size) for rows in steady)


def _has_all(rows: Ints, start: int, stop: int) -> bool:
    """Whether all records from ``start`` up to (without) ``stop`` are among ``rows`` (rising)."""
    a, b = np.searchsorted(rows, (start, stop))
    return bool(b - a == stop - start)


def _continued(column: Column, steps: Ints) -> Column:
    rows = np.arange(int(column.rows[-1]) + 1, len(steps))
    walls = column.wall_times
    return Column(
        np.concatenate([column.rows, rows]),
        np.concatenate([column.steps, steps[rows]]),
        np.concatenate([column.values, np.full(len(rows), np.nan)]),
        None if walls is None else np.concatenate([walls, np.full(len(rows), walls[-1])]),
    )
