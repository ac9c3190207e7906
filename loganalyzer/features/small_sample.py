"""What a few values can show: how much of a change the noise of a short log could make by chance.

With many values the noise and its memory are measured. With a handful both are guesses, and a guess that comes out
small makes any change look large. So a change in a short log is compared with the root mean square of successive
differences (von Neumann, 1941; the differences of learning itself count as noise, which errs on the careful side)
times the quantile of Student's t that this many differences leave (Student, 1908).
"""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.model.run import Floats

SMALL_SAMPLE = 150
"""Of fewer values the memory of the noise is not well measured; a lag-1 correlation of 0.5 is allowed for."""

ENOUGH_TO_CLIP = 16
"""So many differences show which of them are spikes."""

COLOURED_NOISE = 1.6
"""How much larger than white noise a level of such noise may seem, the place of the change being chosen after the fact."""

CLEAR_CHANGE = 6.5
"""A change of this many deviations of all successive differences, its own steps among them, is no noise."""

CLEAR_OF_NOISE = 3.0
"""A fall of fewer deviations of the noise of a handful of values might be chance."""

HIDDEN = 0.5
"""A fall by this share of the level that would not stand out of the noise leaves open whether anything was learned."""

HANDFUL = 16
"""Fewer values may be too few and too noisy to tell learning from standing still."""

STUDENT = (318.3, 22.33, 10.21, 7.173, 5.893, 5.208, 4.785, 4.501, 4.297, 4.144, 4.025, 3.930, 3.852, 3.787, 3.733)
"""One-sided quantile of Student's t at one in a thousand for 1, 2, ... degrees of freedom."""


def student_quantile(freedom: int) -> float:
    """Student's t that is exceeded once in a thousand, for ``freedom`` >= 1 degrees of freedom."""
    if freedom <= len(STUDENT):
        return STUDENT[freedom - 1]
    normal = 3.0902
    # Cornish and Fisher, 1938, two terms
    return (
        normal
        + (normal**3 + normal) / (4 * freedom)
        + (5 * normal**5 + 16 * normal**3 + 3 * normal) / (96 * freedom**2)
    )


def difference_noise(values: Floats) -> float:
    """Noise from successive differences: their root mean square over sqrt 2; 0 for fewer than two values.

    Where there are enough of them, the steps of spikes count as no more than 4 robust deviations.
    """
    if len(values) < 2:
        return 0.0
    change = arrays.differences(values)
    if len(change) >= ENOUGH_TO_CLIP:
        usual = arrays.MAD_TO_SIGMA * arrays.median(np.abs(change))
        if usual > 0:
            change = arrays.within(change, -4.0 * usual, 4.0 * usual)
    return math.sqrt(float(change @ change) / len(change) / 2.0)


def change_over_noise(change: float, before: Floats, values: Floats, count: int, floor: float = 0.0) -> float:
    """``change`` over the most that noise may do by chance: from 1 on it is no noise; 0 without a change.

    ``before`` are the values that the change is not part of, in order; ``values`` all of them; ``count`` how many make
    up the level that changed (the mean of many is surer than one); ``floor`` is the least noise that there can be.
    """
    if change <= 0 or len(values) < 2:
        return 0.0
    surer = math.sqrt(min(1.0, 3.0 * 1.57 / max(1, count)))
    best = 0.0
    for part in (before, before[len(before) // 3 :]):  # learning is steepest at the start
        if len(part) >= 2:
            size = max(difference_noise(part), floor)
            most = COLOURED_NOISE * student_quantile(len(part) - 1) * size * surer
            best = max(best, change / most if size > 0 else math.inf)
    size = max(difference_noise(values), floor)
    return max(best, change / (CLEAR_CHANGE * size * surer) if size > 0 else math.inf)


def hides_half(values: Floats, *, of_returns: bool = False) -> bool:
    """True where fewer than ``HANDFUL`` positive values scatter so that a fall by ``HIDDEN`` of their level might be chance.

    A loss that fell so far would look the same, so such values do not show that nothing was learned. So it is with returns of
    one sign (``of_returns``; they come as what is to fall) that rose or fell by that share.
    """
    sizes = np.abs(values) if of_returns and len(values) and values.max() < 0 else values
    if not 2 <= len(sizes) < HANDFUL or sizes.min() <= 0:
        return False
    return difference_noise(sizes) * CLEAR_OF_NOISE > HIDDEN * arrays.median(sizes)
