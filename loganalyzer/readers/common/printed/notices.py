"""Notices of a saved model ("Saving model with val_loss: 0.54"): values that a line before has printed already, or the best so far.

A series of them beside the curve that they repeat would be a second, partial one. Where nothing else prints the quantity,
they are a curve if they come regularly or get worse at times; else they are called after the best, for what lay between is
unknown (see ``improvements``). Lines that print their values whether a model was saved or not are no notices.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from copy import copy

import numpy as np

from loganalyzer.model.record import replace
from loganalyzer.model.run import Floats, Ints, Note, Series, make_series
from loganalyzer.readers.common.different import different
from loganalyzer.readers.common.printed.again import Bools, Key
from loganalyzer.readers.common.printed.full_names import distinct
from loganalyzer.readers.common.printed.plan import Plan
from loganalyzer.readers.common.printed.points import Points
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.roles.assign import role_of

MOSTLY = 0.8
"""From this share of its values on, a series repeats others."""
FEWEST = 3
"""Fewer values say nothing of how they come."""
BEST_ONLY = "best-values-only"
MOST_DIGITS = 12
NEAR = 3
"""A value so many records before is that of the same place, whatever a notice counts itself."""
LONGEST = 300
_MODEL = r"(?:models?|weights?|checkpoints?|ckpts?|net(?:work)?s?|params|parameters|state|best|snapshot)"
_SAVED = re.compile(
    rf"\b(?:sav(?:ed?|ing)|stor(?:ed|ing)|writ(?:ing|ten)|dump(?:ed|ing))\b(?:\W{{1,3}}[a-z\d]{{1,12}}){{0,4}}\W{{1,3}}{_MODEL}\b"
    rf"|\b{_MODEL}\b(?:\W{{1,3}}[a-z]{{1,12}}){{0,3}}\W{{1,3}}(?:sav(?:ed|ing)|stored|written|dumped)\b"
    r"|\bcheckpoint(?:ed|ing)\b",
    re.IGNORECASE,
)
_BETTER = re.compile(
    r"\b(?:new|found|got|reached)\W{1,3}(?:a\W|the\W)?(?:new\W)?(?:best|lower|lowest|higher|highest|better)\b"
    r"|\b(?:best|lowest|highest)(?:\W{1,3}[a-z_]{1,20}){1,3}\W{1,3}so far\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    rf"\b(?:{_MODEL}|sav(?:ed?|ing)|checkpoint(?:ed|ing)|with|at|of|best|lower|lowest|higher|highest|better)\W{{1,3}}",
    re.IGNORECASE,
)
"""The words of the notice, ahead of the name of its value."""


def is_notice(line: str) -> bool:
    """Whether a line, without its numbers, tells of a saved model or of a new best value."""
    return len(line) <= LONGEST and (_SAVED.search(line) is not None or _BETTER.search(line) is not None)


def mark_notice(plan: Plan, texts: Sequence[str]) -> None:
    """Say of the plan of a line, cut at its numbers, whether it is a notice, of which the words are no part of the names."""
    line = " ".join(texts)
    if not plan.values or not is_notice(line):
        return
    plan.notice, plan.better = True, _BETTER.search(line) is not None
    plan.values = tuple(distinct([replace(value, name=name_in_notice(value.name)) for value in plan.values]))


def name_in_notice(name: str) -> str:
    """The name of a value without the words of the notice ahead of it ("Saving model with val_loss" -> "val_loss")."""
    own = name[max((found.end() for found in _AHEAD.finditer(name)), default=0) :]
    return own if role_of(own).quantity in OBJECTIVES else name


def without_notices(points: Points) -> tuple[Points, tuple[Note, ...]]:
    """The points without the values of notices that others print as well; those that are only the best so far under a name
    that says so, with a note."""
    if not points.notices:
        return points, ()
    told = np.isin(np.frombuffer(points.shape, np.int32), list(points.notices))
    kept = copy(points)
    kept.values = dict(points.values)
    notes = []
    for key, (records, values) in points.values.items():
        rows, numbers = np.frombuffer(records, np.int64), np.frombuffer(values)
        own = told[rows]
        if not own.any() or role_of(key[0]).quantity not in OBJECTIVES:
            continue
        if _is_said_again(points, told, key, rows[own], numbers[own]):
            kept.values[key] = (array("q", rows[~own].tobytes()), array("d", numbers[~own].tobytes()))
        elif own.all() and _are_best_only(points, key[0], rows, numbers):
            kept.values[f"best {key[0]}", key[1]] = kept.values.pop(key)
            notes.append(Note(BEST_ONLY, {"name": key[0], "count": len(numbers)}))
    kept.values = {key: own for key, own in kept.values.items() if own[0]}
    return kept, tuple(notes)


def best_values(points: Points, notes: Sequence[Note]) -> dict[str, Series]:
    """The series of which ``without_notices`` says that they are the best values only; {} for none."""
    series = {}
    for note in notes:
        if note.code != BEST_ONLY:
            continue
        name = f"best {note.details['name']}"
        for (own, _), (records, values) in points.values.items():
            places = _places(points, np.frombuffer(records, np.int64))
            if own == name:
                known = bool(np.isfinite(places).all())
                steps = np.round(places).astype(np.int64) if known else np.arange(len(values))
                series[name] = make_series(name, steps, np.frombuffer(values))[0]
    return series


def _is_said_again(points: Points, told: Bools, key: Key, rows: Ints, values: Floats) -> bool:
    """Whether most of the values of notices stand in another line of their place, or that prints the quantity there, too."""
    found = np.zeros(len(rows), bool)
    role = role_of(key[0])
    for name, others, numbers in _others(points, told):
        last = np.searchsorted(others, rows) - 1
        before = np.maximum(last, 0)
        here = _of_one_place(points, others[before], rows)
        same = here & _is_counted(points, rows) if role_of(name) == role else np.zeros(len(rows), bool)
        near = here | (rows - others[before] <= NEAR)
        found |= (last >= 0) & (same | (near & _equal(numbers[before], values)))
    return bool(found.mean() >= MOSTLY)


def _others(points: Points, told: Bools) -> Iterator[tuple[str, Ints, Floats]]:
    """The losses and metrics that other lines print: their names, records and values."""
    for (name, _), (records, values) in points.values.items():
        rows = np.frombuffer(records, np.int64)
        own = ~told[rows]
        if own.any() and role_of(name).quantity in OBJECTIVES:
            yield name, rows[own], np.frombuffer(values)[own]


def _of_one_place(points: Points, some: Ints, rows: Ints) -> Bools:
    """Which of the records stand at the counters of ``rows``."""
    epoch, step = np.frombuffer(points.epoch), np.frombuffer(points.last_step)
    same: Bools = np.ones(len(rows), bool)
    for counter in (epoch, step):
        same &= (counter[some] == counter[rows]) | (np.isnan(counter[some]) & np.isnan(counter[rows]))
    return same


def _is_counted(points: Points, rows: Ints) -> Bools:
    counted: Bools = np.isfinite(np.frombuffer(points.epoch)[rows]) | np.isfinite(np.frombuffer(points.last_step)[rows])
    return counted


def _equal(some: Floats, others: Floats) -> Bools:
    """Which values are equal as far as the one with fewer digits tells."""
    digits = np.minimum(*(np.array([_digits(value) for value in own]) for own in (some, others)))
    same: Bools = np.abs(some - others) <= 0.51 * 10.0**-digits
    return same


def _digits(value: float) -> int:
    """How many digits a number has behind the point."""
    text = f"{value:.{MOST_DIGITS}f}".rstrip("0")
    return len(text.partition(".")[2])


def _are_best_only(points: Points, name: str, rows: Ints, values: Floats) -> bool:
    """Whether values never get worse and come at irregular places; where the lines say that they are better, it is enough
    that some place was left out."""
    direction = role_of(name).direction
    if direction not in ("min", "max") or len(values) < FEWEST:
        return False
    gains = np.diff(values) * (1 if direction == "max" else -1)
    if not bool((gains >= 0).all()) or not gains.any():
        return False
    gaps = np.diff(_places(points, rows))
    if not np.isfinite(gaps).all():
        return True
    better = set(np.frombuffer(points.shape, np.int32)[rows].tolist()) <= points.better
    return len(different(gaps)) > 1 if better else not _are_regular(gaps)


def _are_regular(gaps: Floats) -> bool:
    """Whether a model is saved every so many places: first at 1 or 0, last where the training ends ("1, 10, 20, ..., 95")."""
    usual = float(np.median(gaps))
    inner = gaps[1:-1]
    return bool((inner == usual).all()) and gaps[0] in (usual, usual - 1) and bool(gaps[-1] <= usual)


def _places(points: Points, rows: Ints) -> Floats:
    """Where the records stand: by their steps where these go on, else by their epochs."""
    step = np.frombuffer(points.last_step)[rows]
    epoch = np.frombuffer(points.epoch)[rows]
    return step if bool((np.diff(step) > 0).all()) or not np.isfinite(epoch).all() else epoch
