"""Validation that was best at its very first values and never came near them again."""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, per_curve
from loganalyzer.features.levels import TurningPoint

FEWEST_AFTER = 4
"""So many values after the best one show at what level the curve lies since."""
FEWEST_LATE = 8
"""Of so many their last half shows that; fewer may still be on their way back, so that all of them count."""
EARLY = 1.0 / 3.0
"""The best value is among this share of the values, at their beginning."""
OUT_OF_SCATTER, FAR_OUT, MANY = 3.0, 5.0, 60
"""So many deviations of the later values, the best one lies below them: more where there are more than ``MANY`` values, of
which the least lies far below the rest by luck."""
KEPT_AWAY = 0.5
"""No later value came back by more than this share of the way from their mean to the best."""
ORDERS = 10.0
"""A positive loss that ends so many times above its best, and above where it began, has exploded."""


@per_curve
def early_best(curve: Curve) -> TurningPoint | None:
    """The turn of a curve that left its best value early and stayed away, however its later values scatter; else None.

    The scatter is that of the last half about its mean: the step away from the best is no noise. ``z`` is the step in
    deviations of that scatter.
    """
    y, i = curve.values, int(curve.values.argmin())
    after = y[i + 1 :]
    if len(after) < FEWEST_AFTER or i > EARLY * (len(y) - 1) or curve.ends_non_finite:
        return None
    late = after[len(after) // 2 :] if len(after) >= FEWEST_LATE else after
    level, best = float(late.mean()), float(y[i])
    scatter, rise = arrays.deviation(late), level - best
    later = after[max(0, int(EARLY * (len(y) - 1)) - i) :]  # values beside the best one are early, too
    if (
        rise < (OUT_OF_SCATTER if len(y) <= MANY else FAR_OUT) * scatter
        or float(later.min()) - best < (1.0 - KEPT_AWAY) * rise
    ):
        return None
    z = rise / scatter if scatter > 0 else math.inf
    return _turn(curve, i, level, z)


@per_curve
def explosion(curve: Curve) -> TurningPoint | None:
    """The turn of a positive loss that rose by orders of magnitude above all that it had been, and stays there; else None."""
    y, i = curve.values, int(curve.values.argmin())
    late = y[i + 1 + (len(y) - i - 1) // 2 :]
    if not curve.positive or curve.ends_non_finite or len(y) - 1 - i < 2 or float(y.min()) <= 0:
        return None
    far = ORDERS * max(float(y[i]), float(y[: max(1, i)].max()))
    if float(late.min()) < far:
        return None
    return _turn(curve, i, float(np.exp(np.log(late).mean())), math.inf)


def _turn(curve: Curve, at: int, level: float, z: float) -> TurningPoint:
    y, best = curve.values, float(curve.values[at])
    gained = max(float(y[0]) - best, 0.0)
    share = (level - best) / gained if gained > 0 else math.inf
    step, x = int(curve.finite_steps[at]), float(curve.x[at])
    return TurningPoint(level - best, z, share, arrays.kendall(y[at:]), len(y) - 1 - at, step, x, best, level)
