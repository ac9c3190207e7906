"""Losses that stand still to the last digit: from early on, or from one value to the next."""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, per_curve

MOVING = 1e-3
"""A change of this share of the gain is one of a loss that still moves."""
REPEATS, FEWEST_BEFORE = 3, 5
"""So many values are the very same at the end, after so many that all differed."""
AT_ZERO = 0.5
"""The share of its values, up to the last one, over which a loss that rests at zero is exactly that."""
JUMP = 2.0
"""So many times the range of the values just before, or half of the gain if that is more, does that one value lie above them."""


@per_curve
def frozen_share(curve: Curve) -> float:
    """Share of the run, up to its end, over which the very same number is logged although the log has finer digits.

    0 for a loss that has reached zero and for logs rounded so coarsely that a settled curve repeats itself.
    """
    y = curve.values
    n = len(y)
    if n < 8 or curve.gain <= 0:
        return 0.0
    size = float(np.abs(y).max())
    if abs(float(y[-1])) < 1e-3 * size:
        return 0.0
    change = np.abs(arrays.differences(y))
    repeats = arrays.share(change <= 1e-6 * curve.gain)
    if repeats < 0.6 or not bool((np.abs(y[max(2, n // 20) :] - y[-1]) <= 0.02 * curve.gain).all()):
        return 0.0
    # the level may still creep from one frozen value to another, by far less than was gained
    moved = np.flatnonzero(change > 1e-5 * curve.gain)
    last = int(moved[-1]) + 1 if len(moved) else 0
    changed = change[:last]
    finest = float(changed[changed > 0].min(initial=math.inf)) if last else 0.0
    if curve.resolution > 2e-3 * curve.gain and finest > 2e-3 * curve.gain and last > 2:
        return 0.0
    return max((n - 1 - last) / (n - 1), repeats)


@per_curve
def rests_at_zero(curve: Curve) -> bool:
    """Whether a loss that began above zero, and is nowhere below, rests at its floor: it is zero for ``AT_ZERO`` of its values."""
    y = curve.values
    if curve.sign < 0 or len(y) < FEWEST_BEFORE or not y[0] > 0 or y.min() < 0:
        return False
    return not y[int((1 - AT_ZERO) * len(y)) :].any()


@per_curve
def stopped_share(curve: Curve) -> float:
    """Share of the run, up to its end, over which a loss that still moved just before is exactly the same.

    Unlike one that settles, whose changes die away. 0 for fewer than 20 values, for a loss that has reached zero, and
    for logs rounded so coarsely that a settled curve repeats itself.
    """
    y = curve.values
    n = len(y)
    if n < 20 or curve.gain <= 0 or y[-1] != y[-2]:
        return 0.0
    change = np.abs(arrays.differences(y))
    last = int(np.flatnonzero(change)[-1]) + 1
    near_zero = abs(float(y[-1])) < MOVING * float(np.abs(y).max())
    settled = last < 5 or arrays.median(change[last - 5 : last]) < MOVING * curve.gain
    if near_zero or settled or _coarse(curve):
        return 0.0
    return (n - 1 - last) / (n - 1)


def first_step_of_last(curve: Curve, share: float) -> int:
    """The step at which the last ``share`` (0..1) of the logged values of ``curve`` begins."""
    return int(curve.finite_steps[max(0, round((1 - share) * (curve.count - 1)))])


def _coarse(curve: Curve) -> bool:
    """True when all values are printed with so few decimals that a loss that hardly moves repeats itself."""
    quantum = 10.0 ** math.ceil(math.log10(MOVING * curve.gain))
    multiples = curve.values / quantum
    return bool((np.abs(multiples - np.round(multiples)) < 1e-6 * np.maximum(1.0, np.abs(multiples))).all())


@per_curve
def stuck_since(curve: Curve) -> int:
    """Index (of ``curve.values``) from which a curve that had always moved repeats one value, far above all that it had been
    just before, to its end; 0 where it does not. The weights move on, so that the evaluation has broken."""
    y = curve.values
    moved = np.flatnonzero(y != y[-1]) if len(y) else np.zeros(0, int)
    since = int(moved[-1]) + 1 if len(moved) else 0
    before = y[:since]
    if len(y) - since < REPEATS or len(before) < FEWEST_BEFORE or not bool((arrays.differences(before) != 0).all()):
        return 0
    recent = before[len(before) // 2 :]
    far = y[-1] - float(recent.max()) > JUMP * max(arrays.extent(recent), curve.gain / 2.0)
    return since if far else 0
