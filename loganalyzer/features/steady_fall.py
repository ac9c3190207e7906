"""A fall that goes on through the last two thirds of a run: seen where the last third alone is hidden by noise."""

from __future__ import annotations

import math

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, per_curve
from loganalyzer.model.record import Record

SETTLED_FROM = 1.0 / 3.0
"""The share of a run after which the steep start is over."""
FEWEST = 5
"""Fewer values show no line."""


HANDFUL = 8
"""Fewer values are judged by their order."""


@per_curve
def last_of_a_handful(curve: Curve) -> float:
    """The last step of a handful of values each of which is better than the one before, as a share of the gain; else 0."""
    y = curve.values
    if not FEWEST <= len(y) < HANDFUL or not bool((arrays.differences(y) < 0).all()):
        return 0.0
    return float((y[-2] - y[-1]) / (y[0] - y[-1]))


class SteadyFall(Record):
    """The line through the last two thirds: its fall in standard errors ``z``, and Kendall's ``tau`` (negative: falling)."""

    z: float
    tau: float


@per_curve
def steady_fall(curve: Curve) -> SteadyFall:
    """How clearly the last two thirds fall as a whole (Theil-Sen; the noise of a third of the values at each end)."""
    late = curve.reduced.x >= SETTLED_FROM
    x, y = curve.reduced.x[late], curve.reduced.values[late]
    if len(y) < FEWEST:
        return SteadyFall(0.0, 0.0)
    fall = -arrays.theil_sen(x, y) * (1.0 - SETTLED_FROM)
    error = 1.5 * curve.standard_error(max(1, len(y) // 3))
    z = fall / error if error > 0 else (math.inf if fall > 0 else 0.0)
    return SteadyFall(z, arrays.kendall(arrays.block_medians(y, 20)))
