"""An accuracy that stays low and yet goes on rising: of many classes ever more are right, by little."""

from __future__ import annotations

from loganalyzer.features import arrays
from loganalyzer.model.run import Floats

SLOW, TREND = 0.05, 4.0
"""A gain of this share of the level, by a trend of so many standard errors of Kendall's tau."""


def rises_slowly(values: Floats) -> bool:
    """Whether small shares (float64[n], as what is to fall) gained ``SLOW`` of their level, by a trend that is no chance."""
    tenth = max(1, len(values) // 10)
    gain = arrays.median(values[:tenth]) - arrays.median(values[-tenth:])
    surely = TREND * arrays.kendall_error(len(values))
    return gain > SLOW * abs(arrays.median(values)) and arrays.kendall(values) < -surely
