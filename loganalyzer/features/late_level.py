"""A curve whose late values nearly all lie above an early stretch, however far they scatter: a question of ranks."""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, per_curve
from loganalyzer.features.levels import TurningPoint, scale, significance

FEWEST, MOST = 12, 150
"""Of fewer values ranks say nothing; of more the noise about the levels is known."""
STRETCH = 4
"""The least number of values of the early stretch; else a sixth of all."""
ABOVE = 0.9
"""The share of pairs of an early and a late value of which the late one must be higher."""
SURELY_ABOVE = 0.96
"""The same of a curve whose gain is hardly beyond its noise, which has little to lose."""
GAINED = 3.0
"""A gain of so many standard errors is one."""
WORTH_A_LOOK = 0.05
"""A late level within this share of the range of the curve from its best level is not compared any further."""
OUT_OF_CHANCE = 2.3
"""The same in standard deviations of what it is by chance."""


@per_curve
def late_turn(curve: Curve) -> TurningPoint | None:
    """How the last third lies above the stretch before it with the lowest median; None where it does not by its ranks.

    ``best`` and ``end`` are the two medians, ``z`` is that of Mann and Whitney (1947), less for noise with a memory.
    """
    y, x = curve.reduced.values, curve.reduced.x
    late = y[x >= 2.0 / 3.0]
    width, before = max(STRETCH, len(y) // 6), len(y) - len(late)
    if not FEWEST <= len(y) <= MOST or len(late) < STRETCH or before < width:
        return None
    end = arrays.median(late)
    if end - curve.best < WORTH_A_LOOK * curve.value_range:
        return None  # no stretch is better than the best level: nothing rose
    windows = np.lib.stride_tricks.sliding_window_view(y[:before], width)
    medians = np.median(windows, axis=1)
    first = int(medians.argmin())
    above = float((late[None, :] > windows[first][:, None]).mean())
    memory = (1.0 + curve.lag1) / (1.0 - curve.lag1)
    z = (above - 0.5) / math.sqrt(memory * (width + len(late) + 1) / (12.0 * width * len(late)))
    rise, middle = end - float(medians[first]), first + width // 2
    if rise <= 0 or above < (ABOVE if significance(curve) > GAINED else SURELY_ABOVE) or z < OUT_OF_CHANCE:
        return None
    whole = scale(curve)
    share = rise / whole if whole > 0 else math.inf
    step, after = int(curve.reduced.steps[middle]), len(y) - 1 - middle
    tau = arrays.kendall(y[middle:])
    return TurningPoint(rise, z, share, tau, after, step, float(x[middle]), float(medians[first]), end)
