"""What MLflow's database and its server have in common: points in any order, infinities stored as the largest number."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import numpy as np

from loganalyzer.model.run import Detail, Floats, Note, Run, Series, make_series

Point = tuple[int, float, float]
"""Step, value, time in seconds."""


def run_of(
    name: str,
    path: str,
    reader: str,
    points: Mapping[str, Sequence[Point]],
    settings: Mapping[str, Detail],
    notes: tuple[Note, ...],
) -> Run:
    """A run from the points of each metric, in the order of their times.

    Where all steps of a metric are the same (never given), the order counts.
    """
    series: dict[str, Series] = {}
    restarts: set[int] = set()
    for metric in sorted(points):
        steps, values, times = (np.array(c) for c in zip(*points[metric], strict=True))
        if len(steps) > 1 and bool((steps == steps[0]).all()):
            steps = np.arange(len(steps))
        series[metric], back, _ = make_series(metric, steps.astype(np.int64), _with_infinities(values), times)
        if bool((times[1:] > times[:-1]).all()):  # rows of one moment carry no order
            restarts.update(back)
    return Run(name, (path,), reader, series, settings, notes, "step", tuple(sorted(restarts)))


def _with_infinities(values: Floats) -> Floats:
    """MLflow's databases hold the largest number there is where an infinity was logged."""
    numbers = values.astype(np.float64)
    return np.where(np.abs(numbers) == sys.float_info.max, np.copysign(np.inf, numbers), numbers)
