"""Evaluation differs: validation is orders of magnitude worse than training from the first evaluation on.

What it sees
    A validation loss that is many times the training loss at the first evaluation, before anything could have been
    learned by heart, and stays so.

Why it matters
    Data alone does not do that. Training and evaluation do something different: batch statistics that evaluation mode
    does not have, other preprocessing, other weights, or a sum in the place of a mean. Remedies against overfitting
    cannot help.

How it is measured
    Both losses are positive. At the first evaluation validation is at least ``times`` the training loss, which had then
    not yet come down to less than {LEARNED:pct} of its first value; and at all later evaluations it is at least
    {KEPT:pct} of that factor. Or validation, which had always moved, jumps by {frozen.JUMP} times the range of the values
    before (and by as many halves of its gain), and gives the very same number {frozen.REPEATS:int} times or more, to its
    end: the weights still move, so that a number that does not is no answer of theirs.

When it is silent
    Fewer than {FEWEST:int} values of either, negative losses, validation that grows away only later (overfitting),
    training that did not improve (diverging), and training that was right in {accuracy.GOOD_ACCURACY:pct} or more of
    its samples from the first value on.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features.accuracy import GOOD_ACCURACY, accuracy_curves, on_training
from loganalyzer.features.curve import Curve
from loganalyzer.features.frozen import stuck_since
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Lead, Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit

LEARNED = 0.3
"""A training loss below this share of its first value has learned so much that a large ratio may be learning by heart."""
KEPT = 0.3
"""Share of the factor that later evaluations must show."""
FEWEST = 3
"""With fewer values there is no first evaluation and a later one."""
FIXES = ("match-evaluation", "check-eval-mode", "normalise-inputs", "check-labels-inputs")


class Limits(LimitSet):
    """Limits of this rule."""

    times: float = limit(10.0, "how many times the training loss validation is at the first evaluation", 3.0, 1e4)


def check(view: View, limits: Limits) -> Outcome:
    """Compare the losses at each evaluation."""
    train, held_out = view.train, view.validation
    if train is None or held_out is None or min(train.count, held_out.count) < FEWEST:
        return not_applicable()
    since = stuck_since(held_out)
    if since and not train.ends_non_finite:
        return _repeats(held_out, since)
    if not (train.positive and held_out.positive) or _knew_all(view):
        return passed()
    if train.ends_non_finite or train.end >= train.start:
        return passed()  # what training did within an epoch its mean does not show
    beside = np.interp(held_out.reduced.steps, train.reduced.steps, train.smooth)
    ratio = held_out.reduced.values / beside
    first = float(ratio[0])
    if first < limits.times or beside[0] < LEARNED * train.start or float(ratio.min()) < KEPT * limits.times:
        return passed()
    evaluated, last = held_out.logged.first, held_out.logged.last
    trained = train.logged.at(evaluated.step)
    numbers: dict[str, Number] = {
        "series": held_out.name,
        "factor": evaluated.value / trained.value,
        "at": evaluated.step,
        "validation": evaluated.value,
        "train": trained.value,
        "train_series": train.name,
    }
    return found(
        Severity.WARNING,
        score=0.8,
        numbers=numbers,
        evidence=(Evidence(held_out.name, evaluated.step, last.step, "span", "apart"),),
        fixes=FIXES,
    )


def _repeats(held_out: Curve, since: int) -> Outcome:
    """The finding that validation jumped at index ``since`` and repeats one value while training goes on."""
    first, before = int(held_out.finite_steps[since]), int(held_out.finite_steps[since - 1])
    numbers: dict[str, Number] = {
        "series": held_out.name,
        "before": held_out.as_logged(float(held_out.values[since - 1])),
        "before_at": before,
        "value": held_out.as_logged(float(held_out.values[since])),
        "at": first,
        "count": held_out.count - since,
    }
    span = Evidence(held_out.name, first, int(held_out.finite_steps[-1]), "span", "repeats")
    return found(Severity.WARNING, score=0.8, variant="repeats", numbers=numbers, evidence=(span,), fixes=FIXES)


def _knew_all(view: View) -> bool:
    """True when a training accuracy was near all from its first value on: then validation may be anywhere."""
    return any(own.start > GOOD_ACCURACY for own in accuracy_curves(view.metrics, on_training, 1))


RULE = Rule(
    "evaluation-differs",
    Limits(),
    check,
    requires=frozenset({"train", "validation"}),
    optional=frozenset({"metric"}),
    variants=("found", "repeats"),
    fixes=FIXES,
    leads=(Lead("match-evaluation", of=("overfitting", "generalisation-gap")),),
    points_at=("implementation", "data"),
    causes=("found", "repeats"),
    quotes=(
        Quote("validation", "at"),
        Quote("train", "at", "train_series"),
        Quote("value", "at"),
        Quote("before", "before_at"),
    ),
)
