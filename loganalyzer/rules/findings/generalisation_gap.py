"""Generalisation gap: validation is worse than training by a constant or a growing amount.

What it sees
    The distance between the validation and the training objective at the end, in units of what was gained.

Why it matters
    A constant gap is the price of finite data and no fault. A widening one says that training goes on learning what
    does not carry over; it often comes before overfitting shows.

How it is measured
    Gap = validation end minus training end, over the larger of the two scales of the gain. Widening: over the last half
    the gap has a Kendall's tau above ``tau`` and grew by more than ``growth`` of that scale. A gap larger
    than that scale is not given as a share of it. Where a training accuracy stood at its ceiling
    ({accuracy.CEILING:pct} or more), a validation accuracy that is {BELOW_CEILING:pct} lower counts.

When it is silent
    Gaps below ``least`` of the gain or four times the noise of the two levels, where validation is better than
    training, and where training gained nothing significant or ended as NaN.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import at_ceiling, unit_metric
from loganalyzer.features.curve import Curve
from loganalyzer.features.levels import scale, significance
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    least: float = limit(0.10, "smallest gap as a share of the gain", 0.01, 1.0)
    tau: float = limit(0.4, "Kendall's tau of a widening gap", 0.1, 1.0)
    growth: float = limit(0.05, "growth of a widening gap over the last half as a share of the gain", 0.01, 1.0)


BELOW_CEILING = 0.05
"""A validation accuracy this far below a training accuracy at its ceiling lies clearly below it."""
FIXES = ("weight-decay", "add-dropout", "augment", "more-data", "early-stopping", "smaller-model")


def check(view: View, limits: Limits) -> Outcome:
    """Compare the two objectives."""
    train, held_out = view.train, view.validation
    if train is None or held_out is None or train.count < 5 or held_out.count < 5:
        return not_applicable()
    if train.gain <= 0 and at_ceiling(train, view.metrics):
        return _below_ceiling(train, held_out)
    whole = max(scale(train), scale(held_out))
    gap = held_out.end - train.end
    noise = train.standard_error(train.end_count) + held_out.standard_error(held_out.end_count)
    if whole <= 0 or train.ends_non_finite or gap < limits.least * whole or gap < 4 * noise or significance(train) < 4:
        return passed()
    late = held_out.reduced.x >= 0.5
    x = held_out.reduced.x[late]
    gaps = held_out.smooth[late] - np.interp(x, train.reduced.x, train.smooth)
    growth = arrays.theil_sen(x, gaps) * 0.5 / whole if len(gaps) >= 4 else 0.0
    widening = len(gaps) >= 4 and arrays.kendall(gaps) > limits.tau and growth > limits.growth
    numbers: dict[str, Number] = {
        "train": train.as_logged(train.end),
        "validation": held_out.as_logged(held_out.end),
        "share": gap / whole,
        "growth": growth,
        "series": held_out.name,
    }
    far = gap > whole
    first, last = int(held_out.reduced.steps[np.argmax(late)]), int(held_out.reduced.steps[-1])
    evidence = (Evidence(held_out.name, first, last, "span", "apart" if far else "gap"),)
    kind = "widening" if widening else "constant"
    return found(
        Severity.INFO,
        score=0.85,
        kind=kind,
        variant="far" if far else kind,
        numbers=numbers,
        evidence=evidence,
        fixes=FIXES if widening else FIXES[:4],
    )


def _below_ceiling(train: Curve, held_out: Curve) -> Outcome:
    """The finding that validation lies below a training accuracy that stood at its ceiling all the time."""
    high, low = unit_metric(train, 1), unit_metric(held_out, 1)
    if high is None or low is None or high.end - low.end < BELOW_CEILING:
        return passed()
    numbers: dict[str, Number] = {
        "train": train.logged.last.value,
        "validation": held_out.logged.last.value,
        "series": held_out.name,
    }
    span = Evidence(held_out.name, int(held_out.reduced.steps[0]), int(held_out.reduced.steps[-1]), "span", "apart")
    return found(
        Severity.WARNING, score=0.85, kind="constant", variant="ceiling", numbers=numbers, evidence=(span,), fixes=FIXES
    )


RULE = Rule(
    "generalisation-gap",
    Limits(),
    check,
    requires=frozenset({"train", "validation"}),
    optional=frozenset({"metric"}),
    kinds=("constant", "widening"),
    variants=("constant", "widening", "far", "ceiling"),
    fixes=FIXES,
    explained_by=("overfitting",),
)
