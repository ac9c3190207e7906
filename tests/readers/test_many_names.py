"""Records with thousands of names: reading stays in proportion to them, and past a bound the least told are left out."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from loganalyzer.model.run import Note, Run
from loganalyzer.readers.common import records
from loganalyzer.readers.json.lines import READER
from loganalyzer.roles import names
from tests.readers.sources import source

FORMS: list[Callable[[int, int], dict[str, object]]] = [
    lambda step, i: {f"layer{i}/weight_norm_x": i * 0.5},
    lambda step, i: {f"k{i}": i},
    lambda step, i: {f"module.{i}.kernel": i + 0.5},
    lambda step, i: {f"grads/{i}": {"mean_x": 0.5}},
    lambda step, i: {f"id-{i}": str(i)} | {f"n{i}": 1.0},
    lambda step, i: {f"tok_{i}_count_x": 3},
    lambda step, i: {f"{step}-{i}": 1.0},
    lambda step, i: {f"user{step}_{i}_x": 2},
    lambda step, i: {f"expert {i} load": 0.25},
    lambda step, i: {f"img{step}/{i}.png": 7},
]


def lines(form: Callable[[int, int], dict[str, object]], count: int, steps: int = 4) -> str:
    rows = []
    for step in range(steps):
        own: dict[str, object] = {}
        for i in range(count):
            own |= form(step, i)
        rows.append(json.dumps(own | {"step": step, "loss": 1 / (step + 1)}))
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize("form", FORMS)
def test_past_the_bound_the_curves_stay(
    form: Callable[[int, int], dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "MOST_COLUMNS", 40)
    (run,) = READER.read("x.jsonl", [source("x.jsonl", lines(form, 60).encode())])
    assert isinstance(run, Run)
    assert run.series["loss"].values.tolist() == [1 / (step + 1) for step in range(4)]
    assert len(run.series) == 39  # and the steps
    (note,) = [note for note in run.notes if note.code == "too-many-names"]
    assert note.details["limit"] == 40 and note.details["count"] >= 22


def test_as_many_names_as_the_bound_are_all_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST_COLUMNS", 62)
    (run,) = READER.read("x.jsonl", [source("x.jsonl", lines(FORMS[0], 60).encode())])
    assert isinstance(run, Run) and len(run.series) == 61
    assert not [note for note in run.notes if isinstance(note, Note) and note.code == "too-many-names"]


def test_the_role_of_each_name_is_worked_out_once() -> None:
    assert records.MOST_COLUMNS < names.MOST_REMEMBERED
