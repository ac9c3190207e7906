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
AT_MOST = 1.5
"""What a handful of values let expect is at most so many times their last step."""


@per_curve
def expected_of_a_handful(curve: Curve) -> float:
    """What a handful of values each of which is better than the one before let expect, as a share of the gain; else 0.

    The last step, or what all further ones bring together where each is to the one before as the last was, if that is
    more: up to ``AT_MOST`` times the last step.
    """
    y = curve.values
    if not FEWEST <= len(y) < HANDFUL or not bool((arrays.differences(y) < 0).all()):
        return 0.0
    before, last = float(y[-3] - y[-2]), float(y[-2] - y[-1])
    further = last * last / (before - last) if before > last else math.inf
    return min(max(last, further), AT_MOST * last) / float(y[0] - y[-1])


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
