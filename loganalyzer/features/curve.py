"""One series as the rules see it: finite, flipped so that lower is better, reduced once when it is long."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from loganalyzer.features import arrays
from loganalyzer.features.lazy import lazy
from loganalyzer.model.run import Floats, Ints

REDUCED = 500
"""A longer series is reduced to about this many block medians for everything that is about trend and level."""
_T = TypeVar("_T")
ROUNDING = 6e-8
"""Half a unit in the last place of a float32, as a share of the number."""
HUGE = 1e100
"""Values beyond this (or below its inverse) are scaled so that sums and squares of them stay finite."""


@dataclass(frozen=True, eq=False)
class Curve:
    """A logged series made ready.

    ``steps`` int64[n] and ``raw`` float64[n] are as logged. ``sign`` is 1 where lower is better and -1 where higher
    is. ``origin`` and ``span`` (in steps) define the common axis: ``x`` = (step - origin) / span, 0..1 over the run.
    ``whole`` is the curve that this one was cut from, if it was. All derived values are in the units of the series
    divided by ``unit`` (1 unless the values are enormous).
    """

    name: str
    steps: Ints
    raw: Floats
    sign: float = 1.0
    origin: float = 0.0
    span: float = 1.0
    wall_times: Floats | None = None
    whole: Curve | None = None

    @lazy
    def finite(self) -> NDArray[np.bool_]:
        """Which values are numbers; bool[n]."""
        return np.isfinite(self.raw)

    @lazy
    def n(self) -> int:
        """How many finite values there are."""
        return int(np.count_nonzero(self.finite))

    @lazy
    def _kept(self) -> Floats:
        return self.raw if self.n == len(self.raw) else self.raw[self.finite]

    @lazy
    def unit(self) -> float:
        """What the values were divided by."""
        largest = float(np.abs(self._kept).max()) if self.n else 0.0
        return largest if largest > HUGE or 0.0 < largest < 1.0 / HUGE else 1.0

    @lazy
    def y(self) -> Floats:
        """The finite values, flipped so that lower is better; float64[self.n]."""
        return np.asarray(self._kept / self.unit * self.sign, dtype=np.float64)

    @lazy
    def at(self) -> Ints:
        """The steps of ``y``."""
        return self.steps if self.n == len(self.steps) else self.steps[self.finite]

    @lazy
    def x(self) -> Floats:
        """Where in the run, 0..1; for ``y``."""
        at: Floats = self.at.astype(np.float64)
        return (at - self.origin) / (self.span or 1.0)

    def shown(self, y: float) -> float:
        """A value of ``y`` as it was logged."""
        return y * self.sign * self.unit

    # --- the reduced curve -------------------------------------------------------------------------------------

    @lazy
    def per_block(self) -> int:
        """How many logged values one value of the reduced curve stands for."""
        return max(1, math.ceil(self.n / REDUCED))

    @lazy
    def ry(self) -> Floats:
        """The reduced ``y``: block medians of a long series, ``y`` itself of a short one."""
        return self.y if self.per_block == 1 else arrays.reduce_length(self.y, self.per_block)

    @lazy
    def rsteps(self) -> Ints:
        """The steps of ``ry`` (middle of the block)."""
        if self.per_block == 1:
            return self.at
        middles = np.arange(len(self.ry)) * self.per_block + self.per_block // 2
        return self.at[np.minimum(middles, self.n - 1)]

    @lazy
    def rx(self) -> Floats:
        """Where in the run, for ``ry``."""
        if self.per_block == 1:
            return self.x
        return np.asarray((self.rsteps - self.origin) / (self.span or 1.0), dtype=np.float64)

    @lazy
    def m(self) -> int:
        """Length of the reduced curve."""
        return len(self.ry)

    @lazy
    def smooth(self) -> Floats:
        """``ry`` under a running median of an odd width, a fortieth of the run or 3."""
        return arrays.running_median(self.ry, max(3, self.m // 40) | 1) if self.m >= 5 else self.ry

    # --- noise -------------------------------------------------------------------------------------------------

    @lazy
    def sigma_point(self) -> float:
        """Point-to-point noise of ``y``: MAD of second differences / sqrt 6; blind to trend."""
        y = self.y if self.n <= 4000 else self.y[-4000:]
        if len(y) < 3:
            return 0.0
        second = y[2:] - 2 * y[1:-1] + y[:-2]
        return max(
            arrays.MAD_TO_SIGMA * arrays.median(np.abs(second)) / math.sqrt(6.0), self.resolution / math.sqrt(12.0)
        )

    @lazy
    def _residual(self) -> Floats:
        """``ry`` of the last two thirds about a quadratic, the low-frequency noise included."""
        late = self.rx > 1.0 / 3.0
        x, y = self.rx[late], self.ry[late]
        if len(y) < 10:
            return np.zeros(0)
        return y - parabola(x, y)

    @lazy
    def sigma(self) -> float:
        """Noise of ``ry`` including its slow part; what differences of levels are compared with."""
        if len(self._residual) < 10:
            y = self.ry
            # a short log is mostly trend: the higher the difference, the less of the trend is left in it
            rough = (
                arrays.MAD_TO_SIGMA * arrays.median(np.abs(arrays.differences(y))) / math.sqrt(2.0)
                if len(y) > 1
                else 0.0
            )
            third = (
                arrays.MAD_TO_SIGMA * arrays.median(np.abs(arrays.differences(y, 3))) / math.sqrt(20.0)
                if len(y) > 4
                else rough
            )
            return max(min(rough, self.sigma_point or rough, third), self.least_noise)
        return max(arrays.spread(self._residual), self.least_noise)

    @lazy
    def rho(self) -> float:
        """Lag-1 autocorrelation of the noise; above 0.8 the log was smoothed (or the model of the trend is poor)."""
        return max(0.0, min(0.98, arrays.lag_one(self._residual)))

    @lazy
    def resolution(self) -> float:
        """The step of the printed digits where values repeat (quantised log), else 0."""
        y = self.y if self.n <= 4000 else self.y[-4000:]
        ordered = np.sort(y)
        gaps = ordered[1:] - ordered[:-1]
        gaps = gaps[gaps > 0]
        if len(gaps) == 0 or len(gaps) + 1 > 0.7 * len(y):
            return 0.0
        return float(gaps[gaps > 1e-12 * max(-ordered[0], ordered[-1])].min(initial=math.inf))

    @lazy
    def least_noise(self) -> float:
        """The least noise that there can be: digits printed, and float32 rounding."""
        printed = self.resolution if math.isfinite(self.resolution) else 0.0
        return max(printed / math.sqrt(12.0), ROUNDING * float(np.abs(self.ry).max()) if self.m else 0.0)

    def error_of(self, count: int, sigma: float | None = None) -> float:
        """Standard error of the median of ``count`` neighbouring values of ``ry``, autocorrelation included.

        ``sigma`` is that of the whole curve unless another is known to be truer for these values.
        """
        share = 1.57 * (1 + self.rho) / ((1 - self.rho) * max(1, count))
        return (self.sigma if sigma is None else sigma) * math.sqrt(min(1.0, share))

    # --- levels ------------------------------------------------------------------------------------------------

    @lazy
    def start(self) -> float:
        """Where it began: the first value, or the median of the first three of a long log.

        Not a share of the run: in a long log the first percent may already hold most of the gain.
        """
        return arrays.median(self.y[: self.start_count])

    @lazy
    def start_count(self) -> int:
        """How many logged values the start level is taken from."""
        return 1 if self.n < 1000 else 3

    @lazy
    def end_count(self) -> int:
        """How many values of ``ry`` the end level is taken from: a tenth, at least 3."""
        return min(self.m, max(3, self.m // 10))

    @lazy
    def end(self) -> float:
        """Where it ended: median of the last tenth."""
        return arrays.median(self.ry[-self.end_count :])

    @lazy
    def best_index(self) -> int:
        """Index (in ``ry``) of the best smoothed value."""
        return int(self.smooth.argmin())

    @lazy
    def best(self) -> float:
        """The best smoothed value."""
        return float(self.smooth[self.best_index])

    @lazy
    def best_step(self) -> int:
        """The step of the best smoothed value."""
        return int(self.rsteps[self.best_index])

    @lazy
    def best_x(self) -> float:
        """Where in the run the best smoothed value is, 0..1."""
        return float(self.rx[self.best_index])

    @lazy
    def gain(self) -> float:
        """What was gained from start to best, at least 0."""
        return max(0.0, self.start - self.best)

    @lazy
    def blocks(self) -> Floats:
        """At most 20 block medians of the whole curve."""
        return arrays.block_medians(self.ry, 20)

    @lazy
    def span_of_values(self) -> float:
        """Largest minus smallest value of ``ry``."""
        return arrays.extent(self.ry) if self.m else 0.0

    def only(self, keep: NDArray[np.bool_]) -> Curve:
        """The same series with only the logged points where ``keep`` (bool[n]) holds."""
        times = None if self.wall_times is None else self.wall_times[keep]
        return Curve(
            self.name, self.steps[keep], self.raw[keep], self.sign, self.origin, self.span, times, self.whole or self
        )

    @lazy
    def broken_off(self) -> bool:
        """True when the series ends as NaN or infinity, so that its last finite part is no end."""
        return len(self.raw) > 0 and not bool(self.finite[-1])

    def step_at(self, x: float) -> int:
        """The first step of the reduced curve at or after share ``x`` of the run."""
        return int(self.rsteps[min(int((self.rx < x).sum()), self.m - 1)])

    def value_at(self, step: int) -> float:
        """The smoothed curve at ``step``, linearly between points."""
        return float(np.interp(step, self.rsteps, self.smooth))


@dataclass(frozen=True, eq=False)
class MetricCurves:
    """A metric on training and on validation data; curves are flipped so that lower is better."""

    name: str
    direction: str
    train: Curve | None
    validation: Curve | None


def parabola(x: Floats, y: Floats) -> Floats:
    """The least-squares quadratic through ``y`` over ``x``, evaluated at ``x``; outliers weigh what they weigh."""
    n = len(x)
    width = float(x[-1] - x[0]) or 1.0
    u = (x - x[0]) * (2.0 / width) - 1.0
    # orthogonal polynomials of degree 1 and 2 over these x (Gram and Schmidt)
    first = u - float(np.add.reduce(u)) / n
    power = float(first @ first) or 1.0
    square = u * u
    second = square - float(np.add.reduce(square)) / n - (float(square @ first) / power) * first
    bend = float(second @ second)
    fitted: Floats = float(np.add.reduce(y)) / n + (float(y @ first) / power) * first
    if bend > 1e-12 * n:
        fitted += (float(y @ second) / bend) * second
    return fitted


def per_curve(function: Callable[[Curve], _T]) -> Callable[[Curve], _T]:
    """Compute ``function`` once for each curve; the answer is kept with the curve and goes when it goes."""
    key = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def cached(curve: Curve) -> _T:
        known: dict[str, Any] = curve.__dict__
        if key not in known:
            known[key] = function(curve)
        answer: _T = known[key]
        return answer

    return cached
