"""How much of what training learned never reached validation."""

from __future__ import annotations

from loganalyzer.features.curve import Curve
from loganalyzer.features.last_third import final_third
from loganalyzer.features.levels import significance

BY_HEART = 0.1
"""A positive training loss that ends below this share of its start fits the training data nearly perfectly."""
CLEARLY_LOWER = 0.6
"""One that ends below this share of its start clearly learned something of the training data."""
NOTHING = 0.9
"""Validation that lacks so much of what training gained has learned nothing of it."""
SAME_MEASURE = 1.5
"""Two losses that begin within this factor of each other are taken for the same measure on other data."""
ON_ITS_WAY = 0.05
"""Validation that fell by this share of training's gain in its last third is still coming."""
SIGNIFICANT = 6.0
"""The least gain of training in standard errors for its size to be compared with anything."""


def lacking_share(train: Curve, held_out: Curve) -> float:
    """What validation lacks at the end of what training gained, as a share of that gain; 0 where it cannot be said.

    Both must be positive losses that begin at about the same level, so that they are the same measure, training must
    have come down to next to nothing (or clearly, where nothing at all reached validation), and validation must have come
    to rest. Invariant to y -> a*y.
    """
    if not (train.positive and held_out.positive) or train.ends_non_finite or held_out.ends_non_finite:
        return 0.0
    begun_alike = train.start / SAME_MEASURE <= held_out.start <= train.start * SAME_MEASURE
    if not begun_alike or train.end > CLEARLY_LOWER * train.start or significance(train) < SIGNIFICANT:
        return 0.0
    if final_third(held_out).drop > ON_ITS_WAY * train.gain:
        return 0.0
    reached = max(train.start, held_out.start) - held_out.end
    lacking = 1.0 - reached / (train.start - train.end)
    return lacking if train.end <= BY_HEART * train.start or lacking >= NOTHING else 0.0
