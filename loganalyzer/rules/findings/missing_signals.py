"""Missing signals: what was not logged, and which question stays open because of it.

What it sees
    A training log without training loss, validation loss, learning rate, a metric, gradient norm, or hyper-parameters.

Why it matters
    An honest report says what it could not look at. One line of logging code answers the question next time.

How it is measured
    By the roles of the series; the most useful missing signal comes first. A learning rate
    that only the settings name is known, but not its course. Where something is missing and the objective
    has fewer than {FEW} values, more than one step (or epoch) apart, logging more often is the first advice.

When it is silent
    When all of them are there, however few the points, and for logs that are no training of a supervised model.
"""

from __future__ import annotations

from loganalyzer.features import arrays
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.model.role import Task
from loganalyzer.roles.hyperparameters import number
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet

ASKED = (
    ("train", "log-losses"),
    ("validation", "log-validation"),
    ("learning_rate", "log-learning-rate"),
    ("metric", "log-metric"),
    ("gradient_norm", "log-gradient-norm"),
    ("hyperparameters", "log-hyperparameters"),
)


FEW = 20
"""Fewer points would say more if they were closer, where not every step of the run's own count has one."""


class Limits(LimitSet):
    """This rule has no limits."""


def check(view: View, _limits: Limits) -> Outcome:
    """Which signals are not there?"""
    if view.task is Task.ADVERSARIAL:
        return not_applicable()
    missing = [(signal, fix) for signal, fix in ASKED if not view.has(signal)]
    if not missing:
        return passed()
    curve = view.main
    fixes = [fix for _, fix in missing]
    if curve is not None and curve.count < FEW and arrays.median(arrays.differences(curve.steps)) > 1:
        fixes.insert(0, "log-more-often")
    signals = [signal for signal, _ in missing]
    variant = signals[0].replace("_", "-")
    numbers: dict[str, Number] = {
        "count": len(missing),
        "present": len(ASKED) - len(missing),
        "asked": len(ASKED),
        "missing": ", ".join(signals),
    }
    rate = number(view.hyperparameters, "learning_rate")
    if variant == "learning-rate" and rate is not None:
        variant = "rate-over-time"
        numbers["rate"] = rate.value
    return found(
        Severity.INFO,
        score=0.99,
        variant=variant,
        numbers=numbers,
        fixes=tuple(fixes),
    )


RULE = Rule(
    "missing-signals",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"objective"}),
    optional=frozenset({"hyperparameters"}),
    variants=("train", "validation", "learning-rate", "rate-over-time", "metric", "gradient-norm", "hyperparameters"),
    fixes=(
        "log-losses",
        "log-validation",
        "log-learning-rate",
        "log-metric",
        "log-gradient-norm",
        "log-hyperparameters",
        "log-more-often",
    ),
)
