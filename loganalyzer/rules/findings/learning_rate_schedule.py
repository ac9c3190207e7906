"""Learning-rate schedule: which one the logged rate followed.

What it sees
    The shape of the logged learning rate: constant, step, multi-step, exponential, cosine, linear, polynomial, inverse
    square root, warm restarts, cyclic, one-cycle, warmup-stable-decay, reduce-on-plateau, or only rising, with or
    without a warm-up.

Why it matters
    Much of a loss curve is the schedule's doing: a fall after a drop, a bump after a restart. Whoever reads the curve
    should know the schedule, and whether it did what was meant.

How it is measured
    A warm-up is stripped; level stretches tell the stepwise families; the smooth families are fitted and compared by
    the Bayesian information criterion. Two or more equal drops that each came after the same number of evaluations
    without a new best (one more or less) are reduce-on-plateau's.

When it is silent
    Without a logged rate, with fewer than {FEWEST} values of it, for a shape that no family explains, and for range
    tests, which have their own card.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features.curve import Curve
from loganalyzer.features.range_test import suggestions
from loganalyzer.features.schedule import Family, Schedule, recognise
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.model.record import replace
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet

FEWEST = 5
MOST_DROPS = 8
CALM = 1.1
"""A loss that never exceeded its start by more than this factor has not been harmed by the rate."""
FEWEST_TO_READ = 8
"""So many values of a loss tell whether it learned, and where a rate that rises over decades was right."""
TURNED, HALVED = 0.1, 0.5
"""A validation loss has turned when it lost this share of its gain, and was learned when it fell to this share of its start."""
ENOUGH = 800
"""A longer log of the rate is looked at in this many evenly spaced values."""


class Limits(LimitSet):
    """This rule has no limits."""


def check(view: View, _limits: Limits) -> Outcome:
    """Name the schedule."""
    rates = view.rates
    if rates is None or len(rates.values) < FEWEST:
        return not_applicable()
    curves: list[Curve] = [c for c in (view.objective, view.main) if c is not None]
    steps, values = rates.steps, rates.values
    if len(values) > 2 * ENOUGH:
        spread = np.linspace(0, len(values) - 1, ENOUGH).astype(int)
        steps, values = steps[spread], values[spread]
    schedule = recognise(steps, values, [(c.reduced.steps, c.reduced.values) for c in curves])
    if schedule is None or schedule.family is Family.OTHER or rates.range_test:
        return passed()
    schedule = replace(schedule, family=Family.RISING) if schedule.family is Family.RANGE_TEST else schedule
    variant = schedule.family.value + ("-after-warm-up" if _warmed(schedule) else "")
    if schedule.family is Family.RISING and _calm(view.main) and not _learned(view):
        variant = "warming-up"
    numbers: dict[str, Number] = {
        "schedule": schedule.family.value,
        "peak": schedule.peak,
        "first": schedule.first,
        "last": schedule.last,
        "drops": len(schedule.drops),
        "factor": schedule.factor,
        "period": round(schedule.period),
        "patience": schedule.patience,
    }
    if schedule.warmup is not None:
        numbers["warmup"] = schedule.warmup
    if schedule.decay_from is not None:
        numbers["decay"] = schedule.decay_from
    if variant == "rising" and rates.rises_by_decades and view.main is not None and view.main.count >= FEWEST_TO_READ:
        variant = "rising-by-decades"
        suggested = suggestions(rates, view.main)
        numbers |= {"from": min(suggested), "to": max(suggested)}
    return found(
        Severity.INFO,
        score=0.9,
        variant=variant,
        numbers=numbers,
        evidence=_evidence(schedule, rates.curve),
    )


def _calm(curve: Curve | None) -> bool:
    """True for a loss that is finite to the end and nowhere far above its start: the rising rate has done no harm yet."""
    if curve is None or curve.sign < 0 or not curve.positive or not bool(curve.finite.all()):
        return False
    return float(curve.values.max()) <= CALM * curve.start


def _learned(view: View) -> bool:
    """True for a run that validation shows to have learned, or to have turned: no warm-up lasts that long."""
    held_out = view.validation
    if held_out is None or held_out.count < FEWEST_TO_READ or not held_out.positive:
        return False
    turned = held_out.gain > 0 and held_out.end - held_out.best > TURNED * held_out.gain
    return turned or held_out.best <= HALVED * held_out.start


def _warmed(schedule: Schedule) -> bool:
    return schedule.warmup is not None and schedule.family not in (Family.ONE_CYCLE, Family.CYCLIC, Family.RISING)


def _evidence(schedule: Schedule, curve: Curve) -> tuple[Evidence, ...]:
    marks = [Evidence(curve.name, step, step, "line", "change") for step in schedule.drops[:MOST_DROPS]]
    if schedule.warmup is not None:
        marks.insert(0, Evidence(curve.name, int(curve.steps[0]), schedule.warmup, "span", "warm-up"))
    return tuple(marks)


RULE = Rule(
    "learning-rate-schedule",
    Limits(),
    check,
    requires=frozenset({"learning_rate"}),
    optional=frozenset({"objective", "validation"}),
    variants=tuple(
        "constant constant-after-warm-up step step-after-warm-up multi-step multi-step-after-warm-up "
        "reduce-on-plateau reduce-on-plateau-after-warm-up exponential exponential-after-warm-up cosine cosine-after-warm-up "
        "linear linear-after-warm-up polynomial polynomial-after-warm-up inverse-sqrt inverse-sqrt-after-warm-up "
        "warm-restarts warm-restarts-after-warm-up warmup-stable-decay warmup-stable-decay-after-warm-up cyclic one-cycle "
        "rising rising-by-decades warming-up".split()
    ),
    causes=("warming-up",),
)
