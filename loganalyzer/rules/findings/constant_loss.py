"""Constant loss: the very same number again and again.

What it sees
    A training loss whose values agree to float rounding at all points, from its first twentieth to the end, or from
    some point on at which it still moved.

Why it matters
    A loss that is exactly 0 throughout was never added up, or every target was masked out. Otherwise noise-free means not
    measured, too: the loss does not depend on the weights (detached graph, a softmax over one output, a
    custom loss that returns a constant), or the weights do not change any more.

How it is measured
    Range at most ``tolerance`` of the value ({tolerance}; numpy.allclose allows 1e-5); or the very same value over at
    least ``share`` of the run, up to its end, although the log has finer digits: either reached within the first
    twentieth but for 2% of the gain, or at once, the changes before being {frozen.MOVING:pct} of the gain or more (20
    values or more).

When it is silent
    Logs rounded so coarsely that a settled curve repeats itself, a loss that has reached zero or whose changes died
    away, a training accuracy at its ceiling, one that stands still above its start (diverging) or where the learning
    rate had decayed to nothing, and, unless all are equal, fewer than eight values.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features.accuracy import at_ceiling
from loganalyzer.features.curve import Curve
from loganalyzer.features.frozen import first_step_of_last, frozen_share, stopped_share
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import LAST, Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit

FIXES = (
    "check-gradients",
    "fix-loss",
    "overfit-one-batch",
    "relu-activation",
    "check-training-loop",
    "check-labels-inputs",
)
OF_ZERO = ("check-labels-inputs", "check-training-loop", "fix-loss")
"""A loss of exactly 0 was never added up, or nothing was left to add: no weight has to do with it."""


class Limits(LimitSet):
    """Limits of this rule."""

    share: float = limit(0.5, "share of the run, up to its end, with the same value", 0.2, 1.0)
    tolerance: float = limit(1e-6, "range as a share of the value", 0.0, 1e-3)


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the training objective."""
    curve = view.main
    if curve is None or curve.count < 3:
        return not_applicable()
    if at_ceiling(curve, view.metrics):
        return passed()
    share = 1.0 if curve.value_range <= limits.tolerance * float(np.abs(curve.reduced.values).max()) else _same(curve)
    since = first_step_of_last(curve, share)
    spent = 0.0 < share < 1.0 and view.rates is not None and view.rates.spent_at(since)
    if share < limits.share or spent:
        return passed()
    numbers: dict[str, Number] = {
        "series": curve.name,
        "value": curve.logged.last.value,
        "share": share,
        "since": since,
    }
    evidence = (Evidence(curve.name, since, int(curve.finite_steps[-1]), "span", "constant"),)
    return found(
        Severity.WARNING,
        score=0.95 if share == 1.0 else 0.8,
        variant="found" if share < 1.0 else "all" if curve.values.any() else "zero",
        numbers=numbers,
        evidence=evidence,
        fixes=FIXES if curve.values.any() else OF_ZERO,
    )


def _same(curve: Curve) -> float:
    """Share of the run, up to its end, with the very same value: reached early on, or from one value to the next."""
    return max(frozen_share(curve), stopped_share(curve))


RULE = Rule(
    "constant-loss",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"objective"}),
    optional=frozenset({"learning_rate", "metric"}),
    variants=("found", "all", "zero"),
    fixes=FIXES,
    causes=("zero",),
    explained_by=("plateau",),
    points_at=("loss",),
    quotes=(Quote("value", LAST),),
)
