"""JSON documents in which a training is nested: folds, models, phases, data sets, quantities; lists that nothing calls a loss."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run
from loganalyzer.readers.base import Match
from loganalyzer.readers.json import keras_history, lines
from tests.readers.sources import source

COUNT = 10
LOSS = [round(2 / (i + 2), 4) for i in range(COUNT)]
HELD_OUT = [round(2.1 / (i + 2) + 0.05, 4) for i in range(COUNT)]
SCORE = [round(0.9 - one / 2, 4) for one in LOSS]
CURVES = {"train_loss": LOSS, "val_loss": HELD_OUT}
BY_SET = {"train": {"loss": LOSS, "acc": SCORE}, "val": {"loss": HELD_OUT, "acc": SCORE}}
RECORDS = [{"epoch": i, "train_loss": a, "val_loss": b} for i, (a, b) in enumerate(zip(LOSS, HELD_OUT, strict=True))]
UNCOUNTED = {
    "train": [{"loss": one, "acc": score} for one, score in zip(LOSS, SCORE, strict=True)],
    "val": [{"loss": one} for one in HELD_OUT],
}
IN_TURN = [{"train": {"loss": one}, "val": {"loss": other}} for one, other in zip(LOSS, HELD_OUT, strict=True)]
TERMS = {
    "train_eta": [one / 4 for one in LOSS],
    "train_zeta": [3 * one / 4 for one in LOSS],
    "train_total": LOSS,
    "val_total": HELD_OUT,
    "val_eta": [one / 4 for one in HELD_OUT],
    "val_zeta": [3 * one / 4 for one in HELD_OUT],
}


def runs(data: Any, name: str = "history.json") -> dict[str, Run]:
    file = source(name, json.dumps(data).encode())
    for reader in (keras_history.READER, lines.READER):
        if reader.detect(file) is not Match.NO:
            with suppress(ReadError):
                return {one.id: one for one in reader.read(reader.key(file), [file]) if isinstance(one, Run)}
    return {}


BOTH_SETS = {"train/loss": LOSS, "val/loss": HELD_OUT}


@pytest.mark.parametrize(
    ("data", "name", "series"),
    [
        ({"train_loss": LOSS, "val_metrics": [{"acc": one} for one in SCORE]}, "h.json", {"val_metrics/acc": SCORE}),
        ({"train_loss": LOSS, "metrics": [{"val": {"f1": one}} for one in SCORE]}, "h.json", {"metrics/val/f1": SCORE}),
        ({"epochs": [*range(1, 11)], "loss": LOSS, "val": [{"loss": one} for one in HELD_OUT]}, "h.json", {"val/loss": HELD_OUT}),
        ({"loss": {"train": LOSS, "val": HELD_OUT}, "acc": {"train": SCORE, "val": SCORE}}, "h.json", BOTH_SETS),
        ({"loss": {"training": LOSS, "validation": HELD_OUT}}, "h.json", BOTH_SETS),
        ({"results": {"loss": {"train": LOSS, "val": HELD_OUT}, "seed": 1}}, "h.json", BOTH_SETS),
        (UNCOUNTED, "h.json", BOTH_SETS),
        ({"config": {"lr": 0.1}, "history": UNCOUNTED}, "h.json", BOTH_SETS),
        ({"train": UNCOUNTED["train"]}, "h.json", {"train/loss": LOSS, "train/acc": SCORE}),
        ({"epochs": IN_TURN}, "h.json", BOTH_SETS),
        ({"model": "unet", "history": IN_TURN}, "h.json", BOTH_SETS),
        ({"train": LOSS, "val": HELD_OUT}, "h.json", BOTH_SETS),
        ({"iterations": [*range(0, 1000, 100)], "train": LOSS, "valid": HELD_OUT}, "h.json", {"valid/loss": HELD_OUT}),
        ({"train": LOSS, "test": HELD_OUT, "lr": [0.1] * COUNT}, "h.json", {"test/loss": HELD_OUT}),
        ({"train": LOSS[::-1], "val": HELD_OUT}, "losses.json", {"train/loss": LOSS[::-1]}),
        ({"shape": LOSS, "colour": HELD_OUT}, "train_losses.json", {"loss/shape": LOSS}),
        (TERMS, "h.json", {"train_total_loss": LOSS, "val_total_loss": HELD_OUT, "val_zeta": TERMS["val_zeta"]}),
        ({"epoch": [*range(COUNT)], **TERMS}, "h.json", {"train_total_loss": LOSS, "val_total_loss": HELD_OUT}),
    ],
)  # fmt: skip
def test_one_training(data: Any, name: str, series: dict[str, list[float]]) -> None:
    (run,) = runs(data, name).values()
    assert {own: run.series[own].values.tolist() for own in series} == series


@pytest.mark.parametrize(
    ("data", "labels"),
    [
        ({"folds": [CURVES, CURVES]}, ["0", "1"]),
        ({"config": {"lr": 0.1}, "fold_results": [{"fold": n, "history": CURVES} for n in (1, 2, 3)]}, ["0", "1", "2"]),
        ({"results": {"resnet": {"history": CURVES, "test_acc": 0.9}, "vgg": {"history": CURVES}}}, ["resnet", "vgg"]),
        ({"resnet": BY_SET, "vgg": BY_SET}, ["resnet", "vgg"]),
        ({"seed": 3, "pretrain": CURVES, "finetune": CURVES}, ["pretrain", "finetune"]),
        ({"a": {"b": {"one": BY_SET, "two": BY_SET}}}, ["one", "two"]),
        ({"one": {"a": CURVES, "b": CURVES}, "two": {"a": CURVES, "b": CURVES}}, ["one/a", "one/b", "two/a", "two/b"]),
        ({"folds": [RECORDS, RECORDS]}, ["0", "1"]),
        ({"fold_1": RECORDS, "fold_2": RECORDS}, ["fold_1", "fold_2"]),
        ({"sweep": {"a": {"history": RECORDS}, "b": {"history": RECORDS}}}, ["sweep/a/history", "sweep/b/history"]),
        ({"runs": [{"seed": 0, "history": UNCOUNTED}, {"seed": 1, "history": UNCOUNTED}]}, ["runs/0/history", "runs/1/history"]),
    ],
)  # fmt: skip
def test_several_trainings(data: Any, labels: list[str]) -> None:
    found = runs(data)
    assert [run_id.removeprefix("history.json/").removeprefix("folds/") for run_id in found] == labels
    for run in found.values():
        losses = [own.values.tolist() for name, own in run.series.items() if name.endswith("loss")]
        assert losses == [LOSS, HELD_OUT]


@pytest.mark.parametrize(
    "data",
    [
        {"samples": [{"id": i, "loss": one} for i, one in enumerate(LOSS)]},
        {"results": [{"text": "a", "loss": one} for one in LOSS]},
        {"results": [{"lr": one, "loss": one} for one in LOSS]},
        {"test": [{"name": f"{i}.png", "loss": one} for i, one in enumerate(LOSS)]},
        {"samples": [{"id": i, "scores": SCORE} for i in range(4)]},
        {"images": {"a.png": {"parts": LOSS}, "b.png": {"parts": LOSS}}},
        {"train": [91, 82, 33, 24, 15, 6], "val": [7, 8, 9]},
        {"train": ["a.png", "b.png"], "val": ["c.png"]},
        {"train": SCORE, "val": SCORE},
        {"train": LOSS, "colours": HELD_OUT},
        {"price": LOSS, "tax": HELD_OUT, "total": SCORE},
        {"shape": LOSS, "colour": HELD_OUT},
    ],
)
def test_no_training(data: Any) -> None:
    assert runs(data) == {}


def test_what_was_taken_as_a_loss_is_said() -> None:
    (run,) = runs({"train": LOSS, "val": HELD_OUT}).values()
    assert [(note.code, note.details) for note in run.notes] == [("taken-as-loss", {"name": "train/loss, val/loss"})]
    (called,) = runs({"train": LOSS, "val": HELD_OUT}, "losses.json").values()
    assert called.notes == ()


SIGNALS = {"value_loss": LOSS[:4], "policy_loss": HELD_OUT[:4], "entropy": SCORE[:4]}


@pytest.mark.parametrize(
    ("data", "series"),
    [
        ({"rewards": SCORE, "metrics": SIGNALS}, {"rewards": SCORE, "metrics/value_loss": LOSS[:4]}),
        ({"episode_rewards": SCORE, "moving_avg_100": SCORE, "losses": SIGNALS}, {"losses/policy_loss": HELD_OUT[:4]}),
        (
            {"config": {"env": "Acrobot-v1", "lr": 0.001}, "rewards": SCORE, "metrics": SIGNALS},
            {"metrics/entropy": SCORE[:4]},
        ),
        (
            {"train_loss": LOSS, "metrics": {"accuracy": SCORE, "f1": SCORE}},
            {"train_loss": LOSS, "metrics/accuracy": SCORE},
        ),
        ({"loss": LOSS, "val": {"loss": HELD_OUT, "acc": SCORE}}, {"loss": LOSS, "val/loss": HELD_OUT}),
        (
            {"loss": LOSS, "val": {"loss": HELD_OUT}, "test": {"loss": SCORE}},
            {"val/loss": HELD_OUT, "test/loss": SCORE},
        ),
        ({"returns": SCORE, "agent": {"q_loss": LOSS}, "env": {"episode_length": [9, 8, 7]}}, {"agent/q_loss": LOSS}),
        (
            {"run": {"rewards": SCORE, "metrics": SIGNALS}, "seed": 1},
            {"rewards": SCORE, "metrics/value_loss": LOSS[:4]},
        ),
        ({"loss": LOSS, "generator": {"g_loss": SCORE}}, {"loss": LOSS, "generator/g_loss": SCORE}),
        (
            {"loss": LOSS, "optimizer": {"betas": [0.9, 0.99]}, "extra": {"perplexity": SCORE}},
            {"extra/perplexity": SCORE},
        ),
    ],
)
def test_curves_in_an_object_beside_others(data: Any, series: dict[str, list[float]]) -> None:
    (run,) = runs(data).values()
    assert {name: run.series[name].values.tolist() for name in series} == series
    assert "optimizer/betas" not in run.series


def test_objects_of_other_trainings_and_copies_are_not_beside() -> None:
    (run,) = runs({"loss": LOSS, "fold1": {"loss": HELD_OUT}, "fold2": {"loss": SCORE}}).values()
    assert list(run.series) == ["loss"]
    (run,) = runs({"loss": LOSS, "history": {"loss": LOSS}}).values()
    assert list(run.series) == ["loss"]
