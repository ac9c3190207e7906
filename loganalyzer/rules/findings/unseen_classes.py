"""Unseen classes: validation is right in hardly any sample while training is right in most.

What it sees
    A validation accuracy of about 0, below guessing, beside a training accuracy that is good.

Why it matters
    A model that learned everything by heart is still right as often as one that guesses. Less than that says that the
    validation samples belong to classes which training never saw (the last part of data that are sorted by class), or
    that labels are numbered in another way. Remedies against overfitting cannot help.

How it is measured
    {FEWEST:int} evaluations or more; the training accuracy ends at {LEARNED:pct} or more and {LEARNS:pct} above its
    start, half of the validation values are at
    most {MOST:pct}, and none is above {HIGHEST:pct}.

When it is silent
    Where training has not learned (plateau), and where validation was better once.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features.accuracy import accuracies, unit_metric
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import LAST, Lead, Quote, Rule
from loganalyzer.rules.limits import LimitSet

FEWEST = 3
"""Fewer evaluations may be a bad start."""
LEARNED = 0.6
"""A training accuracy from which a model knows something."""
LEARNS = 0.05
"""Training must have got better by so much: of a handful of samples most may be right from the start."""
MOST, HIGHEST = 0.01, 0.15
"""Half of the validation accuracies are no larger than the first, none is larger than the second."""
FIXES = ("stratified-split", "check-predictions", "check-labels-inputs")


class Limits(LimitSet):
    """This rule has no limits."""


def check(view: View, _limits: Limits) -> Outcome:
    """Compare the two accuracies."""
    pairs = [(unit_metric(m.train, FEWEST), unit_metric(m.validation, FEWEST)) for m in accuracies(view.metrics)]
    known = [(train, held_out) for train, held_out in pairs if train is not None and held_out is not None]
    if not known:
        return not_applicable()
    for train, held_out in known:
        values = held_out.curve.raw[held_out.curve.finite] / train.unit  # zeros alone do not tell their unit
        learned = train.last >= LEARNED and train.rise >= LEARNS
        if learned and float(np.median(values)) <= MOST and float(values.max()) <= HIGHEST:
            numbers: dict[str, Number] = {
                "series": held_out.curve.name,
                "value": held_out.curve.logged.last.value,
                "train_series": train.curve.name,
                "train": train.curve.logged.last.value,
            }
            steps = held_out.curve.finite_steps
            mark = Evidence(held_out.curve.name, int(steps[0]), int(steps[-1]), "span", "unseen")
            return found(Severity.ERROR, score=0.9, numbers=numbers, evidence=(mark,), fixes=FIXES)
    return passed()


RULE = Rule(
    "unseen-classes",
    Limits(),
    check,
    requires=frozenset({"metric"}),
    fixes=FIXES,
    leads=(Lead("stratified-split", of=("overfitting", "generalisation-gap")),),
    points_at=("data",),
    causes=("found",),
    quotes=(Quote("value", LAST), Quote("train", LAST, "train_series")),
)
