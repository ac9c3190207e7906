"""Repeated losses: the same numbers come back to the last digit, epoch after epoch.

What it sees
    A training loss whose values return in the same order, exactly, with a fixed period.

Why it matters
    The same batches give the same losses only if no weight has changed in between: the optimizer holds other
    parameters, its step is never taken, everything is frozen, or the learning rate is 0. The order of the data does not
    change either.

How it is measured
    {SAME:pct} or more of the values equal the one a period before to the last digit, for ``points`` values or more; a
    period holds {DISTINCT:int} different values or more.

When it is silent
    One number repeated throughout (constant loss), a settled loss that wanders among a few last digits, and values that
    agree but for rounding.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.model.run import Floats
from loganalyzer.rules.base import Lead, Rule
from loganalyzer.rules.limits import LimitSet, limit

SAME = 0.95
"""Share of the values that must be those of a period before."""
DISTINCT = 5
"""Fewer different values come back by chance where a settled loss is printed with few digits."""
CANDIDATES = 20
"""So many periods are tried."""
FIXES = ("check-training-loop", "check-gradients", "shuffle", "overfit-one-batch")


class Limits(LimitSet):
    """Limits of this rule."""

    points: float = limit(6, "values that repeat those of a period before", 3, 1000)


def check(view: View, limits: Limits) -> Outcome:
    """Look for a period after which the training loss is the very same."""
    train = view.train
    if train is None or train.count < limits.points:
        return not_applicable()
    period = _period(train.values, limits)
    if period == 0:
        return passed()
    numbers: dict[str, Number] = {
        "series": train.name,
        "period": period,
        "length": int(train.finite_steps[period] - train.finite_steps[0]),
        "count": train.count - period,
    }
    mark = Evidence(train.name, int(train.finite_steps[period]), int(train.finite_steps[-1]), "span", "again")
    return found(Severity.ERROR, score=0.9, numbers=numbers, evidence=(mark,), fixes=FIXES)


def _period(y: Floats, limits: Limits) -> int:
    """After how many values ``y`` repeats itself; 0 if it does not."""
    starts = np.flatnonzero((y[1:-1] == y[0]) & (y[2:] == y[1])) + 1
    for period in starts[:CANDIDATES].tolist():
        again = y[period:] == y[:-period]
        if len(again) >= max(limits.points, period) and arrays.share(again) >= SAME:
            return int(period) if len(np.unique(y[:period])) >= DISTINCT else 0
    return 0


RULE = Rule(
    "repeated-losses",
    Limits(),
    check,
    requires=frozenset({"train"}),
    fixes=FIXES,
    leads=(Lead("check-training-loop", of=("plateau", "oscillating", "loss-never-decreases")),),
    points_at=("implementation",),
    causes=("found",),
)
