"""Early stopping as Keras does it, replayed on a logged curve with several patiences at once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from loganalyzer.features.arrays import differences
from loganalyzer.model.run import Floats, Ints

PATIENCES = (3, 5, 10, 20, 50)
"""Patiences that people try, in evaluations."""


def keras_records(values: Floats) -> Ints:
    """Indices at which Keras's ``EarlyStopping`` (min_delta 0) sees a new best, in single precision; int64[k].

    A patience p stops at the first record that is followed by more than p evaluations without another, p after it.
    """
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    before = np.minimum.accumulate(single)[:-1]
    return np.concatenate([[0], np.flatnonzero(single[1:] < before) + 1])


def keras_kept(values: Floats, patiences: Iterable[int]) -> dict[int, int]:
    """Index of the value that Keras's ``EarlyStopping`` keeps, for each patience that stops the run; shortest first."""
    records = keras_records(values)
    waits = differences(np.append(records, len(values)))
    kept = {}
    for patience in sorted(patiences):
        stops = waits > patience
        first = int(stops.argmax())
        if stops[first]:
            kept[patience] = int(records[first])
    return kept
