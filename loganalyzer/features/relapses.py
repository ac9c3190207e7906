"""Relapses: how often a curve lost much of what it had gained so far, and came back; a question of levels that last."""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, per_curve
from loganalyzer.features.returns import noise_of_running_mean, running_window
from loganalyzer.features.small_sample import difference_noise
from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats, Series

FEWEST = 20
"""Of fewer levels none is seen to come and go."""
WORTH_LOSING = 0.5
"""A relapse is from a level that held this share of the whole gain, or more."""
LOST = 0.5
"""It loses this share of what had been gained until then; as large a share of it must come back before the next one."""
OUT_OF_NOISE = 5
"""It is so many deviations of the noise from level to level."""
SETTLED_SINCE = 2.0 / 3.0
"""A curve without a relapse after this share of its levels has settled."""
NEAR_START, USUAL = 0.1, 0.6
"""A curve that learned has left its start by this share of its gain in nine of ten later levels, and by that one usually,"""
CLIMBS = -0.35
"""or it comes ever further, by Kendall's tau (negative: better): means of few episodes may begin anywhere."""
WALK = (-0.35, 0.15)
"""Steps of noise with a memory correlate with the next ones by so much; those of white noise about swings by less, of
swings by more."""
PER_WINDOW = 4
"""So many values of each window of a running mean are looked at."""
OFTEN, BEYOND_START = 3, 0.25
"""One that falls back to its start has done so this often, and is hardly ever worse by more than that share of its gain."""


class Relapses(Record):
    """How often the level fell back (``count``), and the sum of the shares that it lost of what it had gained (``lost``)."""

    count: int
    lost: float


@per_curve
def relapses(curve: Curve) -> Relapses:
    """The relapses of ``curve`` (of the series it holds means of, where it does), at the scale that shows most of them.

    Values are averaged in ever wider blocks, for a relapse may be as short as a few values of a calm log, or hidden by
    the noise of single ones. A median of three neighbours is taken first: a lone value is no level. What a running mean
    does by chance is known from its steps, however smooth it looks.
    """
    whole = curve if curve.source is None else _as_logged(curve, curve.source)
    y, chance = whole.reduced.values, 0.0
    window = running_window(whole.values)
    if window:
        y, chance = whole.values[:: max(1, window // PER_WINDOW)], noise_of_running_mean(whole.values, window)
    best, walks = Relapses(0, 0.0), not window and WALK[0] < arrays.lag1(arrays.differences(y)) < WALK[1]
    while len(y) >= FEWEST:
        noise = max(difference_noise(y), difference_noise(y[len(y) // 2 :]), chance)
        lost = _lost(arrays.running_median(y, 3), OUT_OF_NOISE * noise, walks=walks)
        if sum(lost) > best.lost:
            best = Relapses(len(lost), sum(lost))
        half = len(y) // 2
        y = np.asarray(y[: 2 * half].reshape(half, 2).mean(axis=1))
    return best


def _as_logged(curve: Curve, source: Series) -> Curve:
    return Curve(curve.name, source.steps, source.values, curve.sign, curve.origin, curve.span)


def _lost(levels: Floats, least: float, *, walks: bool) -> list[float]:
    """What each relapse of ``levels`` (lower is better), a rise of ``least`` or more, lost of what was gained until then.

    ``walks`` says that the curve may be noise with a memory, which wanders away from its start and back by itself.
    """
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
        if gained >= WORTH_LOSING * whole and level - best >= max(least, LOST * gained):
            lost.append(min(1.0, (level - best) / gained))
            relapsed, worst, last = True, level, place
    # what wanders about its start is as often better as worse
    back_to_start = not walks and rarely - start <= BEYOND_START * whole and usually < start and len(lost) >= OFTEN
    return lost if last > SETTLED_SINCE * len(levels) and (left or back_to_start) else []
