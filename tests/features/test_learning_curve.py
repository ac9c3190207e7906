"""What more training would bring: ranges that hold the truth, and silence where there is none to give."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.gain_range import curve_of
from loganalyzer.features.learning_curve import outlook
from loganalyzer.model.run import Series

TRUTHS = {
    "power": lambda x: 0.5 + x**-0.5,
    "exponential": lambda x: 0.5 + np.exp(-x / 40),
    "settled": lambda x: 0.5 + np.exp(-x / 5),
    "line": lambda x: 3 - 0.01 * x,
}


def of(values: np.ndarray, direction: str = "min"):  # type: ignore[no-untyped-def]
    return curve_of(Series("val_loss", np.arange(1, len(values) + 1, dtype=np.int64), values), direction)


@pytest.mark.parametrize("name", sorted(TRUTHS))
@pytest.mark.parametrize("more", [0.25, 0.5])
def test_the_range_mostly_holds_what_happens(name: str, more: float) -> None:
    held = 0
    for seed in range(20):
        noise = 0.01 * np.random.default_rng(seed).standard_normal(100)
        x = np.arange(1.0, 101.0)
        answer = outlook(of(TRUTHS[name](x) + noise), more)
        assert answer is not None
        truth = TRUTHS[name](np.array([100 * (1 + more)]))[0]
        held += answer.low <= truth <= answer.high
    assert held >= 16


def test_a_settled_curve_gets_a_narrow_range() -> None:
    x = np.arange(1.0, 101.0)
    answer = outlook(of(TRUTHS["settled"](x) + 0.001 * np.random.default_rng(0).standard_normal(100)), 0.5)
    assert answer is not None
    assert answer.high - answer.low < 0.02


def test_scale_does_not_matter() -> None:
    y = 0.5 + np.arange(1.0, 101.0) ** -0.5
    a, b = outlook(of(y), 0.5), outlook(of(1000 * y), 0.5)
    assert a is not None
    assert b is not None
    assert b.low == pytest.approx(1000 * a.low, rel=1e-6)


@pytest.mark.parametrize("values", [np.linspace(1, 0.5, 8), np.ones(50), np.full(50, np.nan)])
def test_silent_where_the_log_does_not_allow_it(values: np.ndarray) -> None:
    assert outlook(of(values), 0.5) is None


def test_higher_is_better_too() -> None:
    y = 0.9 - 0.5 * np.arange(1.0, 101.0) ** -0.5
    answer = outlook(of(y, "max"), 0.5)
    assert answer is not None
    assert -0.9 <= answer.middle < -0.83
