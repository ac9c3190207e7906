"""The learning rate's own story: constant, dropping, restarting, cycling, or a range test."""

from __future__ import annotations

import numpy as np

from loganalyzer.features.arrays import differences, extent
from loganalyzer.features.curve import Curve
from loganalyzer.features.lazy import lazy
from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats, Ints

CONSTANT = 1e-3
"""A rate whose range is below this share of its peak is constant."""
DROP = 0.5
"""A drop is a fall to this share or less, from one logged value to the next."""
RESTART = 0.3
"""A restart is an upward jump of this share of the rate's range, after the first 5% of the run."""
SPENT = 1e-3
"""The share of its peak below which a rate is as good as none."""
RANGE_DECADES = 2.5
"""A range test raises the rate over at least this many decades."""


class Rates(Record, eq=False, dict=True):
    """The learning rate over the run. All steps are steps of the learning rate's own series.

    ``by_mistake``: if the rate rises over decades, it was not raised on purpose (see ``range_test.on_purpose``).
    """

    curve: Curve
    by_mistake: bool = False

    @lazy
    def values(self) -> Floats:
        """The logged rates, finite and not negative."""
        return np.abs(self.curve.raw[self.curve.finite])

    @lazy
    def steps(self) -> Ints:
        """Their steps."""
        return self.curve.finite_steps

    @lazy
    def peak(self) -> float:
        """The highest rate."""
        return float(self.values.max()) if len(self.values) else 0.0

    @lazy
    def last(self) -> float:
        """The rate at the end."""
        return float(self.values[-1]) if len(self.values) else 0.0

    @lazy
    def constant(self) -> bool:
        """True when the rate did not change."""
        return len(self.values) == 0 or extent(self.values) <= CONSTANT * self.peak

    @lazy
    def warm_up(self) -> int | None:
        """The step at which a rise from below 90% of the peak ended, where the log of the rate begins with one."""
        v = self.values
        top = int(np.argmax(v >= 0.99 * self.peak)) if len(v) else 0
        if top < 1 or v[0] >= 0.9 * self.peak or bool((differences(v[: top + 1]) < -1e-3 * self.peak).any()):
            return None
        return int(self.steps[top])

    @lazy
    def drops(self) -> tuple[int, ...]:
        """Steps at which the rate fell to half or less at once."""
        v = self.values
        if len(v) < 2 or self.constant:
            return ()
        fell = (v[1:] <= DROP * v[:-1]) & (v[:-1] > 1e-3 * self.peak)
        return tuple(int(s) for s in self.steps[1:][fell])

    @lazy
    def restarts(self) -> tuple[int, ...]:
        """Steps at which the rate jumped up again (warm restarts)."""
        v = self.values
        if len(v) < 4 or self.constant:
            return ()
        span = extent(v)
        late = self.curve.x[1:] > 0.05
        jumped = (differences(v) > RESTART * span) & late
        return tuple(int(s) for s in self.steps[1:][jumped])

    @lazy
    def valleys(self) -> tuple[int, ...]:
        """Steps of the lowest rate of each cycle of a cyclic schedule (two cycles or more), the end included."""
        if self.restarts:
            ends = [int(self.steps[np.searchsorted(self.steps, s) - 1]) for s in self.restarts]
            return (*ends, int(self.steps[-1]))
        stride = max(1, len(self.values) // 2000)
        v, steps = self.values[::stride], self.steps[::stride]
        if len(v) < 8 or self.constant:
            return ()
        rises = differences(v) > 0
        if bool(rises.all()) or not bool(rises.any()):
            return ()
        span = extent(v)
        turns: list[tuple[int, int]] = []
        low = high = float(v[0])
        low_at = high_at = 0
        rising: bool | None = None
        for i, value in enumerate(v.tolist()):
            if value < low:
                low, low_at = value, i
            if value > high:
                high, high_at = value, i
            if rising is not False and high - value > RESTART * span:
                turns.append((high_at, 1))
                rising, low, low_at = False, value, i
            elif rising is not True and value - low > RESTART * span:
                turns.append((low_at, -1))
                rising, high, high_at = True, value, i
            if rising is True and value > high:
                high, high_at = value, i
            if rising is False and value < low:
                low, low_at = value, i
        lows = [i for i, side in turns if side < 0 and i > 0]
        if len(lows) < 2:
            return ()
        return (*(int(steps[i]) for i in lows), int(self.steps[-1]))

    @lazy
    def cyclic(self) -> bool:
        """True for warm restarts and cyclic schedules."""
        return len(self.valleys) >= 2

    @property
    def range_test(self) -> bool:
        """True when the rate was raised over decades on purpose, to find where training breaks."""
        return not self.by_mistake and self.rises_by_decades

    @lazy
    def rises_by_decades(self) -> bool:
        """True when the rate only rises, by orders of magnitude and evenly in its logarithm, over the whole run."""
        v = self.values
        if len(v) < 8 or v[0] <= 0 or self.peak / v[0] < 10**RANGE_DECADES or bool((differences(v) < 0).any()):
            return False
        logs = np.log(v)
        u = self.curve.x - self.curve.x.mean()
        power = float(u @ u)
        if power <= 0:
            return False
        centred = logs - logs.mean()
        total = float(centred @ centred)
        explained = float(u @ centred) ** 2 / power
        return total > 0 and explained / total > 0.97

    @lazy
    def frozen_from(self) -> int | None:
        """The step from which the rate stayed below a thousandth of its peak; None if it never did."""
        v = self.values
        low = v < SPENT * self.peak
        if self.constant or len(v) < 5 or not low[-1]:
            return None
        above = np.flatnonzero(~low)
        return int(self.steps[above[-1] + 1]) if len(above) else None

    def at_step(self, step: int) -> float:
        """The rate in force at ``step``."""
        i = int(np.searchsorted(self.steps, step, side="right")) - 1
        return float(self.values[max(0, i)])

    def spent_at(self, step: int) -> bool:
        """True when the rate in force at ``step`` has decayed to nothing: below a thousandth of its peak."""
        return self.peak > 0 and self.at_step(step) < SPENT * self.peak
