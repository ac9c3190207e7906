"""The first line below "Training the first net:" is one of the training like those behind it, which no heading names."""

from __future__ import annotations

from array import array

import numpy as np

from loganalyzer.readers.common.printed.points import Points

_TRAIN = "train/"
MOST_HEADED = 0.1
"""Up to this share of the values of a statement, headings stand above sessions, not above each value."""


def without_first_headings(points: Points) -> Points:
    """The points with the values that only a heading calls "train/..." among the others of their print statement."""
    for name, level in list(points.values):
        plain = points.values.get((name.removeprefix(_TRAIN), level))
        if not name.startswith(_TRAIN) or plain is None:
            continue
        records, values = points.values[name, level]
        if len(records) > max(1, MOST_HEADED * len(plain[0])) or not _same_statements(points, records, plain[0]):
            continue
        del points.values[name, level]
        rows = np.concatenate([np.frombuffer(records, np.int64), np.frombuffer(plain[0], np.int64)])
        order = np.argsort(rows, kind="stable")
        both = np.concatenate([np.frombuffer(values), np.frombuffer(plain[1])])
        points.values[name.removeprefix(_TRAIN), level] = (
            array("q", rows[order].tobytes()),
            array("d", both[order].tobytes()),
        )
    return points


def _same_statements(points: Points, some: array[int], others: array[int]) -> bool:
    shapes = np.frombuffer(points.shape, np.int32)
    return set(shapes[np.frombuffer(some, np.int64)].tolist()) <= set(shapes[np.frombuffer(others, np.int64)].tolist())
