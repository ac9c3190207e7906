"""Robust statistics against numpy, scipy and hand-made answers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.features import arrays

finite = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.lists(finite, min_size=1, max_size=60))
def test_median_is_numpys(values: list[float]) -> None:
    assert arrays.median(np.array(values)) == pytest.approx(float(np.median(values)), rel=1e-12, abs=1e-12)


def test_median_of_a_long_array() -> None:
    values = np.random.default_rng(0).normal(size=5001)
    assert arrays.median(values) == float(np.median(values))
    assert arrays.median(values[1:]) == pytest.approx(float(np.median(values[1:])))


@settings(deadline=None)
@given(st.lists(finite, min_size=2, max_size=40, unique=True))
def test_kendall_is_scipys(values: list[float]) -> None:
    from scipy.stats import kendalltau

    expected = kendalltau(np.arange(len(values)), values).statistic
    assert arrays.kendall(np.array(values)) == pytest.approx(expected, abs=1e-9)


def test_running_median_drops_a_lone_spike_and_keeps_a_line() -> None:
    line = np.arange(20.0)
    assert np.allclose(arrays.running_median(line, 5), line)
    spiked = line.copy()
    spiked[10] = 1e6
    assert arrays.running_median(spiked, 5).max() < 25


def test_theil_sen_ignores_outliers() -> None:
    x = np.linspace(0, 1, 50)
    y = 3 * x
    y[::9] += 100
    assert arrays.theil_sen(x, y) == pytest.approx(3.0, rel=0.05)


@pytest.mark.parametrize(("ratio", "expected"), [(1.0, 0.5), (0.0, 0.0), (np.inf, 1.0), (-3.0, 0.0)])
def test_margin_is_half_at_the_threshold(ratio: float, expected: float) -> None:
    assert arrays.sigmoid_margin(ratio) == expected


@pytest.mark.parametrize("n", [3, 21, 61, 99, 120, 121, 500, 1999, 2001])
@pytest.mark.parametrize("blocks", [2, 20, 60])
def test_block_medians_are_the_medians_of_the_blocks(n: int, blocks: int) -> None:
    values = np.random.default_rng(n).standard_normal(n)
    edges = np.linspace(0, n, blocks + 1).astype(int)
    expected = [np.median(values[a:b]) for a, b in pairwise(edges)] if n > blocks else values
    assert arrays.block_medians(values, blocks) == pytest.approx(expected, abs=0)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_differences_show_the_noise_under_a_trend(order: int) -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(4000)
    assert arrays.difference_sigma(noise, order) == pytest.approx(0.1, rel=0.1)
    assert arrays.difference_sigma(np.linspace(0, 1, 50) ** (order - 1), order) == pytest.approx(0.0, abs=1e-12)


def test_a_straight_line_has_no_noise_from_step_to_step() -> None:
    line = np.linspace(0, 100, 4000)
    assert arrays.step_sigma(line) == pytest.approx(0.0, abs=1e-9)
    assert arrays.step_sigma(line + np.random.default_rng(0).standard_normal(4000)) == pytest.approx(1.0, rel=0.1)
