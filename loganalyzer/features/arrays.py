"""Small robust statistics on float64 arrays, fast for the short arrays that they are asked about."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from loganalyzer.model.run import Floats, Ints

_Real = TypeVar("_Real", np.float64, np.int64)

MAD_TO_SIGMA = 1.4826
"""Makes the median absolute deviation of a normal sample estimate its standard deviation."""


def median(values: Floats | Ints) -> float:
    """Median of ``values`` (1-D, finite); NaN if empty. Several times faster than ``numpy.median`` on short arrays."""
    n = len(values)
    if n == 0:
        return math.nan
    ordered = values.copy()
    middle = n // 2
    if n > 1000:
        ordered.partition([middle - 1, middle])
    else:
        ordered.sort()
    upper = float(ordered.item(middle))
    return upper if n % 2 else 0.5 * float(ordered.item(middle - 1)) + 0.5 * upper


def spread(values: Floats) -> float:
    """Robust standard deviation: 1.4826 times the median absolute deviation from the median."""
    return MAD_TO_SIGMA * median(np.abs(values - median(values))) if len(values) else math.nan


def differences(values: NDArray[_Real], order: int = 1) -> NDArray[_Real]:
    """What each value adds to the one before; ``order`` times. Several times faster than ``numpy.diff`` on short arrays."""
    for _ in range(order):
        values = values[1:] - values[:-1]
    return values


def within(values: Floats, least: float, most: float) -> Floats:
    """``values``, none below ``least`` or above ``most``. Several times faster than ``numpy.clip`` on short arrays."""
    return np.minimum(np.maximum(values, least), most)


def difference_sigma(values: Floats, order: int) -> float:
    """Noise of ``values`` (more than ``order`` of them) from their differences of ``order`` 1, 2 or 3, under a trend.

    The robust deviation of the differences about zero, over what white noise of deviation 1 would give.
    """
    gain = math.sqrt(math.comb(2 * order, order))
    return MAD_TO_SIGMA * median(np.abs(differences(values, order))) / gain


def step_sigma(values: Floats) -> float:
    """Noise of ``values`` (two or more) from the scatter of their steps about the usual step: a straight line has none."""
    return spread(differences(values)) / math.sqrt(2.0)


def extent(values: Floats | Ints) -> float:
    """Largest minus smallest of at least one value. Several times faster than ``numpy.ptp`` on short arrays."""
    return float(np.maximum.reduce(values) - np.minimum.reduce(values))


def deviation(values: Floats) -> float:
    """Standard deviation (``ddof`` 0), not robust. Several times faster than ``numpy.std`` on short arrays."""
    n = len(values)
    centred = values - np.add.reduce(values) / n
    return math.sqrt(float(np.add.reduce(centred * centred)) / n)


def share(flags: NDArray[np.bool_]) -> float:
    """How many of at least one flag are set, 0..1. Several times faster than ``numpy.mean`` on short arrays."""
    return float(np.count_nonzero(flags)) / len(flags)


def windows(values: Floats, width: int) -> Floats:
    """All stretches of ``width`` neighbouring values; float64[len(values) - width + 1, width], to be read only."""
    n = len(values) - width + 1
    return values[_windows(n, width)] if n <= 600 else np.lib.stride_tricks.sliding_window_view(values, width)


def running_median(values: Floats, width: int) -> Floats:
    """Median in a centred window of odd ``width``, the ends padded with their own values (reflected)."""
    n = len(values)
    half = min(width // 2, (n - 1) // 2)
    if half < 1:
        return values
    # odd reflection keeps a steep end steep: the window never sees more of one side than of the other
    left = 2 * values[0] - values[half:0:-1]
    right = 2 * values[-1] - values[-2 : -half - 2 : -1]
    padded = np.concatenate([left, values, right])
    if half == 1:
        before, own, after = padded[:-2], values, padded[2:]
        middle: Floats = np.maximum(np.minimum(before, own), np.minimum(np.maximum(before, own), after))
        return middle
    return np.partition(windows(padded, 2 * half + 1), half, axis=1)[:, half]


@lru_cache(maxsize=64)
def _windows(n: int, width: int) -> Ints:
    """Indices of n overlapping windows of ``width``; int64[n, width]."""
    return np.arange(n)[:, None] + np.arange(width)[None, :]


def block_medians(values: Floats, blocks: int) -> Floats:
    """Medians of ``blocks`` stretches of (nearly) equal length; the values themselves if there are no more of them."""
    n = len(values)
    if n <= blocks:
        return values
    if n > 2000:
        edges = np.linspace(0, n, blocks + 1).astype(int)
        return np.array([median(values[a:b]) for a, b in pairwise(edges)])
    places, beyond, lower, upper = _blocks(n, blocks)
    ordered = values[places]
    ordered[beyond] = np.inf
    ordered.sort(axis=1)
    medians: Floats = 0.5 * (ordered.take(lower) + ordered.take(upper))
    return medians


@lru_cache(maxsize=128)
def _blocks(n: int, blocks: int) -> tuple[Ints, NDArray[np.bool_], Ints, Ints]:
    """Where the values of each block are (one row each, as wide as the widest), which places lie beyond its end, and
    the two places of its sorted row, in the flattened table, between which its median is."""
    edges = np.linspace(0, n, blocks + 1).astype(int)
    size = np.diff(edges)
    width = int(size.max())
    column = np.arange(width)
    rows = np.arange(blocks) * width
    places = np.minimum(edges[:-1, None] + column, n - 1)
    return places, column >= size[:, None], rows + (size - 1) // 2, rows + size // 2


def reduce_length(values: Floats, per_block: int) -> Floats:
    """Medians of consecutive stretches of ``per_block`` values; a shorter rest at the end is its own stretch."""
    n = len(values)
    whole = n // per_block
    middle = per_block // 2
    body = values[: whole * per_block].reshape(whole, per_block)
    medians = np.partition(body, middle, axis=1)[:, middle]
    rest = values[whole * per_block :]
    return np.append(medians, median(rest)) if len(rest) * 2 >= per_block else medians


@lru_cache(maxsize=64)
def _pairs(n: int) -> tuple[Ints, Ints]:
    """Indices of all pairs i < j of n values."""
    i, j = np.triu_indices(n, 1)
    return i, j


@lru_cache(maxsize=64)
def _later(n: int) -> NDArray[np.bool_]:
    """Which of n values (columns) come after which (rows); bool[n, n]."""
    return np.triu(np.ones((n, n), dtype=bool), 1)


def kendall(values: Floats) -> float:
    """Kendall's tau of ``values`` against their order, -1 (falling) to 1 (rising); 0 for fewer than two values.

    At most about 60 values are compared (medians of blocks), for speed and against autocorrelation (Mann, 1945).
    """
    short = block_medians(values, 60)
    n = len(short)
    if n < 2:
        return 0.0
    rising = short[:, None] < short
    differing = np.count_nonzero(rising)  # each pair that differs is seen once, from the one side or from the other
    rising &= _later(n)
    return (2.0 * np.count_nonzero(rising) - differing) / (n * (n - 1) // 2)


def kendall_error(n: int) -> float:
    """Standard deviation of Kendall's tau of ``n`` >= 2 values without any trend (Kendall, 1938)."""
    return math.sqrt(2.0 * (2 * n + 5) / (9.0 * n * (n - 1)))


def lag1(values: Floats) -> float:
    """Lag-1 autocorrelation of ``values`` about their mean; 0 for fewer than four values or none that differ."""
    if len(values) < 4:
        return 0.0
    centred = values - float(np.add.reduce(values)) / len(values)
    power = float(centred @ centred)
    return float(centred[1:] @ centred[:-1]) / power if power > 0 else 0.0


def theil_sen(x: Floats, y: Floats) -> float:
    """Median of all pairwise slopes (Theil, 1950; Sen, 1968) over at most 60 points; 0 for fewer than two."""
    a, b = block_medians(x, 60), block_medians(y, 60)
    if len(a) < 2:
        return 0.0
    i, j = _pairs(len(a))
    dx = a.take(j) - a.take(i)
    dy = b.take(j) - b.take(i)
    if len(dx) and dx.min() <= 0:
        ok = dx > 0
        dx, dy = dx[ok], dy[ok]
    return median(dy / dx) if len(dx) else 0.0


FAR = 0.2
"""A margin so far below the threshold of 1 that nothing further is asked about it."""


def sigmoid_margin(ratio: float, steepness: float = 3.0) -> float:
    """Turn statistic/threshold into 0..1: 0.5 at the threshold, towards 1 above it, towards 0 below."""
    if not ratio > 0:
        return 0.0
    if math.isinf(ratio):
        return 1.0
    return float(1.0 / (1.0 + ratio ** (-steepness)))
