"""Double descent and delayed generalisation: validation that rose and fell again.

What it sees
    A validation objective that turned up, peaked, and came down again by the end, or that improved long after training
    had settled (grokking).

Why it matters
    A rise of validation is then not the end of the story; stopping at the first turn would have missed the second
    descent.

How it is measured
    A hump of the slow curve above the best so far, by more than ``rise`` of the scale of the gain and four times the
    noise, and a fall from its top of more than half of that height, with a falling last third. Delayed: training had
    98% of its gain in the first 40% of the run, and validation gained more than ``late`` of its own, and six times
    its noise, after {LATE:pct} of the run.

When it is silent
    For learning-rate cycles, drops and range tests, which explain such shapes; with fewer than 20 evaluations, and
    without a significant gain of validation.
"""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.features.last_third import final_third
from loganalyzer.features.levels import reached, scale, significance
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import LAST, Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    rise: float = limit(0.10, "height of the hump as a share of the scale of the gain", 0.02, 1.0)
    late: float = limit(0.2, "share of validation's gain that came after 60% of the run", 0.05, 1.0)


LATE = 0.6
"""The share of the run after which a gain of validation is late."""


def check(view: View, limits: Limits) -> Outcome:
    """Look for a hump, then for a late gain."""
    curve, train, rates = view.validation, view.train, view.rates
    if curve is None or curve.count < 20 or significance(curve) < 4:
        return not_applicable()
    if rates is not None and (rates.cyclic or rates.drops or rates.range_test):
        return passed()
    slow = arrays.running_median(curve.reduced.values, max(5, len(curve.reduced) // 10) | 1)
    hump = _hump(slow, curve, limits)
    if hump is not None and final_third(curve).tau < -0.3:
        return _double_descent(curve, hump)
    if train is not None and train.count >= 20 and reached(train, 0.98) < 0.4:
        then = float(np.interp(LATE, curve.reduced.x, slow))
        if then - curve.end > max(limits.late * curve.gain, 6 * curve.sigma):
            return _delayed(curve, then, reached(train, 0.98))
    return passed()


def _double_descent(curve: Curve, top: int) -> Outcome:
    log, steps = curve.logged, curve.reduced.steps
    lowest = log.best_between(-math.inf, int(steps[top]))
    highest = log.worst_between(lowest.step, int(steps[-1]))
    return found(
        Severity.INFO,
        score=0.75,
        kind="double-descent",
        variant="found",
        numbers={
            "series": curve.name,
            "first": lowest.step,
            "top": highest.step,
            "low": lowest.value,
            "high": highest.value,
            "end": log.last.value,
        },
        evidence=(Evidence(curve.name, lowest.step, log.last.step, "span", "hump"),),
        fixes=("longer-training", "keep-best-checkpoint", "weight-decay"),
    )


def _delayed(curve: Curve, then: float, settled: float) -> Outcome:
    return found(
        Severity.INFO,
        score=0.75,
        kind="delayed",
        variant="delayed",
        numbers={
            "series": curve.name,
            "settled": settled,
            "share": (then - curve.end) / curve.gain,
            "then": curve.logged.at(curve.step_at(LATE)).value,
            "end": curve.logged.last.value,
        },
        evidence=(Evidence(curve.name, curve.step_at(LATE), int(curve.reduced.steps[-1]), "span", "late"),),
        fixes=("longer-training", "weight-decay"),
    )


def _hump(slow: np.ndarray, curve: Curve, limits: Limits) -> int | None:
    """Index of the top of the highest hump above the best so far, if it is one."""
    so_far = np.minimum.accumulate(slow)
    above = slow - so_far
    top = int(np.argmax(above))
    height = float(above[top])
    if top < 2 or top > len(slow) - 4 or height < limits.rise * scale(curve) or height < 4 * curve.sigma:
        return None
    fallen = float(slow[top] - slow[-3:].min())
    return top if fallen > 0.5 * height else None


RULE = Rule(
    "double-descent",
    Limits(),
    check,
    requires=frozenset({"validation"}),
    optional=frozenset({"train", "learning_rate"}),
    kinds=("double-descent", "delayed"),
    variants=("found", "delayed"),
    fixes=("longer-training", "keep-best-checkpoint", "weight-decay"),
    quotes=(
        Quote("low", "first"),
        Quote("high", "top"),
        Quote("end", LAST),
    ),
)
