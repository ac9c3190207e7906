"""What would do harm is not offered: runs of several kinds, and the fixes that their logs speak against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Run, Series

NAN = float("nan")
LOWER = ("lr-down-10x", "lr-down-3x", "lr-half")
RISING_SUM = {"loss": [40.0, 2163.0, 1182.0, 1150.0, 1087.0, 1343.0]}
RISING_SCORE = {"val_f1": [0.10, 0.83, 0.889, 0.90, 0.92, 0.93]}
LEARNS = {"loss": [2.0, 1.5, 1.1], "lr": [0.001] * 3}

AT_ONCE = {"loss": [0.012, 6e-9, 5e-9], "val_loss": [2e-9, 2e-9, 1e-9], "val_accuracy": [1.0, 1.0, 1.0]}


def judged(series: Mapping[str, list[float]], settings: Mapping[str, Any], first: int = 1) -> Diagnosis:
    made = {n: Series(n, np.arange(first, first + len(v), dtype=np.int64), np.array(v)) for n, v in series.items()}
    return diagnose(Run("r", ("r.csv",), "csv", made, hyperparameters=dict(settings), step_unit="step"))


def offered(series: Mapping[str, list[float]], settings: Mapping[str, Any]) -> set[str]:
    return {item.fix for item in judged(series, settings).offered}


@pytest.mark.parametrize(
    ("series", "settings", "never"),
    [
        ({"train_loss": [NAN] * 5, "val_loss": [NAN] * 5}, {"lr": 0.004}, (*LOWER, "clip-gradients")),
        ({"train_loss": [2e11, NAN, NAN, NAN]}, {"lr": 1e-8}, LOWER),
        ({"train_loss": [2.33, 2.331, 2.329, 2.33, 2.331, 2.33, 2.329, 2.33]}, {"lr": 0}, ("longer-training", *LOWER)),
        ({"train_loss": [3.0, 3.1, 3.2]}, {}, ("longer-training",)),
        ({"loss": [6.5, 2.1, 0.6, 0.2]}, {"model": "ChatGLM-6B LoRA"}, ("longer-training",)),
        ({**RISING_SUM, **RISING_SCORE}, {}, (*LOWER, "warm-up")),
        ({"Average Return": [200.0] * 6}, {}, ("rl-exploration", "longer-training", "several-seeds")),
        ({"train_loss": [4.2, 4.1, 4.08, 4.07]}, {"model": "bert-base", "lr": 1e-3}, ("longer-training",)),
        (AT_ONCE, {}, ("longer-training",)),
    ],
    ids=[
        "all NaN, usual rate",
        "tiny rate",
        "rate 0",
        "no progress",
        "few data",
        "score at its best",
        "at the ceiling",
        "trained weights, rate far too high",
        "perfect at once",
    ],
)
def test_the_log_speaks_against_it(
    series: Mapping[str, list[float]], settings: Mapping[str, Any], never: tuple[str, ...]
) -> None:
    assert offered(series, settings).isdisjoint(never)


@pytest.mark.parametrize(
    ("series", "settings", "fix"),
    [
        ({"train_loss": [NAN] * 5, "val_loss": [NAN] * 5}, {}, "lr-down-10x"),
        ({"train_loss": [NAN] * 5, "val_loss": [NAN] * 5}, {"lr": 30}, "lr-down-10x"),
        (LEARNS, {}, "longer-training"),
        ({"train_loss": [4.2, 4.1, 4.08, 4.07]}, {"model": "bert-base", "lr": 1e-3}, "lr-down-10x"),
        ({"train_loss": [4.2, 4.1, 4.08, 4.07]}, {"model": "bert", "lr": 1e-3}, "longer-training"),
        (AT_ONCE, {}, "check-labels-inputs"),
        ({"loss": [0.0]}, {}, "check-labels-inputs"),
        (RISING_SUM, {}, "lr-down-10x"),
        ({"Average Return": [120.0] * 6}, {}, "rl-exploration"),
    ],
    ids=[
        "unknown rate",
        "far too high a rate",
        "too short, but learning",
        "trained weights, rate far too high",
        "weights of its own at that rate",
        "perfect at once",
        "exactly 0",
        "no score beside it",
        "another constant return",
    ],
)
def test_its_neighbour_is_offered_it(series: Mapping[str, list[float]], settings: Mapping[str, Any], fix: str) -> None:
    assert fix in offered(series, settings)


def at_steps(steps: list[int], **series: list[float]) -> Diagnosis:
    made = {n: Series(n, np.array(steps, dtype=np.int64), np.array(v)) for n, v in series.items()}
    return diagnose(Run("r", ("r.csv",), "csv", made, step_unit="step"))


WEIGHTS_OF_STEP_0 = {
    "train_loss": [73.5, 3e-2, 7e-3, 2e-3, 6e-4, 3e-4, 2e-4, 2e-4, 2e-4, 2e-4],
    "test_loss": [2e-12, 1.6e-5, 2.3e-5, 3.3e-5, 4.2e-5, 4.9e-5, 4e-5, 3.6e-5, 3e-5, 2.4e-5],
}


def test_weights_that_nothing_was_done_to_are_no_result() -> None:
    untrained = at_steps([1000 * i for i in range(10)], **WEIGHTS_OF_STEP_0)
    assert {item.fix for item in untrained.offered}.isdisjoint({"early-stopping", "keep-best-checkpoint"})
    after_an_epoch = at_steps(list(range(10)), **WEIGHTS_OF_STEP_0)
    assert "early-stopping" in {item.fix for item in after_an_epoch.offered}


def test_a_rate_that_threw_a_run_onto_a_plateau_is_lowered() -> None:
    thrown = judged({"loss": [0.68, 2.46, 5.34, 1.02, 10.69, 1.99, 3.57, 0.69, *[0.6931] * 20]}, {})
    assert thrown.verdict.value == "plateau"
    assert thrown.offered[0].fix == "lr-down-10x"
