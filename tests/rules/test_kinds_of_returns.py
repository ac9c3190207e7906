"""Returns of few outcomes far apart (won, lost, out of time), of luck, of means: each kind in a dozen instances."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.rules.test_returns import diagnosed, running_mean, x

SEEDS = range(12)
RNG = np.random.default_rng


def outcomes(level: np.ndarray, seed: int) -> np.ndarray:
    """Episodes of a grid: the goal with the probability ``level``, else the pit, or the end of time."""
    rng, n = RNG(seed), len(level)
    goal, pit = 1 - 0.01 * rng.integers(6, 16, n), -1 - 0.01 * np.minimum(59, rng.geometric(0.06, n))
    return np.where(rng.random(n) < level, goal, np.where(rng.random(n) < 0.12, -0.6, pit))


def balanced(level: np.ndarray, seed: int) -> np.ndarray:
    """Lengths of episodes of a pole, 10 to 200, that scatter as their mean."""
    mean = 12 * (200 / 12) ** level
    return np.clip(np.round(RNG(seed).gamma(6, mean / 6)), 8, 195)


def length(seed: int) -> np.ndarray:
    return x(80 + 60 * seed)


def burst(at: np.ndarray, seed: int) -> np.ndarray:
    start = 0.2 + 0.04 * seed
    return np.where((at > start) & (at < start + 0.045), 0.95, 0.0)


def single(at: np.ndarray, seed: int) -> np.ndarray:
    return (np.arange(len(at)) == 20 + 3 * seed) * 0.6


def with_dips(at: np.ndarray, seed: int) -> np.ndarray:
    lost = RNG(1000 + seed).random(len(at)) < 0.06
    return np.where((at < 0.1) | lost, 0.0, 1.0)


def late_step(at: np.ndarray, seed: int) -> np.ndarray:
    return np.where(at < 0.2 + 0.02 * seed, 0.02, 0.9)


def fallen(at: np.ndarray, seed: int) -> np.ndarray:
    return np.where((at > 0.2) & (at < 0.55 + 0.02 * seed), 0.9, 0.0)


KINDS: dict[str, tuple[Callable[[np.ndarray, int], np.ndarray], set[str]]] = {
    "a lucky burst": (burst, {"plateau"}),
    "a single lucky episode": (single, {"plateau"}),
    "a level with rare dips": (with_dips, {"converged"}),
    "a level that came at once": (late_step, {"converged"}),
    "a level that was lost to stay": (fallen, {"diverging"}),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("episodes", [outcomes, balanced])
@pytest.mark.parametrize("name", KINDS)
def test_a_kind_of_return(name: str, episodes: Callable[[np.ndarray, int], np.ndarray], seed: int) -> None:
    path, expected = KINDS[name]
    assert diagnosed(episodes(path(length(seed), seed), seed), "reward").verdict.value in expected


@pytest.mark.parametrize("seed", SEEDS)
def test_a_slow_noisy_rise_has_not_converged(seed: int) -> None:
    returns = outcomes(0.3 * x(300 + 50 * seed), seed)
    assert diagnosed(returns, "reward").verdict.value in {"underfitting", "plateau"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rise_that_goes_on_is_undertrained_whatever_single_episodes_give(seed: int) -> None:
    returns = balanced(0.75 * x(200 + 100 * seed), seed)
    assert diagnosed(returns, "reward").verdict.value == "underfitting"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mean_that_falls_back_by_much_of_its_gain_has_not_converged(seed: int) -> None:
    at = x(900 + 40 * seed)
    level = np.where(at < 0.2, 0.0, np.where(at < 0.5, 0.8, 0.45))
    mean = running_mean(outcomes(level, seed), 100)[9::10]
    assert diagnosed(np.round(mean, 2), "Average Reward").verdict.value != "converged"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mean_of_six_values_that_falls_from_the_start_is_no_flat_line(seed: int) -> None:
    mean = 10 + (6 + 0.3 * seed) * np.exp(-np.arange(6) / (1.2 + 0.1 * seed))
    assert diagnosed(mean, "Average Reward").verdict.value in {"diverging", "inconclusive"}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_comes_and_goes_for_long_oscillates(seed: int) -> None:
    at = x(300 + 60 * seed)
    level = np.where(np.sin(2 * np.pi * (4 + seed % 3) * at) < 0, 0.9, 0.02)
    assert diagnosed(balanced(level, seed), "reward").verdict.value == "oscillating"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_return_that_learned_and_fell_far_below_its_start_has_diverged(seed: int) -> None:
    at = np.linspace(0.0, 1.0, 100 + 5 * seed)
    level = np.where(at < 0.04, -22.0, np.where(at < 0.34, -3.0, np.where(at < 0.85, -16.0, -36.0)))
    returns = level + 4.0 * RNG(seed).standard_normal(len(at))
    assert diagnosed(returns, "eval/mean_reward").verdict.value == "diverging"
