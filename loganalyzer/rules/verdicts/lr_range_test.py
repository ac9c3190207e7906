"""Range test: the learning rate was raised on purpose to find where training breaks.

What it sees
    A learning rate that only rises, evenly in its logarithm, over at least {rates.RANGE_DECADES} decades (eight logged
    values or more), on purpose: a name or setting says so (range test, lr_find), or the run was not validated as a training
    is and its loss did not run on as NaN.

Why it matters
    In such a run the loss must blow up at the end; the six verdicts do not apply. It answers another question: which
    learning rate to take.

How it is measured
    The suggestion is a range: the middle of the longest fall of the smoothed loss ("valley") and a tenth of the rate at
    the lowest loss (Smith, 2017; the rules of fastai), the first tenth and the last five values left out. More than a
    decade between the two lowers the confidence. Without a loss of at least eight values the test is named, but not
    read.

When it is silent
    Without a logged learning rate, for warm-up, which rises and stops, and for a test that raises the rate in equal
    steps instead of equal factors. For a training whose rate rises by mistake: one with {range_test.VALIDATED} validation
    values or more, or that ends as NaN (a single NaN ends a test over {range_test.WIDE_DECADES:g} decades or more).
"""

from __future__ import annotations

import math

from loganalyzer.features.range_test import suggestions
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, Verdict, found, passed
from loganalyzer.rules.base import Abstention, Rule
from loganalyzer.rules.limits import LimitSet


class Limits(LimitSet):
    """This rule has no limits."""


def check(view: View, _limits: Limits) -> Outcome:
    """Recognise the test and read its answer."""
    rates, curve = view.rates, view.main
    if rates is None or not rates.range_test:
        return passed()
    low, high = float(rates.values[0]), rates.peak
    numbers: dict[str, Number] = {"low": low, "high": high, "series": rates.curve.name}
    if curve is None or curve.count < 8:
        return found(
            Severity.INFO,
            score=0.9,
            variant="unread",
            numbers=numbers,
            fixes=("lr-range-test",),
        )
    valley, tenth = suggestions(rates, curve)
    numbers |= {"valley": valley, "tenth": tenth, "from": min(valley, tenth), "to": max(valley, tenth)}
    apart = abs(math.log10(valley / tenth)) if valley > 0 and tenth > 0 else 9.0
    evidence = (Evidence(curve.name, int(curve.reduced.steps[0]), int(curve.reduced.steps[-1]), "span", "test"),)
    return found(
        Severity.INFO,
        score=0.95 if apart <= 1 else 0.75,
        variant="found" if apart <= 1 else "unsure",
        numbers=numbers,
        evidence=evidence,
        fixes=("train-at-range-rate",) if apart <= 1 else ("train-at-range-rate", "lr-range-test"),
    )


RULE = Rule(
    "range-test",
    Limits(),
    check,
    requires=frozenset({"learning_rate"}),
    optional=frozenset({"objective"}),
    verdict=Verdict.INCONCLUSIVE,
    abstains=Abstention.OTHER_TASK,
    kinds=("range-test",),
    variants=("found", "unsure", "unread"),
    fixes=("train-at-range-rate", "lr-range-test"),
)
