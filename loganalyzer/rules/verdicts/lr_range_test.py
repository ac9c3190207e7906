"""Range test: the learning rate was raised on purpose to find where training breaks.

What it sees
    A learning rate that only rises, evenly in its logarithm, over at least {rates.RANGE_DECADES} decades (eight logged
    values or more).

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
    steps instead of equal factors.
"""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features.curve import Curve
from loganalyzer.features.rates import Rates
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
    valley, tenth = _suggestions(rates, curve)
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


def _suggestions(rates: Rates, curve: Curve) -> tuple[float, float]:
    smooth = curve.smooth
    cut = max(4, len(smooth) - 5)
    head = len(smooth) // 10
    inner = smooth[head:cut] if cut - head >= 4 else smooth
    offset = head if cut - head >= 4 else 0
    end, length = _longest_fall(inner)
    start = end - length
    section = (end - start) / 3
    at = offset + min(len(inner) - 1, start + int(section) + int(section / 2))
    lowest = offset + int(np.argmin(inner))
    return rates.at_step(int(curve.reduced.steps[at])), rates.at_step(int(curve.reduced.steps[lowest])) / 10.0


def _longest_fall(values: np.ndarray) -> tuple[int, int]:
    """End index and length of the longest strictly falling subsequence (patience sorting, O(n log n))."""
    from bisect import bisect_left

    heads: list[float] = []
    best_end = best = 0
    for i, value in enumerate(values.tolist()):
        at = bisect_left(heads, -value)
        if at == len(heads):
            heads.append(-value)
        else:
            heads[at] = -value
        if at + 1 > best:
            best, best_end = at + 1, i
    return best_end, min(best, best_end)


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
