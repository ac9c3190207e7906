"""What the curves themselves say of the cause, whatever the settings: which fix leads, and which are not offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Run, Series

NAN = float("nan")
Values = Mapping[str, Sequence[float]]
JUMPS: Values = {
    "train_loss": [2.27, 1.55, 1.07, 0.87, 0.59, 0.48, 0.38, 0.32, 0.21, 0.34],
    "val_loss": [3.29, 0.92, 1.43, 1.85, 0.58, 0.70, 0.17, 1.52, 0.14, 2.81],
}
LATE_RISE: Values = {"loss": [0.39, 0.88, 0.77, 0.58]}
YOUNG: Values = {
    "train_loss": [1.76, 1.37, 1.24, 1.16, 1.09, 1.03, 0.98, 0.94, 0.91, 0.90],
    "train_accuracy": [0.34, 0.50, 0.55, 0.58, 0.61, 0.63, 0.65, 0.66, 0.678, 0.686],
    "val_loss": [1.33, 1.09, 1.02, 0.96, 0.92, 0.88, 0.84, 0.82, 0.79, 0.73],
}
STAYS: Values = {
    "train_loss": [2.31, 2.05, 1.98, 1.93, 1.88, 1.85, 1.82, 1.79, 1.72],
    "train_accuracy": [0.14, 0.16, 0.18, 0.19, 0.21, 0.22, 0.23, 0.237, 0.26],
    "val_loss": [1.80, 1.86, 1.81, 1.80, 1.82, 1.79, 1.81, 1.80, 1.79],
}
WORSE_AGAIN: Values = {
    "train_loss": [1.616, 1.251, 1.178, 1.153, 1.151, 1.159, 1.177],
    "train_accuracy": [0.408, 0.557, 0.589, 0.604, 0.61, 0.6123, 0.6132],
    "val_loss": [1.196, 1.005, 1.31, 1.05, 1.28, 1.293, 1.274],
}
BY_HEART: Values = {"train_auc": [1.0] * 5, "test_auc": [0.45] * 5}
AT_ONCE: Values = {
    "train_loss": [1.22, 0.22, 0.051, 0.024, 0.014],
    "train_accuracy": [0.56, 1.0, 1.0, 1.0, 1.0],
    "val_loss": [0.97, 0.99, 1.07, 1.068, 1.025],
}
COLLAPSED: Values = {"val_accuracy": [0.186, 0.18, 0.045, 0.0045, 0.0024, 0.0018, 0.001, 0.001, 0.0015, 0.0013]}
LOSS_ALONE: Values = {
    "loss": [9.66, 5.15, 4.66, 4.46, 4.32, 4.26, 4.17, 4.09, 4.04, 3.98, 3.90, 3.84, 3.80, 3.73, 3.67]
}
EASY: Values = {"val_loss": [0.101, 0.1, 0.102, 0.1], "val_accuracy": [0.971, 0.972, 0.971, 0.972]}
SCORES: Values = {"precision": [0.85, 0.84], "recall": [0.54, 0.52], "mAP50": [0.61, 0.59]}


def judged(series: Values, settings: Mapping[str, Any], first: int = 1) -> Diagnosis:
    made = {n: Series(n, np.arange(first, first + len(v), dtype=np.int64), np.array(v)) for n, v in series.items()}
    late = first if first > 1 else None
    return diagnose(
        Run("r", ("r.csv",), "csv", made, hyperparameters=dict(settings), step_unit="epoch", begins_at=late)
    )


def first_actions(series: Values, settings: Mapping[str, Any], first: int = 1) -> list[str]:
    return [action.fix for action in judged(series, settings, first).actions]


@pytest.mark.parametrize(
    ("series", "settings", "first", "leads"),
    [
        (JUMPS, {}, 1, "lr-down-10x"),
        (LATE_RISE, {}, 19, "lr-down-10x"),
        (YOUNG, {"epochs": 200}, 1, "longer-training"),
        (STAYS, {}, 1, "more-data"),
        (WORSE_AGAIN, {"optimizer": "rmsprop", "lr": 0.001}, 1, "lr-down-10x"),
        (BY_HEART, {}, 80, "more-data"),
        (AT_ONCE, {}, 1, "match-evaluation"),
    ],
    ids=["validation leaps", "a late log that rises", "a young run", "validation stays", "worse again", "all by heart", "at once"],
)  # fmt: skip
def test_what_leads(series: Values, settings: Mapping[str, Any], first: int, leads: str) -> None:
    assert leads in first_actions(series, settings, first)[:2]


@pytest.mark.parametrize(
    ("series", "settings", "first", "led"),
    [
        ({"train_loss": JUMPS["train_loss"]}, {}, 1, "early-stopping"),
        ({"loss": [0.88, 0.77, 0.58, 0.39]}, {}, 19, "lr-down-10x"),
        ({"loss": [0.39, 0.88]}, {}, 19, "lr-down-10x"),
        (BY_HEART | {"test_auc": [0.95] * 5}, {}, 80, "more-data"),
        (AT_ONCE | {"train_accuracy": [0.56, 0.7, 0.8, 0.9, 1.0]}, {}, 1, "match-evaluation"),
        (STAYS | {"val_loss": STAYS["train_loss"]}, {}, 1, "more-data"),
    ],
    ids=["no validation", "a late log that falls", "two late values", "good validation", "not at once", "validation follows"],
)  # fmt: skip
def test_its_neighbour_is_not_led_by_it(series: Values, settings: Mapping[str, Any], first: int, led: str) -> None:
    assert led not in first_actions(series, settings, first)


@pytest.mark.parametrize(
    ("series", "settings", "first", "never"),
    [
        (JUMPS, {}, 1, {"longer-training"}),
        (STAYS, {}, 1, {"longer-training", "lr-up-3x", "lr-up-10x", "wider-model"}),
        (WORSE_AGAIN, {"optimizer": "rmsprop", "lr": 0.001}, 1, {"wider-model"}),
        (COLLAPSED, {"lr": 0.05}, 1, {"weight-decay", "add-dropout", "smaller-model", "label-smoothing"}),
        (LOSS_ALONE, {}, 1, {"lr-up-3x", "lr-up-10x", "longer-training", "use-adam"}),
        ({"total_loss": [NAN, NAN], **SCORES}, {}, 42, {"lr-down-10x", "clip-gradients"}),
        ({"loss": [6.3, 6.5, 6.9, 7.2], "lr": [0.001, 0.002, 0.003, 0.004]}, {}, 19, {"lr-down-10x"}),
        (EASY, {}, 1, {"overfit-one-batch", "check-training-loop"}),
        (EASY | {"val_accuracy": EASY["val_loss"], "val_spearman": EASY["val_accuracy"]}, {}, 1, {"overfit-one-batch"}),
    ],
    ids=["validation leaps", "stays", "worse again", "below guessing", "nothing but a loss", "scores beside NaN",
         "warming up", "easy", "easy ranking"],
)  # fmt: skip
def test_what_is_never_offered(series: Values, settings: Mapping[str, Any], first: int, never: set[str]) -> None:
    assert never.isdisjoint(action.fix for action in judged(series, settings, first).offered)


@pytest.mark.parametrize(
    ("series", "settings", "first", "fix"),
    [
        ({"val_accuracy": [0.186, 0.18, 0.15, 0.13, 0.12, 0.11, 0.1, 0.1, 0.1, 0.1]}, {"lr": 0.05}, 1, "weight-decay"),
        ({"total_loss": [NAN, NAN]}, {}, 42, "lr-down-10x"),
        ({"loss": [1.1, 0.6, NAN, NAN], "r2": [0.2, 0.5, NAN, NAN]}, {}, 1, "lr-down-10x"),
        ({"loss": [6.3, 6.5, 6.9, 7.2], "lr": [0.001] * 4}, {}, 19, "lr-down-10x"),
        (EASY | {"val_accuracy": [0.51, 0.52, 0.51, 0.52]}, {}, 1, "overfit-one-batch"),
    ],
    ids=[
        "a score half of which is left",
        "no scores",
        "good scores until the loss is lost",
        "a constant rate",
        "a poor score",
    ],
)
def test_its_neighbour_is_offered_it(series: Values, settings: Mapping[str, Any], first: int, fix: str) -> None:
    assert fix in {action.fix for action in judged(series, settings, first).offered}
