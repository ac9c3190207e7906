"""JSON with the records in an array somewhere inside, and arrays whose records hold lists themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from loganalyzer.model.run import Run
from loganalyzer.readers.base import Match
from loganalyzer.readers.json import keras_history, lines
from tests.readers.sources import source

LOSS = [1.5, 1.25, 1.0, 0.875]


def records(extra: dict[str, Any] | None = None, shift: float = 0.0) -> list[dict[str, Any]]:
    return [{"epoch": i, "train_loss": v + shift, "val_f1": 0.1 * i, **(extra or {})} for i, v in enumerate(LOSS)]


def runs(data: Any, indent: int | None = 2) -> list[Run]:
    file = source("history.json", (data if isinstance(data, str) else json.dumps(data, indent=indent)).encode())
    assert keras_history.READER.detect(file) is Match.NO and lines.READER.detect(file) is Match.CERTAIN
    return [item for item in lines.READER.read(file.path, [file]) if isinstance(item, Run)]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    "data",
    [
        {"history": records()},
        {"best_epoch": 3, "best_loss": 0.875, "history": records()},
        {"config": {"lr": 0.01, "layers": [1, 2]}, "epochs": records()},
        {"run": {"name": "a", "log": records()}},
        {"model": "unet", "training": {"logs": records({"lr": 0.1})}, "test": {"f1": 0.5}},
        {"history": records({"per_class_f1": [0.1, 0.2, 0.3]})},
        {"metrics": records({"note": "ok"}), "predictions": [{"id": 1, "label": 0}, {"id": 2, "label": 1}]},
        {"checkpoints": [{"step": 1, "reward": 2.0}, {"step": 2, "reward": 3.0}], "history": records()},
        records({"per_class_f1": [0.1, 0.2, 0.3]}),
        records({"confusion": [[1, 2], [3, 4]]}),
        records({"accuracy_per_class": [0.5, 0.25], "n": 100}),
    ],
)
def test_one_array_of_records(data: Any, indent: int | None) -> None:
    (run,) = runs(data, indent)
    assert run.series["train_loss"].values.tolist() == LOSS and run.series["train_loss"].steps.tolist() == [0, 1, 2, 3]
    assert run.step_unit == "epoch" and "val_f1" in run.series


def test_settings_beside_the_array() -> None:
    (run,) = runs({"config": {"lr": 0.01, "model": {"depth": 4}}, "seed": 7, "history": records()})
    assert run.hyperparameters["lr"] == 0.01 and run.hyperparameters["seed"] == 7


def test_an_array_for_each_data_set_is_one_run() -> None:
    held_out = [{"epoch": i, "loss": v + 0.25} for i, v in enumerate(LOSS)]
    (run,) = runs({"train": [{"epoch": i, "loss": v} for i, v in enumerate(LOSS)], "val": held_out})
    assert run.series["val/loss"].values.tolist() == [v + 0.25 for v in LOSS]
    assert next(s for n, s in run.series.items() if n != "val/loss").values.tolist() == LOSS


def test_an_array_for_each_training_is_a_run_each() -> None:
    found = runs({"results": {"unet": records(), "fcn": records(shift=1.0)}})
    assert [run.id for run in found] == ["history.json/results/unet", "history.json/results/fcn"]
    assert found[1].series["train_loss"].values.tolist() == [v + 1 for v in LOSS]


def test_a_torn_document_gives_the_records_before_the_damage() -> None:
    text = json.dumps({"history": records()}, indent=1)
    (run,) = runs(text[: text.rindex('"val_f1"')])
    assert len(run.series["train_loss"]) >= 3 and any(note.harmful for note in run.notes)


@pytest.mark.parametrize(
    "data",
    [
        {
            "checkpoints": [
                {"steps": 1, "reward": 2.0, "file_path": "a.onnx"},
                {"steps": 2, "reward": 3.0, "file_path": "b"},
            ]
        },
        {"items": [{"id": 1, "score": 0.5}, {"id": 2, "score": 0.7}]},
        {"images": [{"name": "a", "iou": 0.5}, {"name": "b", "iou": 0.7}]},
        {"history": [{"epoch": 1}, {"epoch": 2}]},
        {"history": []},
    ],
)
def test_other_documents(data: Any) -> None:
    assert not lines.holds_arrays(json.dumps(data))


def test_folds_that_hold_curves_are_still_histories() -> None:
    data = [
        {"fold": 0, "epochs": 4, "best_acc": 0.5, "loss": LOSS},
        {"fold": 1, "epochs": 4, "best_acc": 0.5, "loss": LOSS},
    ]
    assert keras_history.READER.detect(source("folds.json", json.dumps(data).encode())) is Match.CERTAIN
