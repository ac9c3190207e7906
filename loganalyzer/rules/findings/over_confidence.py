"""Over-confidence: validation loss rises while the metric holds.

What it sees
    A validation loss that turned up, while validation accuracy (or another metric) stays near its best.

Why it matters
    The answers stay right; the probabilities become too sure. Where probabilities are used, calibrate them; where only
    the answer counts, choose the checkpoint by the metric.

How it is measured
    The validation objective's rise exceeds ``z`` standard errors and ``share`` of the scale of its gain and is a trend
    (Kendall's tau above 0.2), and the first metric with five validation values, which had gained, too, ends within
    ``held`` of its gain of its best, or within its noise.

When it is silent
    Without a metric of its own, when the metric never rose or falls, too (plain overfitting), and where loss and
    accuracy are at chance.
"""

from __future__ import annotations

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import at_chance, validation_at_chance
from loganalyzer.features.levels import significance, turning_point
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import LAST, Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    z: float = limit(4.0, "rise of the objective in standard errors", 1.0, 20.0)
    share: float = limit(0.10, "rise of the objective as a share of the scale of its gain", 0.01, 1.0)
    held: float = limit(0.05, "loss of the metric as a share of its gain that still counts as held", 0.0, 0.5)


def check(view: View, limits: Limits) -> Outcome:
    """Compare the validation objective with the first validation metric."""
    curve = view.validation
    metric = next((m for m in view.metrics if m.validation is not None and m.validation.count >= 5), None)
    if (
        curve is None
        or curve.count < 5
        or metric is None
        or metric.validation is None
        or metric.validation.name == curve.name
    ):
        return not_applicable()
    turn = turning_point(curve)
    if (
        turn.z < limits.z
        or turn.share < limits.share
        or turn.tau < 0.2
        or significance(curve) < 3
        or at_chance(curve, view.metrics)
        or validation_at_chance(curve, view.metrics)
    ):
        return passed()
    own = metric.validation
    lost = turning_point(own)
    if significance(own) < 4 or (lost.rise > limits.held * own.gain and lost.z > 3):
        return passed()
    best, last = curve.logged.best, curve.logged.last
    numbers: dict[str, Number] = {
        "series": curve.name,
        "metric": own.name,
        "at": best.step,
        "best": best.value,
        "end": last.value,
        "then": own.logged.at(best.step).value,
        "now": own.logged.last.value,
        "length": last.step - best.step,
    }
    evidence = (Evidence(curve.name, best.step, last.step, "span", "sure"),)
    return found(
        Severity.INFO,
        score=arrays.sigmoid_margin(min(turn.z / limits.z, turn.share / limits.share)),
        variant="found",
        numbers=numbers,
        evidence=evidence,
        fixes=("calibrate", "label-smoothing", "keep-best-checkpoint", "weight-decay"),
    )


RULE = Rule(
    "over-confidence",
    Limits(),
    check,
    requires=frozenset({"validation", "metric"}),
    fixes=("calibrate", "label-smoothing", "keep-best-checkpoint", "weight-decay"),
    explained_by=("overfitting",),
    quotes=(
        Quote("best", "at"),
        Quote("end", LAST),
        Quote("then", "at", "metric"),
        Quote("now", LAST, "metric"),
    ),
)
