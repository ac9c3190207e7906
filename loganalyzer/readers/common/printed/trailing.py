"""Logs that name the epoch behind its values ("loss: 0.5", then "Epoch 1 finished"): every value belongs to the next counter."""

from __future__ import annotations

import math
from array import array
from itertools import pairwise

from loganalyzer.model.record import replace
from loganalyzer.readers.common.printed.points import Place, Points
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.roles.assign import role_of

MOST_RESULTS = 3
"""So many lines of a last test may stand behind the last counter."""


def with_leading_values(points: Points, uncounted: Points, place: Place) -> Points:
    """The points with those from before the first counter, where all counters stand behind their values; else ``points``.

    They do where the same quantities are printed before the first counter, none of them is behind the last one (results
    of a last test may be), and no value has a counter in its own line.
    """
    if not _trail(points, uncounted, place):
        return points
    joined = _one_after_the_other(uncounted, points)
    return replace(
        joined, epoch=_moved_up(joined.epoch, place.epoch), last_step=_moved_up(joined.last_step, place.step)
    )


def _trail(points: Points, uncounted: Points, place: Place) -> bool:
    if not len(uncounted) or not len(points) or points.block[0] != points.block[-1]:
        return False
    if any(not math.isnan(step) for step in points.step) or not set(uncounted.values) & set(points.values):
        return False
    counters, last = (points.epoch, place.epoch) if not math.isnan(place.epoch) else (points.last_step, place.step)
    if any(role_of(name).quantity in OBJECTIVES for name, _ in uncounted.values):
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


def _moved_up(counters: array[float], last: float) -> array[float]:
    """Each counter becomes the next other one behind it, the last ones ``last``."""
    moved = array("d", counters)
    upcoming = behind = last
    for index in range(len(counters) - 1, -1, -1):
        if counters[index] != behind and index + 1 < len(counters) and counters[index + 1] == behind:
            upcoming = behind
        behind = counters[index]
        moved[index] = upcoming
    return moved
