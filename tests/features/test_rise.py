"""A rise above the best level, measured: where it began, how high it is, beside which noise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from loganalyzer.features.curve import Curve
from loganalyzer.features.rise import measure_rise, stays_above

X = np.linspace(0, 1, 200)
FALL = np.exp(-X / 0.1)
NOISE = 0.01 * np.random.default_rng(3).standard_normal(200)


def curve(y: np.ndarray) -> Curve:
    return Curve("loss", np.arange(len(y)), y, 1.0, 0.0, float(len(y) - 1))


def test_the_departure_and_the_height_of_a_rise_are_found() -> None:
    rise = measure_rise(curve(FALL + np.clip(X - 0.6, 0, None) + NOISE))
    assert 120 <= rise.departed <= 150
    assert rise.best_at < rise.departed
    assert rise.height == pytest.approx(0.38, abs=0.05)
    assert 0.005 < rise.noise < 0.03
    assert not rise.never_gained and not rise.exploded


def test_the_rise_itself_is_no_noise_of_what_came_before() -> None:
    calm = measure_rise(curve(FALL + NOISE))
    risen = measure_rise(curve(FALL + NOISE + 50 * np.clip(X - 0.8, 0, None)))
    assert risen.noise < 3 * calm.noise
    assert risen.z > 100


def test_a_rise_far_above_everything_before_it_is_an_explosion() -> None:
    y = FALL + NOISE
    y[190:] = 1e6
    rise = measure_rise(curve(y))
    assert rise.exploded and 0 < rise.seen < 2 and rise.departed == 190


def test_a_curve_that_only_climbs_never_gained() -> None:
    assert measure_rise(curve(1 + X + NOISE)).never_gained
    assert not measure_rise(curve(FALL + NOISE)).never_gained


def test_a_rise_does_not_depend_on_scale_and_offset() -> None:
    y = FALL + np.clip(X - 0.6, 0, None) + NOISE
    one, other = measure_rise(curve(y)), measure_rise(curve(1000 * y - 5))
    assert (one.departed, one.best_at, one.count) == (other.departed, other.best_at, other.count)
    assert other.z == pytest.approx(one.z, rel=1e-6) and math.isfinite(one.z)


def test_one_lucky_value_is_no_return() -> None:
    y = np.where(X > 0.5, 2.0, 1.0)
    y[180] = 0.5
    assert stays_above(curve(y), 1.5) == pytest.approx(100, abs=1)
