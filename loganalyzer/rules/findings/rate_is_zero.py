"""Rate is zero: the learning rate is 0, in the settings or at all logged values.

What it sees
    A learning rate of exactly 0: as it is set, or as it is printed all along the log.

Why it matters
    Without a rate no weight moves. What the loss still does is noise: dropout, the order of the batches, the statistics
    of batch normalisation. A log that begins late shows a schedule that has spent its rate long before the end.

How it is measured
    The setting is 0 and the log shows no other rate, or all of {FEWEST:int} logged rates or more are 0, or at most {NOTHING}, in a
    log that begins more than {LATE:int} of its intervals after step 0 (the first rates of a warm-up may be 0).

When it is silent
    Where the logged rate is above that at some point.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.model.run import Ints
from loganalyzer.roles.hyperparameters import number
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet

FEWEST = 3
"""So many logged rates say that it was no pause."""
LATE = 5
"""A log that begins so many of its intervals after step 0 does not show the warm-up, whose first rates may be 0."""
NOTHING = 1e-8
"""At a rate up to this no optimizer moves a weight by what single precision can hold."""
SET, SPENT = ("default-rates", "check-training-loop"), ("longer-schedule",)


class Limits(LimitSet):
    """This rule has no limits."""


def check(view: View, _limits: Limits) -> Outcome:
    """Look at the logged rates, then at the setting."""
    rates = view.rates
    own = number(view.hyperparameters, "learning_rate") if view.has("hyperparameters") else None
    if rates is None and own is None:
        return not_applicable()
    if rates is not None and len(rates.values) and rates.peak > NOTHING:
        return passed()
    if rates is not None and _late(rates.steps) and (own is None or own.value != 0):
        numbers: dict[str, Number] = {"series": rates.curve.name, "count": len(rates.values), "most": rates.peak}
        mark = Evidence(rates.curve.name, int(rates.steps[0]), int(rates.steps[-1]), "span", "zero")
        variant = "spent" if rates.peak == 0 else "next-to-nothing"
        return found(Severity.WARNING, score=0.9, variant=variant, numbers=numbers, evidence=(mark,), fixes=SPENT)
    if own is None or own.value != 0:
        return passed()
    return found(Severity.ERROR, score=0.95, variant="set", numbers={"name": own.name}, fixes=SET)


def _late(steps: Ints) -> bool:
    """True where the log of the rate begins many times its own interval after the run: what was before is spent."""
    return len(steps) >= FEWEST and int(steps[0]) > LATE * max(1, int(np.diff(steps).min()))


RULE = Rule(
    "rate-is-zero",
    Limits(),
    check,
    optional=frozenset({"learning_rate", "hyperparameters"}),
    variants=("spent", "next-to-nothing", "set"),
    fixes=(*SET, *SPENT),
    points_at=("learning_rate",),
    causes=("spent", "next-to-nothing", "set"),
)
