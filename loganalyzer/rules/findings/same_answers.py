"""Same answers: the accuracy is the very same number at one evaluation after the other, and low.

What it sees
    An accuracy that repeats itself to the last digit up to the end of the run.

Why it matters
    Different weights give different answers to some of the samples. The very same share of right answers says that the
    model gives one answer to every input: its units died or its outputs collapsed, mostly in the first steps.

How it is measured
    The last {FEWEST:int} values or more, and at least {SHARE:pct} of all, are equal; the accuracy is above 0, at most
    {MOST:pct}, and has {DIGITS:int} digits or more, so that a small set of samples cannot bring it about.
    Where the learning rate was below {rates.SPENT:pct} of its peak by then or by the middle of the run, no cause is named.

When it is silent
    Where training is right in more than {LEARNED:pct} of its samples, where the learning rate was 0, and after
    NaN.
"""

from __future__ import annotations

from loganalyzer.features.accuracy import accuracy_curves, accuracy_like, on_training, unit_metric, validation_first
from loganalyzer.features.curve import Curve, MetricCurves
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import LAST, Quote, Rule
from loganalyzer.rules.limits import LimitSet

FEWEST = 3
"""So many equal values in a row are no chance."""
SHARE = 0.5
"""Share of all values that must be the last one."""
MOST = 0.6
"""A higher accuracy may be that of a model which has settled."""
DIGITS = 4
"""With fewer digits an accuracy repeats itself by rounding, or because the samples are few."""
LEARNED = 0.7
"""A training accuracy above this is no model of one answer."""
NAMES = frozenset("acc accuracy".split())
"""Words of which one is in the name of an accuracy of a part ("fr mlm acc")."""
FIXES = ("lr-down-10x", "check-labels-inputs", "he-init", "larger-batch")


class Limits(LimitSet):
    """This rule has no limits."""


def check(view: View, _limits: Limits) -> Outcome:
    """Count the equal values at the end of each accuracy."""
    asked = (unit_metric(validation_first(m), FEWEST) for m in view.metrics if _is_accuracy(m))
    known = [own for own in asked if own is not None]
    if not known:
        return not_applicable()
    idle = view.rates is not None and view.rates.peak == 0.0
    lost = view.main is not None and view.main.ends_non_finite
    if idle or lost or any(own.end > LEARNED for own in accuracy_curves(view.metrics, on_training, 1)):
        return passed()
    for own in known:
        count = _equal(own.curve)
        value = own.curve.logged.last.value
        if count >= max(FEWEST, SHARE * own.curve.count) and 0 < own.last <= MOST and _digits(value) >= DIGITS:
            first, last = int(own.curve.finite_steps[-count]), int(own.curve.finite_steps[-1])
            numbers: dict[str, Number] = {"series": own.curve.name, "value": value, "count": count, "since": first}
            mark = Evidence(own.curve.name, first, last, "span", "same")
            if _spent(view, first):
                return found(Severity.WARNING, score=0.85, variant="spent", numbers=numbers, evidence=(mark,))
            return found(Severity.WARNING, score=0.85, numbers=numbers, evidence=(mark,), fixes=FIXES)
    return passed()


def _spent(view: View, since: int) -> bool:
    """The schedule had taken the rate away when the answers stopped changing, or soon after: a rate too high is not the cause."""
    rates = view.rates
    if rates is None or rates.constant or rates.range_test or rates.peak <= 0:
        return False
    middle = (int(rates.steps[0]) + int(rates.steps[-1])) / 2
    return rates.spent_at(max(since, round(middle)))


def _is_accuracy(metric: MetricCurves) -> bool:
    named = accuracy_like(metric.name) or not NAMES.isdisjoint(metric.name.split())
    return named and metric.direction == "max"


def _equal(curve: Curve) -> int:
    """How many values at the end are the last one."""
    same = curve.values == curve.values[-1]
    return int(same[::-1].cumprod().sum())


def _digits(value: float) -> int:
    """Significant digits of a logged number."""
    return len(f"{value:.12g}".replace(".", "").strip("0"))


RULE = Rule(
    "same-answers",
    Limits(),
    check,
    requires=frozenset({"metric"}),
    optional=frozenset({"learning_rate", "objective"}),
    fixes=FIXES,
    variants=("found", "spent"),
    points_at=("learning_rate", "data"),
    causes=("found",),
    quotes=(Quote("value", LAST),),
)
