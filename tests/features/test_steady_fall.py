"""A fall through the last two thirds, whatever noise does to the last one."""

from __future__ import annotations

import numpy as np
import pytest

from loganalyzer.features.curve import Curve
from loganalyzer.features.levels import level_gain
from loganalyzer.features.steady_fall import steady_fall


def curve(y: np.ndarray) -> Curve:
    return Curve("loss", np.arange(len(y)), np.asarray(y, dtype=float), 1.0, 0.0, float(len(y) - 1))


def noise(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(n)


@pytest.mark.parametrize(("factor", "offset"), [(1.0, 0.0), (1e4, 0.0), (1e-3, -7.0), (20.0, 3.0)])
def test_neither_scale_nor_offset_matters(factor: float, offset: float) -> None:
    y = 1 - 0.6 * np.linspace(0, 1, 200) + 0.15 * noise(200, 4)
    plain, moved = steady_fall(curve(y)), steady_fall(curve(factor * y + offset))
    assert moved.z == pytest.approx(plain.z, rel=1e-6) and moved.tau == pytest.approx(plain.tau)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("n", [60, 400, 5000])
def test_white_noise_falls_nowhere(n: int, seed: int) -> None:
    fall = steady_fall(curve(3 + noise(n, seed)))
    assert abs(fall.z) < 4.5 and fall.tau > -0.6


def test_a_line_falls_all_the_way() -> None:
    assert steady_fall(curve(np.linspace(3, 1, 30))).tau == -1.0
    assert steady_fall(curve(np.array([3.0, 2.0, 1.0]))).z == 0.0


@pytest.mark.parametrize("seed", range(6))
def test_the_level_of_noisy_batches_falls_or_stays(seed: int) -> None:
    x = np.linspace(0, 1, 480)
    scatter = np.exp(0.4 * noise(480, seed))
    fell = level_gain(curve((1.2 + 1.4 * np.exp(-x / 0.15)) * scatter))
    assert fell.z > 4 and fell.share > 0.25 and fell.kept > 0.6
    assert abs(level_gain(curve(2.4 * scatter)).z) < 4
    assert level_gain(curve(scatter[:90])).z == 0.0
    assert level_gain(curve(-scatter)).z == 0.0
