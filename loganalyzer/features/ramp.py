"""When the rise of a return began and ended: the ramp from one level to another that is nearest to its values."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, per_curve
from loganalyzer.features.stages import stages
from loganalyzer.model.run import Floats

FEWEST = 16
"""Fewer values show no ramp."""
OVER_BY = 0.8
"""A rise that ended before this share of the values is over."""
OUT_OF_CHANCE = 14.0
"""The nearest of all ramps through values that do not rise is hardly ever so much nearer than a level line."""
STEPS = 20
"""Ramps begin and end at this many places."""


@per_curve
def climb(curve: Curve) -> float:
    """How much nearer a ramp that rises to the end is to a return than any that was over before, in squares.

    Squares of the nearer one's deviation, for noise with a memory fewer: above 4 the return still climbs, below -4 it came
    to rest; 0 where too few values are known or it does not rise.
    """
    y = stages(curve).values
    if len(y) < FEWEST or float(np.ptp(y)) <= 0.0:
        return 0.0
    shapes, ends = _ramps(len(y))
    z = y - float(y.mean())
    slopes = shapes @ z
    left = float(z @ z) - np.where(slopes < 0.0, slopes * slopes, 0.0)  # lower is better: a rise of the return
    nearest = int(left.argmin())
    if slopes[nearest] >= 0.0:
        return 0.0
    about = z - slopes[nearest] * shapes[nearest]
    memory = min(0.9, max(0.0, arrays.lag1(about)))
    variance = max(float(left[nearest]), 1e-9 * float(z @ z)) / len(y) * (1.0 + memory) / (1.0 - memory)
    if float(z @ z) - float(left[nearest]) < OUT_OF_CHANCE * variance:
        return 0.0
    return float(left[ends <= OVER_BY].min() - left[ends > OVER_BY].min()) / variance


@lru_cache(maxsize=64)
def _ramps(n: int) -> tuple[Floats, Floats]:
    """All ramps over ``n`` values, each without its mean and of length 1; float64[k, n], and where each ends; float64[k]."""
    x = np.linspace(0.0, 1.0, n)
    places = np.linspace(0.0, 1.0, STEPS + 1)
    pairs = [(a, b) for a in places[:-1] for b in places[1:] if b > a]
    shapes = np.array([np.clip((x - a) / (b - a), 0.0, 1.0) for a, b in pairs])
    shapes -= shapes.mean(axis=1, keepdims=True)
    shapes /= np.sqrt((shapes * shapes).sum(axis=1, keepdims=True))
    return shapes, np.array([b for _, b in pairs])
