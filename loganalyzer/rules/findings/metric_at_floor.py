"""Metric at its floor: training learns, the metric is 0 at every evaluation.

What it sees
    An accuracy or score (on validation data where it is measured there) that is exactly 0, while the training loss
    clearly falls.

Why it matters
    A model that learns anything is right now and then. Exactly 0 says that predictions and targets are compared
    wrongly (threshold, arg-max, label codes, text that is not normalised), that a classification metric is asked about
    numbers, or that the metric looks at a class that does not occur.

How it is measured
    The metric is 0 at {SHARE:pct} or more of ``points`` evaluations or more, and at the last one; the training loss
    fell by more than {LEARNED:pct} of its start and by {CLEAR:int} standard errors, or is a perplexity of at most
    {SURE:g}: the right answer then has a probability of {LIKELY:pct} and more, in the geometric mean, and is right now
    and then at the least.

When it is silent
    Where the loss did not fall (plateau), and for metrics of which less is better.
"""

from __future__ import annotations

import re

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import accuracy_like, validation_first
from loganalyzer.features.levels import significance
from loganalyzer.features.view import View
from loganalyzer.model.late import late
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import LAST, Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit

SHARE = 0.9
"""Share of the evaluations that must be 0."""
LEARNED = 0.1
"""A training loss must have fallen by this share of its start."""
CLEAR = 6
"""So many standard errors the fall must be."""
SURE = 5.0
"""A perplexity up to this says that the right answer is expected more than now and then."""
LIKELY = 1.0 / SURE
PERPLEXITY = late(lambda: re.compile(r"(?<![a-z])ppl(?![a-z])|perplexity"))
SCORES = ("dice", "iou", "jaccard", "f1", "precision", "recall", "map", "ap", "exact match", "em", "bleu", "rouge")
FIXES = ("check-predictions", "check-labels-inputs", "check-eval-mode", "log-per-class")


class Limits(LimitSet):
    """Limits of this rule."""

    points: float = limit(5, "evaluations from which a metric of 0 is no bad start", 3, 1000)


def check(view: View, limits: Limits) -> Outcome:
    """Look for a metric of 0 beside a loss that falls."""
    train = view.train
    known = [
        (m.name, own)
        for m in view.metrics
        if (own := validation_first(m)) is not None and m.direction == "max" and _is_score(m.name)
    ]
    if train is None or not known:
        return not_applicable()
    learned = train.gain > LEARNED * abs(train.start) and significance(train) >= CLEAR
    perplexity = PERPLEXITY.search(train.name.lower()) is not None and 1.0 <= train.logged.last.value <= SURE
    if train.sign < 0 or not (learned or perplexity):
        return passed()
    for name, own in known:
        zero = own.raw[own.finite] == 0.0
        if own.count >= limits.points and zero[-1] and arrays.share(zero) >= SHARE:
            first, last = int(own.finite_steps[0]), int(own.finite_steps[-1])
            numbers: dict[str, Number] = {
                "series": own.name,
                "metric": name,
                "count": own.count,
                "start": train.logged.first.value,
                "end": train.logged.last.value,
                "loss": train.name,
            }
            mark = Evidence(own.name, first, last, "span", "zero")
            if perplexity:
                numbers["likely"] = 1.0 / train.logged.last.value
            variant = "perplexity" if perplexity else "found"
            return found(Severity.WARNING, score=0.85, variant=variant, numbers=numbers, evidence=(mark,), fixes=FIXES)
    return passed()


def _is_score(name: str) -> bool:
    return accuracy_like(name) or name.startswith("map") or any(score in name.split() for score in SCORES)


RULE = Rule(
    "metric-at-floor",
    Limits(),
    check,
    requires=frozenset({"train", "metric"}),
    fixes=FIXES,
    points_at=("implementation", "data"),
    variants=("found", "perplexity"),
    causes=("found", "perplexity"),
    quotes=(Quote("end", LAST, "loss"),),
)
