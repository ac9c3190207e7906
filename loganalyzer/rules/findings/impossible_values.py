"""Impossible values: a loss below its least or a metric above its most.

What it sees
    A negative loss whose name says that it cannot be negative (cross-entropy, squared or absolute error), a score such
    as Dice or IoU above 1 that is no percent, a loss that began positive and falls without a floor, or one of exactly 0
    beside an accuracy that is far from perfect.

Why it matters
    Such numbers are certain evidence that targets and loss do not fit: masks of 0..255 instead of 0..1, several classes
    in one sigmoid, logits where probabilities are expected. The curve may fall beautifully; it measures nothing.

How it is measured
    Loss: a value below 0 by more than {ROUNDING:pct} of the largest. Metric: a score on the scale 0..1 that exceeds
    {accuracy.OVER_ALL} at its end, but not {PERCENT:int} (then it is percent), beside a negative loss; any that exceeds
    100. No floor: a loss began positive, ends below 0 by more than ``times`` its first value, and falls to
    the end at {STEADY:pct} or more of its earlier pace. Zero: the last {ZEROS:int} values of a loss or more are exactly 0
    while an accuracy of the same split ends below {PERFECT:pct}.

When it is silent
    Losses that may be negative by their name (Dice, likelihoods, ELBO, rewards, logarithms, critics), reinforcement
    learning and adversarial training, negative losses that come to rest, and metrics that count answers.
"""

from __future__ import annotations

import re

import numpy as np

from loganalyzer.features.accuracy import OVER_ALL, accuracy_curves, accuracy_like, training_first, validation_first
from loganalyzer.features.curve import Curve
from loganalyzer.features.last_third import final_third
from loganalyzer.features.view import View
from loganalyzer.model.late import late
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.model.role import Task
from loganalyzer.rules.base import FIRST, LAST, Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit

NEVER_NEGATIVE = late(
    lambda: re.compile(
        r"cross.?entropy|crossent|(?<![a-z])(bce|ce|xent|mse|rmse|mae|huber|l1|l2|hinge|focal|ppl)(?![a-z])|perplexity|smooth.?l1"
    )
)
"""Losses that are at least 0 whatever the model says."""
MAY_BE_NEGATIVE = late(
    lambda: re.compile(
        r"dice|nll|elbo|log|likel|reward|critic|actor|policy|gan|wasser|energy|kl|contrast|ssim|cos|flow|vae|neg|ent_|margin"
    )
)
"""Losses without a floor at 0, and names that leave it open."""
SCORES = late(
    lambda: re.compile(r"dice|iou|jaccard|(?<![a-z])f1|f.?score|precision|recall|auc|specificity|sensitivity")
)
"""Scores of which 1 is the most."""
COUNTS = ("correct",)
"""Names that may count answers instead of giving their share; so does what begins above 100."""
ROUNDING = 1e-3
"""A loss this far below 0, as a share of its largest value, is rounded."""
PERCENT = 10.0
"""A score beyond this is logged in percent."""
STEADY = 0.5
"""A fall that keeps this share of its pace has no floor in sight."""
ZEROS = 2
"""So many losses of exactly 0 in a row are no luck."""
PERFECT = 0.9
"""A model whose loss is 0 is right at least this often."""
OF_ZERO = ("fix-loss", "check-labels-inputs", "check-gradients")
FIXES = ("scale-targets", "fix-loss", "check-labels-inputs", "normalise-inputs")


class Limits(LimitSet):
    """Limits of this rule."""

    times: float = limit(5.0, "how many times its first value a loss without a floor ends below 0", 1.0, 1e3)


def check(view: View, limits: Limits) -> Outcome:
    """Look at the losses by name, at the scores, and at how the training loss falls."""
    if view.task is not Task.SUPERVISED:
        return not_applicable()
    losses = [c for c in (view.train, view.validation) if c is not None and c.count and c.sign > 0]
    negative = next((c for c in losses if _below_zero(c)), None)
    if negative is not None and _is(NEVER_NEGATIVE, negative.name) and not _is(MAY_BE_NEGATIVE, negative.name):
        return _found("loss", negative, int(np.argmin(negative.values)))
    for metric in view.metrics:
        for own in (metric.validation, metric.train):
            if own is not None and own.count and _beyond(own, metric.name, beside=negative is not None):
                return _found("metric", own, int(np.argmin(own.values)))
    for own in losses:
        if _without_floor(own, limits):
            return _found("floor", own, own.count - 1)
        if (score := _zero_beside(own, view)) is not None:
            return _found("zero", own, own.count - 1, metric=score.name, reached=score.logged.last.value)
    return passed()


def _is(pattern: re.Pattern[str], name: str) -> bool:
    return pattern.search(name.lower()) is not None


def _below_zero(curve: Curve) -> bool:
    least = float(curve.values.min())
    return least < 0 and least * curve.unit < -ROUNDING * float(np.abs(curve.values).max()) * curve.unit


def _beyond(curve: Curve, name: str, *, beside: bool) -> bool:
    """True for a score above its most: above 100, or above 1 where it is no percent and a loss is impossible ``beside``."""
    if curve.sign > 0 or not (accuracy_like(name) or _is(SCORES, name)):
        return False
    if name in COUNTS or curve.as_logged(curve.start) > 100.0:
        return False
    highest, end = curve.as_logged(float(curve.values.min())), curve.as_logged(curve.end)
    return highest > 100.0 * OVER_ALL or (beside and _is(SCORES, name) and OVER_ALL < end <= PERCENT)


def _without_floor(curve: Curve, limits: Limits) -> bool:
    """True for a loss that began positive and falls below 0 without coming to rest."""
    if curve.sign < 0 or curve.count < 5 or _is(MAY_BE_NEGATIVE, curve.name) or curve.start <= 0:
        return False
    return -curve.end > limits.times * curve.start and final_third(curve).pace >= STEADY


def _zero_beside(loss: Curve, view: View) -> Curve | None:
    """An accuracy far from perfect beside a loss that ends at exactly 0; None where there is none."""
    if loss.count < ZEROS or loss.values[-ZEROS:].any():
        return None
    of = training_first if loss is view.train else validation_first
    far = (own for own in accuracy_curves(view.metrics, of, 1) if own.end < PERFECT)
    return next((own.curve for own in far), None)


def _found(variant: str, curve: Curve, index: int, **further: Number) -> Outcome:
    step, value = int(curve.finite_steps[index]), float(curve.raw[curve.finite][index])
    numbers: dict[str, Number] = {
        "series": curve.name,
        "value": value,
        "at": step,
        "start": curve.logged.first.value,
        **further,
    }
    return found(
        Severity.ERROR,
        score=0.95,
        variant=variant,
        numbers=numbers,
        evidence=(Evidence(curve.name, step, step, "point", "impossible", value=value),),
        fixes=OF_ZERO if variant == "zero" else FIXES,
    )


RULE = Rule(
    "impossible-values",
    Limits(),
    check,
    requires=frozenset({"objective"}),
    optional=frozenset({"train", "validation", "metric"}),
    variants=("loss", "metric", "floor", "zero"),
    fixes=(*FIXES, "check-gradients"),
    points_at=("data", "loss"),
    causes=("loss", "metric", "floor", "zero"),
    quotes=(
        Quote("value", "at"),
        Quote("start", FIRST),
        Quote("reached", LAST, "metric"),
    ),
)
