"""A few rows of a history that is read already: ``history_frame.head()`` below the cell that printed the training."""

from __future__ import annotations

import numpy as np

from loganalyzer.model.role import Split
from loganalyzer.model.run import Run, Series
from loganalyzer.readers.common.histories import is_curve
from loganalyzer.roles.assign import role_of

MOST_ROWS = 10
FEWEST_VALUES = 3
"""So many values must be found again."""
_HELD_OUT = (Split.VALIDATION, Split.TEST)


def is_extract(run: Run, whole: Run) -> bool:
    """Whether ``run`` is a few rows of ``whole``, numbered as there or, as pandas does, from 0 where that counts from 1.

    Half of its curves must be found there, and all of held-out data: what Keras prints for training data are running means.
    """
    rows = {name: series for name, series in run.series.items() if is_curve(name)}
    curves = [series for name, series in whole.series.items() if is_curve(name)]
    longest = max(map(len, rows.values()), default=0)
    if not 0 < longest <= MOST_ROWS or longest > max(map(len, curves), default=0):
        return False
    return any(_is_inside(rows, curves, shift) for shift in (0, 1))


def _is_inside(rows: dict[str, Series], curves: list[Series], shift: int) -> bool:
    """Whether the rows, ``shift`` steps further, are among the points of the curves, which have more steps."""
    last = max(int(series.steps[-1]) for series in curves)
    first = min(int(series.steps[0]) for series in curves)
    if all(int(s.steps[-1]) + shift >= last and int(s.steps[0]) + shift <= first for s in rows.values()):
        return False
    found = {name: max((_found_again(one, curve, shift) for curve in curves), default=0) for name, one in rows.items()}
    missed = [name for name, count in found.items() if not count]
    if any(role_of(name).split in _HELD_OUT for name in missed):
        return False
    return 2 * len(missed) <= len(found) and sum(found.values()) >= FEWEST_VALUES


def _found_again(one: Series, curve: Series, shift: int) -> int:
    """How many values of ``one`` stand in a curve of its quantity at their steps; 0 if any of them is another one there."""
    if role_of(one.name).quantity is not role_of(curve.name).quantity:
        return 0
    _, here, there = np.intersect1d(one.steps + shift, curve.steps, return_indices=True)
    same = np.allclose(one.values[here], curve.values[there], rtol=1e-3, atol=1e-4, equal_nan=True)
    return len(here) if same else 0
