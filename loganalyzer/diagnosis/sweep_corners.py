"""Where a sweep fails: the values of one or two settings at which most runs fail, and hardly any fail elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from loganalyzer.model.report import Member
from loganalyzer.model.run import Detail
from loganalyzer.model.sweep import Condition, Conditions, Corner
from loganalyzer.roles.hyperparameters import is_number

FEWEST = 3
"""Failed runs that a corner has at least."""
CHANCE = 0.05
"""So probable may a corner be, at most, if failures had nothing to do with the settings; counted over all candidates."""
MOST_CORNERS = 4
MOST_VALUES = 12
"""Settings with more values are not taken in pairs."""
MOST_CUTS = 50
"""So many values of a setting are tried as the edge of a corner, at most about: a random search has as many as runs."""


def corners(members: Sequence[Member], names: Sequence[str]) -> tuple[Corner, ...]:
    """The corners among ``members``, the largest first; a run that failed is in one of them at most.

    Single settings come before pairs: ``lr = 1`` says more than ``lr = 1`` with each batch size in turn.
    """
    found: list[Corner] = []
    left = list(members)
    for candidates in (_single, _pairs):
        while len(found) < MOST_CORNERS and (corner := _worst(left, list(candidates(left, names)))) is not None:
            found.append(corner)
            left = [m for m in left if not _meets(m.settings, corner.where)]
    return tuple(sorted(found, key=lambda c: -len(c.failed)))


def _worst(members: Sequence[Member], candidates: Sequence[Conditions]) -> Corner | None:
    """The candidate with the most failures beyond its successes, where chance does not explain it; None if there is none."""
    total, failed = len(members), sum(m.failed for m in members)
    best: tuple[int, Corner] | None = None
    for where in candidates:
        inside = [m for m in members if _meets(m.settings, where)]
        bad = [m for m in inside if m.failed]
        excess = 2 * len(bad) - len(inside)
        if len(bad) < FEWEST or excess <= 0 or len(inside) == total or (best is not None and excess <= best[0]):
            continue
        if len(candidates) * chance(len(bad), len(inside), failed, total) < CHANCE:
            verdicts = {v: sum(m.verdict is v for m in bad) for v in {m.verdict: None for m in bad}}
            best = excess, Corner(where, tuple(m.run for m in bad), len(inside), verdicts)
    return best[1] if best is not None else None


def chance(bad: int, inside: int, failed: int, total: int) -> float:
    """The probability of ``bad`` or more failures among ``inside`` runs drawn from ``total``, ``failed`` of which failed.

    The upper tail of the hypergeometric distribution (Fisher's exact test, one-sided).
    """
    least = max(bad, inside + failed - total)
    terms = (
        math.comb(failed, k) * math.comb(total - failed, inside - k) for k in range(least, min(inside, failed) + 1)
    )
    return sum(terms) / math.comb(total, inside)


def _single(members: Sequence[Member], names: Sequence[str]) -> Iterator[Conditions]:
    """Each value of a setting, and for numbers everything from a value on and up to a value."""
    for name in names:
        values = _values(members, name)
        numeric = all(map(is_number, values))
        if not numeric or len(values) <= MOST_VALUES:
            yield from ((Condition(name, "=", value),) for value in values)
        if numeric:
            known = int(len(values) <= MOST_VALUES)  # one value at an end has been the case "=" then
            step = 1 + len(values) // MOST_CUTS
            yield from ((Condition(name, ">=", value),) for value in values[:0:-1][known::step])
            yield from ((Condition(name, "<=", value),) for value in values[:-1][known::step])


def _pairs(members: Sequence[Member], names: Sequence[str]) -> Iterator[Conditions]:
    """Each pair of values of two settings with few values."""
    few = {name: values for name in names if len(values := _values(members, name)) <= MOST_VALUES}
    for first, second in combinations(few, 2):
        seen = {(m.settings.get(first), m.settings.get(second)): None for m in members if m.failed}
        for a, b in seen:
            if a is not None and b is not None:
                yield (Condition(first, "=", a), Condition(second, "=", b))


def _values(members: Sequence[Member], name: str) -> list[Detail]:
    """The values of a setting in order, numbers before words."""
    values = {m.settings[name] for m in members if name in m.settings}
    return sorted(values, key=lambda v: (0, float(v), "") if is_number(v) else (1, 0.0, str(v)))


def _meets(settings: Mapping[str, Detail], where: Conditions) -> bool:
    return all(condition.holds(settings) for condition in where)
