"""Reinforcement learning is judged by its return: written curves, what must be said of them, and what must not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.features.returns import FEWEST, averaged, running_window
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Run, Series

RNG = np.random.default_rng


def white(n: int, seed: int) -> np.ndarray:
    return RNG(seed).standard_normal(n)


def red(n: int, seed: int) -> np.ndarray:
    """Noise with a memory: a first-order autoregression of 0.5."""
    out = white(n, seed)
    for k in range(1, n):
        out[k] = 0.5 * out[k - 1] + 0.87 * out[k]
    return out


def x(n: int) -> np.ndarray:
    return np.linspace(0.0, 1.0, n)


def rise(n: int, tau: float = 0.08) -> np.ndarray:
    return 1 - np.exp(-x(n) / tau)


def late(n: int, at: float, width: float = 0.03) -> np.ndarray:
    return 1 / (1 + np.exp(-(x(n) - at) / width))


CURVES = {
    "rises and settles": ("converged", 200 * rise(100) + 5 * white(100, 1)),
    "rises and settles, below zero": ("converged", -1500 + 1300 * rise(120) + 40 * white(120, 2)),
    "twenty evaluations": ("converged", 21 * rise(20, 0.12) - 20 + 0.6 * white(20, 3)),
    "two thousand episodes, each a throw of dice": ("converged", rise(2000) + 0.5 * white(2000, 4)),
    "nothing for a third of the run, then all at once": ("converged", 500 * late(200, 0.35) + 15 * white(200, 5)),
    "learned in steps": ("converged", 10.0 * np.digitize(x(150), [0.1, 0.25, 0.4]) + 0.6 * red(150, 6)),
    "a dip that comes back": (
        "converged",
        300 * rise(150) - 150 * np.exp(-(((x(150) - 0.5) / 0.02) ** 2)) + 6 * white(150, 7),
    ),
    "wins and losses against a fixed opponent": (
        "converged",
        np.where(RNG(8).random(1500) < 0.05 + 0.9 * late(1500, 0.25, 0.05), 1.0, 0.0),
    ),
    "a straight climb": ("underfitting", 300 * x(100) + 8 * white(100, 9)),
    "a straight climb below zero": ("underfitting", 90 * x(60) - 100 + 3 * red(60, 10)),
    "a climb of many noisy episodes": ("underfitting", x(4000) + 0.4 * white(4000, 11)),
    "learns only in the last third": (
        "underfitting",
        np.where(x(120) < 0.6, 0.0, (x(120) - 0.6) / 0.4) + 0.03 * white(120, 12),
    ),
    "an accelerating climb": ("underfitting", 40 * x(80) ** 2 + 0.8 * white(80, 13)),
    "nothing for three quarters, then it takes off": (
        "underfitting",
        40 + 900 * np.clip((x(90) - 0.8) / 0.2, 0, 1) ** 2 + 4 * white(90, 61),
    ),
    "the last handful of thirty means takes off": (
        "underfitting",
        np.concatenate([0.4 + 0.1 * white(25, 62), [1.1, 1.9, 4.0, 9.0, 31.0, 77.0, 210.0]]),
    ),
    "takes off below zero, episode by episode": (
        "underfitting",
        -300 + 260 * np.clip((x(2400) - 0.75) / 0.25, 0, 1) + 12 * white(2400, 63),
    ),
    "takes off early enough to come to rest": ("converged", 500 * late(200, 0.7, 0.015) + 12 * white(200, 64)),
    "its last value is a lucky one": ("plateau", 60 + 9 * white(80, 65) + 20 * (np.arange(80) == 79)),
    "noise about its start": ("plateau", -200 + 15 * white(80, 14)),
    "noise of two thousand episodes": ("plateau", 20 + 9 * white(2000, 15)),
    "noise with a memory about its start": ("plateau", 3 * red(300, 16)),
    "never a reward": ("plateau", np.zeros(90)),
    "the same penalty in all episodes": ("plateau", np.full(102, -1.0)),
    "climbs and falls back to nothing": (
        "diverging",
        np.where(x(100) < 0.6, 200 * rise(100), 10.0) + 4 * white(100, 17),
    ),
    "climbs and loses half": (
        "diverging",
        np.where(x(200) < 0.7, rise(200), 1 - 0.5 * np.clip((x(200) - 0.7) / 0.1, 0, 1)) + 0.03 * white(200, 18),
    ),
    "unlearns by degrees": (
        "diverging",
        np.where(x(150) < 0.5, rise(150), 1 - (x(150) - 0.5) * 1.6) * 80 + 2 * red(150, 19),
    ),
    "worse than it began": ("diverging", -100 * x(120) ** 1.5 + 2 * white(120, 20)),
    "learned and forgotten, again and again": (
        "oscillating",
        rise(200) + 0.35 * np.sin(2 * np.pi * x(200) / 0.12) * (x(200) > 0.1) + 0.03 * white(200, 21),
    ),
    "gains and loses it all in turn": (
        "oscillating",
        150 * (1 - np.cos(2 * np.pi * x(120) / 0.16)) - 300 + 15 * white(120, 22),
    ),
    "gains and loses it all in turn, episode by episode": (
        "oscillating",
        40 * (1 - np.cos(2 * np.pi * x(1500) / 0.19)) + 16 * white(1500, 23),
    ),
    "gains and loses it all twice": (
        "plateau",
        30 * (1 - np.cos(2 * np.pi * x(30) / 0.5)) + 15 * white(30, 24),
    ),
    "returns that scatter more the better the agent": (
        "converged",
        (10 + 250 * late(2700, 0.62, 0.02)) * np.exp(0.9 * white(2700, 51) - 0.4),
    ),
    "a widely scattering level, its last few means poor": (
        "converged",
        (5 + 90 * late(100, 0.6)) * (1 + 0.16 * white(100, 42)) - 20 * (x(100) > 0.955),
    ),
    "calm on the way and scattering once there": (
        "converged",
        40 * late(120, 0.6) * (1 + 0.15 * white(120, 36)) - 10 * (x(120) > 0.96),
    ),
    "calm on the way and scattering once there, the last ones poor": (
        "converged",
        40 * late(120, 0.6) * (1 + 0.15 * white(120, 43)) - 10 * (x(120) > 0.96),
    ),
    "a widely scattering level that is lost to stay": (
        "diverging",
        (5 + 90 * late(100, 0.4)) * (1 + 0.16 * white(100, 33)) * np.where(x(100) > 0.8, 0.15, 1.0),
    ),
    "a widely scattering level of many episodes that is lost": (
        "diverging",
        (10 + 250 * late(2700, 0.4)) * np.exp(0.7 * white(2700, 34)) * np.where(x(2700) > 0.75, 0.2, 1.0),
    ),
    "a calm level lost at the very end": (
        "diverging",
        80 * rise(120) + 1.5 * white(120, 35) - 40 * (x(120) > 0.95),
    ),
    "a running mean of nothing": ("plateau", np.convolve(white(620, 25), np.ones(20) / 20, "valid")),
    "a running mean of twenty episodes without a trend": (
        "plateau",
        -180 + 30 * np.convolve(white(220, 26), np.ones(20) / 20, "valid"),
    ),
}


def diagnosed(returns: np.ndarray, name: str = "rollout/ep_rew_mean", **others: np.ndarray) -> Diagnosis:
    """The diagnosis of a run with these returns, whose value loss rises and spikes as it should not in a supervised run."""
    n = len(returns)
    value = 1 + 5 * x(n) + 40 * (np.arange(n) == n // 2)
    logged = {name: returns, "train/value_loss": value, "train/approx_kl": 0.01 + 0.001 * white(n, 99), **others}
    steps = 2048 * np.arange(n)
    series = {key: Series(key, steps[: len(y)], np.asarray(y, dtype=float)) for key, y in logged.items()}
    return diagnose(Run("case", ("case.csv",), "csv", series, step_unit="step"))


@pytest.mark.parametrize("name", CURVES)
def test_the_verdict_is_that_of_the_return(name: str) -> None:
    expected, returns = CURVES[name]
    diagnosis = diagnosed(returns)
    assert diagnosis.verdict.value == expected
    assert diagnosis.objective.train == "rollout/ep_rew_mean"
    assert diagnosis.objective.direction == "max"


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize(("factor", "offset"), [(1e-3, 0.0), (40.0, -700.0)])
def test_scale_and_offset_of_the_return_do_not_matter(name: str, factor: float, offset: float) -> None:
    expected, returns = CURVES[name]
    assert diagnosed(factor * returns + offset).verdict.value == expected


@pytest.mark.parametrize("name", CURVES)
def test_what_is_said_of_losses_is_silent(name: str) -> None:
    diagnosis = diagnosed(CURVES[name][1])
    found = {o.rule for o in diagnosis.outcomes if o.status.value == "found"}
    assert not found & {"loss-spikes", "early-stopping-replay", "learning-rate-too-high", "loss-never-decreases"}
    offered = {fix for o in diagnosis.outcomes for fix in o.fixes if o.rule == diagnosis.deciding}
    assert not offered & {"early-stopping", "lr-down-10x", "lr-up-10x", "batch-norm", "check-labels-inputs"}


def test_the_evaluation_counts_before_the_training_return() -> None:
    diagnosis = diagnosed(rise(100) + 0.02 * white(100, 1), **{"eval/mean_reward": 0.02 * white(100, 2)})
    assert diagnosis.verdict.value == "plateau"
    assert diagnosis.objective.train == "eval/mean_reward"


def test_a_policy_loss_that_ends_as_nan_is_a_divergence() -> None:
    loss = np.where(x(80) > 0.7, np.nan, 0.1)
    diagnosis = diagnosed(rise(80) + 0.02 * white(80, 1), **{"train/policy_gradient_loss": loss})
    assert (diagnosis.verdict.value, diagnosis.kind) == ("diverging", "non-finite")


def test_four_returns_are_too_few() -> None:
    diagnosis = diagnosed(np.array([1.0, 5.0, 9.0, 9.5]))
    assert (diagnosis.verdict.value, diagnosis.kind) == ("inconclusive", "too-short")


def test_averages_keep_the_level_and_the_last_step() -> None:
    values = 7 + white(5000, 3)
    series = Series("r", np.arange(5000), values)
    means = averaged(series)
    assert FEWEST <= len(means) <= 100
    assert means.steps[-1] == 4999
    assert abs(float(means.values.mean()) - float(values.mean())) < 1e-9
    assert averaged(Series("r", np.arange(20), values[:20])).values is not None
    assert len(averaged(Series("r", np.arange(20), values[:20]))) == 20


def running_mean(values: np.ndarray, width: int) -> np.ndarray:
    """The mean of the last ``width`` values, of fewer at first, as programs log it."""
    sums = np.cumsum(np.r_[0.0, values])
    last = np.arange(1, len(values) + 1)
    first = np.maximum(0, last - width)
    return (sums[last] - sums[first]) / (last - first)


@pytest.mark.parametrize(
    ("width", "episodes"),
    [
        (100, white(900, 1)),
        (100, 40 + 9 * white(2300, 2)),
        (50, -3 + np.abs(white(1200, 3))),
        (10, red(700, 4)),
        (30, rise(1500) + 0.5 * white(1500, 5)),
        (100, x(2000) + 0.5 * white(2000, 6)),
        (40, np.where(RNG(7).random(1600) < 0.3, 1.0, 0.0)),
        (0, white(900, 8)),
        (0, rise(400) + 0.02 * white(400, 9)),
        (0, np.where((x(300) * 7.3) % 1 < 0.3, 0.35, 1.0) + 0.02 * white(300, 10)),
        (0, np.sin(40 * x(500)) + 0.1 * white(500, 11)),
        (0, np.cumsum(white(600, 12))),
        (0, np.convolve(white(700, 13), 0.9 ** np.arange(60), "valid")),
        (0, np.zeros(300)),
    ],
)
def test_the_window_of_a_running_mean_shows_in_its_steps(width: int, episodes: np.ndarray) -> None:
    assert abs(running_window(running_mean(episodes, width) if width else episodes) - width) <= 1


@pytest.mark.parametrize("seed", range(12))
def test_a_running_mean_of_nothing_is_a_plateau(seed: int) -> None:
    episodes = 300 * (seed % 3 - 1) + 40 * white(1200 + 170 * seed, 100 + seed)
    assert diagnosed(running_mean(episodes, 100)).verdict.value == "plateau"


@pytest.mark.parametrize("seed", range(6))
def test_a_running_mean_of_what_was_learned_is_judged_as_that(seed: int) -> None:
    n = 1500 + 200 * seed
    noise = 0.3 * white(n, 200 + seed)
    assert diagnosed(running_mean(500 * (rise(n) + noise), 100)).verdict.value == "converged"
    assert diagnosed(running_mean(500 * (x(n) ** 1.5 + noise), 100)).verdict.value == "underfitting"


@pytest.mark.parametrize("n", [150, 900, 2400])
@pytest.mark.parametrize("bottom", [0.05, 0.3])
def test_what_comes_back_to_its_start_again_and_again_oscillates(n: int, bottom: float) -> None:
    places = (0.22, 0.35, 0.52, 0.68, 0.79, 0.95)
    lost = sum((1 - bottom) * np.exp(-(((x(n) - at) / 0.035) ** 2)) for at in places)
    assert (
        diagnosed(-200 + 900 * (rise(n, 0.05) * (1 - lost) + 0.04 * white(n, 300 + n))).verdict.value == "oscillating"
    )


def swings(n: int, seed: int, size: float) -> np.ndarray:
    """A level that wanders below 0 by ``size`` in the mean, as evaluations of a broken policy do."""
    return -size * np.abs(red(n, seed) + 0.6)


FALLEN = {
    "gained at once, lost after a third": lambda n, seed: np.where(
        x(n) < 0.03,
        -25.0,
        np.where(x(n) < 0.3, -2.5 + 0.8 * white(n, seed), -8.0 - 10 * x(n) + swings(n, seed + 9, 6.0)),
    ),
    "gained slowly, lost half-way": lambda n, seed: np.where(
        x(n) < 0.5, 100 * rise(n, 0.1) + 4 * white(n, seed), 15 + swings(n, seed + 9, 12.0)
    ),
    "lost by degrees": lambda n, seed: (
        200 * rise(n, 0.05) * (1 - np.clip((x(n) - 0.3) / 0.35, 0, 1)) + 9 * red(n, seed)
    ),
    "below zero throughout": lambda n, seed: (
        -500 + np.where(x(n) < 0.4, 300 * rise(n, 0.05) + 9 * white(n, seed), swings(n, seed + 9, 60.0))
    ),
}


@pytest.mark.parametrize("name", FALLEN)
@pytest.mark.parametrize("n", [60, 100])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_return_that_fell_back_and_swings_down_there_diverged(name: str, n: int, seed: int) -> None:
    diagnosis = diagnosed(FALLEN[name](n, seed), "eval/mean_reward")
    assert diagnosis.verdict == "diverging"


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("noise", [white, red])
def test_scatter_about_one_level_has_not_fallen(seed: int, noise: Callable[[int, int], np.ndarray]) -> None:
    assert diagnosed(3 + noise(100, seed), "eval/mean_reward").verdict != "diverging"
