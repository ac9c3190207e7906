"""Returns of many episodes, averaged: one episode's return is a throw of dice, a mean over many is the policy's."""

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


def averaged(series: Series) -> Series:
    """``series`` as means of neighbouring values, each at the last step of its block; a short one as it is.

    Blocks hold the same number of values. There are as many as leave the noise below ``NOISY`` of the range of the
    means, between ``FEWEST`` and ``BLOCKS``.
    """
    finite = np.isfinite(series.values)
    steps, values = series.steps[finite], series.values[finite]
    if len(values) < FEW:
        return series
    blocks = min(BLOCKS, len(values) // 2)
    means = _means(values, blocks)
    while blocks // 2 >= FEWEST and arrays.difference_sigma(means, 2) > NOISY * arrays.extent(means):
        blocks //= 2
        means = _means(values, blocks)
    ends = np.linspace(0, len(values), blocks + 1).astype(np.int64)[1:]
    return Series(series.name, steps[ends - 1], means)


def _means(values: Floats, blocks: int) -> Floats:
    edges = np.linspace(0, len(values), blocks + 1).astype(np.int64)
    scale = float(np.abs(values).max()) or 1.0
    sums = np.add.reduceat(values / scale, edges[:-1])
    return np.asarray(scale * sums / np.diff(edges), dtype=np.float64)
