"""A mean of the loss that stands still since the loss itself is NaN: the program leaves NaN out of the mean that it logs.

A moving average that is not fed keeps its last value for ever: a broken training would pass for one that has settled.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.model.record import replace
from loganalyzer.model.role import Split
from loganalyzer.model.run import Floats, Note, Run, Series
from loganalyzer.readers.common.quantities import LOSSES
from loganalyzer.roles.assign import role_of

FEWEST = 3
"""So many values that are NaN to the end, and as many of the mean that do not move."""
FEWEST_BEFORE = 5
"""So many values of both before that, those of the mean not all the same."""
_HELD_OUT = frozenset({Split.VALIDATION, Split.TEST})


def with_frozen_mean(run: Run) -> Run:
    """The run with NaN in place of what such means say, and a note that names them; others as they are."""
    losses = [s for s in run.series.values() if role_of(s.name).quantity in LOSSES and not _held_out(s)]
    lost = ((raw, since) for raw in losses if (since := _lost_at(raw)) is not None)
    raw, since = next(lost, (None, 0))
    if raw is None:
        return run
    marked = {s.name: replace(s, values=own) for s in losses if (own := _marked(s, since)) is not None}
    if not marked:
        return run
    note = Note("mean-without-nan", {"names": ", ".join([*marked][:5])[:200], "raw": raw.name})
    return replace(run, series={**run.series, **marked}).with_notes(note)


def _lost_at(series: Series) -> int | None:
    """The step from which a curve is NaN to the end; None if it is not."""
    known = np.flatnonzero(np.isfinite(series.values))
    if len(known) < FEWEST_BEFORE or len(series) - 1 - int(known[-1]) < FEWEST:
        return None
    behind = series.values[int(known[-1]) + 1 :]
    return int(series.steps[int(known[-1]) + 1]) if np.isnan(behind).all() else None


def _marked(mean: Series, since: int) -> Floats | None:
    """The values with NaN from the step ``since`` on, where all of them are the last one before; None if they are not."""
    start = int(np.searchsorted(mean.steps, since))
    before, frozen = mean.values[:start], mean.values[start:]
    if start < FEWEST_BEFORE or len(frozen) < FEWEST or not np.isfinite(before[-1]) or len(np.unique(before)) < 3:
        return None
    if not (frozen == before[-1]).all():
        return None
    return np.where(np.arange(len(mean)) < start, mean.values, np.nan)


def _held_out(series: Series) -> bool:
    return role_of(series.name).split in _HELD_OUT
