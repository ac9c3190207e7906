"""Did a curve ever leave its start, beyond its noise?"""

from __future__ import annotations

import math
from typing import Protocol

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.features.hidden_fall import ONE_WAY, came_to_rest_near, thirds_apart
from loganalyzer.features.levels import KEPT_GAIN, hardly_moved, level_gain, retained_gain, significance
from loganalyzer.features.small_sample import HANDFUL
from loganalyzer.features.take_off import OUT_OF_NOISE, take_off

SURE = 2.0
"""So many times ``z`` a gain of validation must be to speak for training, too."""
EXCUSED = 0.7
"""The most margin of a run that stands still for a reason."""
LOST = 0.3
"""A curve that holds less of its gain than this at the end has lost it."""
WITHOUT_A_TRACE = 1.3
"""The least margin of a small gain that was lost."""


class Least(Protocol):
    """What counts as a gain: ``z`` standard errors of it, and ``small``, its share of a positive start."""

    @property
    def z(self) -> float:
        """The least gain in standard errors."""

    @property
    def small(self) -> float:
        """The least gain of a level, as a share of a positive start value."""


def never_margin(curve: Curve, judged: Curve | None, least: Least, *, learned: bool) -> float:
    """How little ``curve`` gained against its limits (1: less than that counts as nothing).

    ``learned`` says that an accuracy rose, ``judged`` is the validation objective.
    """
    z, held = significance(curve), retained_gain(curve)
    margin = least.z / z if z > 0 else math.inf
    if held < LOST and curve.gain < 6 * curve.sigma:
        margin = max(margin, WITHOUT_A_TRACE)
    y = curve.reduced.values
    # of a handful that still falls, the level at the end is one of the way
    if 0 < len(y) < HANDFUL and curve.gain > 0:
        held = max(held, (curve.start - float(y[-1])) / curve.gain)
    falls = held > 0.8 and arrays.kendall(y) < -ONE_WAY
    if (
        learned
        or falls
        or _level_fell(curve, least)
        or thirds_apart(curve)
        or take_off(curve).z > OUT_OF_NOISE
        or validation_learned(judged, curve, least)
    ):
        margin = min(margin, EXCUSED)
    return margin


def _level_fell(curve: Curve, least: Least) -> bool:
    """True when the level of a positive loss clearly fell, however far single values of it scatter."""
    level = level_gain(curve)
    return level.share > least.small and level.fell(least.z)


def validation_learned(judged: Curve | None, curve: Curve, least: Least) -> bool:
    """True when validation fell clearly and stayed down: then the noise of training only hides what it learned."""
    if judged is None or judged is curve or hardly_moved(judged) or came_to_rest_near(judged):
        return False
    return significance(judged) > SURE * least.z and retained_gain(judged) >= KEPT_GAIN
