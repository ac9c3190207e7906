"""A turn of validation held against limits: how far beyond noise, how much of the gain, how well it is kept."""

from __future__ import annotations

from typing import Protocol

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import (
    accuracy_stayed_poor,
    at_chance,
    constant_prediction,
    validation_at_chance,
)
from loganalyzer.features.curve import Curve, MetricCurves
from loganalyzer.features.levels import (
    KEPT_GAIN,
    TurningPoint,
    fell_significantly,
    held_rise,
    noise_before,
    retained_gain,
    scale,
    turning_point,
)

OUT_OF_NOISE = 6.0
"""So many deviations of its noise validation must have gained for there to be something to lose."""
HELD = 0.5
"""A rise that lies level must be held by so much."""
FEWEST_OF_TRAINING, TRAINING_OUT_OF_NOISE = 5, 10.0
"""Of fewer values of training none can be said to have fallen; a gain of so many deviations of its noise shows that it learned."""
NOTICED = 0.05
"""A rise of less than this share of what training gained is none."""
IMMATERIAL = 1e-3
"""A rise by less than this share of what training gained is no loss to speak of."""
CAME_BACK, FEW_SINCE = 0.25, 8
"""A last value within this share of a rise has come back; of fewer values since the best that says that it leaps."""


class TurnLimits(Protocol):
    """The limits of a turn; what each means stands with the limits of the rule that asks."""

    @property
    def z(self) -> float:
        """The rise in standard errors, times Kendall's tau."""

    @property
    def share(self) -> float:
        """The rise as a share of the scale of the gain."""

    @property
    def sure(self) -> float:
        """The rise in standard errors from which a smaller share counts, too."""

    @property
    def tau(self) -> float:
        """Kendall's tau of what follows the best."""

    @property
    def level(self) -> float:
        """The rise as a share of the scale, where it lies level instead of rising."""

    @property
    def level_z(self) -> float:
        """Such a rise in standard errors, times how well it is held."""


def margin_of(turn: TurningPoint, share: float, limits: TurnLimits) -> float:
    """The rise against its limits (1: as large as they ask for): its noise, the share lost, how it keeps rising."""
    keeps_rising = 1.0 + turn.tau - limits.tau if turn.after >= 3 else 0.0
    return min(turn.z * turn.tau / limits.z, share / _needed(turn.z, limits), keeps_rising)


def level_margin(curve: Curve, turn: TurningPoint, share: float, limits: TurnLimits) -> float:
    """A rise that lies level, or sinks a little, against its limits: its noise, the share lost, how well it is held."""
    if share <= 0 and curve.gain > HELD * OUT_OF_NOISE * noise_before(curve, curve.best_index):
        share = turn.share  # many values of a level stand out of a noise that hides the single one
    if turn.after < 3 or share < arrays.FAR * limits.level:
        return 0.0
    held = held_rise(curve)
    return min(held.z * held.share / limits.level_z, share / limits.level, held.share / HELD)


def share_lost(curve: Curve, turn: TurningPoint, noise: float, train: Curve | None) -> float:
    """The rise as a share of the scale of the gain: of what training gained where validation was best at its start."""
    if curve.gain > OUT_OF_NOISE * noise or train is None:
        return turn.share
    if turn.rise < OUT_OF_NOISE * noise or scale(train) <= 0:
        return 0.0
    return min(turn.share, turn.rise / scale(train))


def _needed(z: float, limits: TurnLimits) -> float:
    """The share that must be lost: ``limits.share``, down to half of it the more clearly the rise stands out of noise."""
    return limits.share * (0.5 + 0.5 * min(1.0, limits.sure / z)) if z > 0 else limits.share


def had_something_to_lose(curve: Curve, noise: float, train: Curve | None) -> bool:
    """True when validation, or at least training, had gained far more than its noise: there was something to lose.

    Of training that is not logged the same is assumed.
    """
    if train is None or (curve.gain > OUT_OF_NOISE * noise and fell_significantly(curve)):
        return True
    return train.count >= FEWEST_OF_TRAINING and _clearly_fell(train)


def _clearly_fell(train: Curve) -> bool:
    return train.gain > TRAINING_OUT_OF_NOISE * train.sigma and fell_significantly(train)


def immaterial(turn: TurningPoint, train: Curve | None) -> bool:
    """True for a rise that is next to nothing beside what training gained: validation stood still all along."""
    return train is not None and train.count >= FEWEST_OF_TRAINING and turn.rise < IMMATERIAL * scale(train)


def lost_what_training_kept(curve: Curve, turn: TurningPoint, train: Curve | None) -> bool:
    """True where training clearly learned and kept it, and validation ends without most of what it had gained, if anything."""
    if (
        train is None
        or train.count < FEWEST_OF_TRAINING
        or not _clearly_fell(train)
        or retained_gain(train) < KEPT_GAIN
    ):
        return False
    return retained_gain(curve) < KEPT_GAIN and turn.rise > NOTICED * scale(train)


def only_guesses(curve: Curve, train: Curve | None, metrics: tuple[MetricCurves, ...]) -> bool:
    """True when the answers are no better than guessing to the end: what falls in the loss is no learning by heart."""
    judged = train or curve
    return bool(
        at_chance(judged, metrics, once_better=True)
        or constant_prediction(judged, metrics) is not None
        or accuracy_stayed_poor(metrics)
        or validation_at_chance(curve, metrics)
    )


def came_back(curve: Curve) -> bool:
    """True for validation that leaps: a handful of values after its best, the last one is nearly as good again."""
    turn = turning_point(curve)
    back = float(curve.reduced.values[-1]) - turn.best < CAME_BACK * turn.rise
    return back and turn.after < FEW_SINCE
