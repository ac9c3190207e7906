"""Validation that lies above its best though no trend of its own shows it: by ranks, by a step, by orders of magnitude."""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.features.early_best import early_best, explosion
from loganalyzer.features.late_level import late_turn
from loganalyzer.features.levels import (
    TurningPoint,
    fell_significantly,
    noise_before,
    scale,
    significance,
    turning_point,
)
from loganalyzer.features.turn_margins import FEWEST_OF_TRAINING, OUT_OF_NOISE
from loganalyzer.model.record import Record

MOST_BY_LEVEL = 400
"""Up to so many evaluations are judged by the level at which they lie after their best; more by the noise about it."""
LITTLE_LEARNED = 0.1
"""Training that lost less than this share of a positive start has learned next to nothing by heart."""
AT_BEST = 0.05
"""Training that ends within this share of the scale of its gain from its best is at its best."""
BY_LEVEL, BY_RANKS = 0.75, 0.6
"""The score of a level that only few evaluations show, and of a rise that only ranks show."""

FEWEST_LATE, MOSTLY = 2, 0.4
"""So many late values and more, three in four of which hold so much of the rise, show that noisy validation is past its best."""
PAST_BEST = 0.2
"""The share of its scale by which validation lies above its best, however far it scatters."""
OWN_SCALE, STANDS_OUT = 0.1, 3.0
"""Validation that gained less than this share of what training did, or no more than so many standard errors, has no scale
of its own: it must have risen by as many, or training have halved."""
FAR_OUT_OF_NOISE, WENT_ON, LEFT = 15.0, 0.2, 0.6
"""Training that gained so many standard errors and went on by this share of its scale, or to this share of its level,
since validation was best left it behind; ..."""
MANIFOLD, LEFT_A_LITTLE = 1.5, 0.75
"""... to this share of its level is enough where a positive validation loss ends so many times above its best."""
LEFT_BEHIND = 0.58
"""The score of validation that was left behind."""


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
    return _by_ranks(curve, train, level) or _by_level(curve, train, level) or _left_behind(curve, train, level)


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
    learned = not _little_learned(train) and fell_significantly(train)
    fell = train.end < train.start and (exploded is not None or learned)
    whole = scale(train)
    if turn is None or not fell or whole <= 0 or turn.rise < level * whole:
        return None
    return LevelAboveBest(turn, turn.rise / whole, False, False, BY_LEVEL)


def _little_learned(train: Curve) -> bool:
    return train.positive and train.gain < LITTLE_LEARNED * train.start


def _left_behind(curve: Curve, train: Curve, level: float) -> LevelAboveBest | None:
    """Noisy values that lie above their best, most of them, while training went on to gain what it had not yet."""
    turn = turning_point(curve)
    own = curve.gain >= OWN_SCALE * scale(train) > 0 and significance(curve) > STANDS_OUT
    share = turn.share if own else turn.rise / scale(train) if scale(train) > 0 else 0.0
    learned = significance(train) > FAR_OUT_OF_NOISE and fell_significantly(train) and not _little_learned(train)
    far = share >= PAST_BEST if own else share >= level and (turn.z > STANDS_OUT or _halved(train))
    if not far or not learned or not _lies_higher(curve, turn):
        return None
    then, end = train.value_at(turn.step), train.end
    manifold = curve.positive and turn.end >= MANIFOLD * turn.best > 0
    left = LEFT_A_LITTLE if manifold else LEFT
    if then - end < WENT_ON * scale(train) and not (train.positive and end <= left * then):
        return None
    gained = curve.gain > OUT_OF_NOISE * noise_before(curve, curve.best_index)
    return LevelAboveBest(turn, share, gained, True, LEFT_BEHIND)


def _halved(train: Curve) -> bool:
    return train.positive and train.end < 0.5 * train.start


def _lies_higher(curve: Curve, turn: TurningPoint) -> bool:
    """True where most late values lie above the best level, and above what as many values before it did or as a climb."""
    after, before = curve.values[curve.x > turn.x], curve.values[curve.x <= turn.x]
    late = np.sort(after[len(after) // 2 :])
    if len(late) < FEWEST_LATE or late[len(late) // 4] - turn.best < MOSTLY * turn.rise:
        return False
    climbs = turn.tau > arrays.kendall_error(len(after))
    return climbs or arrays.median(after) - arrays.median(before[-len(after) :]) >= MOSTLY * turn.rise
