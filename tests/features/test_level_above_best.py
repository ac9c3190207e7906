"""A handful of evaluations that left their best at once or exploded, and others that scatter, come back or never fell."""

from __future__ import annotations

import numpy as np
import pytest

from loganalyzer.features.curve import Curve
from loganalyzer.features.level_above_best import level_above_best

FALLS = 0.4 + 2.1 * np.exp(-np.linspace(0, 1, 12) / 0.35)
FLAT = 0.7 + 0.01 * np.cos(np.arange(12))
LEVEL = 0.25


def curve(*values: float) -> Curve:
    y = np.array(values)
    return Curve("loss", np.arange(len(y)), y, 1.0, 0.0, float(len(y) - 1))


LEFT = {
    "best at the first value": (2.9, 3.8, 3.9, 3.7, 3.75, 3.82),
    "best at the first value, sinking a little": (2.1, 4.0, 3.8, 3.5, 3.6, 3.4),
    "best at the second value": (2.2, 1.9, 2.9, 3.1, 3.0, 3.2, 2.95, 3.15),
    "jumps, then scatters": (0.85, 1.5, 1.4, 1.7, 1.6, 1.45, 1.65, 1.55, 1.6),
    "beside its best value once more, then far away": (
        2.0,
        1.6,
        1.63,
        1.7,
        2.4,
        2.5,
        2.7,
        2.6,
        2.75,
        2.55,
        2.6,
        2.7,
        2.5,
        2.65,
        2.6,
        2.7,
        2.6,
        2.55,
    ),
    "forty evaluations": (0.9, 0.55, *(1.3 + 0.04 * np.cos(np.arange(38)))),
    "orders of magnitude": (1.8, 1.7, 40.0, 52.0, 1.7e3, 4e6),
    "orders of magnitude, one at a time": (0.9, 2.0, 30.0, 400.0, 6e3),
}
STAYED = {
    "falls and settles": (2.5, 1.6, 1.2, 1.1, 1.12, 1.09, 1.11),
    "comes back": (0.66, 1.15, 1.17, 0.79, 0.76),
    "scatters about its first value": (1.5, 1.62, 1.44, 1.58, 1.49, 1.55),
    "rises by little beside what training gained": (1.0, 1.2, 1.21, 1.22, 1.2, 1.21),
    "explodes and comes back": (1.8, 1.7, 4e3, 5e4, 1.75, 1.72),
    "came down from an explosion": (4e5, 3.0, 1.9, 1.8, 1.7, 1.75),
    "back at its best late": (2.0, 1.6, *(2.5 + 0.05 * np.cos(np.arange(20))), 1.65, 2.5, 2.52),
    "three values": (1.0, 2.0, 2.1),
}


@pytest.mark.parametrize("name", LEFT)
def test_a_level_far_above_the_best_is_a_turn_beside_training_that_fell(name: str) -> None:
    seen = level_above_best(curve(*LEFT[name]), curve(*FALLS), LEVEL)
    assert seen is not None and seen.lost >= LEVEL
    assert abs(seen.turn.step - int(np.argmin(LEFT[name]))) <= 1


@pytest.mark.parametrize("name", STAYED)
def test_a_level_near_the_best_is_none(name: str) -> None:
    assert level_above_best(curve(*STAYED[name]), curve(*FALLS), LEVEL) is None


@pytest.mark.parametrize("name", list(LEFT)[:4])
def test_nor_is_any_beside_training_that_did_not_fall(name: str) -> None:
    assert level_above_best(curve(*LEFT[name]), curve(*FLAT), LEVEL) is None


@pytest.mark.parametrize("name", list(LEFT)[:4])
def test_nor_is_any_beside_training_that_hardly_fell(name: str) -> None:
    assert level_above_best(curve(*LEFT[name]), curve(*(20.0 + 0.5 * FALLS)), LEVEL) is None


@pytest.mark.parametrize("name", LEFT | STAYED)
def test_the_unit_does_not_matter(name: str) -> None:
    values = np.array((LEFT | STAYED)[name])
    seen = level_above_best(curve(*values), curve(*FALLS), LEVEL)
    scaled = level_above_best(curve(*(370 * values)), curve(*(370 * FALLS)), LEVEL)
    assert (seen is None) == (scaled is None)
