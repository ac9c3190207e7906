"""Loss never decreases: no fall that stands out from the noise, from the first point to the last.

What it sees
    A training objective of at least ``points`` points whose best level is within noise of its start.

Why it matters
    A loss that does not move at all is nearly never a matter of patience. Data, labels, loss function or the loop are
    wrong, or the learning rate is off by orders of magnitude.

How it is measured
    The gain in standard errors is below ``z``. Where the learning rate cycles, only the ends of cycles are compared.

When it is silent
    After any significant fall, however small, and after a steady one that ends below its start (Kendall's tau below
    -0.5), or of the level from twentieth to twentieth; in range tests and for runs to which no verdict applies; beside
    periodic swings or a divergence that had gained before: the noise there is the swing or the climb; beside
    overfitting; where the loss is exactly 0 over the last {frozen.AT_ZERO:pct} of its points. In logs that begin late,
    whose first fall is not in them.
"""

from __future__ import annotations

from loganalyzer.features import arrays
from loganalyzer.features.frozen import rests_at_zero
from loganalyzer.features.levels import level_gain, significance
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import FIRST, LAST, Abstention, Quote, Rule, Suppression
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    z: float = limit(4.0, "the least fall in standard errors", 1.0, 20.0)
    points: float = limit(10, "points needed", 3, 1000)


FIXES = (
    "overfit-one-batch",
    "check-training-loop",
    "check-gradients",
    "check-labels-inputs",
    "lr-up-10x",
    "lr-down-10x",
    "fix-loss",
)


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the training objective."""
    curve = view.main
    if curve is None or curve.count < limits.points or view.run.begins_at is not None:
        return not_applicable()
    if rests_at_zero(curve):
        return passed()
    curve = view.steady(curve)
    z = significance(curve)
    if (
        curve.count < limits.points
        or z >= limits.z
        or level_gain(curve).fell(limits.z)
        or (arrays.kendall(curve.reduced.values) < -0.5 and curve.end < curve.start)
    ):
        return passed()
    numbers: dict[str, Number] = {
        "series": curve.name,
        "start": curve.logged.first.value,
        "end": curve.logged.last.value,
        "points": curve.count,
        "z": z,
    }
    evidence = (Evidence(curve.name, int(curve.reduced.steps[0]), int(curve.reduced.steps[-1]), "span", "flat"),)
    return found(
        Severity.WARNING,
        score=arrays.sigmoid_margin(limits.z / max(z, 1e-9)),
        variant="found",
        numbers=numbers,
        evidence=evidence,
        fixes=FIXES,
    )


RULE = Rule(
    "loss-never-decreases",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"objective"}),
    optional=frozenset({"run"}),
    fixes=FIXES,
    explained_by=("diverging", "constant-loss", "plateau"),
    suppressed_by=(
        Suppression(Abstention.OTHER_TASK),
        Suppression("diverging", by_variants=("rising", "blow-up")),
        Suppression("oscillating", by_kinds=("periodic",)),
        Suppression("overfitting"),
    ),
    quotes=(
        Quote("start", FIRST),
        Quote("end", LAST),
    ),
)
