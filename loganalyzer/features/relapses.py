"""Relapses: how often a curve lost much of what it had gained so far, and came back; a question of levels that last."""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, per_curve
from loganalyzer.features.stages import stages
from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats

WORTH_LOSING = 0.5
"""A relapse is from a level that held this share of the whole gain, or more."""
LOST = 0.5
"""It loses this share of what had been gained until then; as large a share of it must come back before the next one."""
OUT_OF_NOISE = 1.5
"""It is so many deviations of the noise from level to level."""
SETTLED_SINCE = 2.0 / 3.0
"""A curve without a relapse after this share of its levels has settled."""
NEAR_START, USUAL = 0.1, 0.6
"""A curve that learned has left its start by this share of its gain in nine of ten later levels, and by that one usually,"""
CLIMBS = -0.35
"""or it comes ever further, by Kendall's tau (negative: better): means of few episodes may begin anywhere."""
OFTEN, BEYOND_START = 3, 0.5
TWICE, CLEAR = 2, 6.0
"""One that falls back to its start has done so this often, twice where it gained so many deviations of single values, and
is hardly ever worse by more than that share of its gain."""


class Relapses(Record):
    """How often the level fell back (``count``), and the sum of the shares that it lost of what it had gained (``lost``)."""

    count: int
    lost: float


@per_curve
def relapses(curve: Curve) -> Relapses:
    """The relapses of ``curve`` from stage to stage, however widely single values scatter: a lone value is no level."""
    seen = stages(curve)
    if len(seen.levels) < 2:
        return Relapses(0, 0.0)
    lost = _lost(seen.each, seen.noise)
    return Relapses(len(lost), sum(lost))


def _lost(levels: Floats, noise: float) -> list[float]:
    """What each relapse of ``levels`` (lower is better) lost of what was gained until then; ``noise`` is that of single values."""
    # of a steep start the first twentieth has gained much already
    start = max(arrays.median(levels[: max(3, len(levels) // 20)]), arrays.median(levels[:3]))
    whole, later = start - float(levels.min()), np.sort(levels[len(levels) // 3 :])
    rarely, usually = float(later[int(0.9 * (len(later) - 1))]), float(later[len(later) // 2])
    if whole <= 0:
        return []
    left = start - rarely >= NEAR_START * whole and (
        start - usually >= USUAL * whole or arrays.kendall(levels) < CLIMBS
    )
    lost: list[float] = []
    best, worst, relapsed, last = start, start, False, 0
    for place, level in enumerate(levels.tolist()):
        if relapsed:
            worst, last = max(worst, level), place
            lost[-1] = max(lost[-1], min(1.0, (level - best) / (start - best)))
            if worst - level >= LOST * (worst - best):
                relapsed, best = False, level
            continue
        best = min(best, level)
        gained = start - best
        if gained >= WORTH_LOSING * whole and level - best >= max(OUT_OF_NOISE * noise, LOST * gained):
            lost.append(min(1.0, (level - best) / gained))
            relapsed, worst, last = True, level, place
    # what wanders about its start is as often better as worse
    often = TWICE if whole > CLEAR * noise else OFTEN
    back_to_start = rarely - start <= BEYOND_START * whole and len(lost) >= often
    return lost if last > SETTLED_SINCE * len(levels) and (left or back_to_start) else []
