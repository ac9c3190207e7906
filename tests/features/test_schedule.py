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


def _of(values: np.ndarray) -> Family:
    found = recognise(np.arange(1, len(values) + 1, dtype=np.int64), np.asarray(values, dtype=np.float64))
    assert found is not None
    return found.family


@pytest.mark.parametrize(
    "values",
    [
        [0.002] * 5 + [0.001] * 6 + [0.0005] * 3,
        [0.2] * 3 + [0.02] * 3 + [0.002] * 3,
        [0.4] * 2 + [0.1] * 2 + [0.025] * 2,
        [0.05] * 3 + [0.005] * 2,
        [0.06] * 4 + [0.006] * 4 + [0.0006] * 4,
        [0.0667] * 6 + [0.0067] * 6 + [0.0007] * 6,  # a tenth each time, printed with four digits
        [0.02] * 4 + [0.014] * 4 + [0.0098] * 4 + [0.0069] * 4 + [0.0048] * 4,
    ],
)
def test_few_points_of_equal_drops_are_a_step_schedule(values: list[float]) -> None:
    assert _of(np.array(values)) is Family.STEP


@pytest.mark.parametrize("values", [[0.1] * 8 + [0.05] * 3 + [0.001] * 9, [0.3] * 7 + [0.03] * 2 + [0.003] * 8])
def test_uneven_drops_are_no_step_schedule(values: list[float]) -> None:
    assert _of(np.array(values)) is Family.MULTI_STEP


@pytest.mark.filterwarnings("error")
def test_a_rate_that_rests_at_zero_fell_to_it_once() -> None:
    found = recognise(np.arange(20, dtype=np.int64), np.array([0.1] * 8 + [0.04] * 3 + [0.0] * 9))
    assert found is not None
    assert (found.family, found.drops) == (Family.MULTI_STEP, (8, 11))


def test_a_rate_with_scatter_is_still_constant() -> None:
    assert _of(0.1 * (1 + 0.02 * np.random.default_rng(1).standard_normal(40))) is Family.CONSTANT


@pytest.mark.parametrize("warm", [0.03, 0.1, 0.18, 0.25, 0.4])
@pytest.mark.parametrize("n", [14, 80, 600])
def test_a_straight_warm_up_before_a_decay_is_no_cycle(warm: float, n: int) -> None:
    i, first = np.arange(n), max(2, round(warm * n))
    falls = {
        Family.COSINE: 0.5 * (1 + np.cos(np.pi * (i - first) / (n - first))),
        Family.LINEAR: (n - 1 - i) / (n - first),
    }
    for family, fall in falls.items():
        assert _of(3e-4 * np.where(i < first, (i + 1) / first, fall)) is family


@pytest.mark.parametrize("n", [16, 60, 500])
def test_a_cosine_up_and_down_is_one_cycle(n: int) -> None:
    x = np.arange(n) / (n - 1)
    up = 0.04 + 0.96 * 0.5 * (1 - np.cos(np.pi * x / 0.3))
    assert _of(0.01 * np.where(x < 0.3, up, 0.5 * (1 + np.cos(np.pi * (x - 0.3) / 0.7)))) is Family.ONE_CYCLE


def test_drops_at_equal_distances_waited_for_nothing() -> None:
    steps = np.arange(1, 31, dtype=np.int64)
    rate = np.repeat([0.1, 0.01, 0.001], 10)
    # the last new best came three evaluations before each drop, by chance
    loss = np.where(np.isin(steps, [1, 4, 7, 11, 14, 17, 21]), 3.0 - 0.1 * steps, 5.0)
    fixed = recognise(steps, rate, [(steps, loss)])
    waited = recognise(steps, rate, [(steps, np.where(steps == 1, 1.0, 2.0))])
    assert fixed is not None and fixed.family is Family.STEP
    assert waited is not None and waited.family is Family.ON_PLATEAU
