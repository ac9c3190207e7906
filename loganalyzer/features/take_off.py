"""A curve that stood still and takes off at its very end: what it gained came late, and it was still coming."""

from __future__ import annotations

import math

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, per_curve
from loganalyzer.model.record import Record

FEWEST = 12
"""Of fewer values none stand still before others take off."""
LATE = 0.65
"""What came after this share of the values came late; by their number, for episodes grow longer as an agent learns."""
MOST = 0.5
"""The share of all that was gained that must have come late."""
OUT_OF_NOISE = 4.0
"""So many deviations of what stood before it, the late gain is no noise."""
WIDER = 2.0
"""The second half of what stood before it may be so many times calmer than the whole of it."""
STILL_COMING = 0.2
"""The share of the late gain by which the newest values are better than the ones before them: it goes on."""


class TakeOff(Record):
    """The late part of the gain as a share of all of it (``late``), and how far it stands out of the noise before (``z``)."""

    late: float
    z: float


NONE = TakeOff(0.0, 0.0)


@per_curve
def take_off(curve: Curve) -> TakeOff:
    """The gain of the end of a curve that did little before; nothing where it had come to rest again by then."""
    y = curve.reduced.values
    early = y[: math.ceil(LATE * len(y))]
    if len(y) < FEWEST or len(early) < FEWEST // 2 or len(y) - len(early) < 3:
        return NONE
    start, reached = arrays.median(early[: len(early) // 2]), float(arrays.running_median(early, 3).min())
    newest = max(3, len(y) // 20)
    end, before = arrays.median(y[-newest:]), arrays.median(y[-2 * newest : -newest])
    gained = reached - end
    if gained <= 0 or gained < MOST * (start - end) or before - end < STILL_COMING * gained:
        return NONE
    stood = early[len(early) // 2 :]  # what it gained at first is no noise
    wide = min(arrays.deviation(early), WIDER * arrays.deviation(stood))
    noise = max(min(arrays.spread(early), wide), wide / 2.0, curve.noise_floor)
    return TakeOff(gained / (start - end), gained / noise if noise > 0 else 1e9)
