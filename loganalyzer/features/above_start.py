"""Is this loss above where it began, whatever it did in between? Margins: 1 is as far as the limits ask for."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, parabola
from loganalyzer.features.rise import EXPLOSION
from loganalyzer.model.run import Floats

FAR_UP, OUT_OF_CHANCE, NEARLY_ALL, ENOUGH_TO_SCATTER = 2.2, 1.9, 0.85, 12
"""A level of so many times the first value, so many deviations of its logarithm above it, and so much of the run far
above it: a loss that was thrown up. Fewer values show it only on a level that hardly scatters."""
FEWEST_ON_A_LEVEL, FAR_OUT_OF_CHANCE, KEPT = 8, 10.0, 0.7
"""So few values show it where the later half lies so many of its deviations above the first value, and keeps so much of
the rise of the earlier half: what comes down again learns."""


def above_start(curve: Curve, z: float, stays: float) -> float:
    """Margin for a run whose last third lies above where it began, by far more than the noise of its first third."""
    y, third = curve.reduced.values, len(curve.reduced) // 3
    if len(y) < 12:
        return 0.0
    early, late = y[:third], y[-third:]
    slow = arrays.spread(early - parabola(curve.reduced.x[:third], early))
    noise = max(arrays.step_sigma(early), slow, 1e-12 * curve.value_range)
    level = max(curve.start, arrays.median(early[: max(3, third // 4)]))
    rise = arrays.median(late) - level
    if rise <= 0 or noise <= 0:
        return 0.0
    up = arrays.share(late > level + 0.1 * rise)
    late_noise = 0.5 * arrays.spread(late)
    return min(rise / noise / z, rise / max(late_noise, 1e-300), (up / stays) ** 4)


class _Above(NamedTuple):
    """Logarithms of a positive loss over its start (``over``), their ``level`` in the later half, and that in deviations."""

    over: Floats
    level: float
    apart: float


def _log_above(curve: Curve, first: int) -> _Above:
    """How far ``curve`` lies above the highest of its ``first`` values, in logarithms."""
    y = curve.reduced.values
    over = np.log(y[first:] / float(y[:first].max()))
    late = over[len(over) // 2 :]
    level, noise = arrays.median(late), arrays.deviation(late)
    return _Above(over, level, level / noise if noise > 0 else math.inf)


def orders_above(curve: Curve, z: float, stays: float) -> float:
    """Margin for a positive loss that lies orders of magnitude above its start, whose noise grows with it.

    Measured in logarithms: the level of the later half over the first value, by the spread of that half.
    """
    if len(curve.reduced) < 5 or not curve.positive:
        return 0.0
    above = _log_above(curve, 1)
    up = arrays.share(above.over > 0.5 * math.log(EXPLOSION))
    return min(above.level / math.log(EXPLOSION), above.apart / z, (up / stays) ** 4)


def thrown_up(curve: Curve) -> float:
    """Margin for a positive loss that left its start for good at once and scatters, or lies still, far above it."""
    y = curve.reduced.values
    if len(y) < FEWEST_ON_A_LEVEL or not curve.positive:
        return 0.0
    above = _log_above(curve, max(1, len(y) // 100))  # of many values some low ones at first are chance
    up = arrays.share(above.over > 0.5 * math.log(FAR_UP))
    # a first value that is low by chance is no start
    margin = min(above.level / math.log(FAR_UP), above.apart / OUT_OF_CHANCE, (up / NEARLY_ALL) ** 4)
    if len(y) >= ENOUGH_TO_SCATTER:
        return margin
    half = len(y) // 2
    kept = (arrays.median(y[half:]) - y[0]) / max(arrays.median(y[1:half]) - y[0], 1e-300)
    return min(margin, above.apart / FAR_OUT_OF_CHANCE, float(kept) / KEPT)
