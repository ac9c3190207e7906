"""What the other runs of a sweep say about what to do next: the learning rate that was best among those tried."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from loganalyzer.diagnosis.actions import MOST
from loganalyzer.model.outcome import Number
from loganalyzer.model.prescription import Change, Expected, Prescription
from loganalyzer.model.record import Record, replace
from loganalyzer.model.report import Diagnosis, Group
from loganalyzer.model.verdicts import Verdict
from loganalyzer.roles.hyperparameters import is_number
from loganalyzer.rules.fixes.contradictions import subjects

FIX, BECAUSE = "sweep-best-rate", "sweep-suggested-rate"
RATE = "rate"


class BestRate(Record):
    """The rate that was best in a sweep: the name of the setting, its value, and what the runs with it reached."""

    name: str
    value: float
    series: str
    score: float
    good: int
    count: int


def with_sweeps(runs: Sequence[Diagnosis], groups: Iterable[Group]) -> tuple[Diagnosis, ...]:
    """Return ``runs``; those of a sweep that went wrong begin with the rate that was best there."""
    best = {run: rate for group in groups if (rate := _best_rate(group)) is not None for run in group.runs}
    return tuple(_advised(d, best[d.id]) if d.id in best and _went_wrong(d) else d for d in runs)


def _went_wrong(d: Diagnosis) -> bool:
    """True for a run that was judged, and has something to do; another rate gives an unjudged one no verdict."""
    return d.verdict.info.judged and bool(d.actions)


def _best_rate(group: Group) -> BestRate | None:
    """The suggested rate of a sweep; None where none is."""
    for name, advice in group.suggested.items():
        own = [m for m in group.table if _is(m.settings.get(name), advice["value"])]
        scores = [m.score for m in own if m.score is not None and not m.failed]
        if scores:
            score = max(scores) if group.direction == "max" else min(scores)
            return BestRate(name, advice["value"], group.series, score, len(scores), len(own))
    return None


def _advised(d: Diagnosis, best: BestRate) -> Diagnosis:
    """The run with the best rate of its sweep as its first action.

    Where it has that rate, or went out of bounds at a lower one, the rate is not its trouble: no action is about it.
    """
    others = tuple(action for action in d.actions if RATE not in subjects(action.fix))
    own = d.hyperparameters.get(best.name)
    if not is_number(own):
        return d
    if _is(own, best.value) or (d.verdict is Verdict.DIVERGING and own < best.value):
        return replace(d, actions=others)
    numbers: dict[str, Number] = {"series": best.series, "score": best.score, "good": best.good, "count": best.count}
    first = Prescription(
        FIX,
        BECAUSE,
        variant="known" if best.count > 1 else "one",
        changes=(Change("learning_rate", best.name, own, best.value),),
        expected=(Expected("reached", best.score, best.series),),
        numbers={**numbers, **_optimizer_of(d.offered)},
    )
    return replace(d, actions=(first, *others)[:MOST])


def _optimizer_of(offered: Sequence[Prescription]) -> Mapping[str, Number]:
    """The optimizer of the run, for the code, as the other prescriptions know it."""
    return next(({"optimizer": p.numbers["optimizer"]} for p in offered if "optimizer" in p.numbers), {})


def _is(own: object, value: float) -> bool:
    return is_number(own) and math.isclose(own, value, rel_tol=1e-9)
