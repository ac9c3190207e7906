"""Findings that cannot stand beside the one that decided are silent; what can stand beside it stays."""

from __future__ import annotations

import numpy as np

from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.model.outcome import Status, Verdict
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Run, Series
from loganalyzer.model.verdicts import BY_PRIORITY
from loganalyzer.rules.registry import load_rules

X = np.linspace(0.0, 1.0, 200)
NOISE = 0.01 * np.random.default_rng(7).standard_normal(200)
VERDICT_RULES = {rule.id for rule in load_rules() if rule.verdict in BY_PRIORITY}


def judge(**series: np.ndarray) -> Diagnosis:
    steps = np.arange(200, dtype=np.int64)
    return diagnose(Run("r", ("r.csv",), "csv", {k: Series(k, steps, v) for k, v in series.items()}, step_unit="epoch"))


def found(diagnosis: Diagnosis) -> set[str]:
    return {o.rule for o in diagnosis.outcomes if o.status is Status.FOUND}


def test_none_of_the_six_words_stands_beside_a_range_test() -> None:
    loss = np.where(X < 0.8, 2.3 - 1.5 * np.clip(X - 0.3, 0, 1), 1.55 + np.exp(20 * (X - 0.8)) - 1) + NOISE
    diagnosis = judge(train_loss=loss, lr=10 ** (-7 + 7 * X))
    assert diagnosis.deciding == "range-test"
    assert not found(diagnosis) & (VERDICT_RULES | {"loss-never-decreases"})


def test_nan_is_told_beside_adversarial_losses() -> None:
    broken = np.where(X < 0.6, 1.0, np.nan)
    diagnosis = judge(generator_loss=1 + NOISE, discriminator_loss=1 - NOISE, train_loss=broken)
    assert diagnosis.deciding == "adversarial"
    assert "non-finite" in found(diagnosis)


def test_a_rhythm_is_not_flat() -> None:
    swinging = 1.2 + 0.8 * np.exp(-X / 0.02) + 0.5 * np.sin(2 * np.pi * 9 * X) + NOISE
    diagnosis = judge(train_loss=swinging)
    assert (diagnosis.verdict, diagnosis.kind) == (Verdict.OSCILLATING, "periodic")
    assert not found(diagnosis) & {"plateau", "loss-never-decreases", "loss-spikes"}


def test_a_climb_after_a_fall_is_neither_flat_nor_without_a_fall() -> None:
    diagnosis = judge(train_loss=0.2 + np.exp(-X / 0.05) + 1e-3 * np.exp(9 * X) + 0.1 * NOISE)
    assert diagnosis.verdict is Verdict.DIVERGING
    assert not found(diagnosis) & {"plateau", "loss-never-decreases"}


def test_a_jump_to_another_level_is_no_swing() -> None:
    diagnosis = judge(train_loss=0.2 + np.exp(-X / 0.05) + np.where(X > 0.6, 0.7, 0.0) + NOISE)
    assert diagnosis.verdict is Verdict.DIVERGING
    assert "oscillating" not in found(diagnosis)
    assert "loss-spikes" in found(diagnosis)


def test_swings_on_both_sides_of_a_jump_stay() -> None:
    swings = 0.25 * np.sin(2 * np.pi * 17 * X * (1 + 0.2 * X))
    diagnosis = judge(train_loss=0.6 + np.exp(-X / 0.05) + swings + np.where(X > 0.6, 1.5, 0.0) + NOISE)
    assert "oscillating" in found(diagnosis)


def test_a_loss_that_only_rose_never_decreased() -> None:
    diagnosis = judge(train_loss=1.0 + 3 * X + NOISE)
    assert diagnosis.verdict is Verdict.DIVERGING
    assert "loss-never-decreases" in found(diagnosis)
    assert "plateau" not in found(diagnosis)


def test_a_jump_that_stayed_up_did_not_come_back() -> None:
    loss = np.where(X < 0.85, 0.02 + 2 * np.exp(-X / 0.1), 2.6) + NOISE
    loss[170] = 43.0
    diagnosis = judge(train_loss=np.abs(loss))
    assert diagnosis.verdict is Verdict.DIVERGING
    assert not found(diagnosis) & {"oscillating", "loss-spikes"}


def test_one_step_of_an_explosion_is_no_new_level() -> None:
    diagnosis = judge(train_loss=1.0 + np.exp(40 * (X - 0.5)) + 0.01 * NOISE)
    assert diagnosis.verdict is Verdict.DIVERGING
    assert "loss-spikes" not in found(diagnosis)


def test_the_noise_of_batches_of_a_run_that_settled_is_no_sign_of_too_high_a_rate() -> None:
    diagnosis = judge(train_loss=1.3 + 0.3 * np.exp(-X / 0.05) + 8 * NOISE)
    assert diagnosis.verdict is Verdict.CONVERGED
    assert "learning-rate-too-high" not in found(diagnosis)


def test_swings_of_a_run_that_did_not_settle_are_one() -> None:
    diagnosis = judge(train_loss=1.3 + 3 * np.exp(-X / 0.1) + 0.5 * np.sin(2 * np.pi * 9 * X) + NOISE)
    assert diagnosis.verdict is Verdict.OSCILLATING
    assert "learning-rate-too-high" in found(diagnosis)


def test_a_run_that_has_settled_is_not_called_still_improving() -> None:
    settled = judge(train_loss=0.4 + 2 * np.exp(-X / 0.06) - 0.2 * X + 0.1 * NOISE)
    assert settled.deciding == "converged" and "still-improving" not in found(settled)
    falling = judge(train_loss=3.0 - 2.0 * X + 0.1 * NOISE)
    assert falling.deciding == "underfitting" and "still-improving" in found(falling)
