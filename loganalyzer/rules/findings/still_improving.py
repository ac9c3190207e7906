"""Still improving: what half as much training again would probably give.

What it sees
    A judged objective that was falling significantly when the run stopped.

Why it matters
    Whether to go on is a question of cost against gain; an honest range answers it better than a yes.

How it is measured
    Over the last third the objective fell by at least ``z`` standard errors and ``share`` of the scale of the gain,
    with Kendall's tau below -0.5. Four learning-curve models (a line, a power law, an exponential approach, an inverse
    logarithm) continue the curve by a quarter and by half of the run. Their range is widened by how wrong they would
    have been about the last part of this very log, so that it holds what happens in {learning_curve.STATED:pct} of the
    cases (benchmarks/beyond.md). Never a point. Where even the good end of the range is better by no more than
    ``little`` of the scale, more training is said to bring hardly anything.

When it is silent
    When the learning rate has decayed below 1% of its peak (the schedule is finished), cycles, or is tested over a
    range; beside a run that has settled; for logs of fewer than {learning_curve.FEWEST} points; for runs that began
    good or end as NaN; and when nothing significant was gained in the last third.
"""

from __future__ import annotations

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import good_from_start
from loganalyzer.features.curve import Curve
from loganalyzer.features.last_third import final_third
from loganalyzer.features.learning_curve import STATED, Outlook, half_as_much, outlook
from loganalyzer.features.levels import scale
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import LAST, Quote, Rule, Suppression
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    z: float = limit(4.0, "fall over the last third in standard errors", 1.0, 20.0)
    share: float = limit(0.015, "the same as a share of the scale of the gain", 0.001, 0.2)
    little: float = limit(0.05, "share of the gain below which more training would hardly help", 0.0, 0.5)


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the judged objective."""
    curve = view.objective
    if curve is None or curve.count < 10:
        return not_applicable()
    if curve.ends_non_finite or good_from_start(curve, view.metrics):
        return passed()
    rates = view.rates
    if rates is not None and (rates.cyclic or rates.range_test or (rates.peak > 0 and rates.last < 0.01 * rates.peak)):
        return passed()
    last = final_third(curve)
    if last.z < limits.z or last.tau > -0.5 or last.share < limits.share:
        return passed()
    quarter, half = outlook(curve, 0.25), half_as_much(curve)
    if quarter is None or half is None:
        return passed()
    low, high = _range(curve, half)
    near, far = _range(curve, quarter)
    numbers: dict[str, Number] = {
        "series": curve.name,
        "end": curve.logged.last.value,
        "low": low,
        "high": high,
        "quarter_low": near,
        "quarter_high": far,
        "stated": STATED,
        "share": min(1.0, last.share),
        "more": round((curve.reduced.steps[-1].item() - curve.reduced.steps[0].item()) / 2),
    }
    hardly = half.now - half.low <= limits.little * scale(curve)
    evidence = (Evidence(curve.name, curve.step_at(2 / 3), int(curve.reduced.steps[-1]), "span", "falling"),)
    return found(
        Severity.INFO,
        score=arrays.sigmoid_margin(min(last.z / limits.z, last.share / limits.share), 2.0),
        variant="hardly" if hardly else "found",
        numbers=numbers,
        evidence=evidence,
        fixes=() if hardly else ("longer-training", "lr-up-3x", "longer-schedule"),
    )


def _range(curve: Curve, ahead: Outlook) -> tuple[float, float]:
    """The lowest and highest value to expect, as logged; a loss that is positive stays so."""
    least = max(0.0, ahead.low) if curve.positive else ahead.low
    low, high = sorted((curve.as_logged(least), curve.as_logged(ahead.high)))
    return low, high


RULE = Rule(
    "still-improving",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"objective"}),
    optional=frozenset({"learning_rate", "metric"}),
    variants=("found", "hardly"),
    fixes=("longer-training", "lr-up-3x", "longer-schedule"),
    explained_by=("underfitting",),
    # beside "it has settled" the little that is still to come is no news; where it would hardly help, that is said
    suppressed_by=(
        Suppression("converged", by_variants=("found", "scattered", "low", "scattered-low"), variants=("found",)),
    ),
    quotes=(Quote("end", LAST),),
)
