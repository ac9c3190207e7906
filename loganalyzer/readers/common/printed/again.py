"""Values that come again at one place of a counter: a few are summaries, many say that the counter stands still."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loganalyzer.model.run import Floats, Ints
from loganalyzer.readers.common.different import different
from loganalyzer.readers.common.printed.points import REDRAWN, Points

Bools = NDArray[np.bool_]
Key = tuple[str, int]

MOST_AGAIN = 0.1
FEWEST_AGAIN = 2
"""Up to this share, or fewer than this many, values that come again are summaries; beyond, the counter stands still."""
MOST_SHAPES = 8
"""Lines of more shapes than this hold varying words: then their shape does not tell what a value is of."""
FEWEST_EPOCHS = 3
"""So many epochs of a training make what counts steps behind them a pass over other data."""


def came_again(points: Points, records: Ints, steps: Ints, values: Floats) -> int:
    """How many values of a series came again, changed, at the step of the value before; bars redraw themselves."""
    redrawn = np.frombuffer(points.shape, np.int32)[records] == REDRAWN
    same = (np.diff(steps) == 0) & ~_equal(values[1:], values[:-1]) & ~redrawn[:-1]
    return int(same.sum())


def stands_still(points: Points, key: Key, x: Floats) -> bool:
    """Whether values of ``key`` from one print statement come again at the same place, too often for summaries.

    A statement that speaks in the last of several places only is a pass over other data behind the training.
    """
    records = np.frombuffer(points.values[key][0], np.int64)
    values = np.frombuffer(points.values[key][1])
    shapes = np.frombuffer(points.shape, np.int32)[records]
    at = x[records]
    placed = np.isfinite(at)
    at, values, shapes = at[placed], values[placed], shapes[placed]
    told = (shapes != REDRAWN) & of_the_training(at, shapes)
    at, values, shapes = at[told], values[told], shapes[told]
    if len(at) < 2 or not ((np.diff(at) == 0) & ~_equal(values[1:], values[:-1])).any():
        return False
    if len(different(shapes)) > MOST_SHAPES:
        shapes = np.zeros_like(shapes)
    group = np.concatenate([[0], np.cumsum(np.diff(at) != 0)])
    statements, told_apart = _distinct(group, shapes), _distinct(group, shapes, values)
    return told_apart - statements >= max(FEWEST_AGAIN, MOST_AGAIN * told_apart)


def of_the_training(at: Floats | Ints, shapes: NDArray[np.int32]) -> Bools:
    """Which values of a series, at places ``at``, are not of a statement that speaks in the last of several places only."""
    behind = at == at[-1:]
    if len(different(shapes)) > MOST_SHAPES or len(different(at[~behind])) < FEWEST_EPOCHS:
        return np.ones(len(at), bool)
    return np.isin(shapes, shapes[~behind])


def _distinct(*columns: np.ndarray) -> int:
    """How many different rows the columns make; NaNs are equal."""
    order = np.lexsort(columns)
    changes = np.zeros(len(order), bool)
    changes[:1] = True
    for column in columns:
        ordered = column[order].astype(np.float64)
        changes[1:] |= ~_equal(ordered[1:], ordered[:-1])
    return int(changes.sum())


def _equal(a: Floats, b: Floats) -> Bools:
    same: Bools = (a == b) | (np.isnan(a) & np.isnan(b))
    return same
