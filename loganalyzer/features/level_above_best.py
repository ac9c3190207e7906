"""Validation that lies above its best though no trend of its own shows it: by ranks, by a step, by orders of magnitude."""

from __future__ import annotations

from loganalyzer.features.curve import Curve
from loganalyzer.features.early_best import early_best, explosion
from loganalyzer.features.late_level import late_turn
from loganalyzer.features.levels import TurningPoint, fell_significantly, noise_before, scale, significance
from loganalyzer.features.turn_margins import OUT_OF_NOISE
from loganalyzer.model.record import Record

FEWEST_OF_TRAINING = 5
"""Of fewer training values none can be said to have fallen."""
MOST_BY_LEVEL = 60
"""Up to so many evaluations are judged by the level at which they lie after their best; more by the noise about it."""
LITTLE_LEARNED = 0.1
"""Training that lost less than this share of a positive start has learned next to nothing by heart."""
AT_BEST = 0.05
"""Training that ends within this share of the scale of its gain from its best is at its best."""
BY_LEVEL, BY_RANKS = 0.75, 0.6
"""The score of a level that only few evaluations show, and of a rise that only ranks show."""


class LevelAboveBest(Record):
    """Such a turn, what was lost as a share of the gain it is compared with (``lost``), whether validation had gained more
    than its noise (``gained``), how it was seen, and how sure that is (``score``, 0..1)."""

    turn: TurningPoint
    lost: float
    gained: bool
    by_ranks: bool
    score: float


def level_above_best(curve: Curve, train: Curve, level: float) -> LevelAboveBest | None:
    """How ``curve`` lies above its best by ``level`` of the scale of the gain or more, beside ``train``, which learned."""
    if train.count < FEWEST_OF_TRAINING or train.ends_non_finite:
        return None
    return _by_ranks(curve, train, level) or _by_level(curve, train, level)


def _by_ranks(curve: Curve, train: Curve, level: float) -> LevelAboveBest | None:
    """Late values that nearly all lie above an early stretch, beside training at its best."""
    turn = late_turn(curve)
    if turn is None or not fell_significantly(train):
        return None
    gained = curve.gain > OUT_OF_NOISE * noise_before(curve, curve.best_index)
    whole = scale(curve) if gained else scale(train)
    at_best = train.end - train.best <= AT_BEST * scale(train) and significance(train) > OUT_OF_NOISE
    if not at_best or whole <= 0 or turn.rise < level * whole:
        return None
    return LevelAboveBest(turn, turn.rise / whole, gained, True, BY_RANKS)


def _by_level(curve: Curve, train: Curve, level: float) -> LevelAboveBest | None:
    """A handful of evaluations that left their best at once and stayed away, or a rise by orders of magnitude."""
    exploded = explosion(curve)
    turn = exploded or (early_best(curve) if curve.count <= MOST_BY_LEVEL else None)
    learned = not (train.positive and train.gain < LITTLE_LEARNED * train.start) and fell_significantly(train)
    fell = train.end < train.start and (exploded is not None or learned)
    whole = scale(train)
    if turn is None or not fell or whole <= 0 or turn.rise < level * whole:
        return None
    return LevelAboveBest(turn, turn.rise / whole, False, False, BY_LEVEL)
