"""A loss of exactly 0 beside a gradient norm that is NaN to the end: the trainer left NaN out of the mean that it logs.

Hugging Face's Trainer does so by default (``logging_nan_inf_filter``). Where no loss of an interval is a number, the mean is
0: a broken training would pass for a perfect one.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.model.record import replace
from loganalyzer.model.role import Quantity, Split
from loganalyzer.model.run import Floats, Note, Run, Series
from loganalyzer.readers.common.quantities import LOSSES
from loganalyzer.roles.assign import role_of

FEWEST = 3
"""So many zeros beside as many norms that are NaN: one batch may have no labels."""
OF_BOTH = 1
"""So many losses may be above 0 where the norm is NaN already: the first interval held losses of before, too."""
_HELD_OUT = frozenset({Split.VALIDATION, Split.TEST})


def with_filtered_nan(run: Run) -> Run:
    """The run with NaN in place of such zeros, and a note that says so; others as they are.

    A loss of held-out data that still is a number shows that the model is whole.
    """
    norm = next((s for s in run.series.values() if role_of(s.name).quantity is Quantity.GRADIENT_NORM), None)
    if norm is None:
        return run
    missing = _at_end(np.isnan(norm.values))
    if missing < FEWEST:
        return run
    since = int(norm.steps[-missing])
    losses = [s for s in run.series.values() if role_of(s.name).quantity in LOSSES]
    if any(_held_out(s) and np.isfinite(s.values[s.steps > since]).any() for s in losses):
        return run
    mended = {
        s.name: replace(s, values=own) for s in losses if not _held_out(s) and (own := _marked(s, since)) is not None
    }
    if not mended:
        return run
    note = Note("zero-for-nan", {"names": ", ".join([*mended][:5])[:200], "norm": norm.name})
    return replace(run, series={**run.series, **mended}).with_notes(note)


def _marked(loss: Series, since: int) -> Floats | None:
    """The values with NaN for the zeros at the end, from the step ``since`` on; None where these are no such zeros."""
    zero = loss.values[loss.steps >= since] == 0
    count = _at_end(zero)
    if count < FEWEST or len(zero) - count > OF_BOTH:
        return None
    values = loss.values.copy()
    values[-count:] = np.nan
    return values


def _at_end(marks: np.typing.NDArray[np.bool_]) -> int:
    """How many of the last marks are set without a gap."""
    return int(len(marks) if marks.all() else np.argmin(marks[::-1]))


def _held_out(series: Series) -> bool:
    return role_of(series.name).split in _HELD_OUT
