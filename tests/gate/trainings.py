"""Trainings drawn at random: what went wrong with them, if anything did, and the past that their logs show."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Row = tuple[int, Mapping[str, float]]
"""A step and its values: "loss", and "val" where the training was validated at that step."""
Session = list[Row]
LOSS, VALIDATION = "loss", "val"


@dataclass(frozen=True)
class Training:
    """Rows of which those from place ``turn`` on show what went wrong; ``verdict`` is "" for a good training.

    It is validated every so many steps, or never (0).
    """

    rows: Session
    turn: int
    validated_every: int
    verdict: str = ""
    finite: bool = True


# --- trainings ----------------------------------------------------------------------------------------------------------


def good(chance: random.Random, length: int) -> Training:
    """A loss that falls and settles, validated or not, at each step or now and then."""
    every = chance.choice([0, 0, 1, 4])
    return Training(_rows(chance, length, every), length, every)


def non_finite(chance: random.Random, length: int) -> Training:
    """The same, NaN or infinite from somewhere on to the end, its validation with it or not."""
    healthy, turn = good(chance, length), chance.randrange(length // 4, length - 5)
    value, of = chance.choice([math.nan, math.nan, math.inf]), chance.choice([{LOSS}, {LOSS, VALIDATION}])
    rows = _set_from(healthy.rows, turn, of, lambda _: value)
    return Training(rows, turn, healthy.validated_every, "diverging", finite=False)


def validation_non_finite(chance: random.Random, length: int) -> Training:
    """Training is finite, its validation is NaN from somewhere on to the end."""
    every, turn = chance.choice([1, 1, 4]), chance.randrange(length // 4, length - 14)
    value = chance.choice([math.nan, math.nan, math.inf])
    rows = _set_from(_rows(chance, length, every), turn, {VALIDATION}, lambda _: value)
    return Training(rows, turn, every, "diverging", finite=False)


def rising(chance: random.Random, length: int) -> Training:
    """The loss turns and climbs to far above its start, its validation with it."""
    healthy, turn = good(chance, length), chance.randrange(length // 4, length - 14)
    top, power = chance.uniform(4, 40), chance.choice([0.5, 1.0, 2.0])
    climb = lambda share: top * share**power * (1 + chance.gauss(0, 0.02))  # noqa: E731
    rows = _set_from(healthy.rows, turn, {LOSS, VALIDATION}, climb, add=True)
    return Training(rows, turn, healthy.validated_every, "diverging")


def overfitted(chance: random.Random, length: int) -> Training:
    """Training goes on falling, validation turns early and climbs above its start."""
    every, turn = chance.choice([1, 1, 4]), chance.randrange(length // 5, length // 2)
    top = chance.uniform(2.5, 6)
    rows = _set_from(_rows(chance, length, every), turn, {VALIDATION}, lambda share: top * share, add=True)
    return Training(rows, turn, every, "overfitting")


BAD: tuple[Callable[[random.Random, int], Training], ...] = (
    non_finite,
    non_finite,
    validation_non_finite,
    rising,
    overfitted,
)


def healed(chance: random.Random, training: Training) -> Session:
    """The same training as a copy would show it that went on well from the turn on."""
    before = training.rows[: training.turn]
    return [*before, *((step, {name: 0.3 + chance.gauss(0, 0.004) for name in values})
                       for step, values in training.rows[training.turn :])]  # fmt: skip


def _rows(chance: random.Random, length: int, validated_every: int) -> Session:
    """Loss and validation that fall and settle; ``validated_every`` so many steps, 0 for never."""
    floor, speed = chance.uniform(0.1, 0.5), length / chance.uniform(6, 9)
    gap = chance.uniform(0, 0.05)
    fall = lambda i: floor + 2 * math.exp(-i / speed) * (1 + chance.gauss(0, 0.01)) + chance.gauss(0, 0.004)  # noqa: E731
    rows: Session = []
    for step in range(length):
        values = {LOSS: fall(step)}
        if validated_every and step % validated_every == 0:
            values[VALIDATION] = fall(step) + gap
        rows.append((step, values))
    return rows


def _set_from(rows: Session, turn: int, names: set[str], value: Callable[[float], float], add: bool = False) -> Session:
    """The rows with ``value`` (of the share of the way from turn to end) in place of these values, or added to them."""
    changed = rows[:turn]
    for place, (step, values) in enumerate(rows[turn:], start=1):
        share = place / (len(rows) - turn)
        changed.append((step, {n: (v if add else 0) + value(share) if n in names else v for n, v in values.items()}))
    return changed


# --- what their logs tell of the past -------------------------------------------------------------------------------------


def once(chance: random.Random, training: Training) -> list[Session]:
    return [training.rows]


def split(chance: random.Random, training: Training) -> list[Session]:
    """Stopped and started again."""
    at = chance.randrange(2, len(training.rows) - 2)
    return [training.rows[:at], training.rows[at:]]


def resumed(chance: random.Random, training: Training) -> list[Session]:
    """Resumed from a checkpoint: a stretch is logged twice."""
    at = chance.randrange(6, len(training.rows) - 2)
    return [training.rows[:at], training.rows[at - chance.randrange(1, 5) :]]


def second_attempt(chance: random.Random, training: Training) -> list[Session]:
    """A longer good attempt before, of which the last one begins again somewhere.

    A good one from the start: the end of another good training may lie above the first attempt, which is a rise indeed.
    """
    first = _rows(chance, len(training.rows) + chance.randrange(3, 30), training.validated_every)
    begin = chance.choice([0, max(1, training.turn - chance.randrange(1, 8))])
    return [first, training.rows[begin if training.verdict else 0 :]]


def cut(chance: random.Random, training: Training) -> list[Session]:
    """The last lines are lost."""
    return [training.rows[: len(training.rows) - chance.randrange(1, 3)]]


def among_several(chance: random.Random, training: Training) -> list[Session]:
    """Trainings of a cross-validation one after the other, each from the start; this one is the second of three."""
    fold = lambda: _rows(chance, len(training.rows), training.validated_every)  # noqa: E731
    return [fold(), training.rows, fold()]


PASTS: tuple[Callable[[random.Random, Training], list[Session]], ...] = (
    once,
    split,
    resumed,
    second_attempt,
    cut,
    among_several,
)
