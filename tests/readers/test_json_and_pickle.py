"""JSON logs and Keras histories: what they hold, damage, and pickles that must not run."""

from __future__ import annotations

import json
import os
import pickle

import numpy as np
import pytest

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run
from loganalyzer.readers.base import Match, Reader
from loganalyzer.readers.common.safe_pickle import load
from loganalyzer.readers.json import documents, keras_history, lines
from tests.readers.sources import source

HISTORY = {"loss": [2.0, 1.5, 1.0], "val_loss": [2.0, 1.75]}


def read(reader: Reader, data: bytes, name: str = "log") -> Run:
    (run,) = reader.read(name, [source(name, data)])
    assert isinstance(run, Run)
    return run


@pytest.mark.parametrize(
    "data", [json.dumps(HISTORY).encode(), json.dumps({"history": HISTORY}).encode(), pickle.dumps(HISTORY)]
)
def test_history(data: bytes) -> None:
    run = read(keras_history.READER, data)
    assert run.series["loss"].values.tolist() == [2.0, 1.5, 1.0] and len(run.series["val_loss"]) == 2


def test_pickled_numpy_numbers() -> None:
    data = pickle.dumps({"loss": [np.float32(0.5), np.float32(0.25)]})
    assert read(keras_history.READER, data).series["loss"].values.tolist() == [0.5, 0.25]


def test_a_history_as_print_writes_it() -> None:
    numpy_too = b"{'loss': [np.float64(2.0), nan, (1.0)], 'val_loss': (2.0, inf, None), 'done': True}"
    assert keras_history.READER.detect(source("history.txt", numpy_too)) is Match.CERTAIN
    run = read(keras_history.READER, str(HISTORY).encode())
    assert run.series["loss"].values.tolist() == [2.0, 1.5, 1.0] and len(run.series["val_loss"]) == 2
    odd = read(keras_history.READER, numpy_too)
    assert np.isnan(odd.series["loss"].values[1]) and np.isinf(odd.series["val_loss"].values[1])


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("made-by-a-pickle",)


def test_a_pickle_that_names_anything_else_is_refused_by_name(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    with pytest.raises(ReadError) as refused:
        load(pickle.dumps({"loss": [1.0], "x": Evil()}))
    assert refused.value.code == "pickle-refused" and "mkdir" in str(refused.value.details["name"])
    assert os.listdir() == []  # noqa: PTH208


def test_json_lines_with_nan_and_a_torn_last_line() -> None:
    run = read(lines.READER, b'{"epoch":0,"loss":2}\n{"epoch":1,"loss":NaN}\n{"epoch":2,"lo')
    assert run.series["loss"].steps.tolist() == [0, 1] and np.isnan(run.series["loss"].values[1])
    assert [note.code for note in run.notes] == ["last-line-torn"]


def test_trainer_state_without_its_summary() -> None:
    log = [{"step": 1, "loss": 2.0}, {"step": 1, "eval_loss": 2.5}, {"step": 2, "loss": 1.0},
           {"step": 2, "train_runtime": 9.0, "train_loss": 1.5}]  # fmt: skip
    run = read(documents.READER, json.dumps({"log_history": log}).encode())
    assert run.series["loss"].values.tolist() == [2.0, 1.0] and len(run.series["eval_loss"]) == 1
    assert "train_loss" not in run.series


@pytest.mark.parametrize(
    "data", [b'{"loss":' + b"[" * 100_000, b'{"loss": [1', b'{"log_history": [{"a": ' + b"9" * 500]
)
def test_deep_torn_and_huge_json_is_a_read_error(data: bytes) -> None:
    for reader in (keras_history.READER, documents.READER):
        with pytest.raises(ReadError):
            read(reader, data)
