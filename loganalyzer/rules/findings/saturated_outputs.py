"""Saturated outputs: every answer is given with full certainty, right or wrong.

What it sees
    A loss that is the share of wrong answers times the most that one wrong answer can cost.

Why it matters
    Behind a saturated sigmoid or softmax no gradient is left, so the run stays as it is. Mostly the first steps were too
    large: a rate too high, inputs on the scale 0..255, an unlucky start.

How it is measured
    Of the last {saturated.FEWEST:int} common points or more, and {saturated.SHARE:pct} of all, loss / (1 - accuracy) lies
    within {saturated.NEAR:pct} of -ln(e), where e is one of the limits to which frameworks clip a probability
    (1e-7 in Keras), or of 100, which PyTorch's binary cross-entropy charges at most.

When it is silent
    With fewer than {saturated.LEAST_WRONG:pct} wrong answers: the cost of one is lost in the digits of the accuracy.
"""

from __future__ import annotations

from loganalyzer.features.saturated import saturated
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import ANY, Quote, Rule
from loganalyzer.rules.limits import LimitSet

FIXES = ("lr-down-10x", "several-seeds", "normalise-inputs", "fix-loss")


class Limits(LimitSet):
    """This rule has no limits."""


def check(view: View, _limits: Limits) -> Outcome:
    """Divide the loss by the share of wrong answers."""
    if not view.metrics:
        return not_applicable()
    certain = saturated(view.train, view.validation, view.metrics)
    if certain is None:
        return passed()
    numbers: dict[str, Number] = {
        "series": certain.series,
        "value": certain.value,
        "accuracy": certain.accuracy,
        "costs": certain.costs,
        "since": certain.since,
    }
    mark = Evidence(certain.series, certain.since, certain.last, "span", "certain")
    return found(Severity.ERROR, score=0.9, numbers=numbers, evidence=(mark,), fixes=FIXES)


RULE = Rule(
    "saturated-outputs",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"objective", "metric"}),
    optional=frozenset({"train", "validation"}),
    fixes=FIXES,
    points_at=("learning_rate", "data"),
    causes=("found",),
    quotes=(Quote("value", ANY),),
)
