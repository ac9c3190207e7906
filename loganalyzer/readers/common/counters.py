"""Counters of a log: steps that begin again in every epoch are one axis only together with the epoch."""

from __future__ import annotations

import re

import numpy as np

from loganalyzer.model.late import late
from loganalyzer.model.run import Floats

LARGEST_STEP = 2**62
"""Beyond it, whole numbers do not fit an integer."""
MOST_UNLIKE = 0.1
_COUNT = late(
    lambda: re.compile(
        r"(?:epoch|step|iter(?:ation)?|batch)?\s{0,9}+(?:[#:]\s{0,9}+)?(\d{1,15})(?:\s{0,9}(?:/|of)\s{0,9}\d{1,15})?",
        re.IGNORECASE,
    )
)


def count_in(text: str) -> float | None:
    """The count in a cell such as "3/50" or "epoch 3"; None if there is none."""
    found = _COUNT.fullmatch(text.strip())
    return float(found[1]) if found else None


def usable(values: Floats) -> bool:
    """Whether all are whole numbers that fit an integer."""
    return bool((np.abs(values) < LARGEST_STEP).all()) and bool((values == np.rint(values)).all())


def unrolled(steps: Floats, epochs: Floats) -> Floats | None:
    """One counter out of a step that begins again in each epoch, and the epoch; None where the step goes on.

    ``steps`` and ``epochs`` float64[n], NaN where a row has none (its place is that of the row before). An epoch takes
    as many steps as the longest shows, so that steps of different epochs never meet.
    """
    known = np.isfinite(steps) & np.isfinite(epochs)
    if known.sum() < 3:
        return None
    inner, outer = steps[known], epochs[known]
    if not usable(inner) or not usable(outer):
        return None
    back = np.diff(inner) <= 0
    onward = np.diff(outer) > 0
    if not back.any() or (back & onward).sum() < (1 - MOST_UNLIKE) * max(back.sum(), onward.sum()):
        return None
    forward = np.diff(inner)[np.diff(inner) > 0]
    if not len(forward):
        return None
    length = inner.max() - inner.min() + forward.min()
    if length * (outer.max() - outer.min() + 1) >= LARGEST_STEP:
        return None
    result = np.full(len(steps), np.nan)
    result[known] = inner + (outer - outer.min()) * length
    return filled(result)


def filled(values: Floats) -> Floats:
    """Holes filled with the value before (those at the start with the first)."""
    known = np.isfinite(values)
    if known.all() or not known.any():
        return values
    last = np.maximum.accumulate(np.where(known, np.arange(len(values)), -1))
    filled_in: Floats = values[np.where(last < 0, int(np.argmax(known)), last)]
    return filled_in
