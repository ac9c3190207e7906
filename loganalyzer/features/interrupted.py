"""Values that are no numbers now and then: single batches are at fault then, and the weights are sound."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FEWEST_TO_THE_END = 3
"""So many unusable values, one after every few numbers, are a state of the run."""
RETURNS = 2
"""A loss that is finite again so many times is NaN at single batches only."""


def comes_back(bad: NDArray[np.bool_]) -> bool:
    """Whether numbers follow unusable values (``bad``, bool[k], one a point) ``RETURNS`` times or more.

    False where the first value is unusable: nothing is known of how the training began.
    """
    return len(bad) > 0 and not bool(bad[0]) and int(np.count_nonzero(np.diff(bad.astype(int)) < 0)) >= RETURNS


def kind_of_bad(value: float, bad: NDArray[np.bool_], first: int) -> str:
    """How values are unusable from index ``first`` on, where the curve has ``value``: the variant of the sentence on it."""
    if first == 0:
        return "all-non-finite"
    if math.isfinite(value):
        return "exploded"
    return "now-and-then" if comes_back(bad) else "non-finite"


def to_the_end(bad: NDArray[np.bool_], recovered: float) -> bool:
    """Whether unusable values (``bad``, bool[k], one of them or more) last to the end of a curve.

    The last value is one, or fewer than a share ``recovered`` of the values from the first one on are numbers, or that is
    so up to the last one and the numbers behind it are no more than stand between others: two programs may write by turns.
    """
    if bad[-1]:
        return True
    since = bad[int(np.argmax(bad)) :]
    if np.count_nonzero(~since) < recovered * len(since):
        return True
    places = np.flatnonzero(since)
    last = int(places[-1])
    by_turns = len(places) >= FEWEST_TO_THE_END and len(since) - 1 - last < int(np.diff(places).max())
    return by_turns and bool(np.count_nonzero(~since[:last]) < recovered * (last + 1))
