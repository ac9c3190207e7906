"""Where a handful of points went, from the first to the last: what can be said of a curve that is too short for a trend."""

from __future__ import annotations

from loganalyzer.features.curve import Curve

CHANGED = 0.02
"""A curve within this share of its first value has hardly changed."""
LOST = 0.5
"""A curve that lost this share of what it had gained is getting worse."""
FEWEST = 2
"""Of fewer points no direction is told."""


def direction(curve: Curve) -> str:
    """Whether the curve got worse (rising), hardly changed (flat), or neither (found)."""
    if curve.count < FEWEST:
        return "found"
    first, last, best = float(curve.values[0]), float(curve.values[-1]), float(curve.values.min())
    least = CHANGED * abs(first)
    if last > first + least or (first - best > least and last - best > LOST * (first - best)):
        return "rising"
    return "flat" if first - last < least else "found"
