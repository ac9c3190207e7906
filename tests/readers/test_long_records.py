"""JSON records of one value each, which say in a field what they hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from loganalyzer.model.run import Run
from loganalyzer.readers.base import Match
from loganalyzer.readers.json import keras_history, lines
from tests.readers.sources import source

COUNT = 9
LOSS = [round(2 / (i + 2), 4) for i in range(COUNT)]
HELD_OUT = [round(2.1 / (i + 2) + 0.05, 4) for i in range(COUNT)]
FIELDS = [
    ("step", "name", "value"),
    ("epoch", "metric", "value"),
    ("step", "tag", "value"),
    ("iteration", "key", "val"),
    ("global_step", "metric_name", "metric_value"),
    ("Epoch", "Name", "Value"),
]


def long(counter: str, name: str, value: str, **more: Any) -> list[dict[str, Any]]:
    return [
        {counter: i, name: own, value: one, **more}
        for i in range(COUNT)
        for own, one in (("train_loss", LOSS[i]), ("val_loss", HELD_OUT[i]), ("lr", 0.1))
    ]


def run_of(text: str, name: str = "log.jsonl") -> Run:
    file = source(name, text.encode())
    assert lines.READER.detect(file) is Match.CERTAIN
    (run,) = lines.READER.read(name, [file])
    assert isinstance(run, Run)
    return run


@pytest.mark.parametrize("fields", FIELDS)
@pytest.mark.parametrize("whole", [True, False])
def test_a_record_for_each_value(fields: tuple[str, str, str], whole: bool) -> None:
    records = long(*fields, timestamp=1.7e9)
    run = run_of(json.dumps(records) if whole else "".join(json.dumps(one) + "\n" for one in records))
    assert run.series["train_loss"].values.tolist() == LOSS
    assert run.series["val_loss"].values.tolist() == HELD_OUT
    assert run.series["val_loss"].steps.tolist() == [*range(COUNT)]


def test_a_torn_end() -> None:
    text = "".join(json.dumps(one) + "\n" for one in long("step", "name", "value"))
    assert len(run_of(text[: text.rindex("lr")]).series["val_loss"]) == COUNT


def test_records_of_both_kinds() -> None:
    records = [*long("step", "name", "value"), {"step": COUNT, "train_loss": 0.125}]
    assert run_of("".join(json.dumps(one) + "\n" for one in records)).series["train_loss"].values[-1] == 0.125


@pytest.mark.parametrize(
    "records",
    [
        [{"id": i, "name": "price", "value": one} for i, one in enumerate(LOSS)],
        [{"step": i, "name": f"item {i}", "value": one} for i, one in enumerate(LOSS)],
        [{"name": "loss", "value": one} for one in LOSS],
        [{"step": i, "name": 3, "value": one} for i, one in enumerate(LOSS)],
        [{"step": i, "name": "loss", "value": "low"} for i in range(COUNT)],
    ],
)
def test_other_records(records: list[dict[str, Any]]) -> None:
    file = source("log.jsonl", "".join(json.dumps(one) + "\n" for one in records).encode())
    assert lines.READER.detect(file) is Match.NO


@pytest.mark.parametrize(("counter", "value"), [("step", "value"), ("epoch", "value"), ("iteration", "val")])
def test_values_at_steps_under_the_name_of_the_curve(counter: str, value: str) -> None:
    data = {
        name: [{counter: 10 * i, value: one} for i, one in enumerate(own)]
        for name, own in (("train_loss", LOSS), ("val_loss", HELD_OUT[::2]))
    }
    file = source("log.json", json.dumps(data).encode())
    assert keras_history.READER.detect(file) is Match.CERTAIN
    (run,) = keras_history.READER.read("log.json", [file])
    assert isinstance(run, Run)
    assert run.series["train_loss"].steps.tolist() == [*range(0, 10 * COUNT, 10)]
    assert run.series["val_loss"].values.tolist() == HELD_OUT[::2]


@pytest.mark.parametrize("field", ["fold", "run", "seed", "model", "trial_id", "client", "Run"])
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("in_turn", [True, False])
def test_a_field_that_tells_runs_apart(field: str, whole: bool, in_turn: bool) -> None:
    records = [{field: label, "epoch": i, "loss": one} for label in (1, 2, 3) for i, one in enumerate(LOSS)]
    if in_turn:
        records.sort(key=lambda one: one["epoch"])
    text = json.dumps(records) if whole else "".join(json.dumps(one) + "\n" for one in records)
    file = source("log.jsonl", text.encode())
    assert lines.READER.detect(file) is Match.CERTAIN
    found = [one for one in lines.READER.read("log.jsonl", [file]) if isinstance(one, Run)]
    assert [one.id for one in found] == ["log.jsonl/1", "log.jsonl/2", "log.jsonl/3"]
    assert all(one.series["loss"].values.tolist() == LOSS for one in found)


@pytest.mark.parametrize(
    "records",
    [
        [{"run": "a", "epoch": i, "loss": one} for i, one in enumerate(LOSS)],
        [{"run": i // 5, "epoch": i, "loss": one} for i, one in enumerate(LOSS)],
        [{"model": {"name": "unet"}, "epoch": i, "loss": one} for i, one in enumerate(LOSS)],
        [{"epoch": i, "loss": one} for i, one in enumerate(LOSS)],
    ],
)
def test_records_of_one_run(records: list[dict[str, Any]]) -> None:
    run = run_of("".join(json.dumps(one) + "\n" for one in records))
    assert run.id == "log.jsonl" and run.series["loss"].values.tolist() == LOSS
