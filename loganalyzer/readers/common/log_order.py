"""Logs that keep each name by itself (a table or a file each): rows that compare over all columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from loganalyzer.model.record import replace
from loganalyzer.model.run import Floats, Ints
from loganalyzer.readers.common.columns import Column
from loganalyzer.readers.common.different import different


def in_order_of_time(columns: Mapping[str, Column]) -> dict[str, Column]:
    """The columns with rows that compare over all of them, from their times; where these are missing or fall, from the steps."""
    walls = [column.wall_times for column in columns.values()]
    if any(w is None or not bool((w[1:] >= w[:-1]).all()) for w in walls):
        return _in_order_of_steps(columns)
    return _ranked(columns, [w for w in walls if w is not None])


def _in_order_of_steps(columns: Mapping[str, Column]) -> dict[str, Column]:
    """Each column beside the one with the most points: its points lie where that one counted through their steps.

    A log that goes back counts through some steps twice; a point then lies at the last place that leaves one for each
    of the points after it. Columns that never go back are left as they are.
    """
    if not any(bool((c.steps[1:] < c.steps[:-1]).any()) for c in columns.values()):
        return dict(columns)
    main = max(columns.values(), key=lambda column: len(column.rows)).steps
    return _ranked(columns, [_places(column.steps, main) for column in columns.values()])


def _places(steps: Ints, main: Ints) -> Ints:
    """For each of ``steps`` int64[n] the index into ``main`` int64[m] at which it lies; int64[n], never falling."""
    if steps is main:
        return np.arange(len(main))
    begins = np.flatnonzero(np.concatenate([[True], main[1:] < main[:-1]]))
    ends = np.append(begins[1:], len(main))
    gap = float(np.median(np.diff(different(main)))) if len(different(main)) > 1 else 0.0
    firsts, lasts = main[begins], np.maximum.reduceat(main, begins) + gap
    places = np.zeros(len(steps), np.int64)
    stretches = np.flatnonzero(np.concatenate([[True], steps[1:] <= steps[:-1], [True]]))
    session = len(begins)  # the ones from here on have all their points
    for start, stop in zip(stretches[-2::-1].tolist(), stretches[:0:-1].tolist(), strict=True):
        while stop > start:
            reached = np.flatnonzero(lasts[:session] >= steps[stop - 1])
            session = int(reached[-1]) if len(reached) else max(session - 1, 0)
            inside = start if session == 0 else start + int(np.searchsorted(steps[start:stop], firsts[session]))
            inside = min(inside, stop - 1)
            at = (
                begins[session]
                + np.searchsorted(main[begins[session] : ends[session]], steps[inside:stop], "right")
                - 1
            )
            places[inside:stop] = np.maximum(at, begins[session])
            stop = inside
    return np.minimum.accumulate(places[::-1])[::-1]


def _ranked(columns: Mapping[str, Column], keys: Sequence[Ints | Floats]) -> dict[str, Column]:
    """The columns with the ranks of ``keys`` (one array for each, never falling) among all of them as rows."""
    joined = np.concatenate(keys)
    numbers = np.empty(len(joined), np.int64)
    numbers[np.argsort(joined, kind="stable")] = np.arange(len(joined))
    own = np.split(numbers, np.cumsum([len(column.rows) for column in columns.values()])[:-1])
    return {n: replace(c, rows=rows) for (n, c), rows in zip(columns.items(), own, strict=True)}
