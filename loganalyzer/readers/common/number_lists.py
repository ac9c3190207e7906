"""Lists as curves: what in a document or a pickle is a series of numbers, within bounds even where lists are shared."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from loganalyzer.model.run import Floats, Ints
from loganalyzer.readers.common.array_value import Array
from loganalyzer.readers.common.number_words import number_in

MOST_VALUES = 20_000_000
NUMBER_KINDS = "biuf"


def as_array(value: Any) -> Floats | None:
    """A list, tuple or array of numbers as float64[n]; None for anything else.

    ``None`` in a list is NaN; a number in a list of its own and a number written as a word are that number.
    """
    if isinstance(value, Array):
        value = value.values
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in NUMBER_KINDS:
            return None
        if value.ndim == 2 and 1 in value.shape:
            value = value.reshape(-1)
        with np.errstate(invalid="ignore", over="ignore"):  # NaNs of any kind are values, and so are infinities
            return value.astype(np.float64) if value.ndim == 1 else None
    if not isinstance(value, list | tuple) or len(value) > MOST_VALUES:
        return None
    if not all(type(v) is float or type(v) is int for v in value):
        flat = [as_number(v) for v in value]
        if any(v is None for v in flat):
            return None
        value = flat
    try:
        return np.array(value, dtype=np.float64)
    except (OverflowError, ValueError):
        return np.array([as_float(v) for v in value], dtype=np.float64)


def as_number(value: Any) -> float | None:
    """A number, ``None`` as NaN, a number in a list of one, a number as a word; None for anything else."""
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    if isinstance(value, Array):
        value = value.values.item() if isinstance(value.values, np.ndarray) and value.values.size == 1 else value
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        return number_in(value)
    return as_float(value)


def as_float(value: float) -> float:
    """A float; infinite where an integer is too large for one."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def as_curve(value: Any) -> tuple[Ints | None, Floats] | None:
    """A series: float64[n], and int64[n] steps where they are told; None if ``value`` is none.

    Steps are told by pairs (``[[0, 0.9], [10, 0.5]]``) and by pandas (``{"0": 0.9, "1": 0.5}``).
    """
    if isinstance(value, dict):
        if not value or len(value) > MOST_VALUES or not all(isinstance(k, str) and k.isdecimal() for k in value):
            return None
        return _with_steps(as_array(list(value)), as_array(list(value.values())))
    values = as_array(value)
    if values is not None:
        return None, values
    if isinstance(value, list | tuple) and value and all(isinstance(v, list | tuple) and len(v) == 2 for v in value):
        return _with_steps(as_array([v[0] for v in value]), as_array([v[1] for v in value]))
    return None


def _with_steps(steps: Floats | None, values: Floats | None) -> tuple[Ints, Floats] | None:
    """Steps must be whole and rise."""
    if steps is None or values is None or not bool(np.isfinite(steps).all()) or not bool((np.abs(steps) < 2**53).all()):
        return None
    if not bool((steps == np.rint(steps)).all()) or not bool((steps[1:] > steps[:-1]).all()):
        return None
    return steps.astype(np.int64), values
