"""Swings about the trend: how large, how regular, of which period."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, per_curve
from loganalyzer.features.levels import scale
from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats

SETTLED_FROM = 1.0 / 3.0
"""Swings are measured in the part of the run after this share."""


PERIODIC_LOBE = 0.5
"""Height of the second lobe of the autocorrelation from which swings are a rhythm for sure."""


FLAT_SHARE = 0.02
"""Deviation about the trend, as a share of the scale of the gain, up to which nothing swings."""

NOISE_MEMORY = 0.5
"""The lag-1 correlation up to which values about a trend may be noise of mini-batches."""

FEWEST_BLOCKS = 16
"""So many means of blocks show whether they have a memory."""

OUT_OF_CHANCE = 2.5
"""So many standard errors beyond that of noise a lag-1 correlation must be to show a memory."""

BY_CHANCE = 3.0
"""The second lobe of shuffled values hardly ever exceeds this over the root of their number."""


class Oscillation(Record):
    """Swings of the settled part.

    ``amplitude`` is the robust standard deviation about the trend (units of y), ``share`` that over ``scale``; ``lag1``
    its lag-1 correlation; ``lobe`` the height of the second positive lobe of its autocorrelation, ``regularity``
    Thornhill's r (a third of mean over deviation of the periods; above 1 is regular; Thornhill et al., 2003),
    ``period`` in steps (0 without one), ``count`` the values used, ``low`` and ``high`` the 10th and 90th percentile
    about the end, no further out than what was logged, ``first`` and ``last`` the steps looked at, ``turning`` the
    share of values that are turning points."""

    amplitude: float
    share: float
    lag1: float
    lobe: float
    regularity: float
    period: float
    count: int
    low: float
    high: float
    first: int
    last: int
    turning: float

    @property
    def rhythmic(self) -> float:
        """The second lobe over what shuffled values may show by chance: from 1 on it is no chance."""
        return self.lobe * math.sqrt(self.count) / BY_CHANCE if self.count else 0.0


SHORTEST_REPEAT = 3
REPEATED = 0.7
"""Values correlate by more with those one period later where they repeat themselves; noise of 80 values by .35 at most."""

NO_OSCILLATION = Oscillation(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0.0, 0.0, 0, 0, 0.0)


@per_curve
def oscillation(curve: Curve) -> Oscillation:
    """The swings of the last two thirds about a slow trend."""
    return _about(curve, None)


def oscillation_beside_shift(curve: Curve, step: int) -> Oscillation:
    """The same about a slow trend that jumps to another level at ``step``, so that the jump is no swing."""
    return _about(curve, step)


def _about(curve: Curve, shift: int | None) -> Oscillation:
    late = curve.reduced.x > SETTLED_FROM
    y = curve.reduced.values[late]
    n = len(y)
    if n < 8:
        return NO_OSCILLATION
    steps = curve.reduced.steps[late]
    jump = n if shift is None else int(np.searchsorted(steps, shift))
    trend = _trend(y, jump)
    residual = y - trend
    size = arrays.spread(residual)
    if size > 0:  # lone spikes are another finding
        trimmed = arrays.within(residual, -8 * size, 8 * size)
    else:
        trimmed = residual
    rough = math.sqrt(float(trimmed @ trimmed) / n)
    amplitude = max(size, 0.7 * rough) if n >= 12 else size
    if curve.per_block > 1:
        amplitude = max(amplitude, _pointwise(curve, jump / n))
    whole = scale(curve)
    # where the values deviate by less than anybody would call a swing, they need not be searched for a rhythm
    lobe, regularity, lag = rhythm(residual) if arrays.deviation(residual) > FLAT_SHARE * whole else (0.0, 0.0, 0.0)
    if lobe > PERIODIC_LOBE and regularity > 1.0 and 0 < lag <= n / 4:
        # a rhythm of few high values and many low ones hides from a median, not from the mean square
        amplitude = max(amplitude, arrays.deviation(residual))
    spacing = arrays.median(arrays.differences(steps).astype(float)) if n > 1 else 1.0
    turns = arrays.differences(np.sign(arrays.differences(y)))
    middle = arrays.median(y[-curve.end_count :])
    ordered = np.sort(residual)
    lo, hi = ordered[n // 10], ordered[n - 1 - n // 10]
    return Oscillation(
        amplitude,
        amplitude / whole if whole > 0 else math.inf,
        arrays.lag1(residual),
        lobe,
        regularity,
        lag * spacing,
        n,
        max(middle + float(lo), float(y.min())),
        min(middle + float(hi), float(y.max())),
        int(steps[0]),
        int(steps[-1]),
        float(np.count_nonzero(turns)) / max(1, n - 2),
    )


def lasting_swings(curve: Curve, shift: int | None = None) -> tuple[float, int]:
    """What remains of the swings in means of blocks that move together as no noise does: their robust deviation (units
    of y; 0 where there are none), and how often they came up by 1.5 times that. ``shift`` is a step up, which is no swing.

    Noise has forgotten itself after few values: of AR(1) noise with ``NOISE_MEMORY``, means of longer blocks correlate
    less. Swings last; so does the way a slow trend misses a curve that comes down in steps, but about the nearest curve
    that only falls, just swings are left.
    """
    late = curve.reduced.x > SETTLED_FROM
    y = curve.reduced.values[late]
    if len(y) < FEWEST_BLOCKS:
        return 0.0, 0
    jump = len(y) if shift is None else int(np.searchsorted(curve.reduced.steps[late], shift))
    residual = y - _trend(y, jump)
    best, rises, width = 0.0, 0, 1
    while len(residual) >= FEWEST_BLOCKS * width:
        means, levels = _block_means(residual, width), _block_means(y, width)
        noise, error = _noise_lag1(width), math.sqrt(0.75 / len(means))
        if arrays.spread(means) > best and arrays.lag1(means) > noise + OUT_OF_CHANCE * error:
            beside = levels - falling_fit(levels)
            size = min(arrays.spread(means), 1.2 * arrays.deviation(beside))
            if size > best and arrays.lag1(beside) > noise + error:
                best, rises = size, _count_rises(levels, 1.5 * size)
        width *= 2
    return best, rises


def falling_fit(values: Floats) -> Floats:
    """The curve that never rises nearest to ``values`` in squares (pool adjacent violators; Ayer et al., 1955)."""
    means: list[float] = []
    counts: list[int] = []
    for value in values.tolist():
        mean, count = value, 1
        while means and means[-1] <= mean:
            before, many = means.pop(), counts.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        means.append(mean)
        counts.append(count)
    return np.repeat(np.array(means), counts)


def _block_means(values: Floats, width: int) -> Floats:
    """Means of whole blocks of ``width`` values."""
    if width == 1:
        return values
    n = len(values) // width
    return np.asarray(np.add.reduce(values[: n * width].reshape(n, width), axis=1) / width)


@lru_cache(maxsize=32)
def _noise_lag1(width: int) -> float:
    """Lag-1 correlation of means of ``width`` values of AR(1) noise with the lag-1 correlation ``NOISE_MEMORY``."""
    lags = np.abs(np.subtract.outer(np.arange(width), np.arange(2 * width)))
    within, between = np.split(NOISE_MEMORY**lags, [width], axis=1)
    return float(between.sum() / within.sum())


def _count_rises(values: Floats, size: float) -> int:
    """How often ``values`` came up by more than ``size`` after having been down by as much."""
    rises, rising = 0, None
    low = high = float(values[0])
    for value in values.tolist():
        low, high = min(low, value), max(high, value)
        if rising is not False and high - value > size:
            rising, low = False, value
        elif rising is not True and value - low > size:
            rises, rising, high = rises + 1, True, value
    return rises


def _pointwise(curve: Curve, jump: float) -> float:
    """Robust deviation of single values about the slow trend, from 600 evenly spaced ones of the settled part.

    Block medians average white swings away; single values show them, however long the log is.
    """
    late = curve.values[curve.x > SETTLED_FROM]
    y = late[np.linspace(0, len(late) - 1, min(600, len(late))).astype(int)]
    return arrays.spread(y - _trend(y, round(jump * len(y)))) if len(y) >= 12 else 0.0


def _trend(y: Floats, jump: int) -> Floats:
    """A slow trend: a cubic through the values, fitted twice with outliers drawn in.

    From index ``jump`` on it may have another level, unless that leaves fewer than three values on a side.
    """
    n = len(y)
    basis = _basis(n, jump if 3 <= jump <= n - 3 else n)
    target = y
    fitted = y
    for _ in range(2):
        fitted = basis @ (target @ basis)
        residual = y - fitted
        size = arrays.spread(residual)
        if size <= 0:
            break
        target = fitted + arrays.within(residual, -3 * size, 3 * size)
    return fitted


@lru_cache(maxsize=32)
def _basis(n: int, jump: int) -> Floats:
    """Orthonormal columns that span the cubics over n points, and a jump where ``jump`` < n; float64[n, 4 or 5]."""
    u = np.linspace(-1.0, 1.0, n)
    columns = [np.ones(n), u, u * u, u**3]
    if jump < n:
        columns.append((np.arange(n) >= jump).astype(np.float64))
    return np.linalg.qr(np.stack(columns, axis=1))[0]


def _repeats_after(acf: Floats) -> int:
    """The lag (3 or more, seen five times) after which values repeat themselves, and again after twice as many; 0 if none.

    Inside a period anything may stand (the batches of a pass in a fixed order), so that zero crossings show no rhythm.
    """
    last = 2 * (len(acf) - 1) // 5
    if last < SHORTEST_REPEAT:
        return 0
    first, stop = SHORTEST_REPEAT, last + 1
    own = acf[first:stop]
    alike = (own > REPEATED) & (acf[2 * first : 2 * stop - 1 : 2] > 0.8 * own - 0.1)
    if not alike.any():
        return 0
    # a peak, and below zero before it: a slow wander is alike at every short lag
    alike &= (own >= acf[first - 1 : stop - 1]) & (own >= acf[first + 1 : stop + 1])
    alike &= np.minimum.accumulate(acf)[first:stop] < 0.0
    return first + int(alike.argmax()) if alike.any() else 0


def rhythm(residual: Floats) -> tuple[float, float, float]:
    """Second positive lobe of the autocorrelation, Thornhill's regularity r, and the period in samples (0 if none)."""
    n = len(residual)
    if n < 16:
        return 0.0, 0.0, 0.0
    centred = residual - residual.mean()
    size = 1 << (2 * n - 1).bit_length()
    spectrum = np.fft.rfft(centred, size)
    acf = np.fft.irfft(spectrum * np.conj(spectrum), size)[: n // 2 + 1]
    if acf[0] <= 0:
        return 0.0, 0.0, 0.0
    acf = acf / acf[0]
    again = _repeats_after(acf)
    if again:
        return float(acf[again]), math.inf, float(again)
    signs = np.signbit(acf)
    crossings = np.flatnonzero(signs[1:] != signs[:-1]) + 1
    if len(crossings) < 3:
        return 0.0, 0.0, 0.0
    exact = crossings - acf[crossings] / (acf[crossings] - acf[crossings - 1])
    # full periods, from every second crossing: a rhythm of one high value and five low ones has uneven halves
    periods = (exact[2:] - exact[:-2])[:10]
    lag = int(crossings[1] + np.argmax(acf[crossings[1] : crossings[2]]))
    deviation = arrays.deviation(periods)
    mean = float(periods.mean())
    regularity = mean / (3.0 * deviation) if deviation > 1e-12 else (math.inf if len(periods) >= 2 else 0.0)
    return float(acf[lag]), regularity, mean
