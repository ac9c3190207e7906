"""The counters of a text log's records, and the statements that count on where the steps of the training begin anew."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats
from loganalyzer.readers.common.different import different
from loganalyzer.readers.common.printed.again import Bools

MOST_STATEMENTS = 50
"""So many print statements are looked at one by one."""


class Counters(Record):
    """The counters of each record, see ``Points``; ``curves`` are the records that hold a loss or a metric, ``main`` those
    that hold the loss which the axis must serve, ``settings`` those with what an optimiser prints of itself."""

    epoch: Floats
    step: Floats
    last_step: Floats
    inner: Floats
    per_step: Bools
    curves: Bools
    main: Bools
    settings: Bools
    shape: NDArray[np.int32]
    in_epoch: bool
    steps_in_epoch: float


def goes_on_over_epochs(counters: Counters) -> Bools:
    """The records of statements whose steps only rise, though those of the main loss begin anew in each epoch."""
    overall = np.zeros(len(counters.step), bool)
    others = np.isfinite(counters.step) & counters.per_step & ~np.isin(counters.shape, counters.shape[counters.main])
    for shape in different(counters.shape[others])[:MOST_STATEMENTS]:
        own = others & (counters.shape == shape)
        steps, epochs = counters.step[own], counters.epoch[own]
        rises = np.diff(steps)
        goes_on, begins = np.diff(epochs) >= 0, np.diff(epochs) > 0  # an epoch that falls is one of another session
        if len(steps) > 2 and begins.any() and (rises[goes_on] >= 0).all() and (rises[begins] > 0).all():
            overall |= own
    return overall


def count_epochs(counters: Counters, overall: Bools) -> Bools:
    """Which of the records say with each step the epoch once more ("validation: iter 3" behind epoch 3)."""
    same = np.zeros(len(overall), bool)
    for shape in different(counters.shape[overall])[:MOST_STATEMENTS]:
        own = overall & (counters.shape == shape)
        same |= own & bool((np.abs(counters.step[own] - counters.epoch[own]) <= 1).all())
    return same
