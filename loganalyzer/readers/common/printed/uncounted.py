"""Logs that never count: the values of a loss, a reward or a metric are numbered in the order of the log."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from loganalyzer.model.role import Quantity, Split
from loganalyzer.model.run import Floats, Ints
from loganalyzer.readers.common.different import different
from loganalyzer.readers.common.printed.counting import LOSSES, Axis, main_series
from loganalyzer.readers.common.printed.fixed import LOSS_SCALE
from loganalyzer.readers.common.printed.points import Points
from loganalyzer.roles.assign import role_of

FEWEST_UNCOUNTED = 4
"""So often a loss must have been printed to be a curve though nothing in the log counts."""
FEWEST_METRICS = 12
"""So often a metric: ten folds, or the classes of a data set, have one each."""
CLIMB = 0.5
"""A training that begins anew climbs back by this share of what the one before it gained,"""
MOSTLY = 0.8
"""and so do these of all."""
UNCOUNTED = LOSSES | {Quantity.REWARD}


def uncounted_axis(points: Points, metrics: bool = False) -> Axis | None:
    """The loss whose values are to be numbered in a log that never counts; None without one that one statement printed often.

    With ``metrics``, so it is with a metric that was printed ``FEWEST_METRICS`` times: fewer are results.
    """
    key = main_series(points, UNCOUNTED) or next((k for k in points.values if k[0] == LOSS_SCALE), None)
    fewest = FEWEST_UNCOUNTED
    if key is not None and _is_result(key[0]):
        fewest = FEWEST_METRICS
    if key is None and metrics:
        key, fewest = main_series(points), FEWEST_METRICS
    if key is None:
        return None
    records = np.frombuffer(points.values[key][0], np.int64)
    values = np.frombuffer(points.values[key][1])
    shapes = different(np.frombuffer(points.shape, np.int32)[records])
    constant = bool((values == values[:1]).all())
    if len(values) < fewest or len(shapes) > max(2, len(values) // 4) or constant:
        return None
    return Axis(np.zeros(len(points)), "epoch", key, still=True)


def sessions_begin(records: Ints, values: Floats, begun: Sequence[int]) -> list[int]:
    """The records at which trainings begin, [0] for one only.

    ``records`` (int64[n]) hold ``values`` of the loss (float64[n]); ``begun`` are the records before which the log says that
    a training begins. A training that goes on says so as well, before each of its epochs: its loss does not climb back.
    """
    starts = sorted({0, *(int(row) for row in begun if len(records) and records[0] < row <= records[-1])})
    parts = np.split(values, np.searchsorted(records, starts[1:]))
    if max(map(len, parts)) < FEWEST_UNCOUNTED:
        return [0]
    anew = [
        after[0] - before[-1] >= CLIMB * (before[0] - before[-1])
        for before, after in pairwise(parts)
        if min(len(before), len(after)) >= FEWEST_UNCOUNTED
    ]
    return starts if sum(anew) >= MOSTLY * len(anew) else [0]


def _is_result(name: str) -> bool:
    """Whether a few values are those of several models or data sets: a metric on test data."""
    role = role_of(name)
    return role.quantity is Quantity.METRIC and role.split is Split.TEST
