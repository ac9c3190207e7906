"""Settings far outside what is usual come first, those at the edge of it do not, and healthy settings are never suspected."""

from __future__ import annotations

from typing import Any

import pytest

from loganalyzer.model.report import Diagnosis
from loganalyzer.rules.fixes.suspects import SUSPECTS, suspected
from tests.prescriptions.case import case_of, diagnosed

FALLING = {"train_loss": "2 - 1.2 * x + 0.002 * noise(1)", "val_loss": "2.1 - 1.2 * x + 0.002 * noise(2)"}
FLAT = {"train_loss": "2.3026 + 0.003 * noise(1)"}
BLOWN = {"train_loss": "where(x < 0.3, 2 - 4 * x, 0.8 + 20 * (x - 0.3))"}
SWINGS = {
    "train_loss": "2 * exp(-12 * x) + 0.5 + 0.3 * sin(2 * pi * x * 9)",
    "val_loss": "2 * exp(-12 * x) + 0.6 + 0.3 * sin(2 * pi * x * 9)",
}
USUAL: dict[str, Any] = {
    "optimizer": "sgd", "lr": 0.02, "momentum": 0.9, "weight_decay": 5e-4, "dropout": 0.3, "batch_size": 32, "hidden": "64-64",
    "n_train": 5000, "epochs": 60, "augment": 0.1, "clip_norm": 1.0, "warmup_epochs": 3, "shuffle": "true", "batch_norm": "true",
}  # fmt: skip
ADAMW = {"optimizer": "adamw", "lr": 1e-3}
ADAM = {"optimizer": "adam", "lr": 1e-3}
HIGH_FLOOR = {
    "train_loss": "0.7 + 0.3 * exp(-9 * x) + 0.02 * noise(1)",
    "train_acc": "0.6 - 0.2 * exp(-9 * x) + 0.01 * noise(2)",
    "val_loss": "0.72 + 0.3 * exp(-9 * x) + 0.02 * noise(3)",
    "val_acc": "0.59 - 0.2 * exp(-9 * x) + 0.01 * noise(4)",
}
SIGMOID = {"activation": "sigmoid"}
BY_HEART = {"train_loss": "2 * exp(-9 * x)", "val_loss": "0.6 + 1.4 * exp(-12 * x) + 0.9 * x ** 2 + 0.002 * noise(2)",
            "val_acc": "0.5 + 0.3 * x + 0.002 * noise(3)"}  # fmt: skip
BARE = {"optimizer": "adamw", "lr": 2e-3, "weight_decay": 0.0, "dropout": 0.0, "batch_norm": "false"}
PLAIN = {"batch_norm": "false"}
RISING = {"lr": "0.001 + 0.0001 * i"}
SPENT = {"lr": "0.02 * exp(log(0.5) * i)"}


@pytest.mark.parametrize(
    ("fix", "series", "far", "near"),
    [
        ("less-weight-decay", FLAT, {"weight_decay": 0.1}, {"weight_decay": 0.05}),
        ("less-weight-decay", FLAT, ADAMW | {"weight_decay": 1.0}, ADAMW | {"weight_decay": 0.5}),
        ("less-weight-decay", SWINGS, {"optimizer": "sgd", "weight_decay": 0.5}, {"optimizer": "sgd", "weight_decay": 0.01}),
        ("less-dropout", FALLING, {"dropout": 0.6}, {"dropout": 0.5}),
        ("less-dropout", BLOWN, {"dropout": 0.9}, {"dropout": 0.5}),
        ("less-dropout", FALLING, {"dropout": 0.3, "n_layers": 10}, {"dropout": 0.3, "n_layers": 2}),
        ("less-dropout", FALLING, {"dropout": 0.25, "layers": "64-64-64-64-64-64-64-64-64"}, {"dropout": 0.25, "layers": "64-64"}),
        ("less-augmentation", FLAT, {"augment": 1.0}, {"augment": 0.5}),
        ("less-augmentation", FLAT, {"augment": 2.0}, {"augment": 2}),
        ("less-augmentation", BLOWN, {"augment": 2.0}, {"augment": 0.5}),
        ("fewer-layers", FLAT, PLAIN | {"hidden": "8-8-8-8-8-8-8-8"}, PLAIN | {"hidden": "8-8-8-8-8-8-8"}),
        ("fewer-layers", FLAT, PLAIN | {"hidden": "8-8-8-8-8-8-8-8"}, {"hidden": "8-8-8-8-8-8-8-8"}),
        ("fewer-layers", SWINGS, PLAIN | {"hidden": "8-8-8-8-8-8-8-8"}, PLAIN | {"hidden": "8-8-8-8-8-8-8"}),
        ("fewer-layers", HIGH_FLOOR, PLAIN | {"hidden": "8-8-8-8-8-8-8-8"}, {"hidden": "8-8-8-8-8-8-8-8"}),
        ("lr-down-10x", BLOWN, {"lr": 0.05, "batch_size": 8}, {"lr": 0.05, "batch_size": 16}),
        ("usual-settings", FALLING, {"lr": 0.005, "normalise": "false"}, {"lr": 0.006, "normalise": "false"}),
        ("looser-clipping", FLAT, {"clip_norm": 0.05}, {"clip_norm": 0.1}),
        ("default-rates", FLAT, {"lr": 1e-3}, {"lr": 2e-3}),
        ("default-rates", FLAT, {"lr": 9e-6, "optimizer": "adam"}, {"lr": 1e-5, "optimizer": "adam"}),
        ("lr-down-10x", FLAT, {"lr": 0.2}, {"lr": 0.1}),
        ("lr-down-10x", BLOWN, {"lr": 0.02, "optimizer": "adam"}, {"lr": 0.01, "optimizer": "adam"}),
        ("usual-settings", FLAT, {"lr": 0.005, "normalise": "false"}, {"lr": 0.005, "normalise": "true"}),
        ("looser-clipping", BLOWN, {"clip_norm": 0.05}, {"clip_norm": 0.1}),
        ("looser-clipping", BLOWN, {"clip_norm": 0.05}, {"clip_norm": 0.05, "lr": 0.2}),
        ("lr-down-10x", BY_HEART, {"lr": 1.5}, {"lr": 1.0}),
        ("lr-down-10x", SWINGS, {"lr": 2.0, "optimizer": ""}, {"lr": 1.0, "optimizer": ""}),
        ("lr-up-3x", FALLING, {"lr": 0.005}, {"lr": 0.006}),
        ("default-rates", FALLING, {"lr": 0.001}, {"lr": 0.002}),
        ("default-rates", FLAT, {"lr": 0.005, "momentum": 0.5}, {"lr": 0.006, "momentum": 0.5}),
        ("default-rates", FLAT, {"lr": 0.005, "momentum": 0.5}, {"lr": 1e-4, "optimizer": "adam"}),
        ("usual-settings", FLAT, {"clip_norm": 0.01, "lr": 0.005, "momentum": 0.5}, {"lr": 0.005, "momentum": 0.5}),
        ("relu-activation", FLAT, SIGMOID | {"hidden": "24-24-24"}, SIGMOID | {"hidden": "24-24"}),
        ("relu-activation", FLAT, {"activation": "logistic", "num_layers": 5}, {"activation": "tanh", "num_layers": 5}),
        ("less-weight-decay", BLOWN, ADAM | {"weight_decay": 0.1}, ADAM | {"weight_decay": 0.05}),
        ("less-weight-decay", BLOWN, ADAM | {"weight_decay": 0.5}, ADAMW | {"weight_decay": 0.5}),
        ("weight-decay", BY_HEART, BARE | {"n_train": 3_200}, BARE | {"n_train": 50_000}),
        ("add-dropout", BY_HEART, BARE | {"optimizer": "sgd"}, BARE | {"optimizer": "sgd", "weight_decay": 0.001}),
        ("weight-decay", BY_HEART, BARE | {"n_train": 3_200}, BARE | {"n_train": 3_200, "dropout": 0.3}),
        ("add-dropout", BY_HEART, BARE | {"optimizer": "sgd"}, BARE | {"optimizer": "sgd", "batch_norm": "true"}),
        ("more-data", BY_HEART, {"n_train": 500}, {"n_train": 501}),
        ("more-data", FALLING, {"n_train": 90}, {"n_train": 0}),
        ("he-init", FLAT, {"init": "constant"}, {"init": "xavier_uniform"}),
        ("he-init", FLAT, {"init": "default", "hidden": "8-8-8-8-8-8-8-8"}, {"init": "default", "hidden": "8-8-8-8-8-8-8"}),
        ("usual-settings", FLAT, SIGMOID | {"lr": 0.001}, SIGMOID | {"lr": 0.002}),
        ("usual-settings", FLAT, {"dropout": 0.7, "hidden": 11}, {"dropout": 0.7, "hidden": 12}),
        ("shuffle", SWINGS, {"shuffle": "false"}, {}),
        ("larger-batch", SWINGS, {"batch_size": 4}, {"batch_size": 8}),
        ("larger-batch", SWINGS, {"batch_size": 4}, {"batch_size": 4, "batch_norm": "false"}),
        ("smaller-batch", FALLING, {"batch_size": 1024, "n_train": 5000}, {"batch_size": 256, "n_train": 5000}),
        ("smaller-batch", FALLING, {"batch_size": 128, "n_train": 900}, {"batch_size": 100, "n_train": 800}),
        ("wider-model", FLAT, {"hidden": ""}, {"hidden": "64"}),
        ("wider-model", FLAT, {"num_layers": 0}, {"num_layers": 1}),
        ("usual-settings", FLAT, {"dropout": 0.8, "weight_decay": 0.5}, {"dropout": 0.8, "weight_decay": 0.05}),
        ("longer-patience", FALLING, {"patience": 4, "epochs": 200}, {"patience": 5, "epochs": 200}),
        ("longer-patience", FALLING, {"patience": 4, "epochs": 200}, {"patience": 4, "epochs": 60}),
        ("shorter-warm-up", FLAT | RISING, {"warmup_epochs": 400}, {"warmup_epochs": 0}),
        ("shorter-warm-up", FLAT | RISING, {"warmup_epochs": 400}, {"warmup_epochs": 400, "epochs": 500}),
        ("longer-schedule", FLAT | SPENT, {"scheduler": "exponential"}, None),
    ],
)  # fmt: skip
def test_far_outside_and_at_the_edge(
    fix: str, series: dict[str, str], far: dict[str, Any], near: dict[str, Any] | None
) -> None:
    d = diagnosed(series, USUAL | far)
    assert fix in suspects(d)
    assert d.actions[0].fix == suspects(d)[0]
    if near is not None:
        assert fix not in suspects(diagnosed(series, USUAL | near))


@pytest.mark.parametrize("series", [FALLING, FLAT, BLOWN, SWINGS])
def test_usual_settings_are_not_suspected(series: dict[str, str]) -> None:
    assert suspects(diagnosed(series, USUAL)) == ()
    assert suspects(diagnosed(series)) == ()


@pytest.mark.parametrize("weights", [{"pretrained": "true"}, {"model": "gpt2"}])
def test_a_low_rate_is_not_raised_where_weights_or_model_ask_for_one(weights: dict[str, Any]) -> None:
    assert not {"lr-up-3x", "lr-up-10x"} & set(
        suspects(diagnosed(FALLING, {"lr": 1e-4, "optimizer": "adam"} | weights))
    )


def test_a_loss_that_does_not_depend_on_the_weights_has_no_suspects() -> None:
    d = diagnosed({"train_loss": "0.7 + 0 * x"}, USUAL | {"weight_decay": 1.0, "dropout": 0.9})
    assert d.kind == "constant" and suspects(d) == ()


@pytest.mark.parametrize(("clip", "loose"), [(0.1, 1.0), (1.0, None), (0.0, None)])
def test_a_tight_clipping_is_loosened_with_a_lower_rate(clip: float, loose: float | None) -> None:
    settings = USUAL | {"lr": 2.0, "clip_norm": clip, "scheduler": "none"}
    first = diagnosed(FLAT | {"lr": "2.0 + 0 * x"}, settings).actions[0]
    changed = {c.meaning: c.new for c in first.changes}
    assert first.fix == "lr-down-10x" and changed["learning_rate"] == 0.1 and changed.get("clip_norm") == loose


@pytest.mark.parametrize(("dropout", "ahead", "left"), [(0.5, 0.3, 0.2), (0.2, 0.3, None), (0.5, 0.0, None)])
def test_a_dropout_that_keeps_training_behind_is_lowered_with_a_higher_rate(
    dropout: float, ahead: float, left: float | None
) -> None:
    series = {
        "train_loss": "2 - 1.2 * x + 0.002 * noise(1)", "val_loss": f"2.1 - {ahead} - 1.2 * x + 0.002 * noise(2)", "lr": "0.005",
    }  # fmt: skip
    first = diagnosed(series, USUAL | {"lr": 0.005, "dropout": dropout, "batch_norm": "false"}).actions[0]
    assert first.fix == "lr-up-3x" and {c.meaning: c.new for c in first.changes}.get("dropout") == left


def test_inputs_that_are_not_scaled_come_before_the_labels_where_all_is_nan() -> None:
    nothing = {"train_loss": "nan + 0 * x", "val_loss": "nan + 0 * x"}
    assert diagnosed(nothing, USUAL | {"normalise": "false"}).actions[0].fix == "normalise-inputs"
    assert diagnosed(nothing, USUAL | {"normalise": "true"}).actions[0].fix == "check-labels-inputs"
    assert "normalise-inputs" not in {p.fix for p in diagnosed(nothing, USUAL | {"normalise": "true"}).offered}


def test_what_learns_faster_settles_on_a_falling_rate() -> None:
    settings = USUAL | {"lr": 1e-5, "scheduler": "none"}
    changes = {c.meaning: c.new for c in diagnosed(FALLING | {"lr": "1e-5"}, settings).actions[0].changes}
    assert changes == {"learning_rate": 0.01, "lr_schedule": "cosine"}
    falls = diagnosed(FALLING | {"lr": "1e-5 * (1 - 0.9 * x)"}, settings | {"scheduler": "linear"}).actions[0]
    unlogged = diagnosed(FALLING, settings).actions[0]
    assert [c.meaning for c in falls.changes] == [c.meaning for c in unlogged.changes] == ["learning_rate"]


def test_what_is_put_back_at_once_is_not_advised_one_by_one() -> None:
    d = diagnosed(FLAT, USUAL | {"clip_norm": 0.01, "lr": 1e-5, "dropout": 0.8})
    assert d.actions[0].fix == "usual-settings"
    assert {"looser-clipping", "default-rates", "less-dropout"}.isdisjoint(a.fix for a in d.actions)


def test_a_rate_far_too_high_falls_where_it_is_lowered_to_the_top_of_the_usual_ones() -> None:
    settings = USUAL | {"lr": 2.0, "scheduler": "none"}
    changes = {c.meaning: c.new for c in diagnosed(FLAT | {"lr": "2.0"}, settings).actions[0].changes}
    assert changes == {"learning_rate": 0.1, "lr_schedule": "cosine"}
    falls = diagnosed(FLAT | {"lr": "2.0 * (1 - 0.9 * x)"}, settings | {"scheduler": "linear"}).actions[0]
    lower = diagnosed(FLAT | {"lr": "0.3"}, settings | {"lr": 0.3}).actions[0]
    assert [c.meaning for c in falls.changes] == [c.meaning for c in lower.changes] == ["learning_rate"]


@pytest.mark.parametrize("learned", ["2 - 0.5 * x + 0.01 * noise(1)", "2.3 + 0.003 * noise(1)"])
def test_a_higher_rate_replaces_restarts_that_take_it_away_again(learned: str) -> None:
    settings = USUAL | {"lr": 5e-4, "scheduler": "warm-restarts"}
    restarts = {"train_loss": learned, "lr": "5e-4 * (1 - 0.9 * ((30 * x) % 1))"}
    action = diagnosed(restarts, settings).actions[0]
    assert {c.meaning: c.new for c in action.changes} == {"learning_rate": 0.01, "lr_schedule": "cosine"}


def test_a_patience_that_is_off_ends_what_dropout_delays() -> None:
    settings = BARE | {"optimizer": "sgd", "epochs": 60}
    changes = {c.meaning: c.new for c in diagnosed(BY_HEART, settings | {"patience": 0}).actions[0].changes}
    assert changes == {"dropout": 0.3, "patience": 12}
    unknown = {c.meaning: c.new for c in diagnosed(BY_HEART, settings).actions[0].changes}
    assert unknown == {"dropout": 0.5}
    few = {
        c.meaning: c.new
        for c in diagnosed(BY_HEART, settings | {"n_train": 90, "early_stopping": 0}).actions[0].changes
    }
    assert few == {"samples": 900, "dropout": 0.3, "early_stopping": 12}


@pytest.mark.parametrize(("normalised", "left"), [("true", 0), ("false", 0.2)])
def test_no_dropout_is_left_beside_batch_normalisation(normalised: str, left: float) -> None:
    changes = diagnosed(FLAT, USUAL | {"dropout": 0.7, "batch_norm": normalised}).actions[0].changes
    assert (changes[0].meaning, changes[0].new) == ("dropout", left)


def test_a_short_run_gets_more_epochs_whatever_its_schedule() -> None:
    settings = USUAL | {"lr": 1e-4, "epochs": 12, "scheduler": "cosine"}
    action = diagnosed({"train_loss": "2 - 0.5 * x", "lr": "1e-4 * (1 - 0.99 * x)"}, settings, n=12).actions[0]
    assert {c.meaning: c.new for c in action.changes} == {"learning_rate": 0.01, "epochs": 60}


def test_every_suspect_is_tried() -> None:
    marks = test_far_outside_and_at_the_edge.pytestmark[0].args[1]  # type: ignore[attr-defined]
    by_curves = {"match-evaluation", "longer-training"}  # tests/prescriptions/test_behaviour.py
    assert {s.fix for s in SUSPECTS} - by_curves == {fix for fix, *_ in marks}


def suspects(d: Diagnosis) -> tuple[str, ...]:
    return tuple(suspected(case_of(d), d.deciding))


@pytest.mark.parametrize("score", ["train_acc", "train_accuracy", "acc", "train/acc"])
def test_an_accuracy_that_worked_before_the_end_does_not_keep_a_rate_that_ended_it(score: str) -> None:
    series = {"train_loss": "where(x < 0.7, 2 - 1.5 * x, nan)", score: "0.5 + 0.45 * x"}
    d = diagnosed(series, {"optimizer": "sgd", "lr": 2.0})
    assert (d.verdict, d.kind) == ("diverging", "non-finite")
    assert any(action.fix.startswith("lr-down") for action in d.actions)
