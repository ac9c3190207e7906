"""Schedule frozen too early: the learning rate reached nothing while much of the run was still to come.

What it sees
    A learning rate below {rates.SPENT:pct} of its peak for more than ``share`` of the run, in which the loss stands
    still.

Why it matters
    The last part of the run was paid for and could not change anything. If the loss was still falling before, the
    schedule also stopped it short.

How it is measured
    From the step on which the rate stayed below {rates.SPENT:pct} of its peak; the training objective's gain after it
    is at most ``gain`` of the whole. Whether the loss was falling before that step is reported, too. It is a warning
    where the rate was spent for {EARLY:pct} of the run or more and cut the training short: over the last third of all
    that the rate could move (the sum of the rates), the loss still gained {STILL_GAINED:pct} of its gain or more.

When it is silent
    Without a logged rate, and for schedules that end at zero with the run.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.features.learned_all import learned_all
from loganalyzer.features.rates import Rates
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Lead, Rule
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    share: float = limit(0.2, "share of the run below a thousandth of the peak rate", 0.05, 0.9)
    gain: float = limit(0.02, "share of the gain after it that still counts as standing still", 0.0, 0.2)


EARLY, STILL_GAINED = 0.4, 0.06
"""A rate that was spent for so much of the run cut it short where the last third of what it moved brought such a gain."""

OUT_OF_NOISE = 3.0
"""What is gained there exceeds so many standard deviations of single values."""


def check(view: View, limits: Limits) -> Outcome:
    """Answer from the learning rate and the training objective."""
    rates, curve = view.rates, view.main
    if rates is None or curve is None or curve.count < 8:
        return not_applicable()
    frozen = rates.frozen_from
    if frozen is None:
        return passed()
    first, span = view.reach
    share = 1.0 - (frozen - first) / span
    i = int(np.searchsorted(curve.reduced.steps, frozen))
    if share < limits.share or len(curve.reduced) - i < 3 or curve.gain <= 0:
        return passed()
    width = max(3, len(curve.reduced) // 20)
    moved = arrays.median(curve.reduced.values[max(0, i - width) : i + 1]) - curve.end
    if moved > limits.gain * curve.gain:
        return passed()
    before = arrays.kendall(curve.reduced.values[max(0, i - 4 * width) : i + 1])
    cut_short = share >= EARLY and _still_gained(curve, rates) >= STILL_GAINED and not learned_all(curve, view.metrics)
    variant = "cut-short" if cut_short else "falling" if before < -0.5 else "found"
    numbers: dict[str, Number] = {
        "at": frozen,
        "share": share,
        "peak": rates.peak,
        "last": rates.last,
        "series": curve.name,
        "length": int(curve.reduced.steps[-1]) - frozen,
    }
    evidence = (Evidence(rates.curve.name, frozen, int(rates.steps[-1]), "span", "frozen"),)
    return found(
        Severity.WARNING if cut_short else Severity.INFO,
        score=0.9,
        variant=variant,
        numbers=numbers,
        evidence=evidence,
        fixes=("longer-schedule", "cosine-schedule"),
    )


def _still_gained(curve: Curve, rates: Rates) -> float:
    """The share of the gain that came over the last third of the sum of the rates: a curve that settles gains little there,
    one that only ran out of rate goes on."""
    steps = curve.reduced.steps
    at = np.clip(np.searchsorted(rates.steps, steps, side="right") - 1, 0, len(rates.values) - 1)
    moved = np.cumsum(rates.values[at][:-1] * arrays.differences(steps.astype(np.float64)))
    if not len(moved) or moved[-1] <= 0:
        return 0.0
    then = float(np.interp(moved[-1] * 2.0 / 3.0, moved, curve.smooth[1:]))
    gained = then - curve.end
    return gained / curve.gain if gained > OUT_OF_NOISE * curve.sigma else 0.0


RULE = Rule(
    "schedule-frozen-too-early",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"learning_rate", "objective"}),
    optional=frozenset({"metric"}),
    variants=("found", "falling", "cut-short"),
    fixes=("longer-schedule", "cosine-schedule"),
    leads=(Lead("longer-schedule", of=("plateau", "underfitting")),),
    points_at=("learning_rate",),
)
