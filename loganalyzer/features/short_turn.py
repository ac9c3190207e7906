"""The turning point of a handful of evaluations, where noise and memory cannot be measured."""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features.arrays import differences, kendall
from loganalyzer.features.curve import Curve
from loganalyzer.features.levels import TurningPoint, fell_significantly, scale
from loganalyzer.features.turn_margins import FEWEST_OF_TRAINING

FEW = 12
"""So few evaluations are judged by their order, not by their noise."""


ALL_BUT_ONE_WAY = 0.79
"""Kendall's tau of a climb of five values or more in which one pair in ten is out of order."""
ENOUGH = 4
"""So many values after the best one show a climb though one of them falls back, and a small one, too."""


def short_turn(curve: Curve) -> TurningPoint | None:
    """The turn of at most ``FEW`` evaluations that rise one by one from their best on, twice or more; None without one.

    Of ``ENOUGH`` values or more after the best, one may fall back a little. Values that came up as far before the best
    one say that they do so by themselves: then there is none either.

    Every value counts as it is: a running median of three would cut half of such a rise. The order is the evidence, so
    that ``z`` is 0.
    """
    y, i = curve.values, int(curve.values.argmin())
    after = len(y) - 1 - i
    if len(y) > FEW or after < 2:
        return None
    tau = kendall(y[i:])
    if not bool((differences(y[i:]) > 0).all()) and (after < ENOUGH or tau < ALL_BUT_ONE_WAY):
        return None
    if i > 0 and float((y[: i + 1] - np.minimum.accumulate(y[: i + 1])).max()) >= float(y[-1] - y[i]):
        return None
    best, end, whole = float(y[i]), float(y[-1]), max(scale(curve), float(y[0] - y[i]))
    share = (end - best) / whole if whole > 0 else np.inf
    step, x = int(curve.finite_steps[i]), float(curve.x[i])
    return TurningPoint(end - best, 0.0, share, tau, after, step, x, best, end)


def needed_share(after: int, level: float, share: float) -> float:
    """The share of the gain that must be lost in a climb of ``after`` values, for order is evidence, too.

    ``level`` for two, ``share`` from ``ENOUGH`` on, their geometric mean between.
    """
    if after >= ENOUGH:
        return share
    return level if after < 3 else math.sqrt(level * share)


def large_short_turn(curve: Curve, train: Curve | None, level: float, share: float) -> TurningPoint | None:
    """The turn of a handful of evaluations, where it is large beside what both objectives gained; None without one.

    ``level`` and ``share`` are those of ``needed_share``; the rise is ``share`` of what training gained or more, too.
    """
    turn = short_turn(curve) if curve.count <= FEW and train is not None else None
    if turn is None or train is None or train.count < FEWEST_OF_TRAINING or not fell_significantly(train):
        return None
    large = turn.share >= needed_share(turn.after, level, share) and turn.rise >= share * scale(train)
    return turn if large and not train.ends_non_finite else None
