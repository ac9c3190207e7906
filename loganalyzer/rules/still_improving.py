"""Still improving: what half as much training again would probably give.

What it sees
    A judged objective that was falling significantly when the run stopped.

Why it matters
    Whether to go on is a question of cost against gain; an honest range answers it better than a yes.

How it is measured
    The last part of the curve is continued by half the run's length in three ways: the slope of the last fifth halved,
    an exponential approach with the observed slow-down, and a power law. The range of the three is told, never a point.

When it is silent
    When the learning rate has decayed below 1 % of its peak (the schedule is finished), for short logs, and when
    nothing significant was gained in the last third.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from loganalyzer.features import arrays
from loganalyzer.features.levels import tail
from loganalyzer.features.view import View
from loganalyzer.model.limit import limit
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, Status
from loganalyzer.rule import Rule


@dataclass(frozen=True)
class Limits:
    """Limits of this rule."""

    z: float = limit(4.0, "fall over the last third in standard errors", 1.0, 20.0)
    share: float = limit(0.015, "the same as a share of the scale of the gain", 0.001, 0.2)


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the judged objective."""
    curve = view.objective
    if curve is None or curve.n < 10:
        return Outcome(RULE.id, Status.NOT_APPLICABLE)
    if curve.broken_off:
        return Outcome(RULE.id, Status.CLEAR)
    rates = view.rates
    if rates is not None and (rates.cyclic or rates.range_test or (rates.peak > 0 and rates.last < 0.01 * rates.peak)):
        return Outcome(RULE.id, Status.CLEAR)
    last = tail(curve)
    if last.z < limits.z or last.tau > -0.5 or last.share < limits.share:
        return Outcome(RULE.id, Status.CLEAR)
    drop, pace = last.drop, min(0.98, max(0.02, last.pace))
    ratio = pace**3  # slow-down over a whole run, from third to third
    exponential = drop * sum(pace**k for k in (1, 2)) * 0.75
    power = _power_gain(drop, pace)
    straight = 1.5 * drop * 0.5
    gains = sorted(min(g, 1.5 * drop) for g in (exponential, power, straight))
    end = float(curve.smooth[-1])
    low, high = curve.shown(end - gains[-1]), curve.shown(end - gains[0])
    numbers: dict[str, Number] = {
        "series": curve.name,
        "end": curve.shown(end),
        "low": min(low, high),
        "high": max(low, high),
        "share": min(1.0, last.share),
        "more": round((curve.rsteps[-1] - curve.rsteps[0]) / 2),
        "slowing": ratio,
    }
    evidence = (Evidence(curve.name, curve.step_at(2 / 3), int(curve.rsteps[-1]), "span", "falling"),)
    return Outcome(
        RULE.id,
        Status.FOUND,
        Severity.INFO,
        arrays.sigmoid_margin(min(last.z / limits.z, last.share / limits.share), 2.0),
        "",
        "found",
        numbers,
        evidence,
        ("longer-training", "lr-up-3x", "longer-schedule"),
    )


def _power_gain(drop: float, pace: float) -> float:
    """Gain over x = 1 .. 1.5 of a power law with the observed falls over 1/3 .. 2/3 and 2/3 .. 1."""
    exponent = 0.05
    for candidate in (0.05, 0.2, 0.5, 1.0, 2.0, 3.0):
        before = (1 / 3) ** -candidate - (2 / 3) ** -candidate
        after = (2 / 3) ** -candidate - 1.0
        if abs(math.log(after / before / pace)) < abs(math.log(_ratio(exponent) / pace)):
            exponent = candidate
    return float(drop * (1.0 - 1.5**-exponent) / ((2 / 3) ** -exponent - 1.0))


def _ratio(exponent: float) -> float:
    return float(((2 / 3) ** -exponent - 1.0) / ((1 / 3) ** -exponent - (2 / 3) ** -exponent))


RULE = Rule(
    "still-improving",
    Limits(),
    check,
    needs=frozenset({"objective"}),
    may_use=frozenset({"learning_rate"}),
    causes=("underfitting",),
    min_points=10,
)
