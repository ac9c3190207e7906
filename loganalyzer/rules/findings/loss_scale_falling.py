"""Loss scale falling: the scale of mixed precision goes down to its floor, because every step overflows.

What it sees
    A loss scale that is at {FLOOR:int} or below to the end, or halves again and again without ever being raised.

Why it matters
    The scaler skips the step of each batch whose gradients overflow in half precision, and halves the scale. Now and then is
    normal. Where it does nothing else, no step is taken at all: the model stands still while the log goes on.

How it is measured
    {FEWEST:int} values or more. Either the last {FEWEST:int} are all at most {FLOOR:int}, or the scale never rises and has
    become {TIMES:int} times smaller or more. A scale that was at {FLOOR:int} from the first value on fell before the log
    begins, or does not scale at all: a warning.

When it is silent
    Where the scale rises after a fall.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.model.run import Series
from loganalyzer.roles.words import words_of
from loganalyzer.rules.base import LAST, Quote, Rule
from loganalyzer.rules.limits import LimitSet

FEWEST = 3
"""Fewer values do not tell a falling scale from one that was lowered."""
FLOOR = 1.0
"""A dynamic scale that is no larger is at its least."""
TIMES = 64.0
"""Six halvings without a rise are no search for the right scale any more."""
SCALED = frozenset("loss grad gradient".split())
FIXES = ("loss-scaling", "check-numerics", "check-outliers")


class Limits(LimitSet):
    """This rule has no limits."""


def check(view: View, _limits: Limits) -> Outcome:
    """Look at every series that is called a scale of loss or gradients."""
    scales = [s for name, s in sorted(view.run.series.items()) if _is_scale(name) and len(s) >= FEWEST]
    if not scales:
        return not_applicable()
    for scale in scales:
        if _falls(scale):
            numbers: dict[str, Number] = {
                "series": scale.name,
                "first": float(scale.values[0]),
                "last": float(scale.values[-1]),
            }
            seen = float(scale.values[0]) > FLOOR
            mark = Evidence(scale.name, int(scale.steps[0]), int(scale.steps[-1]), "span", "falls")
            return found(
                Severity.ERROR if seen else Severity.WARNING,
                score=0.9 if seen else 0.6,
                variant="found" if seen else "at-floor",
                numbers=numbers,
                evidence=(mark,),
                fixes=FIXES,
            )
    return passed()


def _is_scale(name: str) -> bool:
    words = words_of(name)
    return "scale" in words and not SCALED.isdisjoint(words)


def _falls(scale: Series) -> bool:
    values = scale.values
    if not np.isfinite(values).all() or values[0] <= 0:
        return False
    at_floor = bool((values[-FEWEST:] <= FLOOR).all())
    return at_floor or bool((np.diff(values) <= 0).all() and values[-1] * TIMES <= values[0])


RULE = Rule(
    "loss-scale-falling",
    Limits(),
    check,
    requires=frozenset({"run"}),
    fixes=FIXES,
    points_at=("implementation",),
    variants=("found", "at-floor"),
    causes=("found", "at-floor"),
    quotes=(Quote("last", LAST),),
)
