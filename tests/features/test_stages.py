"""Stages of returns: written levels are found whatever scatters about them, and where none change there is one."""

from __future__ import annotations

import numpy as np
import pytest

from loganalyzer.features.course import came_to_rest, lasting_gain, passing_gain, slipped, unlearned
from loganalyzer.features.curve import Curve
from loganalyzer.features.ramp import climb
from loganalyzer.features.stages import stages

RNG = np.random.default_rng
SEEDS = range(12)


def curve(returns: np.ndarray) -> Curve:
    n = len(returns)
    return Curve("return", np.arange(n), np.asarray(returns, dtype=float), -1.0, 0.0, float(n - 1))


def won(chance: np.ndarray, seed: int) -> np.ndarray:
    """Episodes that are won with this probability (1), or lost (-1) or out of time (-0.6)."""
    rng = RNG(seed)
    return np.where(rng.random(len(chance)) < chance, 0.9, np.where(rng.random(len(chance)) < 0.5, -1.0, -0.6))


def x(n: int) -> np.ndarray:
    return np.linspace(0.0, 1.0, n)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("chance", [0.0, 0.15, 0.5, 0.9])
def test_episodes_of_one_policy_are_one_stage(seed: int, chance: float) -> None:
    seen = stages(curve(won(np.full(150 + 70 * seed, chance), seed)))
    assert len(seen.levels) == 1 and seen.shares.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_levels_and_their_lengths_are_found(seed: int) -> None:
    n = 200
    seen = stages(curve(won(np.where(x(n) < 0.4, 0.05, 0.95), seed)))
    assert -np.median(seen.each[:70]) == pytest.approx(-0.75, abs=0.2)
    assert -np.median(seen.each[90:]) == pytest.approx(0.8, abs=0.15)
    assert len(seen.each) == n


@pytest.mark.parametrize("seed", SEEDS)
def test_a_change_of_policy_is_told_from_luck(seed: int) -> None:
    n = 160 + 40 * seed
    early, kept = won(np.where(x(n) < 0.3, 0.02, 0.93), seed), won(np.where(x(n) < 0.3, 0.02, 0.85), seed)
    burst = won(np.where((x(n) > 0.4) & (x(n) < 0.44), 1.0, 0.0), seed)
    lost = won(np.where((x(n) > 0.2) & (x(n) < 0.6), 0.9, 0.0), seed)
    half = won(np.where(x(n) < 0.2, 0.0, np.where(x(n) < 0.6, 0.95, 0.5)), seed)
    assert came_to_rest(curve(early)) and lasting_gain(curve(kept))
    assert passing_gain(curve(burst)) and not unlearned(curve(burst))
    assert unlearned(curve(lost)) and not came_to_rest(curve(lost))
    assert slipped(curve(half)) and not came_to_rest(curve(half))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rise_that_goes_on_is_told_from_one_that_is_over(seed: int) -> None:
    n = 400 + 100 * seed
    assert climb(curve(won(0.9 * x(n), seed))) > -4
    assert climb(curve(won(0.9 * np.clip(x(n) / 0.3, 0, 1), seed))) < -8
    assert climb(curve(won(np.full(n, 0.4), seed))) == 0
    assert climb(curve(won(0.9 * (1 - x(n)), seed))) == 0


@pytest.mark.parametrize("n", [0, 3, 11])
def test_a_few_values_have_no_stages(n: int) -> None:
    few = curve(np.arange(n, dtype=float))
    assert len(stages(few).levels) == 0 and climb(few) == 0 and not lasting_gain(few) and not slipped(few)
