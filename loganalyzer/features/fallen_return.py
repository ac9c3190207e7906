"""An agent's return that fell back to where it began and stays there, however far single evaluations scatter."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from loganalyzer.features.curve import Curve
from loganalyzer.features.late_level import OUT_OF_CHANCE, late_turn
from loganalyzer.features.relapses import FEWEST, OFTEN, relapses
from loganalyzer.features.rise import Rise, measure_rise

LOST_AGAIN = 0.6
"""A return that lost this share of what it had gained has collapsed."""


class Fall(NamedTuple):
    """The fall (lower is better, so it is a rise), the index from which it was seen, and its margin (1: just enough)."""

    rise: Rise
    departed: int
    margin: float


def fallen_return(curve: Curve) -> Fall | None:
    """The fall of a return, by ranks: its last third beside its best stretch; None where there is none, or relapses come
    and go."""
    turn = late_turn(curve)
    if turn is None or len(curve.reduced) < FEWEST or curve.gain <= 0 or relapses(curve).count >= OFTEN:
        return None
    rise, least = measure_rise(curve), LOST_AGAIN * curve.gain
    margin = min(turn.rise / least, (rise.end - rise.best) / least, (turn.z / OUT_OF_CHANCE) ** 0.5)
    departed = int(np.searchsorted(curve.reduced.steps, turn.step))
    return Fall(rise, departed, margin) if margin >= 1.0 else None
