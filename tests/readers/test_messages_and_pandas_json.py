"""What a program printed inside JSON records of logging, tables that pandas writes as JSON, and tables of finished trainings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import loganalyzer

TRAIN, HELD_OUT = (2.0, 1.5, 1.25, 1.0, 0.75, 0.5), (2.5, 2.0, 1.75, 1.625, 1.5, 1.375)


def values(folder: Path, name: str, text: str) -> dict[str, list[float]]:
    (folder / name).write_text(text, encoding="utf-8", newline="")
    (run,) = loganalyzer.load(folder)
    return {name: series.values.tolist() for name, series in run.series.items()}


def records(record: dict[str, Any], key: str, line: str, end: str = "\n") -> str:
    told = (line.format(e=e, v=v, w=w) for e, (v, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True), 1))
    return "".join(json.dumps({**record, key: text}) + end for text in told)


LINE = "Epoch {e}: train_loss={v}, val_loss={w}"


@pytest.mark.parametrize(
    ("record", "key", "line"),
    [
        ({"timestamp": "2024-05-01T12:00:00", "level": "INFO"}, "message", LINE),
        ({"asctime": "2024-05-01 12:00:00,123", "levelname": "INFO", "name": "train"}, "message", LINE),
        ({"time": "2024-05-01T12:00:00Z", "level": 20}, "msg", LINE),
        ({"level": "info", "logger": "train"}, "event", LINE),
        ({"stream": "stdout", "time": "2024-05-01T12:00:00.123Z"}, "log", LINE + "\n"),
        ({"severity": "INFO", "insertId": "a1b2"}, "textPayload", LINE),
        ({"@timestamp": "2024-05-01T12:00:00Z"}, "@message", LINE),
        ({"level": "INFO", "line": 37, "pid": 4711}, "message", LINE),
        ({"level": "INFO"}, "message", "[{e}/6] train_loss: {v} val_loss: {w}"),
        ({"level": "INFO"}, "text", "エポック {e} train_loss: {v} val_loss: {w}"),
    ],
)
@pytest.mark.parametrize("name", ["train.log", "train.jsonl", "log.json"])
def test_messages_of_structured_logging(tmp_path: Path, name: str, record: dict[str, Any], key: str, line: str) -> None:
    found = values(tmp_path, name, records(record, key, line))
    assert found["train_loss"] == list(TRAIN) and found["val_loss"] == list(HELD_OUT)


def test_other_records_between_messages(tmp_path: Path) -> None:
    between = records({"level": "DEBUG"}, "message", "batch of 32 loaded") + records({"level": "INFO"}, "message", "")
    told = records({"level": "INFO"}, "message", LINE, end="\r\n")
    found = values(tmp_path, "train.jsonl", between + told + between + '{"level": "INFO", "message": "torn')
    assert found == {"train_loss": list(TRAIN), "val_loss": list(HELD_OUT)}


@pytest.mark.parametrize(
    "text",
    [
        records({"id": 7}, "text", "The loss of {v} dollars in step {e} was his own fault"),
        records({"level": "INFO"}, "message", "request {e} took {v} s"),
        records({"role": "user"}, "text", "what is a loss?"),
    ],
)
def test_texts_that_are_no_log_of_a_training(tmp_path: Path, text: str) -> None:
    (tmp_path / "data.jsonl").write_text(text)
    assert not list(loganalyzer.load(tmp_path))


ROWS = [[e, v, w] for e, (v, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True), 1)]
NAMES = ["epoch", "train_loss", "val_loss"]
OBJECTS = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
FIELDS = [{"name": "index", "type": "integer"}, *({"name": name, "type": "number"} for name in NAMES)]
PANDAS: dict[str, Any] = {
    "split": {"columns": NAMES, "index": list(range(6)), "data": ROWS},
    "split without index": {"columns": NAMES, "data": ROWS},
    "split with names": {"columns": NAMES, "index": [f"row {n}" for n in range(6)], "data": ROWS},
    "table": {
        "schema": {"fields": FIELDS, "primaryKey": ["index"], "pandas_version": "1.4.0"},
        "data": [{"index": n, **row} for n, row in enumerate(OBJECTS)],
    },
    "table without index": {"schema": {"fields": FIELDS[1:], "pandas_version": "1.4.0"}, "data": OBJECTS},
    "records": OBJECTS,
    "index": {str(n): row for n, row in enumerate(OBJECTS)},
    "columns": {name: {str(n): row[name] for n, row in enumerate(OBJECTS)} for name in NAMES},
}


@pytest.mark.parametrize("data", PANDAS.values(), ids=list(PANDAS))
@pytest.mark.parametrize("indent", [None, 2])
def test_tables_that_pandas_writes(tmp_path: Path, data: Any, indent: int | None) -> None:
    found = values(tmp_path, "history.json", json.dumps(data, indent=indent))
    assert found["train_loss"] == list(TRAIN) and found["val_loss"] == list(HELD_OUT)


@pytest.mark.parametrize(
    "data",
    [
        {"columns": ["name", "age"], "index": [0, 1], "data": [["a", 30], ["b", 40]]},
        {"columns": ["x", "loss"], "data": "none"},
        {"columns": NAMES, "data": [[1, 2.0], [2]]},
    ],
)
def test_other_tables_of_pandas(tmp_path: Path, data: Any) -> None:
    (tmp_path / "history.json").write_text(json.dumps(data))
    assert not list(loganalyzer.load(tmp_path))


BY_SET: dict[str, Any] = {
    "from 0": {str(n): {"train": v, "val": w} for n, (v, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True))},
    "from 1": {str(n): {"train": v, "val": w} for n, (v, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True), 1)},
    "training, validation": {
        str(n): {"training": v, "validation": w} for n, (v, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True))
    },
    "Train, Val": {str(n): {"Train": v, "Val": w} for n, (v, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True))},
}


@pytest.mark.parametrize("data", BY_SET.values(), ids=list(BY_SET))
@pytest.mark.parametrize("indent", [None, 4])
def test_epochs_whose_numbers_data_sets_alone_name(tmp_path: Path, data: Any, indent: int | None) -> None:
    found = values(tmp_path, "history.json", json.dumps(data, indent=indent))
    assert found["train/loss"] == list(TRAIN) and found["val/loss"] == list(HELD_OUT)


@pytest.mark.parametrize(
    "data",
    [
        {str(n): {"train": 1 / v, "val": 1 / w} for n, (v, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True))},
        {str(n): {"train": 800, "test": 200} for n in range(5)},
        {str(n): {"train": v, "size": 3} for n, v in enumerate(TRAIN)},
        {"1": {"train": 2.0, "val": 2.5}, "2": {"train": 0.5, "val": 1.5}},
        {str(n): {"val": v} for n, v in enumerate(TRAIN)},
    ],
    ids=["rising", "sizes", "other names", "two", "held-out data only"],
)
def test_other_numbers_of_data_sets(tmp_path: Path, data: Any) -> None:
    (tmp_path / "history.json").write_text(json.dumps(data))
    assert not list(loganalyzer.load(tmp_path))


SETTINGS = ([2, 8, 8, 76, 4, 40], [3, 5, 3, 1, 2, 3], [60, 42, 61, 54, 56, 75])
LENGTHS = [380, 270, 830, 950, 540, 770]


@pytest.mark.parametrize("length", ["Train Epoch", "epoch", "trained epochs", "Steps"])
@pytest.mark.parametrize("settings", [("Batch Size", "N Layer"), ("batch_size", "seed"), ("num_layers", "seed")])
def test_finished_trainings_with_their_settings_are_no_curve(
    tmp_path: Path, length: str, settings: tuple[str, str]
) -> None:
    rows = zip(TRAIN, LENGTHS, *SETTINGS[:2], strict=True)
    text = f"R2 Score,{length},{','.join(settings)},Learning Rate\n"
    text += "".join(",".join(map(str, (*row, 0.1 / n))) + "\n" for n, row in enumerate(rows, 1))
    (tmp_path / "scoreboard.csv").write_text(text)
    assert not list(loganalyzer.load(tmp_path))


@pytest.mark.parametrize("epochs", [range(1, 7), [1, 2, 3, 1, 2, 3], [1, 2, 3, 2, 3, 4]])
def test_epochs_that_count_stay_a_curve_beside_settings(tmp_path: Path, epochs: list[int]) -> None:
    rows = zip(epochs, TRAIN, SETTINGS[0], SETTINGS[2], strict=True)
    text = "epoch,loss,batch_size,seed\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
    (tmp_path / "train_log.csv").write_text(text)
    assert list(loganalyzer.load(tmp_path))


def test_entities_of_a_tagger_without_a_counter(tmp_path: Path) -> None:
    text = ""
    for n in range(14):
        score = 70 + n
        text += f"INFO - processed 13798 tokens with 1158 phrases; found: 1000 phrases; correct: {700 + n}.\n\n"
        text += f"INFO - accuracy:  96.00%; precision:  70.00%; recall:  69.00%; FB1:  {score}.00\n\n"
        told = f"INFO - new best dev f1 score:{score}.000\n"
        text += told
    found = values(tmp_path, "train.log", text)
    assert found["FB1"] == [70.0 + n for n in range(14)]
    (tmp_path / "train.log").write_text(text.replace("new best dev", "that is a dev"))
    assert not list(loganalyzer.load(tmp_path))
