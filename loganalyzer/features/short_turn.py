"""The turning point of a handful of evaluations, where noise and memory cannot be measured."""

from __future__ import annotations

import numpy as np

from loganalyzer.features.arrays import differences, kendall
from loganalyzer.features.curve import Curve
from loganalyzer.features.levels import TurningPoint, scale

FEW = 8
"""So few evaluations are judged by their order, not by their noise."""


def short_turn(curve: Curve) -> TurningPoint | None:
    """The turn of at most ``FEW`` evaluations that rise one by one from their best on, twice or more; None without one.

    Every value counts as it is: a running median of three would cut half of such a rise. The order is the evidence, so
    that ``z`` is 0.
    """
    y, i = curve.values, int(curve.values.argmin())
    after = len(y) - 1 - i
    if len(y) > FEW or after < 2 or not bool((differences(y[i:]) > 0).all()):
        return None
    best, end, whole = float(y[i]), float(y[-1]), max(scale(curve), float(y[0] - y[i]))
    share = (end - best) / whole if whole > 0 else np.inf
    step, x = int(curve.finite_steps[i]), float(curve.x[i])
    return TurningPoint(end - best, 0.0, share, kendall(y[i:]), after, step, x, best, end)
