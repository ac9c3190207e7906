"""Noise, levels and invariances of a curve made ready."""

from __future__ import annotations

import numpy as np
import pytest

from loganalyzer.features.curve import Curve
from loganalyzer.features.last_third import final_third
from loganalyzer.features.levels import scale, significance, turning_point
from loganalyzer.features.oscillation import oscillation
from loganalyzer.features.spikes import spikes


def curve(y: np.ndarray, sign: float = 1.0) -> Curve:
    n = len(y)
    return Curve("y", np.arange(n), y, sign, 0.0, float(max(n - 1, 1)))


def fall(n: int = 200, noise: float = 0.01, seed: int = 0) -> np.ndarray:
    x = np.linspace(0, 1, n)
    return np.exp(-x / 0.1) + noise * np.random.default_rng(seed).standard_normal(n)


@pytest.mark.parametrize("n", [100, 2000, 50_000])
def test_point_noise_is_found_under_a_trend(n: int) -> None:
    assert curve(fall(n, 0.05)).point_sigma == pytest.approx(0.05, rel=0.35)


@pytest.mark.parametrize(("a", "b"), [(1e-4, 0.0), (1e6, 0.0), (1.0, 7.0), (3.0, -5.0)])
def test_shares_do_not_depend_on_scale_and_offset(a: float, b: float) -> None:
    y = fall() + 0.4 * np.clip(np.linspace(0, 1, 200) - 0.4, 0, 1)
    plain, moved = curve(y), curve(a * y + b)
    assert turning_point(moved).share == pytest.approx(turning_point(plain).share, rel=1e-6)
    assert turning_point(moved).z == pytest.approx(turning_point(plain).z, rel=1e-6)
    assert oscillation(moved).share == pytest.approx(oscillation(plain).share, rel=1e-6)
    assert scale(moved) == pytest.approx(a * scale(plain), rel=1e-6)


def test_higher_is_better_is_the_same_curve_turned_over() -> None:
    y = fall()
    assert turning_point(curve(-y, -1.0)).share == pytest.approx(turning_point(curve(y)).share)
    assert curve(-y, -1.0).as_logged(curve(-y, -1.0).best) == pytest.approx(-curve(y).best)


def test_a_long_log_gives_the_answers_of_a_short_one() -> None:
    long, short = curve(fall(50_000, 0.02)), curve(fall(500, 0.02))
    assert scale(long) == pytest.approx(scale(short), rel=0.1)
    assert len(long.reduced) <= 501
    assert abs(final_third(long).share) < 0.01


def test_best_and_turn_are_found() -> None:
    x = np.linspace(0, 1, 200)
    t = turning_point(curve(fall(noise=0.005) + np.clip(x - 0.6, 0, 1)))
    assert 0.5 < t.x < 0.66
    assert t.rise == pytest.approx(0.38, abs=0.05)


def test_nan_is_an_event_not_a_value() -> None:
    y = fall()
    y[50] = np.nan
    y[-1] = np.inf
    made = curve(y)
    assert made.count == 198
    assert made.ends_non_finite


def test_enormous_values_stay_finite() -> None:
    with np.errstate(all="raise", under="ignore"):
        made = curve(1.7e308 * np.linspace(1.0, -1.0, 50))
        assert np.isfinite([made.sigma, made.best, scale(made), significance(made)]).all()


def test_a_spike_is_located_and_noise_has_none() -> None:
    y = fall()
    assert spikes(curve(y)) == ()
    y[120] += 2.0
    found = spikes(curve(y))
    assert [s.step for s in found] == [120]


def test_a_rhythm_has_its_period() -> None:
    x = np.linspace(0, 1, 400)
    s = oscillation(curve(fall(400) + 0.2 * np.sin(2 * np.pi * np.arange(400) / 25)))
    assert s.period == pytest.approx(25, rel=0.1)
    assert s.regularity > 1
    assert len(x) == 400
