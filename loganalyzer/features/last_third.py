"""The last third of a curve: how far it still falls, how surely, and whether it closes or lands."""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, per_curve
from loganalyzer.features.levels import MONOTONE_TAU, scale
from loganalyzer.model.record import Record

TOO_FEW_FOR_THIRDS = 6
"""Of so few values a third is no stretch."""
ONE_WAY_TAU = -0.93
"""Kendall's tau of a fall in which at most one in twenty-eight pairs is out of order."""
MOST_OF_ALL = 0.5
"""A curve that gains this share of its scale in its last third takes off there: its bend is no noise."""
CLOSING = 0.15
"""The newest share of a run, in which a fall closes."""
LANDING, FEWEST_LANDED = 0.075, 15
"""The newest share in which a schedule ends, and how many values of it show that."""
LANDED, SURELY_LANDED = 0.35, 0.5
"""A slope below this share of the last third's is rest, where noise hides no more than the second of the two."""


class FinalThird(Record):
    """The last third of a curve.

    ``drop`` is the robust improvement over it (units of y), ``z`` over its noise, ``share`` over ``scale``, ``tau``
    Kendall's tau (negative: falling), ``pace`` the drop over that of the third before (1: a straight line, 0: settled);
    ``closing`` the slope of the last 15% over that of the whole last third (1: a straight line, 0: settled by the end, as
    under a finished schedule), and ``may_close`` the same as high as noise allows; ``landed`` says that it fell ever
    faster and is at rest in its newest values alone, as the end of a schedule leaves a curve.
    """

    drop: float
    z: float
    share: float
    tau: float
    pace: float
    closing: float
    may_close: float
    landed: bool


@per_curve
def final_third(curve: Curve) -> FinalThird:
    """How the curve ran in its last third (in its last half, where a third would be two values)."""
    x, y = curve.reduced.x, curve.reduced.values
    if len(x) > TOO_FEW_FOR_THIRDS and np.count_nonzero(x >= 2.0 / 3.0) < 3:
        x = np.linspace(0.0, 1.0, len(x))  # values ever farther apart: thirds of the values, not of the steps
    last = x >= 2.0 / 3.0
    middle = (x >= 1.0 / 3.0) & ~last
    if 5 <= len(x) <= TOO_FEW_FOR_THIRDS and np.count_nonzero(last) < 3:
        half = x[len(x) // 2]
        last, middle = x >= half, x <= half  # the halves must do; a third is two values
    late, mid = y[last], y[middle]
    if len(late) < 3 or len(mid) < 2:
        return FinalThird(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, False)
    drop, error = _fall(x[last], late, curve)
    before, _ = _fall(x[middle], mid, curve)
    pace = drop / before if before > 0 else (math.inf if drop > 0 else 0.0)
    tau = arrays.kendall(arrays.block_medians(late, 20))
    whole = scale(curve)
    takes_off = tau <= MONOTONE_TAU and drop >= MOST_OF_ALL * whole
    if takes_off or (tau <= ONE_WAY_TAU and arrays.kendall(y) <= ONE_WAY_TAU):
        # a bend of the curve counts as noise about a quadratic; of a fall without a way back it is none
        error = min(error, 1.5 * max(arrays.step_sigma(late), curve.noise_floor))
    return FinalThird(
        drop,
        drop / error if error > 0 else (math.inf if drop > 0 else 0.0),
        drop / whole if whole > 0 else 0.0,
        tau,
        pace,
        *_closing(curve, drop, CLOSING),
        pace > 1.0 and _landed(curve, drop),
    )


def _landed(curve: Curve, drop: float) -> bool:
    """True where the newest values neither fall nor rise by much beside the last third, and noise hides nothing else."""
    if np.count_nonzero(curve.reduced.x >= 1.0 - LANDING) < FEWEST_LANDED:
        return False
    slope, may_be = _closing(curve, drop, LANDING)
    return abs(slope) < LANDED and abs(slope) + may_be - slope < SURELY_LANDED


def _closing(curve: Curve, drop: float, newest: float) -> tuple[float, float]:
    """Slope of the ``newest`` share of the run over that of the last third; the same with what its noise may hide."""
    late = curve.reduced.x >= 1.0 - newest
    x, y = curve.reduced.x[late], curve.reduced.values[late]
    if len(y) < 5 or drop <= 0:
        return 1.0, 1.0
    fall = -arrays.theil_sen(x, y) * newest
    error = 1.5 * curve.standard_error(max(1, len(y) // 3))
    even = drop * 3.0 * newest
    return fall / even, (fall + error) / even


def _fall(x: np.ndarray, y: np.ndarray, curve: Curve) -> tuple[float, float]:
    """Theil-Sen fall over a stretch and its standard error (noise of a third at each end)."""
    slope = arrays.theil_sen(x, y)
    count = max(1, len(y) // 3)
    return -slope / 3.0, 1.5 * curve.standard_error(count)
