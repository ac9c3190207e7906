"""Generalisation gap: validation is worse than training by a constant or a growing amount.

What it sees
    The distance between the validation and the training objective at the end, in units of what was gained.

Why it matters
    A constant gap is the price of finite data and no fault. A widening one says that training goes on learning what
    does not carry over; it often comes before overfitting shows.

How it is measured
    Gap = validation end minus training end, over the larger of the two scales of the gain. Widening: over the last half
    the gap has a Kendall's tau above ``tau`` and grew by more than ``growth`` of that scale.

When it is silent
    Gaps below ``least`` of the gain or four times the noise of the two levels, where validation is better than
    training, and where training gained nothing significant or ended as NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.levels import scale, significance
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import limit


@dataclass(frozen=True)
class Limits:
    """Limits of this rule."""

    least: float = limit(0.10, "smallest gap as a share of the gain", 0.01, 1.0)
    tau: float = limit(0.4, "Kendall's tau of a widening gap", 0.1, 1.0)
    growth: float = limit(0.05, "growth of a widening gap over the last half as a share of the gain", 0.01, 1.0)


FIXES = ("weight-decay", "add-dropout", "augment", "more-data", "early-stopping", "smaller-model")


def check(view: View, limits: Limits) -> Outcome:
    """Compare the two objectives."""
    train, held_out = view.train, view.validation
    if train is None or held_out is None or train.count < 5 or held_out.count < 5:
        return not_applicable()
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
    evidence = (
        Evidence(
            held_out.name, int(held_out.reduced.steps[np.argmax(late)]), int(held_out.reduced.steps[-1]), "span", "gap"
        ),
    )
    return found(
        Severity.INFO,
        score=0.85,
        kind="widening" if widening else "constant",
        variant="widening" if widening else "constant",
        numbers=numbers,
        evidence=evidence,
        fixes=FIXES if widening else FIXES[:4],
    )


RULE = Rule(
    "generalisation-gap",
    Limits(),
    check,
    requires=frozenset({"train", "validation"}),
    kinds=("constant", "widening"),
    variants=("constant", "widening"),
    fixes=FIXES,
    explained_by=("overfitting",),
)
