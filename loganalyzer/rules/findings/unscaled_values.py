"""Unscaled values: the loss begins at a number that says more about the scale of the data than about the model.

What it sees
    A training loss that begins huge and then stands still or becomes NaN; or that jumps by many orders of magnitude from one
    value to the next; or is beyond all bounds when the log begins.

Why it matters
    With targets in the thousands or inputs that are not normalised the first gradients are as large, and no learning rate
    fits them. One sample with a box outside its picture, or with a value in another unit, does the same at a single step,
    where a rate that is too high would grow over several.

How it is measured
    Scale: the first value is at least ``huge`` and at most {EXPLODED}, and the loss ended as NaN or kept {KEPT:pct} of it.
    Jump: in a log of every step, one value is {JUMP} times the one before or more, and the loss does not come back. Late:
    the log begins more than {LATE:int} of its intervals after step 0, with {LOST} or more.

When it is silent
    Losses that come down however large they were (sums), perplexity, and objectives of which more is better. A first value
    that validation exceeds {GREW:int} times and more: it is the mean of an epoch at whose end the loss had grown by itself.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features.curve import Curve
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Lead, Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit

KEPT = 0.5
"""A loss that ends above this share of its first value has not come down."""
JUMP = 1e6
"""No learning rate multiplies a loss by so much between neighbouring values of a log."""
LOST = 1e10
"""A loss of this size is that of a run which blew up before."""
EXPLODED = 1e15
"""A first value beyond this is the mean of an epoch in which the run blew up."""
GREW = 10.0
"""Validation after the first epoch so many times the training loss over it: the steps made it so, not the scale."""
LATE = 5
"""A log that begins so many of its own intervals after step 0 does not show the start."""
SCALE, SAMPLES, BEFORE = (
    ("scale-targets", "normalise-inputs", "fix-loss"),
    ("check-outliers", "fix-labels", "clip-gradients"),
    ("lr-down-10x", "clip-gradients", "warm-up"),
)


class Limits(LimitSet):
    """Limits of this rule."""

    huge: float = limit(1e4, "a first loss of this size or more is a matter of scale", 100.0, 1e12)


def check(view: View, limits: Limits) -> Outcome:
    """Look at the size of the first value, and at the greatest ratio of neighbours."""
    train = view.train
    if train is None or train.count == 0 or train.sign < 0 or not (train.values > 0).all():
        return not_applicable()
    if "ppl" in train.name.lower() or "perplexity" in train.name.lower():
        return passed()
    start = float(train.values[0])
    lost = train.ends_non_finite or train.values[-1] > KEPT * start
    if start >= LOST and lost and _begins_late(train):
        return _found("late", train, 0, BEFORE)
    if limits.huge <= start <= EXPLODED and lost and len(train.raw) >= 3 and not _grew(view, train):
        return _found("scale", train, 0, SCALE)
    at = _jump(train) if view.run.step_unit == "step" else 0
    return _found("jump", train, at, SAMPLES) if at else passed()


def _grew(view: View, train: Curve) -> bool:
    """True where validation, as soon as it is evaluated, is far above the mean of training up to there."""
    held_out = view.validation
    if held_out is None or not held_out.count or held_out.name == train.name:
        return False
    same = held_out.finite_steps[0] == train.finite_steps[0]
    return bool(same) and float(held_out.values[0]) >= GREW * float(train.values[0])


def _begins_late(train: Curve) -> bool:
    """True for a log whose first step is many times the distance of its steps."""
    steps = train.finite_steps
    return len(steps) > 1 and int(steps[0]) > LATE * int(steps[1] - steps[0])


def _jump(train: Curve) -> int:
    """Index of the value that is so many times the one before, and after which the loss stays there; 0 without one."""
    y = train.values
    if len(y) < 4:
        return 0
    at = int(np.argmax(y[1:] / y[:-1])) + 1
    before = float(y[:at].max())
    if train.finite_steps[at] - train.finite_steps[at - 1] > 1:
        return 0
    return at if y[at] >= JUMP * y[at - 1] and float(y[at:].min()) > 1e3 * before else 0


def _found(variant: str, train: Curve, index: int, fixes: tuple[str, ...]) -> Outcome:
    at, value = int(train.finite_steps[index]), float(train.values[index])
    numbers: dict[str, Number] = {
        "series": train.name,
        "value": value,
        "at": at,
        "before": float(train.values[max(0, index - 1)]),
        "before_at": int(train.finite_steps[max(0, index - 1)]),
    }
    mark = Evidence(train.name, at, at, "point", "huge", value=value)
    return found(Severity.WARNING, score=0.75, variant=variant, numbers=numbers, evidence=(mark,), fixes=fixes)


RULE = Rule(
    "unscaled-values",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"train"}),
    optional=frozenset({"run", "validation"}),
    variants=("scale", "jump", "late"),
    fixes=tuple(dict.fromkeys((*SCALE, *SAMPLES, *BEFORE))),
    leads=(Lead("normalise-inputs", of=("non-finite",)),),
    points_at=("data",),
    causes=("scale", "jump", "late"),
    quotes=(Quote("value", "at"), Quote("before", "before_at")),
)
