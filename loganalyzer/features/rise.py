"""How a curve ended above its best level: from where on, how far, and beside which noise."""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, parabola
from loganalyzer.features.levels import ENOUGH_BEFORE_TURN, noise_before, scale
from loganalyzer.features.small_sample import SMALL_SAMPLE
from loganalyzer.model.record import Record

EXPLOSION = 10.0
"""A rise of so many times the range of everything before it is an explosion."""
NO_GAIN = 0.02
"""A curve that gained no more than this share of its range gained nothing."""
OUT_OF_NOISE = 4.0
"""So many deviations of the noise a gain, or a value above the best level, must be to be one."""

ENOUGH_OF_LEVEL = 16
"""So many values of the good level show how they scatter there."""
NEAR_BEST = 0.3
"""Values within this share of the scale of the gain above the best have reached the good level."""
STRAY = 0.1
"""This share of the values, at the top and at the bottom, may lie anywhere about a level that does not move."""


class Rise(Record):
    """How a curve ended compared with its best level.

    ``departed`` and ``best_at`` are indices of the reduced curve: of the first value of the last excursion above the
    good level, and of the best value. In the units of the curve: ``best`` (the best smoothed level), ``end`` (the
    median of the last ``count`` values), ``height`` between them, ``noise`` of the values before the departure, ``seen``
    (how far anything before it lay above the best) and ``scale`` of the gain. ``z`` is the height over its standard
    error, ``never_gained`` says that nothing was gained that could be lost.
    """

    departed: int
    best_at: int
    best: float
    end: float
    count: int
    height: float
    noise: float
    seen: float
    scale: float
    z: float
    never_gained: bool

    @property
    def exploded(self) -> bool:
        """True when the rise is far larger than everything before it."""
        return self.departed >= 2 and self.height > EXPLOSION * self.seen


def measure_rise(curve: Curve) -> Rise:
    """The rise from the best level of ``curve`` (five reduced values or more) to its end; none has a height below 0."""
    y, whole = curve.reduced.values, scale(curve)
    departed, best_at = _departure(curve, whole)
    noise, never_gained = _noise_before_departure(curve, departed)
    noise = max(noise, _noise_of_level(curve, departed, best_at, whole))
    after = len(y) - departed
    count = max(1, min(curve.end_count, max(3, after // 2), after))
    best, end = float(curve.smooth[best_at]), arrays.median(y[-count:])
    height = end - best
    error = math.hypot(curve.standard_error(count, noise), noise / 2)
    return Rise(
        departed=departed,
        best_at=best_at,
        best=best,
        end=end,
        count=count,
        height=height,
        noise=noise,
        seen=float(y[: max(1, departed)].max() - best),
        scale=whole,
        z=height / error if error > 0 else (math.inf if height > 0 else 0.0),
        never_gained=never_gained,
    )


def kind_of(curve: Curve, rise: Rise, departed: int) -> str:
    """``blow-up`` for a rise at one blow or only towards the end, else ``rising``; ``departed``: where it began."""
    y, n = curve.reduced.values, len(curve.reduced)
    first, width = max(0, departed - 2), max(2, n * 3 // 100) + 2
    sudden = departed > n // 20 and bool((y[first : first + width] > rise.best + 0.5 * rise.height).any())
    at_the_end = arrays.median(y[-max(3, n // 3) :]) - rise.best < 0.1 * rise.height
    left_late = rise.end > curve.start and departed > n // 2
    return "blow-up" if sudden or at_the_end or left_late else "rising"


def onset_of(curve: Curve, rise: Rise, departed: int) -> int:
    """The step after the last value that was as good as the best within its noise; an exponential rise is long unseen."""
    noise = rise.noise
    if rise.best_at >= ENOUGH_BEFORE_TURN:
        noise = min(noise, noise_before(curve, rise.best_at))
    near = rise.best + min(0.3 * rise.height, max(OUT_OF_NOISE * noise, 0.01 * rise.scale))
    good = np.flatnonzero(curve.smooth <= near)
    index = int(good[-1]) + 1 if len(good) else departed
    return int(curve.reduced.steps[min(index, len(curve.reduced) - 1)])


def _noise_before_departure(curve: Curve, departed: int) -> tuple[float, bool]:
    """The noise before the curve left its good level (the rise must not count as noise); whether it never gained."""
    y, nothing = curve.reduced.values, NO_GAIN * curve.value_range
    noise = noise_before(curve, departed)
    if len(y) >= 8 and curve.gain <= nothing:
        # of the calmer first half, whatever the second does
        half = y[: min(len(y) // 2, departed) if departed >= 8 else len(y) // 2]
        slow = arrays.spread(half - parabola(curve.reduced.x[: len(half)], half))
        noise = max(arrays.step_sigma(half), slow)
    never_gained = curve.gain <= max(OUT_OF_NOISE * noise, nothing)
    if never_gained and departed >= 3 and len(y) >= SMALL_SAMPLE:
        noise = max(noise, arrays.spread(y[:departed]))
    return noise, never_gained


def _noise_of_level(curve: Curve, departed: int, best_at: int, whole: float) -> float:
    """The noise of what lies between the first value of the good level and the departure; 0 where that is too short.

    It may be far larger than the noise of the way there: the better an agent plays, the more its returns scatter.
    """
    y = curve.reduced.values
    near = curve.smooth[:departed] <= float(curve.smooth[best_at]) + NEAR_BEST * whole
    reached = y[int(np.argmax(near)) : departed] if near.any() else y[:0]
    return arrays.step_sigma(reached) if len(reached) >= ENOUGH_OF_LEVEL else 0.0


def _departure(curve: Curve, whole: float) -> tuple[int, int]:
    """Index (reduced) of the first value of the last excursion above the good level, and of the best before it."""
    y, best_at = curve.reduced.values, curve.best_index
    level = float(curve.smooth[best_at])
    end = arrays.median(y[-min(3, len(y)) :])
    bar = level + max(0.3 * (end - level), 0.1 * whole)
    return stays_above(curve, bar), best_at


def creeps(curve: Curve, rise: Rise, little: float) -> bool:
    """True for a positive loss of which all values but strays lie within a share ``little`` of its start: nothing was
    learned, and nothing lost; it crept up, or scatters."""
    y = np.sort(curve.reduced.values)
    tail = int(STRAY * len(y))
    start = arrays.median(curve.reduced.values[: max(1, len(y) // 20)])
    moved = max(start - float(y[tail]), float(y[len(y) - 1 - tail]) - start, rise.end - start)
    return curve.positive and moved < little * start


def stays_above(curve: Curve, level: float) -> int:
    """Index (reduced) from which the running median stays above ``level``, the last one at most."""
    y = curve.reduced.values
    slow = arrays.running_median(y, max(3, len(y) // 8) | 1)  # one lucky value is no return
    low = np.flatnonzero(slow <= level)
    return min(int(low[-1]) + 1 if len(low) else 0, len(y) - 1)
