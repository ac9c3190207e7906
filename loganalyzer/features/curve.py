"""One series as the rules see it: finite, flipped so that lower is better, reduced once when it is long."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from loganalyzer.features import arrays
from loganalyzer.features.lazy import lazy
from loganalyzer.features.logged import Logged
from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats, Ints, Series

REDUCED = 500
"""A longer series is reduced to about this many block medians for everything that is about trend and level."""
_T = TypeVar("_T")
ROUNDING = 6e-8
"""Half a unit in the last place of a float32, as a share of the number."""
RECENT = 4000
"""So many of the last values show the noise from point to point and the digits printed."""
HUGE = 1e100
"""Values beyond this (or below its inverse) are scaled so that sums and squares of them stay finite."""


class Reduced(Record, eq=False):
    """A curve for everything that is about trend and level: block medians of a long series, a short one as it is.

    ``values`` float64[m], lower is better; ``steps`` int64[m] (the middle of each block); ``x`` float64[m], the place
    in the run, 0..1. ``len()`` is m, at most about ``REDUCED``.
    """

    values: Floats
    steps: Ints
    x: Floats

    def __len__(self) -> int:
        return len(self.values)


class Curve(Record, eq=False, dict=True):
    """A logged series made ready.

    ``steps`` int64[k] and ``raw`` float64[k] are as logged. ``sign`` is 1 where lower is better and -1 where higher
    is. ``origin`` and ``span`` (in steps) define the common axis: ``x`` = (step - origin) / span, 0..1 over the run.
    ``whole`` is the curve that this one was cut from, if it was, and ``source`` the series of the log where ``raw`` holds
    means of it. All derived values are in the units of the series
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
    source: Series | None = None

    @lazy
    def logged(self) -> Logged:
        """The whole series as it stands in the log, however this curve was cut or averaged."""
        if self.whole is not None:
            return self.whole.logged
        steps, values = (self.steps, self.raw) if self.source is None else (self.source.steps, self.source.values)
        return Logged.of(steps, values, highest=self.sign < 0)

    @lazy
    def finite(self) -> NDArray[np.bool_]:
        """Which logged values are numbers; bool[k]."""
        return np.isfinite(self.raw)

    @lazy
    def count(self) -> int:
        """How many finite values there are."""
        return int(np.count_nonzero(self.finite))

    @lazy
    def ends_non_finite(self) -> bool:
        """True when the series ends as NaN or infinity, so that its last finite part is no end."""
        return len(self.raw) > 0 and not bool(self.finite[-1])

    def unusable(self, absurd: float) -> NDArray[np.bool_]:
        """Which logged values are no numbers, or of the size ``absurd`` or more; bool[k]."""
        return ~self.finite | (np.abs(np.where(self.finite, self.raw, 0.0)) >= absurd)

    @lazy
    def _kept(self) -> Floats:
        return self.raw if self.count == len(self.raw) else self.raw[self.finite]

    @lazy
    def unit(self) -> float:
        """What the values were divided by."""
        largest = float(np.abs(self._kept).max()) if self.count else 0.0
        return largest if largest > HUGE or 0.0 < largest < 1.0 / HUGE else 1.0

    @lazy
    def values(self) -> Floats:
        """The finite values, flipped so that lower is better; float64[count]."""
        return np.asarray(self._kept / self.unit * self.sign, dtype=np.float64)

    @lazy
    def finite_steps(self) -> Ints:
        """The steps of ``values``; int64[count]."""
        return self.steps if self.count == len(self.steps) else self.steps[self.finite]

    @lazy
    def x(self) -> Floats:
        """Where in the run ``values`` are, 0..1; float64[count]."""
        steps: Floats = self.finite_steps.astype(np.float64)
        return (steps - self.origin) / (self.span or 1.0)

    def as_logged(self, value: float) -> float:
        """A value of this curve, or of the reduced one, in the units and with the sign of the log."""
        return value * self.sign * self.unit

    def only(self, keep: NDArray[np.bool_]) -> Curve:
        """The same series with only the logged points where ``keep`` (bool[k]) holds."""
        times = None if self.wall_times is None else self.wall_times[keep]
        return Curve(
            self.name, self.steps[keep], self.raw[keep], self.sign, self.origin, self.span, times, self.whole or self
        )

    @lazy
    def in_logarithms(self) -> Curve:
        """The natural logarithms of a curve that is ``positive``; what is not positive all the same counts as no number."""
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(self.raw)
        return Curve(self.name, self.steps, logs, self.sign, self.origin, self.span, self.wall_times)

    # --- the reduced curve -------------------------------------------------------------------------------------

    @lazy
    def per_block(self) -> int:
        """How many logged values one value of the reduced curve stands for."""
        return max(1, math.ceil(self.count / REDUCED))

    @lazy
    def reduced(self) -> Reduced:
        """The curve at a length at which trend and level are quick to measure."""
        if self.per_block == 1:
            return Reduced(self.values, self.finite_steps, self.x)
        medians = arrays.reduce_length(self.values, self.per_block)
        middles = np.arange(len(medians)) * self.per_block + self.per_block // 2
        steps = self.finite_steps[np.minimum(middles, self.count - 1)]
        x = np.asarray((steps - self.origin) / (self.span or 1.0), dtype=np.float64)
        return Reduced(medians, steps, x)

    @lazy
    def smooth(self) -> Floats:
        """The reduced values under a running median of an odd width, a fortieth of the run or 3."""
        y = self.reduced.values
        return arrays.running_median(y, max(3, len(y) // 40) | 1) if len(y) >= 5 else y

    def step_at(self, x: float) -> int:
        """The first step of the reduced curve at or after share ``x`` of the run."""
        return int(self.reduced.steps[min(int((self.reduced.x < x).sum()), len(self.reduced) - 1)])

    def value_at(self, step: int) -> float:
        """The smoothed curve at ``step``, linearly between points."""
        return float(np.interp(step, self.reduced.steps, self.smooth))

    @lazy
    def value_range(self) -> float:
        """Largest minus smallest of the reduced values."""
        return arrays.extent(self.reduced.values) if len(self.reduced) else 0.0

    @lazy
    def positive(self) -> bool:
        """True for a loss (lower is better) none of whose reduced values is zero or below."""
        return self.sign > 0 and bool((self.reduced.values > 0).all())

    # --- noise -------------------------------------------------------------------------------------------------

    @lazy
    def point_sigma(self) -> float:
        """Point-to-point noise of ``values``: MAD of second differences / sqrt 6; blind to trend."""
        y = self._recent
        if len(y) < 3:
            return 0.0
        second = y[2:] - 2 * y[1:-1] + y[:-2]
        rough = arrays.MAD_TO_SIGMA * arrays.median(np.abs(second)) / math.sqrt(6.0)
        return max(rough, self.resolution / math.sqrt(12.0))

    @lazy
    def _recent(self) -> Floats:
        """As many of the last values as noise and digits are measured in."""
        return self.values if self.count <= RECENT else self.values[-RECENT:]

    @lazy
    def _residual(self) -> Floats:
        """The reduced values of the last two thirds about a quadratic, the low-frequency noise included."""
        late = self.reduced.x > 1.0 / 3.0
        x, y = self.reduced.x[late], self.reduced.values[late]
        if len(y) < 10:
            return np.zeros(0)
        return y - parabola(x, y)

    @lazy
    def sigma(self) -> float:
        """Noise of the reduced values including its slow part; what differences of levels are compared with."""
        if len(self._residual) >= 10:
            return max(arrays.spread(self._residual), self.noise_floor)
        y = self.reduced.values
        # a short log is mostly trend: the higher the difference, the less of the trend is left in it
        first = arrays.difference_sigma(y, 1) if len(y) > 1 else 0.0
        third = arrays.difference_sigma(y, 3) if len(y) > 4 else first
        return max(min(first, self.point_sigma or first, third), self.noise_floor)

    @lazy
    def lag1(self) -> float:
        """Lag-1 autocorrelation of the noise; above 0.8 the log was smoothed (or the model of the trend is poor)."""
        return max(0.0, min(0.98, arrays.lag1(self._residual)))

    @lazy
    def resolution(self) -> float:
        """The step of the printed digits where values repeat (quantised log), else 0."""
        ordered = np.sort(self._recent)
        gaps = ordered[1:] - ordered[:-1]
        gaps = gaps[gaps > 0]
        if len(gaps) == 0 or len(gaps) + 1 > 0.7 * len(ordered):
            return 0.0
        return float(gaps[gaps > 1e-12 * max(-ordered[0], ordered[-1])].min(initial=math.inf))

    @lazy
    def noise_floor(self) -> float:
        """The least noise that there can be: digits printed, and float32 rounding."""
        printed = self.resolution if math.isfinite(self.resolution) else 0.0
        size = float(np.abs(self.reduced.values).max()) if len(self.reduced) else 0.0
        return max(printed / math.sqrt(12.0), ROUNDING * size)

    def standard_error(self, count: int, sigma: float | None = None) -> float:
        """Standard error of the median of ``count`` neighbouring reduced values, autocorrelation included.

        ``sigma`` is that of the whole curve unless another is known to be truer for these values.
        """
        share = 1.57 * (1 + self.lag1) / ((1 - self.lag1) * max(1, count))
        return (self.sigma if sigma is None else sigma) * math.sqrt(min(1.0, share))

    # --- levels ------------------------------------------------------------------------------------------------

    @lazy
    def start(self) -> float:
        """Where it began: the first value, or the median of the first three of a long log.

        Not a share of the run: in a long log the first percent may already hold most of the gain.
        """
        return arrays.median(self.values[: self.start_count])

    @lazy
    def start_count(self) -> int:
        """How many logged values the start level is taken from."""
        return 1 if self.count < 1000 else 3

    @lazy
    def end_count(self) -> int:
        """How many reduced values the end level is taken from: a tenth, at least 3."""
        return min(len(self.reduced), max(3, len(self.reduced) // 10))

    @lazy
    def end(self) -> float:
        """Where it ended: median of the last tenth."""
        return arrays.median(self.reduced.values[-self.end_count :])

    @lazy
    def best_index(self) -> int:
        """Index (in ``reduced`` and ``smooth``) of the best smoothed value."""
        return int(self.smooth.argmin())

    @lazy
    def best(self) -> float:
        """The best smoothed value."""
        return float(self.smooth[self.best_index])

    @lazy
    def best_step(self) -> int:
        """The step of the best smoothed value."""
        return int(self.reduced.steps[self.best_index])

    @lazy
    def best_x(self) -> float:
        """Where in the run the best smoothed value is, 0..1."""
        return float(self.reduced.x[self.best_index])

    @lazy
    def gain(self) -> float:
        """What was gained from start to best, at least 0."""
        return max(0.0, self.start - self.best)


class MetricCurves(Record, eq=False):
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
