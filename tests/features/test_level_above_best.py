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
    "back at its best late": (2.0, 1.6, *(2.3 + 0.05 * np.cos(np.arange(20))), 1.65, 2.3, 2.32),
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


def series(formula: str, n: int) -> Curve:
    """A curve from a formula in ``x`` (0..1) and ``noise(seed)`` (white)."""
    x = np.linspace(0.0, 1.0, n)

    def noise(seed: int) -> np.ndarray:
        return np.random.default_rng(seed).standard_normal(n)

    names = {"__builtins__": {}, "x": x, "exp": np.exp, "clip": np.clip, "noise": noise, "where": np.where}
    y = eval(formula, names)  # formulas of this file
    return Curve("loss", np.arange(n), y, 1.0, 0.0, float(n - 1))


WENT_ON = "0.05 + 1.1*exp(-x/0.5) + 0.004*noise(11)"
RESTED = "0.35 + 0.8*exp(-x/0.06) + 0.004*noise(12)"
LEFT_BEHIND = {
    "turns half-way, far scattered": ("0.7 + 0.5*exp(-x/0.1) + 0.5*clip(x-0.45,0,1) + 0.06*noise(1)", 34),
    "early best, then a wide band": ("0.6 + 0.6*exp(-x/0.06) + 0.3*clip(x/0.4-0.3,0,1) + 0.05*noise(2)", 60),
    "a late step up": ("1.4 + 1.2*exp(-x/0.1) + 0.45*where(x>0.6,1,0) + 0.09*noise(3)", 28),
    "a band that grows upwards": ("0.5 + 0.4*exp(-x/0.1) + clip(x-0.4,0,1)*(0.45 + 0.25*noise(4))", 45),
    "best of a handful of hundreds": ("2.1 + 0.9*exp(-x/0.05) + 0.45*x + 0.08*noise(5)", 200),
    "sixteen epochs": ("0.95 + 0.5*exp(-x/0.15) + 0.5*clip(x-0.5,0,1) + 0.02*noise(6)", 16),
    "in another unit": ("350 + 300*exp(-x/0.1) + 260*clip(x-0.4,0,1) + 30*noise(7)", 50),
    "swings while it climbs": ("0.8 + 0.6*exp(-x/0.1) + 0.5*clip(x-0.35,0,1) + 0.07*noise(8)", 40),
    "climbs slowly from the first third on": ("0.3 + 0.25*exp(-x/0.1) + 0.16*clip(x-0.3,0,1) + 0.02*noise(9)", 70),
    "climbs fast at the end": ("0.6 + 0.8*exp(-x/0.12) + 1.2*clip(x-0.6,0,1) + 0.06*noise(10)", 36),
}
KEPT_UP = {
    "the same turn beside training at rest": ("0.7+0.5*exp(-x/0.1)+0.4*clip(x-0.45,0,1)+0.09*noise(1)", 34, RESTED),
    "a wide band about one level": ("0.7 + 0.5*exp(-x/0.1) + 0.06*noise(1)", 34, WENT_ON),
    "a wide band from the start": ("0.7 + 0.08*noise(2)", 60, WENT_ON),
    "falls with training": ("0.2 + 1.0*exp(-x/0.5) + 0.05*noise(3)", 40, WENT_ON),
    "rises by little": ("0.6 + 0.8*exp(-x/0.1) + 0.1*clip(x-0.5,0,1) + 0.03*noise(4)", 50, WENT_ON),
    "one late value is high": ("0.6 + 0.8*exp(-x/0.1) + where(x>0.98,0.3,0) + 0.03*noise(5)", 40, WENT_ON),
    "a hump that passed": ("0.6 + 0.8*exp(-x/0.1) + 0.4*where((x>0.4)&(x<0.6),1,0) + 0.04*noise(6)", 50, WENT_ON),
    "rises beside training that rose": ("0.6+0.8*exp(-x/0.1)+0.5*clip(x-0.5,0,1)+0.05*noise(7)", 40, "0.3+exp(-x/0.1)+0.4*x"),
    "training hardly learned": ("0.7+0.5*exp(-x/0.1)+0.4*clip(x-0.45,0,1)+0.09*noise(1)", 34, "5-0.2*x+0.002*noise(1)"),
    "training is noise": ("0.7 + 0.5*exp(-x/0.1) + 0.5*clip(x-0.45,0,1) + 0.06*noise(1)", 34, "0.7+0.2*noise(14)"),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT_BEHIND)
def test_noisy_validation_is_left_behind_by_training_that_goes_on(name: str) -> None:
    formula, n = LEFT_BEHIND[name]
    seen = level_above_best(series(formula, n), series(WENT_ON, n), LEVEL)
    assert seen is not None and seen.turn.rise > 0


@pytest.mark.parametrize("name", KEPT_UP)
def test_validation_that_keeps_its_level_is_not(name: str) -> None:
    formula, n, training = KEPT_UP[name]
    assert level_above_best(series(formula, n), series(training, n), LEVEL) is None
