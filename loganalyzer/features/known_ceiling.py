"""Returns that stand at the most that a well-known environment gives: nothing is left to gain."""

from __future__ import annotations

import numpy as np

from loganalyzer.features.view import View
from loganalyzer.model.record import Record
from loganalyzer.model.role import Task
from loganalyzer.model.run import Floats, Ints
from loganalyzer.roles.words import words_of

FEWEST = 4
"""So many values at the ceiling are no lucky episode."""
CEILINGS = (200.0, 500.0)
"""The most that an episode of CartPole gives, in its versions 0 and 1 (Gymnasium's documentation)."""
NEAR = 0.005
"""Rounding of a mean with two decimals, once it is taken apart."""
MEANS = frozenset("average avg mean running".split())


class KnownCeiling(Record):
    """The return (200 or 500) of every episode at the end; ``of_mean``: the series is a mean over all episodes so far."""

    value: float
    of_mean: bool


def known_ceiling(view: View) -> KnownCeiling | None:
    """The known ceiling at which the last FEWEST returns stand, none of all being higher; None where they do not.

    Needs the signal ``reward``.
    """
    reward = view.reward
    if view.task is not Task.REINFORCEMENT or reward is None or reward.count < FEWEST:
        return None
    steps, values = reward.finite_steps, reward.raw[reward.finite]
    ceiling = _ceiling(values, 0.0)
    if ceiling:
        return KnownCeiling(ceiling, of_mean=False)
    if MEANS.isdisjoint(words_of(reward.name)):
        return None
    ceiling = _ceiling(_taken_apart(steps, values), NEAR)
    return KnownCeiling(ceiling, of_mean=True) if ceiling else None


def _ceiling(values: Floats, near: float) -> float:
    """The known ceiling at which the last values stand; 0.0 where they do not, or some are higher."""
    last = values[-FEWEST:]
    fits = (c for c in CEILINGS if len(last) == FEWEST and (np.abs(last - c) <= near * c).all())
    ceiling = next(fits, 0.0)
    return ceiling if ceiling and values.max() <= ceiling * (1 + near) else 0.0


def _taken_apart(steps: Ints, values: Floats) -> Floats:
    """The mean between one value and the next of a mean over all steps so far."""
    sums = steps * values
    return np.asarray(np.diff(sums) / np.diff(steps), dtype=float)
