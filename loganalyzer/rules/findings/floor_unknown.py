"""Floor unknown: it settled, but nothing in the log says whether that level is good.

What it sees
    A run that gained and settled, with a loss and no metric of a known scale.

Why it matters
    A loss of 0.31 may be excellent or poor. Without accuracy, R2, a target or a sibling run nobody can tell from the
    log, and this tool does not guess.

How it is measured
    No metric of which more is better (accuracy, F1, AUC, R2 and the like) is logged, nor is the objective one; the
    judged objective gained significantly, holds 80% of it, and moved by at most {levels.SETTLED_FALL:pct} of the scale
    of the gain in its last third.

When it is silent
    When such a metric is logged, for runs that did not settle or end as NaN, and with fewer than eight values.
"""

from __future__ import annotations

from loganalyzer.features.last_third import final_third
from loganalyzer.features.levels import SETTLED_FALL, retained_gain, significance
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import LAST, Quote, Rule
from loganalyzer.rules.limits import LimitSet


class Limits(LimitSet):
    """This rule has no limits."""


def check(view: View, _limits: Limits) -> Outcome:
    """Is there a level to compare with?"""
    curve = view.objective
    if curve is None or curve.count < 8:
        return not_applicable()
    if curve.ends_non_finite:
        return passed()
    if any(m.direction == "max" for m in view.metrics) or curve.sign < 0:
        return passed()
    last = final_third(curve)
    if significance(curve) < 6 or last.share > SETTLED_FALL or retained_gain(curve) < 0.8:
        return passed()
    first = curve.step_at(2 / 3)
    evidence = (Evidence(curve.name, first, int(curve.reduced.steps[-1]), "span", "floor"),)
    return found(
        Severity.INFO,
        score=0.8,
        variant="found",
        numbers={"series": curve.name, "end": curve.logged.last.value},
        evidence=evidence,
        fixes=("log-metric", "warm-restarts", "several-seeds"),
    )


RULE = Rule(
    "floor-unknown",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"objective"}),
    optional=frozenset({"metric"}),
    fixes=("log-metric", "warm-restarts", "several-seeds"),
    quotes=(Quote("end", LAST),),
)
