"""Returns of many episodes, averaged: one episode's return is a throw of dice, a mean over many is the policy's.

Many programs log a running mean (of the last hundred episodes) with each episode. Its neighbours share nearly all of what
they are means of, so that pure chance wanders; means of stretches that do not overlap are what can be compared.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.model.run import Floats, Series

FEW = 60
"""Fewer values are judged as they were logged."""
BLOCKS = 100
"""At most so many means are made of a long log."""
FEWEST = 24
"""No fewer means are made of it, however noisy it is."""
NOISY = 0.1
"""Means whose noise exceeds this share of their range are averaged again in pairs."""
SHORTEST_WINDOW = 5
"""A running mean of fewer values is as good as the values."""
FEWEST_STRETCHES = 12
"""So many values of a running mean are kept, even if neighbours overlap."""
DROPS_OUT, SURELY = -0.3, 4.0
"""Steps of a running mean correlate by -0.5 with those one window later, where what came in drops out: by this much at
least, and by so many deviations of chance."""
ALONE = 0.6
"""At no other lag do they correlate by more than this share of it, up or down: a rhythm shows at several."""
SMOOTH = 2.5
"""Steps of a running mean of n independent values are at most the root of 2 / n of its deviation; times this for chance."""


def averaged(series: Series) -> Series:
    """``series`` as means of neighbouring values, each at the last step of its block; a short one as it is.

    Blocks hold the same number of values. There are as many as leave the noise below ``NOISY`` of the range of the
    means, between ``FEWEST`` and ``BLOCKS``. Of a running mean one value in each window is kept.
    """
    finite = np.isfinite(series.values)
    steps, values = series.steps[finite], series.values[finite]
    if len(values) < FEW:
        return series
    window = min(running_window(values), len(values) // FEWEST_STRETCHES)
    if window >= SHORTEST_WINDOW:
        first = (len(values) - 1) % window
        kept = slice(first if 2 * first > window else first + window, None, window)  # at first it is a mean of few
        return Series(series.name, steps[kept], values[kept])
    blocks = min(BLOCKS, len(values) // 2)
    means = block_means(values, blocks)
    while blocks // 2 >= FEWEST and arrays.difference_sigma(means, 2) > NOISY * arrays.extent(means):
        blocks //= 2
        means = block_means(values, blocks)
    ends = np.linspace(0, len(values), blocks + 1).astype(np.int64)[1:]
    return Series(series.name, steps[ends - 1], means)


def block_means(values: Floats, blocks: int) -> Floats:
    """Means of ``blocks`` stretches of (nearly) equal length."""
    edges = np.linspace(0, len(values), blocks + 1).astype(np.int64)
    scale = float(np.abs(values).max()) or 1.0
    sums = np.add.reduceat(values / scale, edges[:-1])
    return np.asarray(scale * sums / np.diff(edges), dtype=np.float64)


def running_window(values: Floats) -> int:
    """Of how many values ``values`` are a running mean; 0 where they are none, or it does not show."""
    change = arrays.differences(values)
    usual = arrays.spread(change) or arrays.deviation(change)
    if len(change) < FEW or usual <= 0:
        return 0
    change = arrays.within(change, -4.0 * usual, 4.0 * usual)
    change = change - change.mean()
    n = len(change)
    spectrum = np.abs(np.fft.rfft(change, 1 << (2 * n - 1).bit_length())) ** 2
    correlation = np.fft.irfft(spectrum)[: 2 * n // 5]
    pairs = n - np.arange(len(correlation))
    correlation *= n / correlation[0] / pairs
    lag = SHORTEST_WINDOW + int(correlation[SHORTEST_WINDOW:].argmin())
    least, others = float(correlation[lag]), np.abs(correlation[2:])
    others[lag - 3 : lag] = 0.0
    if least > min(DROPS_OUT, -SURELY / pairs[lag] ** 0.5) or others.max() > -ALONE * least:
        return 0
    smooth = usual < SMOOTH * (2.0 / lag) ** 0.5 * arrays.deviation(values)
    return lag if smooth else 0
