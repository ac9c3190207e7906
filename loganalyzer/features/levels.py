"""How much was learned: the gain, the scale that changes are compared with, turning points and tails."""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import ROUNDING, Curve, per_curve
from loganalyzer.features.small_sample import CLEAR_CHANGE, SMALL_SAMPLE, change_over_noise, difference_noise
from loganalyzer.model.record import Record

TRANSIENT = 0.05
"""The share of a run after which the first transient is over."""

SMALL_REST = 0.01
"""What all but the first value make of the gain, as a share of it, from which on the first value is not the measure."""

FEWEST_REST = 5
"""So many values after the first ones show what the training did."""

LONGEST_HEAD = 4
"""So many first values, or a fortieth of the run, may be on their way down from a start out of all proportion."""

OUT_OF_NOISE = 10.0
"""A scale of so many deviations of the noise is not measured by the noise."""

KEPT_GAIN = 0.5
"""The share of its gain that a curve must still hold at its end to have kept what it learned."""

SETTLED_FALL = 0.05
"""The share of its scale that a curve may still fall in its last third and be called settled."""

ENOUGH_BEFORE_TURN = 24
"""So many values before a turning point show how noisy the curve was until then."""

LARGE_RISE = 0.25
"""A rise of this share of the scale is no small one, whatever the noise."""

RECURRING = 4
"""A level that was left so often (the way down from the start counted) recurs; it is no end."""

ENOUGH_TO_SCATTER = 5
"""So many values of one level show how they scatter about it."""

LEVEL_BY_LEVEL = -0.6
"""Kendall's tau of twenty levels that sink one after the other, however widely single values scatter about them."""

FEWEST_OF_LEVEL = 5
"""Fewer values of single batches have no level of their own."""

NEXT_TO_NOTHING = 0.003
"""A gain of less than this share of a positive loss is as good as none."""

CLEARLY_UP = 0.15
"""A rise of this share of the scale above the best level is more than a wiggle."""

FEWEST_AFTER_TURN = 4
"""So many values after the best one show whether the curve climbs."""

SURE_CLIMB = 2.3
"""So many standard deviations of Kendall's tau of values without a trend are no chance (1 in 100)."""

SURE_RISE = 4.0
"""A rise of so many standard errors is no chance."""

MONOTONE_TAU = -0.86
"""Kendall's tau of a fall in which at most one in fourteen pairs is out of order."""


@per_curve
def scale(curve: Curve) -> float:
    """The typical size of what the run gained, in units of ``curve.values``; at least a fifth of the whole gain.

    An untrained network's first loss can be orders of magnitude above everything that follows; compared with that
    gain no later change would count. The geometric mean of the whole gain (twice) and the gain after the first 5% is
    near the whole gain for an ordinary curve and stays sensible for the other. Invariant to y -> a*y + b.
    """
    if curve.whole is not None:
        return scale(curve.whole)
    whole = curve.gain
    if whole <= 0 or len(curve.reduced) < 3:
        return whole
    later = float(np.interp(TRANSIENT, curve.reduced.x, curve.smooth)) - curve.best
    ordinary = whole * math.cbrt(min(1.0, max(later / whole, SMALL_REST)))
    return min(ordinary, _scale_of_rest(curve))


def _scale_of_rest(curve: Curve) -> float:
    """The most that the scale can be where the first values lie orders of magnitude above all others; else infinity.

    Such values, one or a few on their way down, say nothing of the training: the rest is judged by its own range, or by
    its noise if that is more.
    """
    y = curve.reduced.values
    if not curve.positive:
        return math.inf
    for head in range(1, min(max(LONGEST_HEAD, len(y) // 40), len(y) - FEWEST_REST) + 1):
        rest = y[head:]
        extent = arrays.extent(rest)
        far = extent > 0 and float(y[0] - rest.max()) >= extent / SMALL_REST
        if far and float(y[0]) >= arrays.median(rest) / SMALL_REST:
            return max(extent, OUT_OF_NOISE * arrays.step_sigma(rest))
    return math.inf


@per_curve
def significance(curve: Curve) -> float:
    """The gain in units of the standard error of what it is the difference of (z)."""
    first = max(curve.sigma, curve.point_sigma) / math.sqrt(1.0 + 0.5 * (curve.start_count - 1))
    error = math.hypot(first, curve.standard_error(curve.end_count))
    return curve.gain / error if error > 0 else (math.inf if curve.gain > 0 else 0.0)


class LevelGain(Record):
    """What the level of the first twentieth of a run lost to the end: ``fall`` (units of y), the same in standard errors
    (``z``), as a share of the level it fell from (``share``), how much of the best level is left at the end (``kept``), and
    Kendall's ``tau`` of the twenty levels (negative: falling).
    """

    fall: float
    z: float
    share: float
    kept: float
    tau: float

    def fell(self, z: float) -> bool:
        """True when the level fell by more than ``z`` standard errors, or level by level."""
        return self.z > z or self.tau < LEVEL_BY_LEVEL


@per_curve
def level_gain(curve: Curve) -> LevelGain:
    """How the level of a positive loss fell, however far single values scatter about it.

    Single batches may be so noisy that no first value is far from any later one, while the levels are. All 0 for other
    curves, and where a twentieth has fewer than five values.
    """
    y = curve.reduced.values
    count = len(y) // 20
    if count < FEWEST_OF_LEVEL or not curve.positive:
        return LevelGain(0.0, 0.0, 0.0, 0.0, 0.0)
    levels = arrays.block_medians(y, 20)
    fall, gain = float(levels[0]) - curve.end, float(levels[0] - levels.min())
    error = math.hypot(curve.standard_error(count), curve.standard_error(curve.end_count))
    z = fall / error if error > 0 else (math.inf if fall > 0 else 0.0)
    return LevelGain(fall, z, fall / float(levels[0]), fall / gain if gain > 0 else 0.0, arrays.kendall(levels))


def retained_gain(curve: Curve) -> float:
    """Share of the gain that is still held at the end, robustly: (start - end) / (start - best); 0 without a gain."""
    return (curve.start - curve.end) / curve.gain if curve.gain > 0 else 0.0


def noise_before(curve: Curve, until: int) -> float:
    """Noise of the reduced values before index ``until``, at most ``curve.sigma``: what comes later is no noise of before."""
    y = curve.reduced.values[:until]
    # the rounding of these values, not of what they may have exploded to
    floor = max(curve.resolution / math.sqrt(12.0), ROUNDING * float(np.abs(y).max(initial=0.0)))
    if until >= 8:
        settled = y[until // 3 :]
        slow = arrays.spread(settled - arrays.running_median(settled, max(3, len(settled) // 4) | 1))
        return max(floor, min(curve.sigma, 2.0 * slow), arrays.step_sigma(settled))
    if until >= 4:
        return max(min(curve.sigma, arrays.difference_sigma(y, 2)), floor)
    return curve.sigma


def count_returns(curve: Curve, low: float, high: float) -> int:
    """How often the smoothed curve came down from near ``high`` to near ``low`` (a quarter of what lies between)."""
    if high <= low:
        return 0
    height = (curve.smooth - low) / (high - low)
    up = height[(height >= 0.75) | (height <= 0.25)] > 0.5
    return int(np.count_nonzero(up[:-1] & ~up[1:]))


class TurningPoint(Record):
    """A curve after its best point.

    ``rise`` is end level minus best level (units of y), ``z`` the rise over its standard error, ``share`` the rise over
    ``scale``, ``tau`` Kendall's tau of what follows the best, ``after`` how many values follow it, ``step`` and ``x``
    where the best is.
    """

    rise: float
    z: float
    share: float
    tau: float
    after: int
    step: int
    x: float
    best: float
    end: float


@per_curve
def turning_point(curve: Curve) -> TurningPoint:
    """How the curve ended compared with its best level."""
    y, i = curve.reduced.values, curve.best_index
    width = max(3, len(y) // 40)
    around = y[max(0, i - width // 2) : i + width // 2 + 1]
    best = max(curve.best, arrays.median(around)) if len(around) >= 3 else curve.best
    after = len(y) - 1 - i
    count = max(1, min(curve.end_count, after))
    end = arrays.median(y[-count:])
    rise = max(0.0, end - best)
    whole = scale(curve)
    sigma = curve.sigma
    if i >= ENOUGH_BEFORE_TURN and rise > LARGE_RISE * whole:
        # a quadratic through a curve that waited and then turned leaves the turn itself as noise
        sigma = min(sigma, 2.0 * noise_before(curve, i))
    error = math.hypot(curve.standard_error(count, sigma), curve.standard_error(len(around), sigma))
    return TurningPoint(
        rise,
        rise / error if error > 0 else (math.inf if rise > 0 else 0.0),
        rise / whole if whole > 0 else math.inf,
        arrays.kendall(y[i:]) if after >= 2 else 0.0,
        after,
        curve.best_step,
        curve.best_x,
        best,
        end,
    )


class HeldRise(Record):
    """How a curve lies after its best, rather than how it rises.

    ``share`` is how well the rise is held to the end: 1 for a level that stays, 0 or less for one that does not. ``z`` is
    the rise over the noise of the two levels, whatever the step between them.
    """

    share: float
    z: float


@per_curve
def held_rise(curve: Curve) -> HeldRise:
    """How the last half of what follows the best lies above it.

    The share is where the lowest tenth of that half lies between best (0) and end (1), less what the half still falls, as
    a share of the rise. Unlike Kendall's tau it is high, too, where a curve jumps at once and then lies level. Both are
    0 without a rise, and where the half has fewer than three values.
    """
    turn, y = turning_point(curve), curve.reduced.values
    after = y[curve.best_index + 1 :]
    late = after[len(after) // 2 :]
    if turn.rise <= 0 or len(late) < 3:
        return HeldRise(0.0, 0.0)
    low = float(np.sort(late)[len(late) // 10])
    place = np.arange(len(late), dtype=np.float64)
    slope = arrays.theil_sen(place, late)
    share = min(1.0, (low - turn.best) / turn.rise) - max(0.0, -slope * (len(late) - 1) / turn.rise)
    if len(late) < ENOUGH_TO_SCATTER:
        return HeldRise(share, turn.z)
    noise = max(arrays.spread(late - slope * place), arrays.step_sigma(y), curve.noise_floor)
    return HeldRise(share, max(turn.z, turn.rise / (math.sqrt(2.0) * noise) if noise > 0 else math.inf))


@per_curve
def turned_up(curve: Curve) -> bool:
    """True when a curve ends clearly above its own best: by a share of its scale, climbing since and beyond its noise.

    Kendall's tau must be that of a climb, the surer the more values there are; few values must climb all but one way.
    """
    turn = turning_point(curve)
    if turn.after < FEWEST_AFTER_TURN or turn.share < CLEARLY_UP:
        return False
    compared = min(turn.after + 1, 60)
    climbs = turn.tau > SURE_CLIMB * arrays.kendall_error(compared)
    return climbs and (turn.tau >= -MONOTONE_TAU or turn.z > SURE_RISE)


def reached(curve: Curve, share: float) -> float:
    """Where in the run (0..1) the smoothed curve first held ``share`` of its gain; 1 if never."""
    target = curve.start - share * curve.gain
    below = np.flatnonzero(curve.smooth <= target)
    return float(curve.reduced.x[below[0]]) if len(below) and curve.gain > 0 else 1.0


@per_curve
def fell_significantly(curve: Curve) -> bool:
    """True when the fall is more than few values of noise with a memory may show by chance; not asked of many values.

    Either by its size against what follows it, or because it is all but monotone.
    """
    if len(curve.reduced) >= SMALL_SAMPLE:
        return True
    if curve.gain <= 0:
        return False
    y = curve.reduced.values
    # the commonest answer first
    if curve.gain >= CLEAR_CHANGE * difference_noise(y) or arrays.kendall(y) <= MONOTONE_TAU:
        return True
    after = y[curve.reduced.x >= reached(curve, 0.8)]
    return max(change_over_noise(curve.gain, part, y, 1) for part in (y[1:], after)) >= 1.0


def flat_from(curve: Curve) -> float:
    """Where in the run (0..1) the smoothed curve came within 10% of its scale (or 3 sigma) of its end to stay."""
    band = max(0.1 * scale(curve), 3.0 * curve.sigma)
    outside = np.flatnonzero(np.abs(curve.smooth - curve.end) > band)
    return float(curve.reduced.x[min(outside[-1] + 1, len(curve.reduced) - 1)]) if len(outside) else 0.0


@per_curve
def hops(curve: Curve) -> float:
    """How far the last third hops from value to value, as a share of the scale; what its number of values leaves of it.

    The median absolute step over the root of a third of how many values there are: of many values the level is known
    however noisy each is, of three or four it is not. Of a positive loss it is no larger than as a share of its level, for
    hops about a level that was hardly left mean little. 0 with fewer than three values.
    """
    late = curve.reduced.values[curve.reduced.x >= 2.0 / 3.0]
    whole = scale(curve)
    if len(late) < 3 or whole <= 0:
        return 0.0
    size = max(whole, arrays.median(late)) if curve.positive else whole
    return arrays.median(np.abs(arrays.differences(late))) / size / math.sqrt(max(1.0, len(late) / 3.0))


def hardly_moved(curve: Curve) -> bool:
    """True for a positive loss that gained next to nothing of its start, however surely it did."""
    return curve.positive and curve.gain < NEXT_TO_NOTHING * curve.start
