"""From records on one axis (see ``counting``) to runs: restarts told from second trainings."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

import numpy as np

from loganalyzer.model.record import Record, field, replace
from loganalyzer.model.role import Split
from loganalyzer.model.run import Floats, Ints, Series, make_series
from loganalyzer.readers.common.columns import END, Column
from loganalyzer.readers.common.different import different
from loganalyzer.readers.common.evaluations_behind import evaluations_from
from loganalyzer.readers.common.printed.again import came_again, of_the_training
from loganalyzer.readers.common.printed.counting import Axis, axis_of, numbered
from loganalyzer.readers.common.printed.fixed import LOSS_SCALE
from loganalyzer.readers.common.printed.points import Points
from loganalyzer.readers.common.printed.stopped import ends_there, with_nan_at_end
from loganalyzer.readers.common.printed.uncounted import sessions_begin, uncounted_axis
from loganalyzer.readers.common.quantities import KNOWN, LOSSES, OBJECTIVES
from loganalyzer.readers.common.returns import Kind, Return, returns_in
from loganalyzer.readers.common.sessions import Resumed
from loganalyzer.roles.assign import role_of

LARGEST_STEP = 2.0**53


class Stretch(Record):
    """One training in a log: its series, what its steps count, where it went back, how many points were replaced.

    ``numbered`` names the series whose values were numbered because no counter tells them apart, "" where one does.
    ``again`` tells of other series how many of their values came again at the same step (the later one stands).
    ``sessions`` are the kinds of its further sessions, ``planned`` is the last step that the lines announce,
    ``stopped`` tells that a line behind all steps says that training stopped because its loss was no number, ``left_out`` how
    many values stood in other trainings, of one value each; ``evaluated`` values of earlier steps, printed behind the training,
    are left out as well.
    """

    series: dict[str, Series]
    unit: str
    restarts: tuple[int, ...]
    superseded: int
    blocks: tuple[int, int]
    numbered: str = ""
    again: dict[str, int] = field(default_factory=dict)
    sessions: tuple[Kind, ...] = ()
    planned: int | None = None
    stopped: bool = False
    left_out: int = 0
    evaluated: int = 0


def stretches(points: Points, begun: Sequence[int] = (), stopped: Sequence[int] = ()) -> list[Stretch]:
    """The trainings in the order of the log; those without two points of a loss or metric are left out.

    ``begun`` are the records before which the log says that a training begins, ``stopped`` the numbers of records after
    which it says that one stopped because its loss was no number.
    """
    if not len(points):
        return []
    axis = axis_of(points)
    points = _one_spelling(points, axis)
    usable = np.isfinite(axis.x) & (np.abs(axis.x) < LARGEST_STEP)
    returns, end = _returns(points, axis.x, usable, begun)
    kept = points if end == END else _without_evaluations(points, end)
    size = len(points)
    evaluated = _values_in(points, 0, size) - _values_in(kept, 0, size)
    points = kept
    starts = [0, *(one.row for one in returns if one.kind is Kind.NEW_RUN)]
    spans = list(zip(starts, [*starts[1:], len(axis.x)], strict=True))
    axis = replace(axis, x=_counted_on(axis.x, returns, spans))
    found = []
    for a, b in spans:
        one = _stretch(points, numbered(points, axis, usable, a, b), usable, a, b, returns)
        if one is not None and ends_there(stopped, axis.x, a, b, [r.row for r in returns if r.row < b]):
            series = with_nan_at_end(one.series)
            one = replace(one, series=series, stopped=series != one.series)
        found.append(one)
    trainings = [one for one in found if one is not None]
    if trainings and len(trainings) < len(found):
        left = sum(_values_in(points, a, b) for one, (a, b) in zip(found, spans, strict=True) if one is None)
        trainings[-1] = replace(trainings[-1], left_out=left)
    if trainings and evaluated:
        trainings[-1] = replace(trainings[-1], evaluated=evaluated)
    return trainings


def _values_in(points: Points, start: int, stop: int) -> int:
    """How many values of a loss or metric the records from ``start`` up to ``stop`` have."""
    names = [key for key in points.values if role_of(key[0]).quantity in OBJECTIVES]
    return sum(_count(points, name, level, start, stop) for name, level in names)


def _without_evaluations(points: Points, end: int) -> Points:
    """The points without the values from the record ``end`` on of curves that began before it."""
    values = dict(points.values)
    for key, (records, numbers) in points.values.items():
        if records and records[0] < end:
            stop = int(np.searchsorted(np.frombuffer(records, np.int64), end))
            values[key] = (records[:stop], numbers[:stop])
    return replace(points, values=values)


def _returns(points: Points, x: Floats, usable: np.ndarray, begun: Sequence[int]) -> tuple[list[Return], int]:
    """Where the log goes back, and from where on it holds evaluations of earlier steps only; the columns that tell it are as
    large as the log, and not kept."""
    columns = _columns(points, x, usable)
    anew, said = (_first_behind(columns.values(), sorted(set(own))) for own in (_printed_anew(points), begun))
    found = returns_in(columns, anew, said)
    end = evaluations_from(columns, found)
    return [one for one in found if one.row < end], end


def uncounted_stretches(points: Points, metrics: bool = False, begun: Sequence[int] = ()) -> list[Stretch]:
    """The trainings of a log that never counts: their loss is numbered, or with ``metrics`` else a metric.

    ``begun`` are the records before which the log says that a training begins. [] where that would be a guess.
    """
    axis = uncounted_axis(points, metrics)
    if axis is None or axis.key is None:
        return []
    usable = np.ones(len(points), bool)
    records, values = points.values[axis.key]
    starts = sessions_begin(np.frombuffer(records, np.int64), np.frombuffer(values), begun)
    spans = zip(starts, [*starts[1:], len(points)], strict=True)
    found = [_stretch(points, numbered(points, axis, usable, a, b), usable, a, b) for a, b in spans]
    return [s for s in found if s is not None]


def values_left_out(points: Points, found: Sequence[Stretch]) -> int:
    """How many values of the numbered loss are in none of the trainings of a log that never counts."""
    name = found[0].numbered
    printed = sum(len(records) for (own, _), (records, _) in points.values.items() if own == name)
    return max(0, printed - sum(len(one.series[name]) for one in found if name in one.series))


def _printed_anew(points: Points) -> list[int]:
    """The records from which on other statements print than before, so that what counts anew there is no restart."""
    shapes = np.frombuffer(points.shape, np.int32)
    _, first = np.unique(shapes, return_index=True)
    last = len(shapes) - 1 - np.unique(shapes[::-1], return_index=True)[1]
    order = np.argsort(first)
    before = np.maximum.accumulate(last[order])[:-1]
    begun: list[int] = first[order][1:][before < first[order][1:]].tolist()
    return begun


def _columns(points: Points, x: Floats, usable: np.ndarray) -> dict[str, Column]:
    """The values of each name in the order of the log, by their records; a space behind it tells those of an epoch apart.

    A space, because ``returns_in`` asks for the role of each name.
    """
    if not bool((x[usable] == np.round(x[usable])).all()):  # fractions of epochs
        x = np.searchsorted(different(x[usable]), x).astype(np.float64)
    columns: dict[str, Column] = {}
    for (name, level), (records, values) in points.values.items():
        rows = np.frombuffer(records, np.int64)
        if (column := _placed(rows, np.frombuffer(values), x, usable[rows])) is not None:
            columns[name if level else f"{name} "] = column
    return columns


def _first_behind(columns: Iterable[Column], begun: Sequence[int]) -> frozenset[int]:
    """The first record of each column behind each of the records ``begun``."""
    found: set[int] = set()
    for column in columns if begun else ():
        places = np.searchsorted(column.rows, begun)
        found.update(column.rows[places[places < len(column.rows)]].tolist())
    return frozenset(found)


def _counted_on(x: Floats, returns: Sequence[Return], spans: Sequence[tuple[int, int]]) -> Floats:
    """The counter with the sessions that count anew moved behind those before, up to the end of their run."""
    moved = x.copy()
    for one in returns:
        if one.kind is Kind.CONTINUED:
            start, stop = next(span for span in spans if one.row < span[1])
            begin = float(np.nanmin(moved[one.row : stop]))
            distinct = different(moved[start : one.row][np.isfinite(moved[start : one.row])])
            moved[one.row : stop] += float(distinct[-1]) + float(np.median(np.diff(distinct))) - begin
    return moved


def _stretch(
    points: Points, axis: Axis, usable: np.ndarray, start: int, stop: int, returns: Sequence[Return] = ()
) -> Stretch | None:
    x, unit = axis.x, axis.unit
    names = {name for name, _ in points.values}
    doubled = {
        n
        for n in names
        if role_of(n).quantity in OBJECTIVES and all(_count(points, n, level, start, stop) >= 2 for level in (0, 1))
    }
    series: dict[str, Series] = {}
    again: dict[str, int] = {}
    told = ""
    superseded = 0
    sessions = [one for one in returns if start <= one.row < stop]
    columns = _inside(points, x, usable, start, stop)
    resumed = Resumed.of(columns.values(), [one.row for one in sessions if one.kind is Kind.RESTART])
    for (name, level), column in columns.items():
        own = column.where(resumed.stands(column)) if resumed.rows else column
        if not len(own.rows):
            continue
        if role_of(name).quantity in KNOWN and (count := came_again(points, own.rows, own.steps, own.values)):
            again[name] = again.get(name, 0) + count
        if not axis.numbered:
            own = own.where(_without_passes_behind(own, points))
        steps, kept = own.steps, own.values
        full = name if name not in doubled else f"{name}_{'step' if level else 'epoch'}"
        if axis.numbered and (name, level) == axis.key:
            told = full
        if full in series:
            steps, kept = _merged(series[full], steps, kept)
        series[full], _, lost = make_series(full, steps, kept)
        superseded = max(superseded, lost + len(column.rows) - len(own.rows))
    if not any(map(_shows_a_training, series.values())):
        return None
    longest = max(len(s) for s in series.values())
    if longest >= 3:
        # a single value beside curves is a summary ("train_loss" at the end), no curve; a single evaluation is one
        series = {n: s for n, s in series.items() if len(s) > 1 or role_of(n).split in (Split.VALIDATION, Split.TEST)}
    inside = usable[start:stop]
    along = x[start:stop][inside]
    epochs = np.frombuffer(points.epoch)[start:stop][inside]
    if unit != "epoch" and "epoch" not in series and np.isfinite(epochs).any():
        given = np.isfinite(epochs)
        series["epoch"] = make_series("epoch", np.round(along[given]).astype(np.int64), epochs[given])[0]
    blocks = (points.block[start], points.block[stop - 1])
    kinds = tuple(one.kind for one in sessions)
    restarts = tuple(sorted({_step_at(x, row) for row in resumed.rows}))
    if axis.counted_by is not None:
        given = usable & np.isfinite(axis.counted_by)
        given[:start] = given[stop:] = False
        series["step"] = make_series("step", np.round(x[given]).astype(np.int64), axis.counted_by[given])[0]
    numbered_name = told if told in series else ""
    lost_points = superseded if restarts else 0
    return Stretch(
        series, unit, restarts, lost_points, blocks, numbered_name, again, kinds, _planned(points, axis, stop)
    )


def _shows_a_training(one: Series) -> bool:
    """Whether values are a curve: two, or the one that says that a loss is no number (a log may have begun anew with it)."""
    quantity = role_of(one.name).quantity
    if len(one) == 1:
        return quantity in LOSSES and not np.isfinite(one.values[0])
    return len(one) > 1 and (one.name == LOSS_SCALE or quantity in OBJECTIVES)


def _one_spelling(points: Points, axis: Axis) -> Points:
    """Points in which a name that means what an earlier one meant, and counts anew where that is over, is called as that one."""
    values: dict[tuple[str, int], tuple[array[int], array[float]]] = {}
    told = sorted(((key, own) for key, own in points.values.items() if own[0]), key=lambda item: item[1][0][0])
    for (name, level), (records, numbers) in told:
        for (other, its_level), earlier in values.items():
            behind = level == its_level and earlier[0][-1] < records[0] and axis.x[records[0]] < axis.x[earlier[0][-1]]
            if behind and (name, level) != axis.key and _same_curve(name, other):
                values[other, level] = (earlier[0] + records, earlier[1] + numbers)
                break
        else:
            values[name, level] = (records, numbers)
    if len(values) == len(told):
        return points
    return replace(points, values=values | {key: own for key, own in points.values.items() if not own[0]})


def _same_curve(name: str, other: str) -> bool:
    return role_of(name).quantity in OBJECTIVES and role_of(name) == role_of(other)


def _without_passes_behind(column: Column, points: Points) -> np.ndarray:
    """Which values stand: where the training has one at its last place, none of a pass over other data behind it, bool[n]."""
    own = of_the_training(column.steps, np.frombuffer(points.shape, np.int32)[column.rows])
    ends = bool((column.steps[own] == column.steps[-1]).any())
    return own if ends else np.ones(len(own), bool)


def _merged(curve: Series, steps: Ints, values: Floats) -> tuple[Ints, Floats]:
    """A curve and values of its name from lines of another level: where both have a step, the longer of the two stands."""
    both = ((curve.steps, curve.values), (steps, values))
    shorter, longer = both if len(curve) < len(steps) else both[::-1]
    return np.concatenate([shorter[0], longer[0]]), np.concatenate([shorter[1], longer[1]])


def _inside(points: Points, x: Floats, usable: np.ndarray, start: int, stop: int) -> dict[tuple[str, int], Column]:
    """The values of each name and level in the records from ``start`` up to ``stop``, at their steps."""
    columns: dict[tuple[str, int], Column] = {}
    for key, (records, values) in points.values.items():
        at = np.frombuffer(records, np.int64)
        inside = usable[at]
        inside[: np.searchsorted(at, start)] = False
        inside[np.searchsorted(at, stop) :] = False
        if (column := _placed(at, np.frombuffer(values), x, inside)) is not None:
            columns[key] = column
    return columns


def _placed(rows: Ints, values: Floats, x: Floats, there: np.ndarray) -> Column | None:
    """The values (of the records ``rows``) that are ``there`` at their steps, None for none; of all of them nothing is copied."""
    if not there.any():
        return None
    if not there.all():
        rows, values = rows[there], values[there]
    steps = x[rows]
    return Column(rows, np.round(steps, out=steps).astype(np.int64), values)


def _planned(points: Points, axis: Axis, stop: int) -> int | None:
    """The last step that the lines up to the record ``stop`` announce ("Epoch 3/100", "[39/500]"); None where the values
    were numbered."""
    epochs = next((own for row, own in points.planned_before.items() if row >= stop), points.planned_epochs)
    steps = points.steps_in_epoch
    if axis.numbered or not axis.unit:
        return None
    if axis.unit == "epoch":
        planned = epochs
    elif points.in_epoch and np.isfinite(np.frombuffer(points.epoch)).any():
        planned = epochs * steps
    else:
        planned = steps
    return int(planned) if 0 < planned < LARGEST_STEP else None


def _step_at(x: Floats, row: int) -> int:
    """The step of the first record from ``row`` on that has one."""
    return int(np.round(x[row + int(np.argmax(np.isfinite(x[row:])))]))


def _count(points: Points, name: str, level: int, start: int, stop: int) -> int:
    found = points.values.get((name, level))
    if found is None:
        return 0
    at = np.frombuffer(found[0], np.int64)
    return int(((at >= start) & (at < stop)).sum())
