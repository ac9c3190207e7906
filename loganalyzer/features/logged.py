"""Values of the log itself, each with the step at which it stands: what sentences, marks and tables quote.

Rules judge levels (medians, smoothed curves), because a single value is luck; a person looks a quoted number up in the log.
"""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features.lazy import lazy
from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats, Ints


class Point(Record):
    """A finite value as logged, and its step."""

    step: int
    value: float


MISSING = Point(0, math.nan)
"""What stands for a point of a series without a finite value."""


class Logged(Record, dict=True):
    """The finite values of a series as logged: ``steps`` int64[n], ``values`` float64[n]; ``highest`` if higher is better."""

    steps: Ints
    values: Floats
    highest: bool = False

    @classmethod
    def of(cls, steps: Ints, values: Floats, *, highest: bool) -> Logged:
        """The finite ones of ``values``."""
        finite = np.isfinite(values)
        return cls(steps[finite], values[finite], highest)

    @property
    def first(self) -> Point:
        """The first value."""
        return self._at(0)

    @property
    def last(self) -> Point:
        """The last value."""
        return self._at(len(self.values) - 1)

    @lazy
    def best(self) -> Point:
        """The best value, at the first step where it stands."""
        return self.best_between(-math.inf, math.inf)

    def best_between(self, first: float, last: float) -> Point:
        """The best value at the steps from ``first`` to ``last`` (both included)."""
        inside = np.flatnonzero((self.steps >= first) & (self.steps <= last))
        if not len(inside):
            return MISSING
        return self._at(int(inside[(np.argmax if self.highest else np.argmin)(self.values[inside])]))

    def worst_between(self, first: float, last: float) -> Point:
        """The worst value at the steps from ``first`` to ``last`` (both included)."""
        return Logged(self.steps, self.values, not self.highest).best_between(first, last)

    def at(self, step: int) -> Point:
        """The value that stood at ``step``: the last one logged up to it, the first one if there is none."""
        return self._at(max(0, int(np.searchsorted(self.steps, step, side="right")) - 1))

    def nearest(self, value: float) -> float:
        """The logged value that is nearest to ``value``."""
        return float(self.values[np.argmin(np.abs(self.values - value))]) if len(self.values) else math.nan

    def _at(self, index: int) -> Point:
        return Point(int(self.steps[index]), float(self.values[index])) if len(self.values) else MISSING
