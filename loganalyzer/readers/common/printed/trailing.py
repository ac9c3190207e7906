"""Logs that name the epoch behind its values ("loss: 0.5", then "Epoch 1 finished"): every value belongs to the next counter."""

from __future__ import annotations

import math
from array import array
from collections.abc import Collection, Sequence
from itertools import pairwise

import numpy as np

from loganalyzer.model.record import replace
from loganalyzer.readers.common.printed.points import Place, Points
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.roles.assign import role_of

MOST_RESULTS = 3
"""So many lines of a last test may stand behind the last counter."""


def with_leading_values(points: Points, uncounted: Points, place: Place) -> Points:
    """The points with those from before the first counter, where all counters stand behind their values; else ``points``.

    They do where the same quantities are printed before the first counter, none of them is behind the last one (results
    of a last test may be), and no value has a counter in its own line. Of a bar above the line of its epoch ("loss: 0.5",
    then "Epoch 1: val loss 0.6"), those of the bar do.
    """
    own = _rows_of(points, uncounted.values) if len(points) and len(uncounted) else []
    if not own or not _trail(points, uncounted, place, own):
        return points
    joined = _one_after_the_other(uncounted, points)
    rows = [*range(len(uncounted)), *(row + len(uncounted) for row in own)]
    return replace(
        joined,
        epoch=_moved_up(joined.epoch, place.epoch, rows),
        last_step=_moved_up(joined.last_step, place.step, rows),
    )


def _rows_of(points: Points, names: Collection[tuple[str, int]]) -> list[int]:
    """The records with values of one of the names where others begin each epoch, else all of them."""
    own = {record for key in names if key in points.values for record in points.values[key][0]}
    begins = np.flatnonzero(np.diff(np.frombuffer(points.epoch), prepend=np.nan) != 0)
    return sorted(own) if own.isdisjoint(begins.tolist()) else list(range(len(points)))


def _trail(points: Points, uncounted: Points, place: Place, own: Sequence[int]) -> bool:
    if points.block[0] != points.block[-1]:
        return False
    if any(not math.isnan(points.step[row]) for row in own) or not set(uncounted.values) & set(points.values):
        return False
    by_epoch = not math.isnan(place.epoch)
    all_of_them, last = (points.epoch, place.epoch) if by_epoch else (points.last_step, place.step)
    counters = array("d", [all_of_them[row] for row in own])
    if len(own) == len(points) and any(role_of(name).quantity in OBJECTIVES for name, _ in uncounted.values):
        counters = _without_results(counters, last, points)
    if not all(a <= b for a, b in pairwise(counters)) or not last > counters[-1]:
        return False
    first = sum(c == counters[0] for c in counters)
    return len(uncounted) == first  # as many values as between the first two counters


def _without_results(counters: array[float], last: float, points: Points) -> array[float]:
    """The counters without those of the results behind the last one: of lines with names that no line before has."""
    first_seen: dict[int, list[int]] = {}
    for records, _ in points.values.values():
        for record in records[-MOST_RESULTS:]:
            first_seen.setdefault(record, []).append(records[0])
    count = len(counters)
    least = max(1, count - MOST_RESULTS)
    while count > least and counters[count - 1] == last and min(first_seen.get(count - 1, [0])) >= least:
        count -= 1
    return counters[:count]


def _one_after_the_other(first: Points, second: Points) -> Points:
    values = {key: (array("q", records), array("d", column)) for key, (records, column) in first.values.items()}
    for key, (records, column) in second.values.items():
        mine = values.setdefault(key, (array("q"), array("d")))
        mine[0].extend(record + len(first) for record in records)
        mine[1].extend(column)
    absent = dict(first.absent)
    for key, records in second.absent.items():
        absent[key] = array("q", [*absent.get(key, ()), *(record + len(first) for record in records)])
    return Points(
        first.epoch + second.epoch,
        first.step + second.step,
        first.last_step + second.last_step,
        first.inner + second.inner,
        first.also + second.also,
        first.shape + second.shape,
        first.per_step + second.per_step,
        first.block + second.block,
        first.final + second.final,
        values,
        absent,
        notices=first.notices | second.notices,
        better=first.better | second.better,
        planned_before={row + len(first): own for row, own in second.planned_before.items()},
        planned_epochs=first.planned_epochs if math.isnan(second.planned_epochs) else second.planned_epochs,
    )


def _moved_up(counters: array[float], last: float, rows: Sequence[int]) -> array[float]:
    """Each counter of the records ``rows`` becomes the next other one behind it, the last ones ``last``."""
    moved = array("d", counters)
    upcoming = behind = last
    for place in range(len(rows) - 1, -1, -1):
        own = counters[rows[place]]
        if own != behind and place + 1 < len(rows) and counters[rows[place + 1]] == behind:
            upcoming = behind
        behind = own
        moved[rows[place]] = upcoming
    return moved
