"""What MLflow's database and its server have in common: points in any order, infinities stored as the largest number."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from loganalyzer.model.run import Detail, Floats, Note, Run
from loganalyzer.readers.common.log_order import in_order_of_time
from loganalyzer.readers.common.sessions import Column, numbered_runs, trainings

Point = tuple[int, float, float]
"""Step, value, time in seconds."""
Points = Sequence[Point] | Floats
"""Points, or float64[n, 3] of them."""


def runs_of(
    name: str,
    path: str,
    reader: str,
    points: Mapping[str, Points],
    settings: Mapping[str, Detail],
    notes: tuple[Note, ...],
) -> Iterator[Run]:
    """A run from the points of each metric, or several where it was logged to again.

    The order is that of the times, and of the steps at one moment; where all steps of a metric are the same (never
    given), the order counts.
    """
    columns = {metric: _column(points[metric]) for metric in sorted(points)}
    yield from numbered_runs(trainings(in_order_of_time(columns)), name, (path,), reader, "step", notes, settings)


def _column(points: Points) -> Column:
    steps, values, times = points.T if isinstance(points, np.ndarray) else map(np.array, zip(*points, strict=True))
    counted = bool((steps != steps[0]).any())
    order = np.lexsort((steps, times)) if counted else np.argsort(times, kind="stable")
    at = steps[order].astype(np.int64) if counted else np.arange(len(steps))
    return Column(np.arange(len(steps)), at, _with_infinities(values[order]), times[order].astype(np.float64))


def _with_infinities(values: Floats) -> Floats:
    """MLflow's databases hold the largest number there is where an infinity was logged."""
    numbers = values.astype(np.float64)
    return np.where(np.abs(numbers) == sys.float_info.max, np.copysign(np.inf, numbers), numbers)
