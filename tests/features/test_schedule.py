"""The schedule behind a logged learning rate."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.schedule_families import draw, families
from loganalyzer.features.schedule import Family, recognise


@pytest.mark.parametrize("name", sorted(families()))
@pytest.mark.parametrize(("noise", "digits", "points"), [(0.0, 6, 60), (0.0, 4, 1000), (0.003, 4, 200)])
def test_each_family_is_recognised(name: str, noise: float, digits: int, points: int) -> None:
    for seed in range(3):
        logged = draw(name, np.random.default_rng([seed, points]), noise, digits, points)
        found = recognise(logged.steps, logged.values, logged.monitored)
        assert found is not None
        assert found.family.value == logged.family


def test_the_end_of_a_warm_up_is_found() -> None:
    steps = np.arange(100, dtype=np.int64)
    rate = np.where(steps < 10, (steps + 1) / 11, 0.5 * (1 + np.cos(np.pi * (steps - 10) / 90)))
    found = recognise(steps, np.asarray(rate, dtype=np.float64))
    assert found is not None
    assert found.family is Family.COSINE
    assert found.warmup == 10


def test_period_and_factor_of_a_step_schedule() -> None:
    steps = np.arange(60, dtype=np.int64)
    found = recognise(steps, 0.1 * 0.5 ** (steps // 20))
    assert found is not None
    assert (found.family, found.period, found.drops) == (Family.STEP, 20, (20, 40))
    assert found.factor == pytest.approx(0.5)


def test_a_rate_that_only_rises_is_said_to_rise() -> None:
    found = recognise(np.arange(50, dtype=np.int64), np.linspace(0.01, 0.5, 50))
    assert found is not None
    assert found.family is Family.RISING


@pytest.mark.parametrize("values", [[], [0.1], [0.0, 0.0, 0.0], [np.nan, np.nan, np.nan, 0.1]])
def test_too_little_gives_no_schedule(values: list[float]) -> None:
    assert recognise(np.arange(len(values), dtype=np.int64), np.array(values, dtype=float)) is None
