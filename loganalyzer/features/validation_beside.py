"""What validation says of a rise of training: had it learned, and does it stay where it was?"""

from __future__ import annotations

import math

from loganalyzer.features import arrays
from loganalyzer.features.levels import CLEARLY_UP, scale, significance
from loganalyzer.features.view import View

SEEN_AFTER = 3
"""So many evaluations since training rose show whether validation did, too."""


def validation_fell(view: View, z: float) -> bool:
    """True where validation learned: then a first training value below all others is one of an easy batch."""
    held_out = view.validation
    if view.train is None or held_out is None or held_out.count < 5:
        return False
    return significance(held_out) > z


def validation_stays(view: View, since: int) -> bool:
    """True where validation lies near its best after the step ``since`` at which training rose: the weights are as good."""
    held_out = view.validation
    if held_out is None or held_out.ends_non_finite:
        return False
    after = held_out.values[held_out.finite_steps > since]
    end = arrays.median(after[-max(SEEN_AFTER, len(after) // 3) :]) if len(after) >= SEEN_AFTER else math.inf
    return end - held_out.best <= CLEARLY_UP * scale(held_out)
