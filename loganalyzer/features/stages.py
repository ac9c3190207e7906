"""Stages of a return: the stretches of one level that its episodes fall into, however widely they scatter about it.

A single return is a throw of dice, often between a few outcomes (won, lost, out of time), so that medians jump from one to
another by chance and the middle of all values is one that no episode ever had. What an agent can do is the mean of many;
where that changes is what the least squares say, with a price for each change (Jackson et al., 2005; Killick et al., 2012).
"""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, per_curve
from loganalyzer.features.returns import FEW, block_means, running_window
from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats, Ints

MOST = 200
"""A longer log is looked at as so many means of neighbouring values."""
FEWEST = 12
"""Fewer values have no stages."""
PRICE = 3.0
"""What one change of level costs, in variances of the noise times the logarithm of how many values there are."""
LONG_LOG, SHORTEST, SHORTEST_OF_FEW = FEW, 3, 2
"""A stage has so many values; of a log of fewer than ``LONG_LOG`` each is a mean of episodes, and two are a stage."""


class Stages(Record, eq=False):
    """``levels`` float64[k]: the mean of each stage (lower is better); ``counts`` int64[k]: how many values it has;
    ``noise``: the deviation of single values about the levels. All in units of the curve's values."""

    levels: Floats
    counts: Ints
    values: Floats
    noise: float

    @property
    def each(self) -> Floats:
        """The level of each value."""
        return np.repeat(self.levels, self.counts)

    @property
    def shares(self) -> Floats:
        """The share of the values that each stage has."""
        return np.asarray(self.counts / self.counts.sum(), dtype=np.float64)


NO_STAGES = Stages(np.zeros(0), np.zeros(0, np.int64), np.zeros(0), 0.0)


@per_curve
def stages(curve: Curve) -> Stages:
    """The stages of ``curve``, of the series that it holds means of where it does; none where it is too short."""
    y = curve.values
    if curve.source is not None:
        kept = curve.source.values[np.isfinite(curve.source.values)]
        y = np.asarray(kept / curve.unit * curve.sign, dtype=np.float64)
    window = running_window(y)
    if window:
        first = (len(y) - 1) % window
        y = y[first if 2 * first > window else first + window :: window]  # at first it is a mean of few
    if len(y) > MOST:
        y = block_means(y, MOST)
    if len(y) < FEWEST:
        return NO_STAGES
    ends = _ends(y, SHORTEST if len(y) >= LONG_LOG else SHORTEST_OF_FEW)
    starts = np.concatenate([[0], ends[:-1]])
    lengths = ends - starts
    levels = np.add.reduceat(y, starts) / lengths
    about = y - np.repeat(levels, lengths)
    return Stages(levels, lengths, y, arrays.deviation(about))


def _ends(y: Floats, shortest: int) -> np.ndarray:
    """Where each stage of ``y`` ends (exclusive): the partition of the least squares, each change paid for; int64[k]."""
    n = len(y)
    z = y - float(y.mean())
    change = arrays.differences(z)
    variance = max(float(change @ change) / len(change) / 2.0, 1e-12 * float(z @ z) / n)
    if variance <= 0:
        return np.array([n])
    price = PRICE * math.log(n) * variance
    sums, squares = np.concatenate([[0.0], np.cumsum(z)]), np.concatenate([[0.0], np.cumsum(z * z)])
    least, before = np.full(n + 1, math.inf), np.zeros(n + 1, dtype=np.int64)
    least[0] = -price
    for end in range(shortest, n + 1):
        start = np.arange(end - shortest + 1)
        of_stage = squares[end] - squares[start] - (sums[end] - sums[start]) ** 2 / (end - start)
        cost = least[start] + of_stage + price
        best = int(cost.argmin())
        least[end], before[end] = float(cost[best]), best
    ends = [n]
    while before[ends[-1]] > 0:
        ends.append(int(before[ends[-1]]))
    return np.array(ends[::-1])
