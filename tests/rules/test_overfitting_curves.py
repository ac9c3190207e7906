"""Overfitting on seeded curves: validation that turns by trend, by level or at once, and what only looks like it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from loganalyzer.features.view import View
from loganalyzer.model.outcome import Status
from loganalyzer.model.run import Floats, Run, Series
from loganalyzer.roles.assign import roles
from loganalyzer.rules.verdicts import overfitting

Shape = Callable[[np.random.Generator, Floats, float, Floats], Floats]
CURVES = 40


def memory(rng: np.random.Generator, n: int, lag: float) -> Floats:
    """Noise of deviation 1 whose lag-1 correlation is ``lag``."""
    steps = rng.standard_normal(n)
    out = np.empty(n)
    out[0] = steps[0]
    for k in range(1, n):
        out[k] = lag * out[k - 1] + np.sqrt(1 - lag * lag) * steps[k]
    return out


def climbs(rng: np.random.Generator, x: Floats, size: float, _: Floats) -> Floats:
    turn, gain = rng.uniform(0.05, 0.4), size * rng.uniform(0.15, 0.8)
    after = np.clip((x - turn) / (1 - turn), 0, 1)
    return np.asarray(size - gain * np.clip(x / turn, 0, 1) + gain * rng.uniform(0.3, 1.5) * after)


def jumps_and_stays(rng: np.random.Generator, x: Floats, size: float, _: Floats) -> Floats:
    gain, turn = size * rng.uniform(0.15, 0.8), rng.uniform(0.05, 0.4)
    jump = np.clip((x - rng.uniform(turn, 0.75)) / 0.03, 0, 1)
    return np.asarray(size - gain * np.clip(x / turn, 0, 1) + gain * rng.uniform(0.4, 1.5) * jump)


def rises_at_once_and_sinks(rng: np.random.Generator, x: Floats, size: float, _: Floats) -> Floats:
    level = size * rng.uniform(0.3, 1.5) * (1 - np.exp(-x / rng.uniform(0.05, 0.2)))
    return np.asarray(size * (1 - 0.05 * np.clip(x / 0.02, 0, 1)) + level * (1 - rng.uniform(0, 0.15) * x))


def keeps_a_gap(rng: np.random.Generator, _x: Floats, size: float, train: Floats) -> Floats:
    return np.asarray(train + size * rng.uniform(0, 0.4))


def settles_higher(rng: np.random.Generator, x: Floats, size: float, _: Floats) -> Floats:
    return np.asarray(size * rng.uniform(0.1, 0.5) + 0.7 * size * np.exp(-x / rng.uniform(0.05, 0.2)))


def comes_back(rng: np.random.Generator, x: Floats, size: float, train: Floats) -> Floats:
    hump = np.exp(-(((x - rng.uniform(0.2, 0.5)) / 0.1) ** 2))
    return np.asarray(train + size * rng.uniform(0.2, 0.6) * hump)


def share_found(shape: Shape, noises: tuple[float, ...], lags: tuple[float, ...]) -> float:
    """The share of curves of that shape in which overfitting is found."""
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(CURVES):
        n, size = int(rng.choice([20, 40, 80, 150])), float(np.exp(rng.uniform(-2, 2)))
        x = np.linspace(0.0, 1.0, n)
        floor = rng.uniform(0, 0.05)
        train = size * (floor + (1 - floor) * np.exp(-x / rng.uniform(0.05, 0.3)))
        noise = size * float(rng.choice(noises)) * memory(rng, n, float(rng.choice(lags)))
        held_out = shape(rng, x, size, train) + noise
        made = {k: Series(k, np.arange(n), v) for k, v in (("train_loss", train), ("val_loss", held_out))}
        run = Run("case", ("case.csv",), "csv", made, step_unit="epoch")
        hits += overfitting.check(View(run, roles(run)), overfitting.Limits()).status is Status.FOUND
    return hits / CURVES


@pytest.mark.parametrize("shape", [climbs, jumps_and_stays, rises_at_once_and_sinks])
def test_what_turned_is_found(shape: Shape) -> None:
    assert share_found(shape, (0.005, 0.01, 0.03), (0.0, 0.5, 0.8)) >= 0.9


@pytest.mark.parametrize("shape", [keeps_a_gap, settles_higher, comes_back])
def test_what_did_not_turn_is_left_alone(shape: Shape) -> None:
    assert share_found(shape, (0.01, 0.03, 0.06), (0.0, 0.5, 0.8, 0.9)) <= 0.05
