"""The CSV reader: separators, encodings, odd cells, damage, restarts, and tables that are no logs."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.errors import ReadError
from loganalyzer.model.run import Run, Unread
from loganalyzer.reader import Smell
from loganalyzer.readers.csv import READER
from tests.readers.sources import source


def read(data: bytes) -> Run:
    (run,) = READER.read("log.csv", [source("log.csv", data)])
    assert isinstance(run, Run)
    return run


CLEAN = "epoch,loss,val_loss\n0,1.5,1.75\n1,1.25,1.5\n2,1.0,1.25\n"


@pytest.mark.parametrize(
    "data",
    [
        CLEAN.encode(),
        CLEAN.replace("\n", "\r\n").encode(),
        CLEAN.replace("\n", "\r").encode(),
        CLEAN.replace(",", ";").encode(),
        CLEAN.replace(",", "\t").encode(),
        CLEAN.replace(",", ";").replace(".", ",").encode(),
        CLEAN.replace(",", " ,   ").encode(),
        CLEAN.encode("utf-8-sig"),
        CLEAN.encode("utf-16"),
        (CLEAN + "3,0.1,0.1").encode(),
    ],
    ids=["lf", "crlf", "cr", "semicolon", "tab", "decimal-comma", "padded", "bom", "utf-16", "unfinished"],
)
def test_one_table_in_many_dresses(data: bytes) -> None:
    run = read(data)
    assert run.series["loss"].values.tolist() == [1.5, 1.25, 1.0]
    assert run.series["val_loss"].values.tolist() == [1.75, 1.5, 1.25]
    assert run.series["loss"].steps.tolist() == [0, 1, 2] and run.step_unit == "epoch"


@pytest.mark.parametrize("cell", ["nan", "NaN", "-nan(ind)"])
def test_a_cell_that_says_nan_is_kept(cell: str) -> None:
    assert math.isnan(read(f"epoch,loss\n0,1\n1,{cell}\n2,3\n".encode()).series["loss"].values[1])


@pytest.mark.parametrize("cell", ["inf", "1.#INF", "1e400"])
def test_a_cell_that_says_infinity_is_kept(cell: str) -> None:
    assert read(f"epoch,loss\n0,1\n1,{cell}\n2,3\n".encode()).series["loss"].values[1] == math.inf


@pytest.mark.parametrize("cell", ["", "NA", "None"])
def test_an_empty_cell_is_no_point(cell: str) -> None:
    assert read(f"epoch,loss,acc\n0,1,.5\n1,{cell},.5\n2,3,.5\n".encode()).series["loss"].steps.tolist() == [0, 2]


def test_rows_without_an_epoch_are_counted() -> None:
    assert read(b"val_loss,loss\n3,2\n2,1\n").series["loss"].steps.tolist() == [0, 1]


def test_train_and_validation_rows_apart() -> None:
    run = read(b"epoch,step,train_loss,val_loss\n0,9,1.5,\n0,9,,1.75\n1,19,1.25,\n1,19,,1.5\n")
    assert run.series["train_loss"].steps.tolist() == run.series["val_loss"].steps.tolist() == [9, 19]


def test_a_repeated_header_is_a_restart_and_the_last_value_wins() -> None:
    run = read(b"epoch,loss\n0,9\n1,8\nepoch,loss\n1,7\n2,6\n0,5\n1,4\n")
    assert run.series["loss"].values.tolist() == [5, 4, 6]
    assert {"header-repeated", "restarted"} <= {note.code for note in run.notes}


def test_conflict_markers_ragged_rows_and_doubled_columns_are_told() -> None:
    run = read(b"epoch,loss,loss\n<<<<<<< HEAD\n0,3,3\n=======\n1,2\n2,1,1\n>>>>>>> b\n")
    assert run.series["loss"].values.tolist() == [3, 2, 1]
    assert {"conflict-markers", "ragged-rows", "duplicate-columns"} <= {note.code for note in run.notes}


@pytest.mark.parametrize(
    "text", ["age,price,label\n1,2,0\n3,4,1\n", "case_name,selu_1\na,1\nb,2\n", "name,value\nx,y\n", "just text\n"]
)
def test_tables_that_are_no_logs(text: str) -> None:
    assert READER.smell(source("train.csv", text.encode())) is Smell.NO


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(allow_nan=False, width=64), min_size=2, max_size=20))
def test_round_trip(values: list[float]) -> None:
    text = "epoch,loss\n" + "".join(f"{i},{v!r}\n" for i, v in enumerate(values))
    assert read(text.encode()).series["loss"].values.tolist() == values


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(CLEAN)), st.binary(max_size=8))
def test_damage_gives_a_result_or_a_read_error(at: int, junk: bytes) -> None:
    data = CLEAN.encode()
    with contextlib.suppress(ReadError):
        assert all(isinstance(r, Run | Unread) for r in READER.read("x", [source("x", data[:at] + junk + data[at:])]))
