"""Learning rate too high: the signs of steps that are larger than the loss surface allows.

What it sees
    Divergence, a blow-up in the first eighth, a run that was thrown onto a dead level or to chance at once, wide swings
    that cost progress, a loss that falls sharply as soon as the rate drops.

Why it matters
    Too high a rate is the commonest cause of a failed run, and the cheapest to repair.

How it is measured
    Each sign of the training objective gives points for its strength; the rule answers from ``needed`` points on. The
    rate's number alone never counts: what is high for one model is low for another.
    NaN (1.5): at the end, or in more than half of the values; no other sign is then looked for.
    Blow-up (1): within the first eighth a value above the first one by half of the scale of the gain, eight times the
    noise and 30% of the range.
    Rising (1.2): the end lies above the start by a quarter of the gain and six times the noise.
    Dead (1.2): the very same number over 60% of the run, up to its end, reached within the first twentieth, though the
    rate had not decayed to nothing.
    Stuck (1.2): loss and accuracy end at chance without falling any more, and the run began elsewhere.
    Swings (0.5 to 2), of a run that learned at all: their deviation over ``swing`` of the scale of the gain, where
    neighbours go together or it is half as large again.
    Drop (0.6): within 3% of the run after a drop of the rate the loss fell by more than {MUCH:pct} of the gain, having
    swung besides; that fall counts as no swing.

When it is silent
    On smooth, steadily falling curves, on overfitting (validation does not count where training is logged), in range
    tests, and, but for NaN, with fewer than five values. Swings of a run that settled are the noise of its batches, and
    so are those without a memory beside validation that falls to the end (Kendall's tau {STILL_FALLS} or less in its
    last third). Of a log that begins late the start is not known.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import at_chance
from loganalyzer.features.curve import Curve
from loganalyzer.features.frozen import frozen_share
from loganalyzer.features.interrupted import comes_back
from loganalyzer.features.last_third import final_third
from loganalyzer.features.levels import retained_gain, scale, significance
from loganalyzer.features.oscillation import oscillation, oscillation_beside_shift
from loganalyzer.features.rates import SPENT, Rates
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Lead, Rule, Suppression
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    needed: float = limit(1.0, "points needed", 0.5, 5.0)
    swing: float = limit(0.10, "swings as a share of the scale of the gain that give a full point", 0.02, 1.0)


MUCH = 0.1
"""The share of the gain that a fall right after a drop of the rate must be to be a sign."""
MEMORY = 0.25
"""The lag-1 correlation above which swings go together."""
ENOUGH_BESIDE, STILL_FALLS = 9, -0.8
"""So many values of validation that fall one by one (Kendall's tau of the last third) show that the weights do not swing."""
FIXES = (
    "lr-down-10x",
    "lr-range-test",
    "warm-up",
    "clip-gradients",
    "cosine-schedule",
    "lr-search",
    "default-rates",
    "discriminative-rates",
)


def check(view: View, limits: Limits) -> Outcome:
    """Add up the signs on the training objective."""
    curve, rates = view.main, view.rates
    if curve is None or len(curve.raw) < 3 or (rates is not None and rates.range_test):
        return not_applicable()
    signs: dict[str, float] = {}
    if not comes_back(~curve.finite) and (not curve.finite[-1] or (~curve.finite).sum() > 0.5 * len(curve.raw)):
        signs["non-finite"] = 1.5
    elif curve.count >= 5:
        signs = _signs(curve, view, rates, limits)
    points = sum(signs.values())
    if points < limits.needed:
        return passed(numbers={"points": points})
    chief = max(signs, key=lambda name: signs[name])
    numbers: dict[str, Number] = {
        "series": curve.name,
        "points": points,
        "sign": chief,
        "rate": rates.peak if rates is not None else 0.0,
        "first": int(curve.steps[0]),
        "last": int(curve.steps[-1]),
    }
    evidence = (Evidence(curve.name, int(curve.steps[0]), int(curve.steps[-1]), "span", "restless"),)
    return found(
        Severity.WARNING,
        score=min(0.95, 0.45 + 0.25 * points),
        kind=chief,
        variant=chief,
        numbers=numbers,
        evidence=evidence,
        fixes=FIXES,
    )


def _signs(curve: Curve, view: View, rates: Rates | None, limits: Limits) -> dict[str, float]:
    y, whole = curve.reduced.values, scale(curve)
    signs: dict[str, float] = {}
    size = max(curve.value_range, 1e-300)
    steady = view.steady(curve)
    # thrown far above its start early on; the first value is the untrained model where it is logged
    early = y[1 : max(4, len(curve.reduced) // 8)]
    jump = float(early.max() - y[0]) if len(early) and view.run.begins_at is None else 0.0
    if jump > max(0.5 * abs(whole), 8 * curve.sigma) and jump > 0.3 * size:
        signs["blow-up"] = 1.0
    if retained_gain(steady) < -0.25 and steady.end - steady.start > 6 * steady.sigma:
        signs["rising"] = 1.2
    frozen = frozen_share(curve)
    if frozen >= 0.6 and not (rates is not None and rates.last < SPENT * rates.peak):
        signs["dead"] = 1.2
    stuck = at_chance(curve, view.metrics) is not None
    if stuck and len(curve.reduced) >= 8 and final_third(curve).tau > -0.5:
        # a run that was thrown to the chance level began elsewhere; one that never left it has another illness
        moved = abs(float(y[0]) - curve.end) / (abs(curve.end) or 1.0)
        signs["stuck"] = 1.2 if moved > 0.05 else 0.0
    drop, gained = _best_drop(curve, rates)
    # a fall at a drop of the rate is that sign's, no swing
    swings = oscillation_beside_shift(steady, drop) if gained > MUCH * curve.gain else oscillation(steady)
    learned = significance(steady) > 4.0
    if (
        swings.count >= 16
        and not stuck
        and learned
        and retained_gain(steady) > 0
        and not _of_batches(swings.lag1, view)
        and (swings.lag1 > MEMORY or swings.share > 1.5 * limits.swing)
    ):
        signs["swings"] = min(2.0, swings.share / limits.swing) if swings.share > 0.5 * limits.swing else 0.0
    if gained > MUCH * curve.gain and swings.share > 0.03:
        signs["drop"] = 0.6
    return {name: value for name, value in signs.items() if value > 0}


def _of_batches(lag1: float, view: View) -> bool:
    """True for swings without a memory beside validation that still falls: the noise of the batches, not of the weights."""
    held_out = view.validation
    if held_out is None or held_out is view.main or held_out.count < ENOUGH_BESIDE or lag1 > MEMORY:
        return False
    return final_third(held_out).tau <= STILL_FALLS


def _best_drop(curve: Curve, rates: Rates | None) -> tuple[int, float]:
    """The drop of the rate after which the loss fell farthest, and how far; (0, 0) without one."""
    if rates is None or len(curve.reduced) < 20:
        return 0, 0.0
    return max(((step, _fall_at(curve, step)) for step in rates.drops), key=lambda d: d[1], default=(0, 0.0))


def _fall_at(curve: Curve, step: int) -> float:
    """How far the curve fell within 3% of the run after ``step``."""
    i = int(np.searchsorted(curve.reduced.steps, step))
    width = max(2, len(curve.reduced) * 3 // 100)
    before, after = curve.reduced.values[max(0, i - width) : i], curve.reduced.values[i + 1 : i + 1 + width]
    return arrays.median(before) - arrays.median(after) if len(before) and len(after) else 0.0


RULE = Rule(
    "learning-rate-too-high",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"objective"}),
    optional=frozenset({"learning_rate", "metric", "run", "validation"}),
    kinds=("non-finite", "blow-up", "rising", "dead", "stuck", "swings", "drop"),
    variants=("non-finite", "blow-up", "rising", "dead", "stuck", "swings", "drop"),
    fixes=FIXES,
    leads=(Lead("lr-down-10x", of=("plateau", "loss-never-decreases")),),
    points_at=("learning_rate",),
    causes=("dead", "stuck"),
    suppressed_by=(Suppression("converged", variants=("swings",)),),
)
