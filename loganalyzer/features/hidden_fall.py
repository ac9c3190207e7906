"""A fall that is no less one for being slow, late or hidden by noise: is this curve flat after all?"""

from __future__ import annotations

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.features.last_third import final_third
from loganalyzer.features.levels import SETTLED_FALL, hardly_moved
from loganalyzer.features.small_sample import HANDFUL
from loganalyzer.features.steady_fall import SETTLED_FROM, steady_fall

TREND = 4.0
"""A fall that so many standard errors of Kendall's tau confirm is a trend, however small it is beside the noise."""
ONE_WAY = 0.55
"""Kendall's tau of a curve that goes one way from start to end, however little."""
ONE_WAY_DOWN, CREEP = -0.9, 0.05
"""Kendall's tau of last two thirds that creep down without a way back, and the share of the gain that they do by."""
NEAR_START = 0.008
"""A loss that came to rest within this share of its start has learned next to nothing."""
APART = 4.0
"""A fall from third to third of so many deviations of both is no noise, however it came."""


def thirds_apart(curve: Curve) -> bool:
    """True when the last third lies clearly below the first, each beside its own scatter: a late step is no noise."""
    y, third = curve.reduced.values, len(curve.reduced) // 3
    if len(y) < HANDFUL:
        return False
    early, late = y[:third], y[-third:]
    fall = arrays.median(early) - arrays.median(late)
    return fall > APART * (arrays.spread(early) + arrays.spread(late))


def still_falls(curve: Curve) -> bool:
    """True when the last third still goes down."""
    last = final_third(curve)
    return last.tau < -0.5 and last.share > 0.05


def falls_one_way(curve: Curve) -> bool:
    """True when the last two thirds go down all but one way, out of their noise, by some share of the gain."""
    whole = steady_fall(curve)
    fall = curve.value_at(curve.step_at(SETTLED_FROM)) - curve.end
    return whole.tau < ONE_WAY_DOWN and whole.z > TREND and fall > CREEP * curve.gain


def crept(curve: Curve) -> bool:
    """True when it fell all along and got nowhere, or came to rest next to where it began."""
    one_way = arrays.kendall(curve.reduced.values) < -ONE_WAY
    return one_way and (hardly_moved(curve) or (came_to_rest_near(curve) and not still_falls(curve)))


def came_to_rest_near(curve: Curve) -> bool:
    """True for a positive loss that lies next to its start once its last third hardly falls."""
    return curve.positive and curve.gain < NEAR_START * curve.start and final_third(curve).share <= SETTLED_FALL
