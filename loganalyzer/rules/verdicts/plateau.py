"""Plateau: the training hardly learned.

What it sees
    A constant loss (``constant``); a loss or accuracy that never left its start or the chance level
    (``never-learned``); a small gain early on and nothing since, or one number repeated to the end (``stalled``).

Why it matters
    Time is being spent without learning. The cause is nearly always technical: the learning rate is off by orders of
    magnitude, gradients vanish, labels or inputs are wrong, or the loss does not reach the weights.

How it is measured
    Constant: the range is at most ``constant`` of the size of the values.
    Same number (``stalled``): over at least ``frozen`` of the run, up to its end, the very same value is logged
    although the log has finer digits, and the loss was there within the first twentieth.
    Chance (``never-learned``): the training objective ends at ln K and accuracy at 1/K for one K (in percent, too,
    where one of them went nowhere), and accuracy was never clearly better; or validation ends so while training
    accuracy is hardly better than chance.
    One class (``never-learned``): {accuracy.SAME_SHARE:pct} of the values of an accuracy are the very same number,
    below 95 %, the other split's lie within two points of its end, and the training loss is no lower than the entropy
    of that share.
    Accuracy stands (``never-learned``; ``stalled`` where the loss clearly fell): {accuracy.SAME_SHARE:pct} of the
    values of accuracy (validation's where logged) lie within half a point of one level, at most 60 % and within ten
    points of the first value. Rates of errors (wrong answers, words, characters) count as what is missing to all right.
    No gain (``never-learned``): the gain is below ``z`` standard errors of the noise, or it is small and not held.
    Stalled: 80 % of the gain came in the first ``early`` of the run, and it is below ``small`` of a positive start
    value.

When it is silent
    A flat stretch after a large gain (converged), and a flat first part before the fall. One number or one class where
    the learning rate had decayed below {rates.SPENT:pct} of its peak. No gain: where the loss fell steadily, or rose
    (diverging), or accuracy clearly rose, or validation gained {SURE} times ``z`` and kept {levels.KEPT_GAIN:pct} of
    it. Stalled: where accuracy clearly rose, the last third still falls, or the rate was lowered after the curve had
    come to rest. Neither of these two beside a divergence or periodic swings. A run that learned and ended as NaN, and
    a floor that is high only by a guess: without accuracy, target or sibling runs nothing says where the floor should
    be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import (
    SAME_SHARE,
    accuracy_rose,
    at_chance,
    constant_prediction,
    stuck_accuracy,
    validation_at_chance,
)
from loganalyzer.features.curve import Curve
from loganalyzer.features.frozen import frozen_share
from loganalyzer.features.levels import KEPT_GAIN, final_third, flat_from, reached, retained_gain, significance
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, Verdict, found, not_applicable, passed
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import limit


@dataclass(frozen=True)
class Limits:
    """Limits of this rule."""

    z: float = limit(4.0, "the least gain in standard errors", 1.0, 20.0)
    early: float = limit(0.25, "share of the run by which a stalled run had most of its gain", 0.02, 0.6)
    small: float = limit(0.15, "gain of a stalled run as a share of its positive start value", 0.01, 0.5)
    frozen: float = limit(0.6, "share of the run, up to its end, over which the very same value is logged", 0.3, 1.0)
    constant: float = limit(1e-6, "range of a constant loss as a share of its size", 0.0, 1e-2)


SURE = 2.0
"""So many times ``z`` a gain of validation must be to speak for training, too."""
EXCUSED = 0.7
"""The most margin of a run that stands still for a reason."""
FIXES = (
    "overfit-one-batch",
    "lr-up-10x",
    "lr-down-10x",
    "check-labels-inputs",
    "check-training-loop",
    "fix-loss",
    "he-init",
    "batch-norm",
    "relu-activation",
    "use-adam",
    "normalise-inputs",
)


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the training objective, or on validation where training is not logged."""
    curve = view.main
    if curve is None or curve.count < 3:
        return not_applicable()
    size = float(np.abs(curve.reduced.values).max())
    if curve.value_range <= limits.constant * size and curve.count >= 3:
        return _found(curve, "constant", "constant", 0.97, {"value": curve.as_logged(curve.end)})
    if curve.count < 5:
        return passed()
    frozen = frozen_share(curve)
    if frozen >= limits.frozen and not _rate_is_spent(view, curve, frozen):
        since = int(curve.finite_steps[max(0, round((1 - frozen) * (curve.count - 1)))])
        return _found(
            curve, "stalled", "frozen", 0.9, {"value": curve.as_logged(curve.end), "share": frozen, "since": since}
        )
    if curve.ends_non_finite and significance(curve) > limits.z:
        return passed()  # it learned; what its answers are after a NaN is no plateau
    curve = view.steady(curve)
    chance = at_chance(curve, view.metrics)
    if chance:
        k, accuracy = chance
        return _found(curve, "never-learned", "chance", 0.93, {"classes": k, "accuracy": accuracy})
    judged = view.objective
    chance = validation_at_chance(judged, view.metrics) if judged is not None and judged is not curve else None
    if judged is not None and chance:
        k, accuracy = chance
        return _found(judged, "never-learned", "chance", 0.85, {"classes": k, "accuracy": accuracy})
    # weights that no longer move give the same answers whatever they have learned
    share = None if _rate_is_spent(view, curve, SAME_SHARE) else constant_prediction(curve, view.metrics)
    if share is not None:
        return _found(curve, "never-learned", "one-class", 0.9, {"accuracy": share})
    stuck = stuck_accuracy(view.metrics)
    if stuck is not None and retained_gain(curve) < 2.0:
        fell = significance(curve) > 10 and curve.gain > 0.05 * abs(curve.start)
        kind, variant = "stalled" if fell else "never-learned", "errors" if stuck.errors else "accuracy"
        told: dict[str, Number] = {"accuracy": stuck.right, "rate": 1.0 - stuck.right, "metric": stuck.series}
        return _found(curve, kind, variant, 0.85, told)
    z = significance(curve)
    learned = accuracy_rose(view.metrics)
    held = retained_gain(curve)
    margin = limits.z / z if z > 0 else math.inf
    if held < 0.3 and curve.gain < 6 * curve.sigma:
        margin = max(margin, 1.3)
    if (
        learned
        or _validation_learned(judged, curve, limits)
        or (arrays.kendall(curve.reduced.values) < -0.55 and held > 0.8)
    ):
        margin = min(margin, EXCUSED)
    if margin >= 1.0 and not (
        curve.end > curve.start and arrays.kendall(curve.reduced.values) > 0.55
    ):  # a rise is no flat line
        return _found(curve, "never-learned", "never", arrays.sigmoid_margin(margin), {})
    return _stalled(curve, view, limits, arrays.sigmoid_margin(margin), learned)


def _validation_learned(judged: Curve | None, curve: Curve, limits: Limits) -> bool:
    """True when validation fell clearly and stayed down: then the noise of training only hides what it learned."""
    if judged is None or judged is curve:
        return False
    return significance(judged) > SURE * limits.z and retained_gain(judged) >= KEPT_GAIN


def _rate_is_spent(view: View, curve: Curve, frozen: float) -> bool:
    """True when the learning rate had decayed to nothing where the loss stood still, which is then no wonder."""
    rates = view.rates
    since = int(curve.finite_steps[max(0, round((1 - 0.5 * frozen) * (curve.count - 1)))])
    return rates is not None and rates.spent_at(since)


def _stalled(curve: Curve, view: View, limits: Limits, near: float, learned: bool) -> Outcome:
    when = reached(curve, 0.8)
    positive = bool((curve.reduced.values > 0).all()) and curve.sign > 0
    share = curve.gain / curve.start if positive and curve.start > 0 else math.inf
    margin = min(limits.small / share if share > 0 else math.inf, (limits.early / max(when, 0.01)) ** 0.5)
    if margin > EXCUSED and (learned or _dropped_when_flat(curve, view) or _still_falls(curve)):
        margin = EXCUSED
    confidence = arrays.sigmoid_margin(margin)
    if margin >= 1.0:
        return _found(curve, "stalled", "stalled", min(0.9, confidence), {"gain": share, "when": when})
    return passed(score=max(near, confidence))


def _dropped_when_flat(curve: Curve, view: View) -> bool:
    """True when the learning rate was lowered after the curve had come to rest, as one should try."""
    drops = view.rates.drops if view.rates is not None else ()
    first, span = view.reach
    flat = max(flat_from(curve), 0.02) if drops else 0.0
    return any((step - first) / span > flat for step in drops)


def _still_falls(curve: Curve) -> bool:
    """True when the last third still goes down."""
    t = final_third(curve)
    return t.tau < -0.5 and t.share > 0.05


def _found(curve: Curve, kind: str, variant: str, confidence: float, numbers: dict[str, Number]) -> Outcome:
    told: dict[str, Number] = {
        "series": curve.name,
        "start": curve.as_logged(curve.start),
        "end": curve.as_logged(curve.end),
        "best": curve.as_logged(curve.best),
        "from": int(curve.reduced.steps[0]),
        "last": int(curve.reduced.steps[-1]),
        "length": int(curve.reduced.steps[-1] - curve.reduced.steps[0]),
        "points": curve.count,
        **numbers,
    }
    evidence = (Evidence(curve.name, int(curve.reduced.steps[0]), int(curve.reduced.steps[-1]), "span", "flat"),)
    severity = Severity.WARNING if kind == "stalled" else Severity.ERROR
    return found(
        severity,
        score=confidence,
        kind=kind,
        variant=variant,
        numbers=told,
        evidence=evidence,
        fixes=FIXES,
    )


RULE = Rule(
    "plateau",
    Limits(),
    check,
    requires=frozenset({"objective"}),
    optional=frozenset({"metric", "learning_rate"}),
    verdict=Verdict.PLATEAU,
)
