"""Metric at its ceiling: every evaluation is perfect from the first one on, though the loss is not.

What it sees
    An accuracy of exactly 100% at every evaluation beside a loss far above 0.

Why it matters
    A model that is right everywhere from the beginning has nothing to learn. Such a metric tells nothing: top-k accuracy
    with k classes or fewer, one class in all of the data, or answers that are right whatever is said (padding).

How it is measured
    The metric (on validation data where it is measured there) is at its most at all of ``points`` evaluations or more,
    and the loss of the same split ends above {LEAST_LOSS}.

When it is silent
    Where the loss is small: an easy task, or a start from trained weights.
"""

from __future__ import annotations

from collections.abc import Iterator

from loganalyzer.features.accuracy import UnitMetric, accuracy_curves, on_training, on_validation
from loganalyzer.features.curve import Curve
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import LAST, Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit

LEAST_LOSS = 0.2
"""In nats: a classifier that is always right, if only just, is nearly certain long before this is its mean loss."""
FIXES = ("check-predictions", "check-labels-inputs", "log-metric")


class Limits(LimitSet):
    """Limits of this rule."""

    points: float = limit(4, "evaluations that must be perfect", 3, 1000)


def check(view: View, limits: Limits) -> Outcome:
    """Look for a metric that has nowhere to go beside a loss that has."""
    if not view.metrics:
        return not_applicable()
    for loss, own in _pairs(view, int(limits.points)):
        if (
            loss.sign > 0
            and loss.count
            and loss.logged.last.value > LEAST_LOSS
            and not (own.curve.raw != own.unit).any()
        ):
            first, last = int(own.curve.finite_steps[0]), int(own.curve.finite_steps[-1])
            numbers: dict[str, Number] = {
                "series": own.curve.name,
                "count": own.curve.count,
                "loss": loss.name,
                "end": loss.logged.last.value,
            }
            mark = Evidence(own.curve.name, first, last, "span", "ceiling")
            return found(Severity.WARNING, score=0.85, numbers=numbers, evidence=(mark,), fixes=FIXES)
    return passed()


def _pairs(view: View, fewest: int) -> Iterator[tuple[Curve, UnitMetric]]:
    """Each accuracy with the loss of its split, of validation first."""
    for loss, on in ((view.validation, on_validation), (view.train, on_training)):
        for own in accuracy_curves(view.metrics, on, fewest):
            if loss is not None and loss.name != own.curve.name:
                yield loss, own


RULE = Rule(
    "metric-at-ceiling",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"objective", "metric"}),
    optional=frozenset({"train", "validation"}),
    fixes=FIXES,
    points_at=("implementation", "data"),
    causes=("found",),
    quotes=(Quote("end", LAST, "loss"),),
)
