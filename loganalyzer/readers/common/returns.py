"""The places at which a log goes back to an earlier step, and what each of them is.

A place is found from the columns that go back there; it counts if they are at least as many as those that were further
and simply go on (several counters in one log go on, each in its own column).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from enum import Enum

import numpy as np
from msgspec import Struct

from loganalyzer.model.record import Record, field
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Floats, Ints
from loganalyzer.readers.common.columns import END, Column
from loganalyzer.readers.common.different import different
from loganalyzer.readers.common.gains import FEWEST, gain_of, goes_on, how_far
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.roles.assign import role_of

JITTER = 1.5
"""Steps back of so many usual gaps are disorder among writers, where many steps are written several times."""
MOST_TWICE = 0.3
MOST_WINDOWS = 5
"""From so many steps back on, none of them to the start, they are windows that overlap if they come regularly."""
MOST_RETURNS = 2000
"""A log that goes back more often has no sessions that could be told apart."""
SAME = 0.9
"""Share of equal values at common steps from which on a session repeats the one before it."""
MINOR = 0.1
"""A smaller share of the gain of the run as a whole may be noise."""
ADVERSARIAL = frozenset({Quantity.GENERATOR_LOSS, Quantity.DISCRIMINATOR_LOSS})
LAST = 3
LONG = 10
"""A run of so many points is not taken up again from its second one."""


class Kind(Enum):
    """What a return to an earlier step is."""

    RESTART = "restart"
    NEW_RUN = "new-run"
    CONTINUED = "continued"
    REPEATED = "repeated"


class Return(Record):
    """The log goes back at ``row`` to ``step``; of a continued training ``offset`` is added to the steps from there on.

    ``own_offsets`` are those of columns with a counter of their own.
    """

    row: int
    kind: Kind
    step: int
    offset: int = 0
    own_offsets: Mapping[str, int] = field(default_factory=dict)

    def offset_of(self, name: str) -> int:
        """What is added to the steps of a column."""
        return self.own_offsets.get(name, self.offset)


class _Place(Struct):
    """A place at which the log may go back, with the columns that do so and the steps to which they go."""

    row: int
    back: dict[str, int] = field(default_factory=dict)


def returns_in(columns: Mapping[str, Column], begun: Collection[int] = (), said: Collection[int] = ()) -> list[Return]:
    """The returns in their order; of a log that only goes on, none.

    At the rows ``begun``, going back is no disorder; ahead of those ``said``, too, the log says that a training begins.
    """
    begun = frozenset((*begun, *said))
    places = _places(columns, begun, said)
    found: list[Return] = []
    start = session = 0
    for number, place in enumerate(places):
        stop = places[number + 1].row if number + 1 < len(places) else END
        span = _Span(start, session, place.row, stop, place.row in begun, place.row in said)
        one = _judged(columns, place, span, found)
        if one is None:
            continue
        found.append(one)
        if one.kind is not Kind.REPEATED:
            session = place.row
        if one.kind is Kind.NEW_RUN:
            start = place.row
    return found


class _Span(Record):
    """Rows: where the run and its last session begin, where the log goes back, and where it does so the next time.

    ``told`` says that the log itself tells of a session that begins there, ``said`` that it does so in words.
    """

    run: int
    session: int
    back: int
    stop: int
    told: bool = False
    said: bool = False


def _places(columns: Mapping[str, Column], begun: Collection[int], said: Collection[int]) -> list[_Place]:
    """The least number of places that explain all steps back: each lies between a column's two points."""
    falls = [
        (int(column.rows[i]), int(column.rows[i - 1]), name, int(column.steps[i]))
        for name, column in columns.items()
        for i in sorted({*_falls(column, begun).tolist(), *_begins_again(column, said)})
    ]
    falls.sort()
    places: list[_Place] = []
    for row, before, name, step in falls:
        if not places or before >= places[-1].row:
            places.append(_Place(row))
        places[-1].back[name] = step
    return _believed(columns, places) if len(places) <= MOST_RETURNS else []


def _believed(columns: Mapping[str, Column], places: Sequence[_Place]) -> list[_Place]:
    """The places at which the log as a whole goes back; columns that go back alone more often than not never do."""
    answers = [(place, frozenset(place.back), _goes_back(columns, place)) for place in places]
    balance: Counter[frozenset[str]] = Counter()
    for _, names, goes_back in answers:
        balance[names] += 1 if goes_back else -1
    return [place for place, names, goes_back in answers if goes_back and balance[names] > 0]


def _falls(column: Column, begun: Collection[int]) -> Ints:
    """The points whose step is below that of the point before, without the disorder of several writers and windows."""
    steps = column.steps
    falls = np.flatnonzero(steps[1:] < steps[:-1]) + 1
    if not len(falls):
        return falls
    if begun and bool(np.isin(column.rows[falls], list(begun)).all()):
        return falls
    distinct = different(steps)
    to_start = steps[falls] <= steps[0]
    depth = steps[falls - 1] - steps[falls]
    shallow = depth <= JITTER * _usual_gap(distinct)
    if 2 * np.count_nonzero(shallow & to_start) > np.count_nonzero(shallow):
        shallow &= ~to_start  # short runs, each from the start
    few = shallow.sum() < 3
    if shallow.any() and _written_twice(steps, distinct, falls, few) >= (MOST_TWICE if few else MOST_TWICE / 2):
        falls, to_start = falls[~shallow], to_start[~shallow]
    if _overlapping(column, falls[~to_start]):
        falls = falls[to_start]
    return falls


def _begins_again(column: Column, said: Collection[int]) -> list[int]:
    """The points at the first step behind another one there, ahead of which the log says that a training begins."""
    if not said:
        return []
    first = column.steps == column.steps[0]
    again = np.flatnonzero(first[1:] & first[:-1]) + 1
    return [i for i in again.tolist() if int(column.rows[i]) in said]


def _written_twice(steps: Ints, distinct: Ints, falls: Ints, few: bool) -> float:
    """The share of points whose step is there already.

    Where falls are ``few``, without what restarts explain: many values of one step in a row, and one stretch again.
    """
    if not few:
        return 1 - len(distinct) / len(steps)
    turns = int(np.count_nonzero(np.diff(steps))) + 1
    twice = turns - len(distinct)
    if len(falls) == 1:
        low, high = steps[falls[0]], steps[falls[0] - 1]
        twice -= int(np.count_nonzero((distinct >= low) & (distinct <= high)))
    return twice / turns


def _overlapping(column: Column, falls: Ints) -> bool:
    """Whether steps back are those of windows: many, at regular distances or without any pause."""
    if len(falls) < MOST_WINDOWS:
        return False
    walls = column.wall_times
    if walls is not None:
        waits = np.diff(walls)
        if float(np.median(waits[falls - 1])) <= 3 * float(np.median(waits)):
            return True
    lengths = np.diff(falls)
    usual = float(np.median(lengths))
    return float(np.median(np.abs(lengths - usual))) <= 0.3 * usual


def _usual_gap(distinct: Ints) -> float:
    return float(np.median(np.diff(distinct))) if len(distinct) > 1 else 1.0


def _goes_back(columns: Mapping[str, Column], place: _Place) -> bool:
    """Whether the log as a whole goes back: at least as many columns as those that were further and go on."""
    step = min(place.back.values())
    going_on = 0
    for name, column in columns.items():
        if name in place.back:
            continue
        at = int(np.searchsorted(column.rows, place.row))
        going_on += 0 < at < len(column.rows) and column.steps[at] >= column.steps[at - 1] >= step
    return len(place.back) >= going_on


def _judged(columns: Mapping[str, Column], place: _Place, span: _Span, earlier: Sequence[Return]) -> Return | None:
    """What a return is; None where one step follows only (a summary), unless the training died there, or began anew."""
    spans = ((span.run, span.back), (span.session, span.back), (span.back, span.stop))
    cut = {name: [columns[name].between(a, b) for a, b in spans] for name in place.back}
    whole = {name: parts for name, parts in cut.items() if all(len(part.rows) for part in parts)}
    before, last, after = ({name: parts[i] for name, parts in whole.items()} for i in range(3))
    said = span.said and all(_from_start(before[name].steps, after[name].steps) for name in whole)
    if not any(map(_several, after.values())) and not _died(before, after):
        begins = said or _begins_anew(before, after)
        return Return(span.back, Kind.NEW_RUN, min(place.back.values())) if begins else None
    if _repeats(last, after):
        return Return(span.back, Kind.REPEATED, min(place.back.values()))
    judges = [name for name in before if _several(before[name])]
    anew = [name for name in judges if _from_start(before[name].steps, after[name].steps, span.told)]
    moved = sum(one.offset for one in earlier if one.kind is Kind.CONTINUED and one.row >= span.run)
    restart = Return(span.back, Kind.RESTART, min(place.back.values()) + moved)
    if said and not judges:
        return Return(span.back, Kind.NEW_RUN, restart.step)
    if 2 * len(anew) <= len(judges) or not any(_several(after[name]) for name in anew):
        return restart
    if _continues({name: last[name] for name in anew}, {name: before[name] for name in anew}, after, span.told):
        return _continued(columns, place, span, last, anew)
    return Return(span.back, Kind.NEW_RUN, restart.step)


def _died(before: Mapping[str, Column], after: Mapping[str, Column]) -> bool:
    """Whether a session that is one step long, and not the first of the run, has no finite loss or metric."""
    curves = [name for name in after if role_of(name).quantity in OBJECTIVES]
    return bool(curves) and all(
        not np.isfinite(after[name].values).any() and not _from_start(before[name].steps, after[name].steps)
        for name in curves
    )


def _begins_anew(before: Mapping[str, Column], after: Mapping[str, Column]) -> bool:
    """Whether the only step of a session is the first of the run, and most curves that had gained are back near their start."""
    answers = []
    for name, column in before.items():
        gained = gain_of(column.values, FEWEST) if role_of(name).quantity in OBJECTIVES else None
        if gained is not None and _several(column):
            first, (start, end, _) = float(after[name].values[0]), gained
            at_start = int(after[name].steps[0]) <= int(column.steps.min())
            answers.append(at_start and first != start and abs(first - start) < abs(first - end))
    return 2 * sum(answers) > len(answers)


def _from_start(before: Ints, after: Ints, told: bool = False) -> bool:
    """Whether a session begins where the run did; one that is logged more seldom has its first point later.

    Of a session that the log tells of, it is enough that it begins before the run's second point came (counters of
    episodes of different lengths begin with different numbers), or there where the run was long: a pass that counts
    from 1. A short run may well have been resumed from its second point.
    """
    first, began = int(after[0]), int(before.min())
    if first <= began:
        return True
    gap, usual = _usual_gap(different(after)), _usual_gap(different(before))
    if told and (first - began < usual or (first - began == usual and len(before) >= LONG)):
        return True
    return gap > usual and first <= gap and began <= usual


def _several(column: Column) -> bool:
    return bool(column.steps.min() < column.steps.max())


def _repeats(before: Mapping[str, Column], after: Mapping[str, Column]) -> bool:
    """Whether the session after a return says the same again: equal values of the curves at the common steps.

    One that ends otherwise is another attempt, with the same seed: only one of the two became NaN, or their last ``LAST``
    values differ.
    """
    curves = [name for name in before if role_of(name).quantity in OBJECTIVES] or list(before)
    equal = common = 0
    inside = True
    for name in curves:
        steps, here, there = np.intersect1d(before[name].steps, after[name].steps, return_indices=True)
        old, new = before[name].values[here], after[name].values[there]
        known = np.isfinite(old) & np.isfinite(new)
        if bool((np.isfinite(old) != np.isfinite(new)).any()):
            return False
        if not known.any() or len(different(old[known])) < 2:
            continue
        common += int(known.sum())
        same = np.isclose(old[known], new[known], rtol=1e-6, atol=0.0)
        if len(same) >= LAST and not same[-LAST:].any():
            return False
        equal += int(np.count_nonzero(same))
        inside &= len(steps) == len(different(after[name].steps))
    from_start = all(after[name].steps[0] <= before[name].steps.min() for name in curves)
    return common >= 2 and equal >= SAME * common and (inside or from_start)


def _continues(last: Mapping[str, Column], run: Mapping[str, Column], after: Mapping[str, Column], told: bool) -> bool:
    """Whether the curves begin where they ended: of those that had clearly gained, more do than do not.

    What a curve gained in the ``last`` session tells it; where that is little beside the gain of the ``run`` as a whole, that
    does, unless the log is ``told`` to begin one there. Losses of two networks that play against each other come back to the
    same level in every training: of one that is told, they do not say that it goes on.
    """
    answers = []
    for name, column in last.items():
        quantity = role_of(name).quantity
        if quantity not in OBJECTIVES or (told and quantity in ADVERSARIAL):
            continue
        if column.values.any() and not after[name].values.any():
            return False  # a session of nothing but zeros goes on from no other
        first = float(after[name].values[0])
        whole = None if told else _answer(name, run[name].values, first, told)
        minor = whole is not None and MINOR * how_far(run[name].values) > how_far(column.values)
        answer = None if minor else _answer(name, column.values, first, told)
        answers += [one for one in (whole if answer is None else answer,) if one is not None]
    return 2 * sum(answers) > len(answers)


def _answer(name: str, values: Floats, first: float, told: bool) -> bool | None:
    """Whether ``first`` goes on from the end of ``values``; None where they are few, got worse or gained too little to tell."""
    return None if len(values) < 3 or _got_worse(name, values) else goes_on(values, first, told)


def _got_worse(name: str, values: Floats) -> bool:
    """Whether a curve ended on the wrong side of where it began: what comes behind it cannot be told to go on from there."""
    known = values[np.isfinite(values)]
    if len(known) < 3:
        return False
    change = float(np.median(known[-3:])) - float(known[0])
    return change * {"min": 1, "max": -1}.get(role_of(name).direction, 0) > 0


def _continued(
    columns: Mapping[str, Column], place: _Place, span: _Span, last: Mapping[str, Column], anew: Sequence[str]
) -> Return:
    """The offset of all columns: that of the best logged one, except for columns with a counter of their own."""
    main = max(anew, key=lambda name: len(last[name].rows))
    offset, end, gap = _offset(last[main], place.back[main])
    own: dict[str, int] = {}
    for name, column in columns.items():
        before = column.between(span.session, span.back)
        if name in place.back and len(before.rows):
            its_offset, its_end, its_gap = _offset(before, place.back[name])
            if abs(its_end - end) > JITTER * max(gap, its_gap):
                own[name] = its_offset
        else:
            at = int(np.searchsorted(column.rows, span.back))
            if 0 < at < len(column.rows) and column.steps[at] > column.steps[at - 1] >= end:
                own[name] = 0  # a counter that went on
    return Return(span.back, Kind.CONTINUED, place.back[main] + offset, offset, own)


def _offset(before: Column, first: int) -> tuple[int, int, float]:
    """What is to be added to steps from ``first`` on; the last step before, and the usual gap."""
    distinct = different(before.steps)
    gap = _usual_gap(distinct)
    end = int(distinct[-1])
    return end + max(1, round(gap)) - first, end, gap
