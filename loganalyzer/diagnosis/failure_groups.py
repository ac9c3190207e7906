"""Runs that went wrong, grouped by cause: one verdict, kind and first thing to do, and the settings that set them apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from loganalyzer.model.record import Record
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Detail
from loganalyzer.model.sweep import Condition, Conditions
from loganalyzer.model.verdicts import Verdict
from loganalyzer.roles.hyperparameters import is_bookkeeping, is_number, is_seed

FEWEST = 3
"""Runs that a group has at least, and healthy runs beside it, before their settings are compared."""
ARRANGEMENTS = 100
"""So many ways to choose the group from its runs and the healthy ones there must be for each setting compared: with
fewer, some setting sets them apart by chance."""

MOST_INSIDE = 0.35
"""So many healthy runs may share the setting, as a share of the group and of the healthy runs: some survive lr = 1."""


class FailureGroup(Record):
    """Runs with one verdict, kind and first fix ("" for none), in the order in which they came; at least one.

    ``where`` is what the settings of all of them have in common and those of hardly any healthy run have; () for nothing.
    ``of`` counts all runs that it holds for.
    """

    verdict: Verdict
    kind: str
    fix: str
    runs: tuple[Diagnosis, ...]
    where: Conditions = ()
    of: int = 0


def failure_groups(runs: Iterable[Diagnosis], among: Sequence[Diagnosis]) -> tuple[FailureGroup, ...]:
    """Group ``runs``, in the order of the first of each; ``among`` are all runs, with the healthy ones to compare with."""
    found: dict[tuple[Verdict, str, str], list[Diagnosis]] = {}
    for d in runs:
        fix = d.actions[0].fix if d.actions else ""
        found.setdefault((d.verdict, d.kind, fix), []).append(d)
    return tuple(_group(*key, members, among) for key, members in found.items())


def _group(
    verdict: Verdict, kind: str, fix: str, members: Sequence[Diagnosis], among: Sequence[Diagnosis]
) -> FailureGroup:
    where, of = set_apart(members, among)
    return FailureGroup(verdict, kind, fix, tuple(members), where, of)


def set_apart(members: Sequence[Diagnosis], among: Sequence[Diagnosis]) -> tuple[Conditions, int]:
    """What sets the settings of ``members`` apart from those of the healthy runs among all, and how many runs have that.

    () and 0 for nothing, or where most runs with that setting are others.
    """
    where = _set_apart(members, [d for d in among if not d.needs_attention])
    of = sum(all(c.holds(d.hyperparameters) for c in where) for d in among) if where else 0
    return ((), 0) if of > 2 * len(members) else (where, of)


def _set_apart(members: Sequence[Diagnosis], healthy: Sequence[Diagnosis]) -> Conditions:
    """What all ``members`` and hardly any healthy run have: one value of a setting, or all from one on, or up to one."""
    if len(members) < FEWEST or len(healthy) < FEWEST:
        return ()
    names = [n for n in members[0].hyperparameters if not is_bookkeeping(n) and not is_seed(n)]
    if math.comb(len(members) + len(healthy), len(members)) < ARRANGEMENTS * len(names):
        return ()
    fitting: list[tuple[int, Condition]] = []
    for name in names:
        values = [d.hyperparameters[name] for d in members if name in d.hyperparameters]
        others = [d.hyperparameters[name] for d in healthy if name in d.hyperparameters]
        if len(values) == len(members) and len(others) >= FEWEST:
            for condition in _shared(name, values):
                fitting.append((sum(condition.holds({name: value}) for value in others), condition))
    fitting.sort(key=lambda each: each[0])
    most = MOST_INSIDE * min(len(members), len(healthy))
    return tuple(condition for healthy_inside, condition in fitting[:1] if healthy_inside <= most)


def _shared(name: str, values: Sequence[Detail]) -> Iterator[Condition]:
    """Conditions that hold for all of ``values``."""
    if len(set(values)) == 1:
        yield Condition(name, "=", values[0])
    elif len(numbers := [v for v in values if is_number(v)]) == len(values):
        yield Condition(name, ">=", min(numbers))
        yield Condition(name, "<=", max(numbers))
