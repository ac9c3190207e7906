"""Runs that two programs logged of one training (a table and an event file): found by their values, and made one.

Two runs are the same training if their curves agree, to the printed digits, at the same places: at least ``FEWEST`` finite
values that are not all alike, ``MOST`` of those that both have, the last of them included. Curves meet by name, else by
what they measure on which data; learning rates say nothing, since all seeds share them. A curve of one name that
disagrees speaks against it, so that two seeds stay two; where one log ends as NaN and the other does not, they are two
whatever else agrees. What both never logged together (a training and a validation log) stays two runs as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from loganalyzer.model.record import Record, replace
from loganalyzer.model.role import Quantity, Split
from loganalyzer.model.run import Floats, Ints, Note, Run, Series
from loganalyzer.readers.common.different import different
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.reports.order import by_name
from loganalyzer.roles.assign import role_of

FEWEST = 3
MOST = 0.9
MOST_SERIES = 300
FLOAT32 = 2e-6
"""Event files keep 32 bits of a number."""
MOST_FLOAT32 = 3.4028235e38
"""What is larger is infinite in an event file."""
MOST_DECIMALS = 12
TINY = 1e-300
COARSE = 0.1
"""Values printed more coarsely than this share of their range are equal by chance."""


class Agreement(Record):
    """The same curve in both runs: its names, and the places (index) of the common points in each."""

    first: str
    second: str
    here: Ints
    there: Ints


def merged(runs: Sequence[Run]) -> list[Run]:
    """The runs with those of one training made one, the richest first; only printed text tells it twice by one reader."""
    kept: list[Run] = []
    for run in sorted(runs, key=lambda r: (-sum(map(len, _curves(r))), -r.points, r.id)):
        for number, other in enumerate(kept):
            agreed = agreements(other, run) if _comparable(other, run) else []
            if agreed:
                kept[number] = _joined(other, run, agreed)
                break
        else:
            kept.append(run)
    return by_name(kept)


def agreements(first: Run, second: Run) -> list[Agreement]:
    """The curves that both logged; empty if the runs are not the same training."""
    agreed: list[Agreement] = []
    against = 0
    for one, other, named in _pairs(first, second):
        found = _agree(one, other)
        alike = found is not None and found[2] >= MOST
        if (named or alike) and _ends_apart(one, other, found):
            return []
        if found is None:
            continue
        here, there, _ = found
        if alike:
            agreed.append(Agreement(one.name, other.name, here, there))
        elif named:
            against += 1
    return agreed if len(agreed) > against else []


def _comparable(first: Run, second: Run) -> bool:
    apart = first.reader != second.reader or first.reader == "text-log"
    return apart and not set(first.files) & set(second.files)


def _pairs(first: Run, second: Run) -> Iterator[tuple[Series, Series, bool]]:
    """Curves that may be the same, and whether they have the same name."""
    mine, theirs = _curves(first), _curves(second)
    by_name = {_plain(s.name): s for s in second.series.values() if len(s) >= FEWEST}
    for one in mine:
        same = by_name.get(_plain(one.name))
        if same is not None:
            yield one, same, True
            continue
        for other in theirs:
            if _measured(one.name) == _measured(other.name):
                yield one, other, False


def _measured(name: str) -> tuple[Quantity, Split, str]:
    """What a curve measures, on which data; without a word on that, on those of the training."""
    role = role_of(name)
    return role.quantity, Split.TRAIN if role.split is Split.NONE else role.split, role.metric


def _curves(run: Run) -> list[Series]:
    known = [s for name, s in run.series.items() if role_of(name).quantity in OBJECTIVES and len(s) >= FEWEST]
    return known[:MOST_SERIES]


def _plain(name: str) -> str:
    """A name without punctuation, and without the word by which one reader says that "MultiClass" is a loss."""
    plain = "".join(c for c in name.lower() if c.isalnum())
    return plain.removesuffix("loss") or plain


def _ends_apart(one: Series, other: Series, found: tuple[Ints, Ints, float] | None) -> bool:
    """Whether one curve is finite and the other not at the last of the common places, as they were found or as they may be."""
    places = [found[:2]] if found is not None else [pair for pair in _alignments(one, other) if len(pair[0])]
    ends = [(one.values[here[-1]], other.values[there[-1]]) for here, there in places]
    return bool(ends) and all(_usable(a) != _usable(b) for a, b in ends)


def _usable(value: float) -> bool:
    """Whether a value is finite in an event file, too."""
    return abs(value) <= MOST_FLOAT32


def _agree(one: Series, other: Series) -> tuple[Ints, Ints, float] | None:
    """The common places, and which share of the values there is equal; None where too few are common and finite.

    The same steps; steps counted from 0 and from 1; or, of curves of one length, the same order (epochs and iterations).
    The alignment with the most equal values counts. Two that end on different values are equal nowhere.
    """
    best: tuple[Ints, Ints, float] | None = None
    for here, there in _alignments(one, other):
        a, b = one.values[here], other.values[there]
        known = np.isfinite(a) & np.isfinite(b)
        if known.sum() < FEWEST or min(len(different(a[known])), len(different(b[known]))) < FEWEST:
            continue
        if not _tells(a[known], b[known]):
            continue
        same = _equal(a[known], b[known])
        either = known | (np.abs(a) <= MOST_FLOAT32) | (np.abs(b) <= MOST_FLOAT32)
        equal = float(same.sum() / either.sum()) if same[-1] else 0.0
        if best is None or equal > best[2]:
            best = here, there, equal
    return best


def _alignments(one: Series, other: Series) -> Iterator[tuple[Ints, Ints]]:
    for shift in (0, 1, -1):
        _, here, there = np.intersect1d(one.steps, other.steps + shift, assume_unique=True, return_indices=True)
        yield here, there
    if len(one) == len(other):
        yield np.arange(len(one)), np.arange(len(one))


def _tells(a: Floats, b: Floats) -> bool:
    """Whether the digits that both printed are fine enough for equal values to say anything."""
    return 10.0 ** -min(_decimals(a), _decimals(b)) <= COARSE * float(np.ptp(a))


def _equal(a: Floats, b: Floats) -> np.ndarray:
    """Equal to the digits of the run that printed fewer."""
    size = np.maximum(np.abs(a), np.abs(b))
    by_decimals = 10.0 ** -min(_decimals(a), _decimals(b))
    by_digits = 10.0 ** (np.floor(np.log10(np.maximum(size, TINY))) + 1 - min(_significant(a), _significant(b)))
    result: np.ndarray = np.abs(a - b) <= 0.5000001 * np.maximum(by_decimals, by_digits) + FLOAT32 * size
    return result


def _significant(values: Floats) -> int:
    """The significant digits with which the values were printed (``%.4g``), at most ``MOST_DECIMALS``."""
    size = np.abs(values[values != 0.0])
    exponents = np.floor(np.log10(size))
    for digits in range(1, MOST_DECIMALS):
        unit = 10.0 ** (exponents + 1 - digits)
        if bool((np.abs(size / unit - np.round(size / unit)) <= 1e-12 * size / unit).all()):
            return digits
    return MOST_DECIMALS


def _decimals(values: Floats) -> int:
    """The decimals with which the values were printed, at most ``MOST_DECIMALS``."""
    for digits in range(MOST_DECIMALS):
        if bool((np.abs(values - np.round(values, digits)) <= 1e-12 * np.maximum(1.0, np.abs(values))).all()):
            return digits
    return MOST_DECIMALS


def _joined(rich: Run, poor: Run, agreed: Sequence[Agreement]) -> Run:
    """Both as one: the series of ``rich``, and those that only ``poor`` has, at the steps of ``rich``."""
    series = dict(rich.series)
    for pair in agreed:
        series[pair.first] = _filled(series[pair.first], poor.series[pair.second], pair)
    names = {_plain(name) for name in series} | {_plain(one.second) for one in agreed}
    for name, one in poor.series.items():
        if _plain(name) not in names and len(one):
            steps = _moved(one.steps, rich, poor, max(agreed, key=lambda a: len(a.here)))
            if bool((np.diff(steps) > 0).all()):
                series[name] = replace(one, steps=steps)
    shortest = min((rich, poor), key=lambda r: (len(r.id), r.id))
    notes = tuple(note for note in poor.notes if note not in rich.notes and not note.code.startswith("begins-late"))
    told = Note("same-training", {"files": ", ".join(poor.files)})
    late = rich.begins_at if poor.begins_at is not None else None
    kept = tuple(n for n in rich.notes if late is not None or not n.code.startswith("begins-late"))
    return replace(
        rich,
        id=shortest.id,
        group=shortest.group,
        files=tuple(sorted({*rich.files, *poor.files})),
        series=series,
        hyperparameters={**poor.hyperparameters, **rich.hyperparameters},
        notes=(*kept, *notes, told),
        begins_at=late,
        planned=rich.planned if rich.planned is not None or rich.step_unit != poor.step_unit else poor.planned,
    )


def _filled(mine: Series, theirs: Series, pair: Agreement) -> Series:
    """The curve of the richer run, with the points that only the other has (of a table begun anew at a resume)."""
    shift = mine.steps[pair.here] - theirs.steps[pair.there]
    if bool((shift != shift[0]).any()):
        return mine
    steps = theirs.steps + int(shift[0])
    missing = ~np.isin(steps, mine.steps)
    if not bool(missing.any()):
        return mine
    together = np.concatenate([mine.steps, steps[missing]])
    order = np.argsort(together, kind="stable")
    values = np.concatenate([mine.values, theirs.values[missing]])[order]
    if mine.wall_times is None or theirs.wall_times is None:
        return Series(mine.name, together[order], values)
    return Series(
        mine.name, together[order], values, np.concatenate([mine.wall_times, theirs.wall_times[missing]])[order]
    )


def _moved(steps: Ints, rich: Run, poor: Run, by: Agreement) -> Ints:
    """The steps of ``poor`` as ``rich`` counts them, from the places at which both have the same curve."""
    mine, theirs = rich.series[by.first].steps[by.here], poor.series[by.second].steps[by.there]
    shift = mine - theirs
    if bool((shift == shift[0]).all()):
        return steps + int(shift[0])
    slope = (mine[-1] - mine[0]) / max(1, int(theirs[-1] - theirs[0]))
    inside = np.interp(steps, theirs, mine)
    before, after = mine[0] + slope * (steps - theirs[0]), mine[-1] + slope * (steps - theirs[-1])
    return np.rint(np.where(steps < theirs[0], before, np.where(steps > theirs[-1], after, inside))).astype(np.int64)
