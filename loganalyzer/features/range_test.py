"""Learning-rate range tests: whether a rate that rises over decades was raised on purpose, and which rate the test gives.

A rate that grows by mistake (a factor above 1 in a schedule that should let it fall) has the same shape. A test says what it
is, or does without a validation and ends when the loss leaves its range; a training validates as it goes, or runs on as NaN.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from loganalyzer.features.curve import Curve
from loganalyzer.features.rates import Rates
from loganalyzer.model.late import late
from loganalyzer.model.role import Roles
from loganalyzer.model.run import Run, Series
from loganalyzer.roles.hyperparameters import is_on

NAMED = late(
    lambda: re.compile(
        r"(?<![a-z])(?:(?:lr|learning[ _-]?rate|rate)[ _-]?)?range[ _-]?test"
        r"|(?<![a-z])(?:lr|learning[ _-]?rate)[ _-]?(?:finder|find(?!ing)|range|sweep[ _-]?test)(?![a-z])"
        r"|(?<![a-z])find[ _-]?(?:lr|learning[ _-]?rate)(?![a-z])|レンジテスト",
        re.IGNORECASE,
    )
)
"""What people call a range test: lr_find, lr_finder, find_lr, range test."""
VALIDATED = 8
"""A training is validated so many times; a range test, which asks the loss of every batch, is not."""
AT_THE_END = 1
"""A test may end with so many values that are no numbers, where it covers ..."""
WIDE_DECADES = 5.0
"""... at least so many decades: no schedule does that by a mistake without the loss going on as NaN."""


def on_purpose(run: Run, roles: Roles, rates: Rates) -> bool:
    """True if the rate of ``run``, which rises over decades, was raised to see where training breaks."""
    if named(run):
        return True
    held_out = roles.validation
    if held_out is not None and int(np.isfinite(held_out.values).sum()) >= VALIDATED and held_out is not roles.train:
        return False
    lost = max((_lost_at_the_end(s) for s in (roles.train, held_out) if s is not None), default=0)
    wide = rates.peak >= 10**WIDE_DECADES * float(rates.values[0])
    return lost == 0 or (lost <= AT_THE_END and wide)


def named(run: Run) -> bool:
    """True if the run, one of its files or a setting that is on is called a range test."""
    return any(NAMED.search(text) for text in _names(run))


def _names(run: Run) -> Iterator[str]:
    yield run.id
    yield from run.files
    for name, value in run.hyperparameters.items():
        if is_on(value):
            yield name
        if isinstance(value, str):
            yield value


def _lost_at_the_end(series: Series) -> int:
    """How many values at the end of ``series`` are no numbers."""
    finite = np.flatnonzero(np.isfinite(series.values))
    return len(series) - 1 - int(finite[-1]) if len(finite) else len(series)


def suggestions(rates: Rates, curve: Curve) -> tuple[float, float]:
    """The middle of the longest fall of the smoothed loss ("valley"), and a tenth of the rate at the lowest loss.

    ``curve`` has at least eight values; the first tenth of them and the last five are left out.
    """
    smooth = curve.smooth
    cut = max(4, len(smooth) - 5)
    head = len(smooth) // 10
    inner = smooth[head:cut] if cut - head >= 4 else smooth
    offset = head if cut - head >= 4 else 0
    end, length = _longest_fall(inner)
    start = end - length
    section = (end - start) / 3
    at = offset + min(len(inner) - 1, start + int(section) + int(section / 2))
    lowest = offset + int(np.argmin(inner))
    return rates.at_step(int(curve.reduced.steps[at])), rates.at_step(int(curve.reduced.steps[lowest])) / 10.0


def _longest_fall(values: np.ndarray) -> tuple[int, int]:
    """End index and length of the longest strictly falling subsequence (patience sorting, O(n log n))."""
    from bisect import bisect_left

    heads: list[float] = []
    best_end = best = 0
    for i, value in enumerate(values.tolist()):
        at = bisect_left(heads, -value)
        if at == len(heads):
            heads.append(-value)
        else:
            heads[at] = -value
        if at + 1 > best:
            best, best_end = at + 1, i
    return best_end, min(best, best_end)
