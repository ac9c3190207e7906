"""Reduce points for drawing, never for diagnosis."""

from __future__ import annotations

import numpy as np

from loganalyzer.model.run import Floats, Ints


def decimate(steps: Ints, values: Floats, most: int) -> tuple[Ints, Floats]:
    """Reduce to about ``most`` points: the lowest and highest of each interval, so that no spike or NaN is lost.

    First and last point are always kept. Arrays of equal length in, arrays of equal length out.
    """
    n = len(values)
    if n <= most:
        return steps, values
    stretch = -(-n // (most // 2))
    whole = n - n % stretch
    blocks = values[:whole].reshape(-1, stretch)
    filled_low = np.where(np.isfinite(blocks), blocks, np.inf)
    filled_high = np.where(np.isfinite(blocks), blocks, -np.inf)
    base = np.arange(len(blocks)) * stretch
    keep = np.concatenate([base + filled_low.argmin(axis=1), base + filled_high.argmax(axis=1), [0, n - 1]])
    broken = np.flatnonzero(~np.isfinite(values))
    keep = np.unique(np.concatenate([keep, broken[: most // 4]]))
    return steps[keep], values[keep]
