"""The parts of the verdicts' rules, each asked alone: what they measure, excuse and call it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from loganalyzer.features import never_left, turn_margins
from loganalyzer.features.curve import Curve
from loganalyzer.features.last_third import final_third
from loganalyzer.features.levels import turning_point
from loganalyzer.features.oscillation import oscillation
from loganalyzer.features.rise import measure_rise
from loganalyzer.rules.verdicts import diverging, oscillating, overfitting, plateau, underfitting

X = np.linspace(0, 1, 200)
FALL = np.exp(-X / 0.1)
NOISE = 0.01 * np.random.default_rng(5).standard_normal(200)
RISE = 0.3 + FALL + np.clip(X - 0.6, 0, None) + NOISE


def curve(y: np.ndarray) -> Curve:
    return Curve("loss", np.arange(len(y)), y, 1.0, 0.0, float(len(y) - 1))


# --- diverging -------------------------------------------------------------------------------------------------


def test_the_margin_of_a_rise_is_the_least_of_noise_share_and_staying() -> None:
    limits, made = diverging.Limits(), curve(RISE)
    rise = measure_rise(made)
    share = diverging.share_lost(made, rise, limits)
    assert share == rise.height / rise.scale
    margin = diverging.margin_of(made, rise, share, limits)
    assert margin == pytest.approx(share / limits.share)
    strict = replace(limits, z=rise.z * 2)
    assert diverging.margin_of(made, rise, share, strict) == pytest.approx(0.5)


def test_a_spike_that_came_back_does_not_stay_up() -> None:
    y = FALL + NOISE
    y[150:156] += 3
    made = curve(y)
    rise = measure_rise(made)
    assert diverging.margin_of(made, rise, 10.0, diverging.Limits()) < 0.5


def test_validation_alone_that_ends_below_its_start_is_excused() -> None:
    made, limits = curve(RISE), diverging.Limits()
    rise = measure_rise(made)
    assert rise.end < made.start
    assert diverging.excused(made, rise, limits, alone=True)
    assert not diverging.excused(made, rise, limits, alone=False)


def test_ups_and_downs_of_a_loss_that_hardly_gained_are_excused() -> None:
    made, limits = curve(10 + 0.5 * RISE), diverging.Limits()
    rise = measure_rise(made)
    assert diverging.excused(made, rise, limits, alone=False)
    assert not diverging.excused(made, rise, replace(limits, little=0.01), alone=False)


@pytest.mark.parametrize(
    ("y", "kind"),
    [
        (RISE, "rising"),
        (FALL + NOISE + np.where(X > 0.4, 0.5, 0.0), "blow-up"),
        (FALL + NOISE + np.where(X > 0.95, 3.0, 0.0), "blow-up"),
    ],
    ids=["by degrees", "at one blow", "only at the end"],
)
def test_the_kind_of_a_rise(y: np.ndarray, kind: str) -> None:
    made = curve(y)
    rise = measure_rise(made)
    assert diverging.kind_of(made, rise, rise.departed) == kind


# --- overfitting -----------------------------------------------------------------------------------------------


def test_what_training_gained_is_the_measure_where_validation_was_best_at_its_start() -> None:
    validation, train = curve(1 + 0.2 * X + NOISE), curve(5 * FALL)
    turn = turning_point(validation)
    assert turn.share > 10 * turn_margins.share_lost(validation, turn, 0.01, train) > 0
    assert turn_margins.share_lost(validation, turn, 0.01, None) == turn.share
    assert turn_margins.share_lost(validation, turn, turn.rise, train) == 0.0


def test_overfitting_must_keep_rising() -> None:
    limits, turn = overfitting.Limits(), turning_point(curve(RISE))
    assert turn_margins.margin_of(turn, turn.share, limits) > 1
    assert turn_margins.margin_of(replace(turn, after=2), turn.share, limits) == 0.0


def test_the_degree_of_overfitting() -> None:
    limits = overfitting.Limits()
    mild = overfitting.kind_of(0.05, 0.05, limits, excused=False)
    worse = overfitting.kind_of(0.05, 0.3, limits, excused=False)
    assert mild == "mild" and worse not in ("mild", "severe")
    assert overfitting.kind_of(0.9, 0.9, limits, excused=False) == "severe"
    assert overfitting.kind_of(0.9, 0.9, limits, excused=True) == worse


# --- oscillating -----------------------------------------------------------------------------------------------


def test_swings_about_a_level_that_was_hardly_left_are_no_swings_of_a_run_that_learned() -> None:
    limits = oscillating.Limits()
    waves = 0.1 * np.sin(2 * np.pi * 12 * X)
    learned, flat = curve(1 + FALL + waves), curve(10 + FALL + waves)
    assert oscillating.has_learned(learned, oscillation(learned), limits, periodic=False)
    assert not oscillating.has_learned(flat, oscillation(flat), limits, periodic=False)
    assert oscillating.has_learned(flat, oscillation(flat), limits, periodic=True)


def test_swings_as_large_as_the_loss_are_wild() -> None:
    limits, wave = oscillating.Limits(), np.sin(2 * np.pi * 12 * X)
    small, large = curve(2 + 0.1 * wave), curve(2 + wave)
    assert not oscillating.is_wild(small, oscillation(small), limits)
    assert oscillating.is_wild(large, oscillation(large), limits)


# --- plateau ---------------------------------------------------------------------------------------------------


def test_a_gain_beyond_its_noise_is_no_plateau_and_a_reason_excuses_one() -> None:
    limits = plateau.Limits()
    fell, flat = curve(FALL + NOISE), curve(1 + NOISE)
    assert never_left.never_margin(fell, None, limits, learned=False) < 0.3
    assert never_left.never_margin(flat, None, limits, learned=False) >= 1
    assert never_left.never_margin(flat, None, limits, learned=True) == never_left.EXCUSED
    assert never_left.never_margin(flat, fell, limits, learned=False) == never_left.EXCUSED


# --- underfitting ----------------------------------------------------------------------------------------------


def test_a_fall_to_the_end_is_undertrained_unless_the_rate_had_decayed() -> None:
    limits = underfitting.Limits()
    late, settled = final_third(curve(1 + np.exp(-X) + 0.1 * NOISE)), final_third(curve(FALL + NOISE))
    assert underfitting.undertrained_margin(late, limits, decayed=False) > 1
    assert underfitting.undertrained_margin(settled, limits, decayed=False) < 0.5
    barely = replace(late, share=2 * limits.share)
    assert underfitting.undertrained_margin(barely, limits, decayed=False) > 1
    assert underfitting.undertrained_margin(barely, limits, decayed=True) == pytest.approx(2 / limits.finished)
