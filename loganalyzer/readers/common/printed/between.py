"""Values that a line without a counter prints for every batch, of which a line that counts repeats some ("[10/480] Loss 3.2513").

Between two lines that count there are as many of them as these are steps apart: each is of the step of its place.
"""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from loganalyzer.model.record import Record, replace
from loganalyzer.model.run import Floats, Ints
from loganalyzer.readers.common.different import different
from loganalyzer.readers.common.printed.points import REDRAWN, Points
from loganalyzer.readers.common.quantities import KNOWN
from loganalyzer.roles.assign import role_of

FEWEST_COUNTED, MANIFOLD = 3, 2
"""So many lines count at least, and so many times as many do not."""
SAME = 0.9
"""Share of the counting lines that repeat the value before them, as exactly as they print."""
ROUNDED = 1e-3


class _Placed(Record):
    """Records that got a step (``records``, int64[n], with ``steps`` and ``epochs``), and counting ones that only repeat."""

    records: Ints
    steps: Floats
    epochs: Floats
    repeated: Ints


def with_steps_between(points: Points) -> Points:
    """The points with the steps of what stands between lines that count; the same points where nothing does."""
    for name in sorted({name for name, level in points.values if level == 0 and role_of(name).quantity in KNOWN}):
        counting = next((own for own in (name, f"train/{name}") if (own, 1) in points.values), "")
        placed = _placed(points, name, counting) if counting and (name, 0) in points.values else None
        points = points if placed is None else _with(points, name, counting, placed)
    return points


def _placed(points: Points, name: str, counting: str) -> _Placed | None:
    """The places of the values of ``name``, which a line that counts calls ``counting``; None where they are not told."""
    own, values = _read(points.values[name, 0])
    counted, copies = _read(points.values[counting, 1])
    steps, shapes = np.frombuffer(points.step), np.frombuffer(points.shape, np.int32)
    if len(counted) < FEWEST_COUNTED or len(own) < MANIFOLD * len(counted) or np.isfinite(steps[own]).any():
        return None
    if len(different(shapes[own])) > 1 or shapes[own[0]] == REDRAWN or not np.isfinite(steps[counted]).all():
        return None
    before = np.searchsorted(own, counted) - 1
    repeats = (before >= 0) & np.isclose(values[np.maximum(before, 0)], copies, rtol=ROUNDED, atol=0.0, equal_nan=True)
    if repeats.mean() < SAME:
        return None
    found = _counted_out(own, counted, steps[counted], np.frombuffer(points.epoch)[counted])
    return None if found is None else _Placed(own, *found, counted[repeats])


def _counted_out(own: Ints, counted: Ints, steps: Floats, epochs: Floats) -> tuple[Floats, Floats] | None:
    """The step and the epoch of each of the records ``own``; None where there are not as many as the steps ask for.

    Those of the end of an epoch stand behind the last line that counts in it, those of the next one ahead of its first.
    """
    group = np.searchsorted(counted, own)
    count = np.bincount(group, minlength=len(counted) + 1)
    ends = np.cumsum(count)
    first = float(steps[0]) - count[0] + 1
    if first < 0:
        return None
    placed, at = np.full(len(own), np.nan), np.full(len(own), np.nan)
    for number in range(len(counted) + 1):
        start, stop = ends[number] - count[number], ends[number]
        here = min(count[number], 0 if number == len(counted) else int(steps[number] - first) + 1)
        if 0 < number < len(counted) and _same(epochs[number], epochs[number - 1]):
            if steps[number] - steps[number - 1] != count[number]:
                return None
            here = count[number]
        if here:
            placed[stop - here : stop] = steps[number] - np.arange(here)[::-1]
            at[stop - here : stop] = epochs[number]
        if behind := count[number] - here:
            placed[start : start + behind] = steps[number - 1] + np.arange(1, behind + 1)
            at[start : start + behind] = epochs[number - 1]
    return placed, at


def _same(one: float, other: float) -> bool:
    return one == other or bool(np.isnan(one) and np.isnan(other))


def _with(points: Points, name: str, counting: str, placed: _Placed) -> Points:
    """The points in which the records have their steps, with all their values, and none of ``counting`` that only repeats."""
    step, epoch, last, inner = (np.array(a) for a in (points.step, points.epoch, points.last_step, points.inner))
    per_step = np.array(points.per_step)
    for column in (step, last, inner):
        column[placed.records] = placed.steps
    epoch[placed.records], per_step[placed.records] = placed.epochs, 1
    values = dict(points.values)
    for own, level in list(points.values):
        if level == 0:
            _move(values, own, counting if own == name else own, placed.records)
    records, numbers = _read(values[counting, 1])
    left = ~np.isin(records, placed.repeated)
    values[counting, 1] = _arrays(records[left], numbers[left])
    return replace(
        points,
        step=array("d", step.tobytes()),
        epoch=array("d", epoch.tobytes()),
        last_step=array("d", last.tobytes()),
        inner=array("d", inner.tobytes()),
        per_step=array("b", per_step.tobytes()),
        values={key: own for key, own in values.items() if len(own[0])},
    )


def _move(
    values: dict[tuple[str, int], tuple[array[int], array[float]]], name: str, counting: str, placed: Ints
) -> None:
    """Move what ``name`` has in the records ``placed`` to the values of ``counting`` that are counted by steps."""
    records, numbers = _read(values[name, 0])
    moved: NDArray[np.bool_] = np.isin(records, placed)
    if not moved.any():
        return
    others, their = _read(values.get((counting, 1), (array("q"), array("d"))))
    rows, both = np.concatenate([others, records[moved]]), np.concatenate([their, numbers[moved]])
    order = np.argsort(rows, kind="stable")
    values[counting, 1] = _arrays(rows[order], both[order])
    values[name, 0] = _arrays(records[~moved], numbers[~moved])


def _read(values: tuple[array[int], array[float]]) -> tuple[Ints, Floats]:
    return np.frombuffer(values[0], np.int64), np.frombuffer(values[1])


def _arrays(records: Ints, values: Floats) -> tuple[array[int], array[float]]:
    return array("q", records.tobytes()), array("d", values.tobytes())
