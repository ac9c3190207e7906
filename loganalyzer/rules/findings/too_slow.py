"""Too slow: most of the run is spent on what should take its first part.

What it sees
    A curve that needs more than ``late`` of the run for 90% of its gain and falls at nearly the same pace to the end.

Why it matters
    Compute goes into small steps. A higher learning rate, a better optimizer or normalisation reach the same point in a
    fraction of the time.

How it is measured
    The time at which the smoothed training objective held 90% of its gain is ``late`` or later, and the pace of the
    last third is at least ``pace`` of that of the third before (1 is a straight line), falling by four standard errors
    with Kendall's tau below -0.6.

When it is silent
    Where the learning rate cycled or dropped to {rates.DROP:pct} or less at once, whenever that was; for oscillating or
    noisy curves; where the curve has come to rest at its very end; without a significant gain; and for runs that began
    good or end as NaN.
"""

from __future__ import annotations

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import good_from_start
from loganalyzer.features.last_third import final_third
from loganalyzer.features.levels import reached, significance
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    late: float = limit(0.7, "share of the run by which 90% of the gain was reached", 0.4, 0.99)
    pace: float = limit(0.5, "pace of the last third over that of the third before", 0.1, 1.5)


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the training objective."""
    curve = view.main
    if curve is None or curve.count < 8 or significance(view.steady(curve)) < 6:
        return not_applicable()
    if curve.ends_non_finite or good_from_start(curve, view.metrics):
        return passed()
    rates = view.rates
    if rates is not None and (rates.cyclic or any(rates.drops)):
        return passed()
    when, last = reached(curve, 0.9), final_third(curve)
    margin = min(when / limits.late, last.pace / limits.pace, -last.tau / 0.6, last.z / 4)
    if margin < 1.0 or last.landed:
        return passed()
    half = reached(curve, 0.5)
    numbers: dict[str, Number] = {"series": curve.name, "half": half, "when": when, "pace": min(last.pace, 9.99)}
    evidence = (Evidence(curve.name, int(curve.reduced.steps[0]), int(curve.reduced.steps[-1]), "span", "slow"),)
    return found(
        Severity.INFO,
        score=arrays.sigmoid_margin(margin, 2.0),
        variant="found",
        numbers=numbers,
        evidence=evidence,
        fixes=("lr-up-10x", "use-adam", "larger-batch-lr", "batch-norm", "one-cycle", "lr-range-test"),
    )


RULE = Rule(
    "too-slow",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"objective"}),
    optional=frozenset({"learning_rate", "metric"}),
    fixes=("lr-up-10x", "use-adam", "larger-batch-lr", "batch-norm", "one-cycle", "lr-range-test"),
    explained_by=("learning-rate-too-low", "underfitting"),
)
