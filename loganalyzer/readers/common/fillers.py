"""NaN that fills the cells of other rows: a program that logs training and validation in turns writes it in place of nothing.

pandas does so where it joins two tables. Such columns never have a value in the same row; a loss that became NaN had one
beside the others before.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from loganalyzer.readers.common.columns import Column
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.roles.assign import role_of

FEWEST = 2
"""So many values of both columns."""
MOST_COLUMNS = 60


def without_fillers(columns: Mapping[str, Column]) -> Mapping[str, Column]:
    """The columns without NaN in the rows in which another one has its value that never has one where they have theirs."""
    known = {
        name: own.rows[np.isfinite(own.values)]
        for name, own in columns.items()
        if role_of(name).quantity in OBJECTIVES and bool(np.isnan(own.values).any())
    }
    known = {name: rows for name, rows in known.items() if len(rows) >= FEWEST}
    if not 2 <= len(known) <= MOST_COLUMNS:
        return columns
    found = dict(columns)
    for name, rows in known.items():
        others = [own for other, own in known.items() if other != name and not np.isin(own, rows).any()]
        if others:
            column = columns[name]
            found[name] = column.where(~(np.isnan(column.values) & np.isin(column.rows, np.concatenate(others))))
    return found
