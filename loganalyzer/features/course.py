"""The course of a return through its stages: was what it gained luck that passed, was it kept, was it lost?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, per_curve
from loganalyzer.features.ramp import climb
from loganalyzer.features.returns import FEW
from loganalyzer.features.stages import Stages, stages

PASSING = 0.08
"""A better level that no more than this share of all values had, and that was lost again, was luck."""
BACK = 0.3
"""A level this share of the gain above the start is as good as the start."""
LASTING = 0.25
"""What was gained lasts where this share of the values, the last ones among them, kept half of it."""
APART = 1.0
"""A level so many deviations of single values better than the first is another one: most later values are better than most
early ones."""
OVER = 0.05
"""So short an end may be a few poor episodes."""
AT_REST = 4.0
"""A ramp that was over before must be so much nearer to a return that came to rest than one that rises to the end."""
LONG, CLEARLY = 0.2, 2.0
"""A better level that so many of all values had, and that lay so many deviations of single values apart, was no luck."""
HELD, SLIPPED = 0.1, 0.25
"""A level that more than this share of the values had was held; an end that much of the gain below it is no rest there."""


@per_curve
def passing_gain(curve: Curve) -> bool:
    """True where all that a return gained was a short burst, before and after which it lay where it began."""
    seen = stages(curve)
    if len(seen.levels) < 3:
        return False
    start, gain, better = _gain(seen)
    share = float(better.mean())
    return 0.0 < share <= PASSING and not better[-1] and abs(float(seen.levels[-1]) - start) <= BACK * gain


@per_curve
def lasting_gain(curve: Curve) -> bool:
    """True where a return came to another, better level and kept it."""
    seen = stages(curve)
    if len(seen.levels) < 2:
        return False
    start, gain, kept = _gain(seen)
    ends = float(seen.levels[-1] if seen.counts[-1] > OVER * seen.counts.sum() else seen.levels[-2])
    return start - ends > max(0.5 * gain, APART * seen.noise) and float(kept.mean()) >= LASTING


@per_curve
def slipped(curve: Curve) -> bool:
    """True where a return ends, for more than a few episodes, below the best level that it had held, by much of its gain."""
    seen = stages(curve)
    held = seen.levels[seen.shares > HELD]
    if len(held) < 2 or seen.shares[-1] <= HELD:
        return False
    gain = float(seen.levels[0] - held.min())
    return gain > APART * seen.noise and float(seen.levels[-1] - held.min()) > SLIPPED * gain


@per_curve
def came_to_rest(curve: Curve) -> bool:
    """True where a return came to another, better level, kept it, and was there well before its end."""
    return lasting_gain(curve) and climb(curve) < -AT_REST and not slipped(curve)


@per_curve
def nothing_gained(curve: Curve) -> bool:
    """True where the means of many episodes show no change of level at all."""
    return curve.source is not None and len(curve.source) >= FEW and len(stages(curve).levels) == 1


@per_curve
def ever_better(curve: Curve) -> bool:
    """True where every stage of a return, two or more, is better than the one before."""
    levels = stages(curve).levels
    return len(levels) > 1 and bool((arrays.differences(levels) < 0).all())


@per_curve
def unlearned(curve: Curve) -> bool:
    """True where a return had come to another, better level for more than a burst and ends, to stay, where it began."""
    seen = stages(curve)
    if len(seen.levels) < 3:
        return False
    start, gain, better = _gain(seen)
    each, share = seen.each, float(better.mean())
    newest = each[int((1.0 - OVER) * len(each)) - 1 :]
    if share <= PASSING or gain <= APART * seen.noise or not bool((newest > start - 0.5 * gain).all()):
        return False
    # what wanders about its start is as often worse as better, but not far out of its noise for long and only then worse
    first = seen.levels[: int(seen.levels.argmin())]
    clear = share >= LONG and gain > CLEARLY * seen.noise and float(first.max()) < start + 0.5 * gain
    return clear or float(seen.levels.max()) < start + gain


def _gain(seen: Stages) -> tuple[float, float, NDArray[np.bool_]]:
    """The level of the first stage, how much better the best one is (0 or more), and which values are at least half of that
    better."""
    start = float(seen.levels[0])
    gain = max(0.0, start - float(seen.levels.min()))
    return start, gain, seen.each < start - 0.5 * gain
