"""What tells swings from noise: memory in means of blocks, returns, and a held-out set that moves along."""

from __future__ import annotations

import numpy as np
import pytest

from loganalyzer.features.curve import Curve
from loganalyzer.features.oscillation import falling_fit, lasting_swings, oscillation
from loganalyzer.features.shared_swings import co_movement

N = 300
X = np.linspace(0.0, 1.0, N)


def curve(values: np.ndarray) -> Curve:
    steps = np.arange(len(values), dtype=np.int64)
    return Curve("loss", steps, np.asarray(values, dtype=float), 1.0, 0.0, float(steps[-1]))


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(N)


def test_falling_fit_is_the_nearest_curve_that_never_rises() -> None:
    assert falling_fit(np.array([3.0, 1.0, 2.0, 0.0])).tolist() == [3.0, 1.5, 1.5, 0.0]
    assert falling_fit(np.array([1.0, 2.0, 3.0])).tolist() == [2.0, 2.0, 2.0]
    falling = np.exp(-X)
    assert falling_fit(falling) == pytest.approx(falling)


@pytest.mark.parametrize("trend", [np.exp(-X / 0.1), 1.0 - (X > 0.5), 0 * X], ids=["fall", "step", "flat"])
def test_noise_leaves_no_slow_swings(trend: np.ndarray) -> None:
    assert all(lasting_swings(curve(trend + 0.2 * noise(seed))) == (0.0, 0) for seed in range(20))


def test_slow_swings_are_measured_and_counted() -> None:
    size, rises = lasting_swings(curve(np.exp(-X / 0.05) + 0.3 * np.sin(2 * np.pi * 9 * X) + 0.05 * noise(1)))
    assert 0.15 < size < 0.4  # a sine of 0.3 has a deviation of 0.21
    assert 4 <= rises <= 7  # six of its nine periods lie in the last two thirds


def test_a_rhythm_of_few_values_is_no_rhythm() -> None:
    few = [oscillation(curve(noise(seed)[:40])) for seed in range(60)]
    assert sum(s.lobe > 0.3 and s.regularity > 1.0 and s.rhythmic > 1.0 for s in few) <= 1


def test_co_movement_is_that_of_steps_not_of_trends() -> None:
    fall = np.exp(-X / 0.2)
    assert co_movement(curve(fall + 0.1 * noise(1)), curve(fall + 0.1 * noise(2))) == 0.0
    shared = fall + 0.1 * noise(1)
    assert co_movement(curve(shared), curve(2 * shared + 0.02 * noise(2) + 5)) > 0.9
    assert co_movement(curve(shared), curve(-shared)) < -0.9
    assert co_movement(curve(shared[:12]), curve(shared[:12])) == 0.0  # eight settled values show nothing
