"""JSON told by epoch (AllenNLP, Catalyst), trials of Keras Tuner, results of boosting with one data set, DeepXDE's npz."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import loganalyzer
from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Match
from loganalyzer.readers.json import epoch_documents, keras_history, tuner_trials
from tests.readers.sources import source

LOSSES = [2.5, 1.75, 1.25, 1.0]


def allennlp(epoch: int) -> dict[str, Any]:
    return {
        "best_epoch": epoch, "training_start_epoch": 0, "training_epochs": epoch, "epoch": epoch,
        "training_duration": f"0:00:0{epoch}.5", "training_loss": LOSSES[epoch], "training_accuracy": epoch / 8,
        "validation_loss": LOSSES[epoch], "best_validation_loss": LOSSES[epoch],
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["metrics_epoch_{}.json", "metrics_epoch_{:03d}.json", "epoch-{}.json", "val_ep{}.json"]
)
def test_a_document_for_each_epoch(tmp_path: Path, name: str) -> None:
    (tmp_path / "m").mkdir()
    for epoch in (3, 0, 2, 1):
        (tmp_path / "m" / name.format(epoch)).write_text(json.dumps(allennlp(epoch), indent=2))
    (tmp_path / "m" / "metrics.json").write_text(json.dumps(allennlp(3), indent=2))
    report = loganalyzer.analyze(tmp_path)
    (run,) = [d.run for d in report.runs]
    assert run.id == "m" and len(run.files) == 4 and run.step_unit == "epoch"
    assert run.series["training_loss"].values.tolist() == LOSSES
    assert run.series["validation_loss"].steps.tolist() == [0, 1, 2, 3]
    assert "training_epochs" not in run.series and "best_epoch" not in run.series


def test_a_torn_document_costs_its_own_epoch_only() -> None:
    files = [
        source(f"m/metrics_epoch_{i}.json", json.dumps(allennlp(i)).encode()[: -40 if i == 2 else None])
        for i in range(4)
    ]
    unread, run = epoch_documents.READER.read("m", files)
    assert isinstance(unread, Unread) and unread.file == "m/metrics_epoch_2.json" and unread.note.code == "bad-json"
    assert isinstance(run, Run) and run.series["training_loss"].steps.tolist() == [0, 1, 3]


def numbered(key: str, first: int = 0, inside: bool = True) -> dict[str, Any]:
    own = [{"train": {"loss": x}, "valid": {"loss": x + 1}} if inside else {"loss": x} for x in LOSSES]
    return {key.format(i): record for i, record in enumerate(own, first)}


@pytest.mark.parametrize(
    ("data", "name", "steps"),
    [
        (numbered("stage1.{}"), "train/loss", [0, 1, 2, 3]),
        (numbered("stage1.{}", 1), "valid/loss", [1, 2, 3, 4]),
        ({"best": {"train": {"loss": 0.5}}, "last": {"train": {"loss": 0.5}}, **numbered("stage1.{}")}, "train/loss", [0, 1, 2, 3]),
        ({**numbered("train.{}", inside=False), **numbered("valid.{}", inside=False)}, "valid/loss", [0, 1, 2, 3]),
        (numbered("epoch_{}"), "train/loss", [0, 1, 2, 3]),
        (numbered("epoch {}", 1), "train/loss", [1, 2, 3, 4]),
        (numbered("Epoch-{}", inside=False), "loss", [0, 1, 2, 3]),
        (numbered("{}"), "train/loss", [0, 1, 2, 3]),
        (numbered("{}", 10, inside=False), "loss", [10, 11, 12, 13]),
        ({**numbered("stage1.{}"), **numbered("stage2.{}")}, "train/loss", [0, 1, 2, 3, 4, 5, 6, 7]),
    ],
)  # fmt: skip
def test_an_object_for_each_epoch(data: dict[str, Any], name: str, steps: list[int]) -> None:
    for text in (json.dumps(data), json.dumps(data, indent=2)):
        file = source("_metrics.json", text.encode())
        assert epoch_documents.READER.detect(file) is Match.CERTAIN
        (run,) = epoch_documents.READER.read("_metrics.json", [file])
        assert isinstance(run, Run) and run.step_unit == "epoch"
        assert run.series[name].steps.tolist() == steps and len(run.series[name]) == len(steps)


@pytest.mark.parametrize(
    "data", [{"a": 1}, {"0": {"x": 1}, "1": {"x": 2}}, {"model": {"loss": 1}, "other": {"loss": 2}}, [1]]
)
def test_other_documents(data: Any) -> None:
    assert epoch_documents.READER.detect(source("a.json", json.dumps(data).encode())) is Match.NO


def test_one_object_is_no_curve() -> None:
    (item,) = epoch_documents.READER.read("a.json", [source("a.json", b'{"1": {"loss": 1}, "2": {"x": 1}}')])
    assert isinstance(item, Unread) and item.note.code == "no-training-log"


def trial(steps: int, status: str = "COMPLETED", executions: int = 1) -> bytes:
    observations = [{"value": [x] * executions, "step": i} for i, x in enumerate(LOSSES[:steps])]
    metrics = {"val_accuracy": {"direction": "max", "observations": observations}} if steps else {}
    data = {
        "trial_id": "03", "hyperparameters": {"space": [{"class_name": "Float"}], "values": {"lr": 0.01, "units": 64}},
        "metrics": {"metrics": metrics}, "score": 0.93 if steps else None, "best_step": 3, "status": status,
    }  # fmt: skip
    return json.dumps(data).encode()


@pytest.mark.parametrize("data", [trial(1), trial(0, "INVALID"), trial(2), trial(1, executions=3), trial(1)[:-30]])
def test_the_score_of_a_trial_is_no_curve(data: bytes) -> None:
    file = source("trial_03/trial.json", data)
    assert tuner_trials.READER.detect(file) is Match.CERTAIN
    (item,) = tuner_trials.READER.read(file.path, [file])
    assert isinstance(item, Unread) and item.expected and item.note.code == "tuner-trial"


@pytest.mark.parametrize("executions", [1, 2])
def test_reports_of_each_epoch_are_a_curve(executions: int) -> None:
    (run,) = tuner_trials.READER.read("t.json", [source("t.json", trial(4, executions=executions))])
    assert isinstance(run, Run) and list(run.series) == ["val_accuracy"]
    assert run.series["val_accuracy"].values.tolist() == LOSSES and run.hyperparameters == {"lr": 0.01, "units": 64}


@pytest.mark.parametrize("torn", [False, True])
def test_a_trial_that_became_nan_or_is_torn(torn: bool) -> None:
    data = trial(4).replace(b"%r" % LOSSES[3], b"NaN", 1)
    (run,) = tuner_trials.READER.read("t.json", [source("t.json", data[:-20] if torn else data)])
    assert isinstance(run, Run) and str(run.series["val_accuracy"].values[-1]) == "nan"
    assert run.hyperparameters == {"lr": 0.01, "units": 64} and len(run.notes) == torn


@pytest.mark.parametrize(
    "odd",
    [
        {"metrics": None}, {"metrics": {"metrics": None}}, {"metrics": {"metrics": {"loss": None}}}, {"metrics": []},
        {"metrics": {"metrics": {"loss": {"observations": None}}}}, {"hyperparameters": None}, {"hyperparameters": {"values": 3}},
        {"metrics": {"metrics": {"loss": {"observations": [None, 3, {"step": 1}, {"value": "x", "step": 2}]}}}},
    ],
)  # fmt: skip
def test_odd_trials(odd: dict[str, object]) -> None:
    data = json.dumps({"trial_id": "03", "hyperparameters": {}, **odd}).encode()
    (item,) = tuner_trials.READER.read("t.json", [source("t.json", data)])
    assert isinstance(item, Unread) and item.note.code == "tuner-trial"


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ({"validation_0": {"rmse": LOSSES}}, ["validation_0/rmse"]),
        ({"valid_0": {"l2": LOSSES, "l1": LOSSES}}, ["valid_0/l2", "valid_0/l1"]),
        ({"eval": {"logloss": LOSSES}}, ["eval/logloss"]),
        ({"training": {"auc": LOSSES}}, ["training/auc"]),
        (
            {"validation_0": {"rmse": LOSSES}, "validation_1": {"rmse": LOSSES}},
            ["validation_0/rmse", "validation_1/rmse"],
        ),
        ({"training": {"l2": LOSSES}, "valid_1": {"l2": LOSSES}}, ["training/l2", "valid_1/l2"]),
        ({"train": {"mlogloss": LOSSES}, "eval": {"mlogloss": LOSSES}}, ["train/mlogloss", "eval/mlogloss"]),
        ({"d_train": {"auc": LOSSES}, "d_test": {"auc": LOSSES}}, ["d_train/auc", "d_test/auc"]),
        ({"history": {"loss": LOSSES, "val_loss": LOSSES}}, ["loss", "val_loss"]),
        ({"train": {"loss": LOSSES, "val_loss": LOSSES}}, ["loss", "val_loss"]),
    ],
)
def test_results_by_data_set(data: Any, names: list[str]) -> None:
    file = source("evals_result.json", json.dumps(data).encode())
    assert keras_history.READER.detect(file) is Match.CERTAIN
    (run,) = keras_history.READER.read("evals_result.json", [file])
    assert isinstance(run, Run) and list(run.series) == names


@pytest.mark.parametrize("terms", [1, 2, 5])
def test_arrays_of_deepxde(terms: int) -> None:
    table = np.outer(LOSSES * 2, np.arange(1, terms + 1))
    steps = np.arange(8) * 1000
    packed = io.BytesIO()
    np.savez(
        packed,
        steps=steps,
        loss_train=table,
        loss_test=table + 1,
        metrics_test=np.zeros((8, 1)),
        weights=np.ones((8, 3)),
    )
    file = source("loss_history.npz", packed.getvalue())
    (run,) = keras_history.READER.read(file.path, [file])
    ends = [""] if terms == 1 else [f"/term_{i + 1}" for i in range(terms)]
    assert isinstance(run, Run) and run.series[f"loss_train{ends[-1]}"].values.tolist() == table[:, -1].tolist()
    assert {f"loss_{split}{end}" for split in ("train", "test") for end in ends} <= {*run.series}
    assert run.series[f"loss_test{ends[0]}"].steps.tolist() == steps.tolist()


ROUNDS = range(1, 7)
SCORES = {str(r): {"accuracy": r / 8} for r in ROUNDS}
FALLING = {str(r): {"loss": 1 / r} for r in ROUNDS}
OF_CLIENTS = {str(r): {"66": {"accuracy": 0.5}} for r in ROUNDS}


@pytest.mark.parametrize("name", ["history.json", "training_history.json", "rounds.json", "metrics_by_epoch.json"])
@pytest.mark.parametrize(
    ("data", "names"),
    [
        ({"global": {str(r): {"accuracy": r / 8, "macro_f1": r / 9} for r in ROUNDS}}, ["global/accuracy", "global/macro_f1"]),
        ({"global": SCORES, "locals": {}}, ["global/accuracy"]),
        ({"global": SCORES, "costs": {str(r): 7 for r in ROUNDS}}, ["global/accuracy"]),
        ({"test": {str(r): {"acc": r / 8, "loss": 1 / r} for r in ROUNDS}}, ["test/acc", "test/loss"]),
        ({"server": FALLING, "clients": FALLING}, ["server/loss", "clients/loss"]),
        (SCORES, ["accuracy"]),
        ({"fit": OF_CLIENTS, "global": SCORES}, ["global/accuracy"]),
    ],
)  # fmt: skip
def test_objects_for_each_round_inside_others(name: str, data: Any, names: list[str]) -> None:
    file = source(name, json.dumps(data, indent=2).encode())
    assert epoch_documents.READER.detect(file) is not Match.NO
    (run,) = epoch_documents.READER.read(name, [file])
    assert isinstance(run, Run) and list(run.series) == names
    assert all(series.steps.tolist() == list(ROUNDS) for series in run.series.values())


@pytest.mark.parametrize("odd", [{"train": 0.5}, [0.5], "x", None, True, 10**400, float("nan"), "0.5"])
@pytest.mark.parametrize("place", ["train", "val"])
def test_an_odd_value_among_those_that_data_sets_name(odd: Any, place: str) -> None:
    data: dict[str, Any] = {str(i): {"train": 0.9 - i / 9, "val": 1 - i / 9} for i in range(6)}
    data["3"][place] = odd
    file = source("history.json", json.dumps(data).encode())
    with suppress(ReadError):
        assert all(isinstance(one, Run | Unread) for one in epoch_documents.READER.read("history.json", [file]))
