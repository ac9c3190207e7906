"""Small files that ask for much work or memory, and bytes that made libraries warn: found by fuzzing and by reading."""

from __future__ import annotations

import gzip
import io
import pickle
import sqlite3
import struct
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from loganalyzer.discovery.source import open_source
from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Reader
from loganalyzer.readers.common.npy import npy, npz
from loganalyzer.readers.common.printed.tables import Tables
from loganalyzer.readers.common.safe_pickle import load
from loganalyzer.readers.csv.table import _RULE
from loganalyzer.readers.json import keras_history
from loganalyzer.readers.trackers import mlflow_db, wandb
from loganalyzer.readers.trackers.stable_baselines import READER
from tests.readers.sources import source
from tests.readers.test_wandb import FILE, history, training, written

SECONDS = 2.0


def read(reader: Reader, data: bytes, path: str) -> Run | Unread:
    (item,) = reader.read(path, [source(path, data)])
    return item


def text(content: str) -> bytes:
    """The instruction that pushes a word, protocol 2."""
    raw = content.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


@pytest.mark.parametrize("function", [b"c_codecs\nencode\n", b"ccollections\nOrderedDict\n"])
def test_a_pickle_cannot_hand_one_thing_to_a_function_again_and_again(function: bytes) -> None:
    given = text("x" * 200_000) if b"encode" in function else b"](" + (text("a") + b"K\1\x86") * 10_000 + b"e"
    data = b"\x80\x02" + given + b"q\0" + function + b"q\1" + b"h\1h\0\x85R" * 20_000 + b"."
    began = time.process_time()
    with pytest.raises(ReadError) as refused:
        load(data)
    assert refused.value.code == "too-large" and time.process_time() - began < SECONDS


@pytest.mark.parametrize("protocol", range(6))
def test_large_arrays_are_no_bombs(protocol: int) -> None:
    values = np.random.default_rng(0).normal(size=100_000)
    data = pickle.dumps({"loss": values, "val_loss": list(values[:5000]), "accuracy": values}, protocol=protocol)
    run = read(keras_history.READER, data, "history.pkl")
    assert isinstance(run, Run) and np.array_equal(run.series["loss"].values, values)


def test_what_is_no_escape_is_damage() -> None:
    with pytest.raises(ReadError) as refused:
        load(rb"S'a\qb'" + b"\n.")
    assert refused.value.details["reason"] == "escape"
    assert load(rb"S'a\\q\x41\'\n\101'" + b"\n.") == "a\\qA'\nA"
    for program in (b"c\\q\nx\n.", b"(i\\q\nx\n.", b"P\\q\n."):
        with pytest.raises(ReadError) as refused:
            load(program)
        assert refused.value.code == "pickle-refused"


def saved(array: object) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(array))
    return file.getvalue()


def test_arrays_that_python_2_wrote_are_read_as_they_are() -> None:
    data = saved(np.arange(3.0)).replace(b"(3,), }", b"(3L,),}")
    array, missing = npy(data)
    assert array.tolist() == [0, 1, 2] and missing == 0


def test_numbers_too_large_for_a_float_are_infinite() -> None:
    values = np.array([1, np.finfo(np.longdouble).max], np.longdouble)
    run = read(keras_history.READER, saved(values), "train_loss.npy")
    assert isinstance(run, Run) and run.series["train_loss"].values.tolist() == [1.0, float(values[1])]
    data = archive(timesteps=saved([1, 2]), results=saved([[1e308, 1e308], [np.inf, -np.inf]]))
    run = read(READER, data, "evaluations.npz")
    assert isinstance(run, Run)
    assert np.array_equal(run.series["eval/mean_reward"].values, [np.inf, np.nan], equal_nan=True)


def archive(method: int = zipfile.ZIP_STORED, **members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(f"{name}.npy", content)
    return file.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_archives_are_unpacked_by_the_methods_of_numpy_only(method: int) -> None:
    data = archive(method, loss=saved([2.0, 1.0]))
    for reader, path in ((keras_history.READER, "history.npz"), (READER, "evaluations.npz")):
        with pytest.raises(ReadError) as refused:
            read(reader, data, path)
        assert refused.value.details["reason"] == f"zip method {method}"


def test_a_bomb_of_evaluations_is_not_unpacked() -> None:
    data = archive(zipfile.ZIP_DEFLATED, timesteps=saved(np.zeros(2**22, np.int64)), results=saved([[1.0]]))
    assert len(data) < 100_000
    with pytest.raises(ReadError) as refused:
        read(READER, data, "evaluations.npz")
    assert refused.value.code == "decompression-bomb"


def test_an_array_cut_before_it_was_packed_is_told() -> None:
    found, wrong = npz(archive(loss=saved([3.0, 2.0, 1.0])[:-8], val_loss=saved([3.0])))
    assert found["loss"].tolist() == [3, 2] and [error.code for error in wrong] == ["bad-numpy"]
    run = read(keras_history.READER, archive(loss=saved([3.0, 2.0, 1.0])[:-8]), "history.npz")
    assert isinstance(run, Run) and [note.code for note in run.notes] == ["damaged-records"]
    run = read(
        READER,
        archive(timesteps=saved([1]), results=saved([[1.0]]), ep_lengths=saved([[1.0]])[:-1]),
        "evaluations.npz",
    )
    assert isinstance(run, Run) and set(run.series) == {"eval/mean_reward"} and run.notes[0].harmful


def test_a_hundred_thousand_gzip_streams_take_time_in_line_with_their_number(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    lines = [b"epoch,loss\n", *(f"{i},{1 / (i + 1)}\n".encode() for i in range(5))]
    path.write_bytes(b"".join(gzip.compress(line, mtime=0) for line in lines) + gzip.compress(b"", mtime=0) * 100_000)
    began = time.process_time()
    file = open_source(path, "log.csv.gz")
    assert file.read() == b"".join(lines) and time.process_time() - began < SECONDS


def test_gzip_limits_hold_over_all_streams(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(bytes(600), mtime=0) * 2)
    assert open_source(path, "log.csv.gz", max_bytes=1200).size == 1200
    with pytest.raises(ReadError) as refused:
        open_source(path, "log.csv.gz", max_bytes=1199)
    assert refused.value.code == "decompression-bomb"


METRICS = "(key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT, step BIGINT, is_nan BOOLEAN)"


def endless(path: Path, depth: int = 4, page: int = 512) -> bytes:
    """A table whose inner pages point at one child each, sixty times: 60 ** depth rows in a few KiB."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA page_size={page}")
        connection.execute(f"CREATE TABLE metrics {METRICS}")
        connection.execute("CREATE TABLE filling (x)")
        connection.executemany("INSERT INTO metrics VALUES ('loss', 0.5, ?, 'a', ?, 0)", ((i, i) for i in range(10)))
        connection.executemany("INSERT INTO filling VALUES (zeroblob(?))", [(page // 2,)] * (2 * depth + 4))
        connection.commit()
        ((root,),) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name='metrics'")
    data = bytearray(path.read_bytes())
    pages = len(data) // page
    data[(pages - 1) * page :] = data[(root - 1) * page : root * page]
    for place, child in [(pages - 1 - d, pages - d) for d in range(depth)] + [(root, pages - depth)]:
        data[(place - 1) * page : place * page] = inner_page(child, page)
    return bytes(data)


def inner_page(child: int, size: int) -> bytes:
    """A page of a table's tree (https://www.sqlite.org/fileformat2.html, 1.6): cells of a child and a row number."""
    cells = [struct.pack(">IB", child, number) for number in range((size - 32) // 7)]
    starts = [size - 5 * (n + 1) for n in range(len(cells))]
    head = struct.pack(">BHHHBI", 5, 0, len(cells), starts[-1], 0, child) + struct.pack(f">{len(starts)}H", *starts)
    return head.ljust(size - 5 * len(cells), b"\0") + b"".join(reversed(cells))


def test_a_tree_that_gives_one_page_again_and_again_is_left(tmp_path: Path) -> None:
    data = endless(tmp_path / "m.db")
    began = time.process_time()
    with pytest.raises(ReadError) as refused:
        read(mlflow_db.READER, data, "m.db")
    assert refused.value.details["reason"] == "interrupted" and time.process_time() - began < SECONDS


@pytest.mark.parametrize(
    "table",
    [
        METRICS.replace("TEXT,", "TEXT AS (hex(zeroblob(1000))),", 1),
        METRICS.replace("is_nan BOOLEAN", "is_nan AS (length(hex(zeroblob(1000))))"),
    ],
)
def test_columns_that_are_computed_when_read_are_none_of_mlflow(tmp_path: Path, table: str) -> None:
    with closing(sqlite3.connect(tmp_path / "m.db")) as connection:
        connection.execute(f"CREATE TABLE metrics {table}")
        connection.execute("INSERT INTO metrics (timestamp, run_uuid, step, value) VALUES (1, 'a', 0, 0.5)")
        connection.commit()
    found = read(mlflow_db.READER, (tmp_path / "m.db").read_bytes(), "m.db")
    assert isinstance(found, Unread) and found.note.code == "no-training-log"


def test_infinite_times_are_no_warning(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "m.db")) as connection:
        connection.execute(f"CREATE TABLE metrics {METRICS}")
        rows = [(9e999, step) for step in range(3)]
        connection.executemany("INSERT INTO metrics VALUES ('loss', 0.5, ?, 'a', ?, 0)", rows)
        connection.commit()
    run = read(mlflow_db.READER, (tmp_path / "m.db").read_bytes(), "m.db")
    assert isinstance(run, Run) and run.series["loss"].steps.tolist() == [0, 1, 2]


def test_wandb_steps_that_no_axis_can_hold_are_no_run() -> None:
    found = read(wandb.READER, written([history({"loss": 1.0}, 2**60)]), FILE)
    assert isinstance(found, Unread) and found.note.code == "no-training-log"


def test_wandb_records_lost_to_damage_are_told_where_nothing_is_left() -> None:
    data = bytearray(written(training(1)[1:]))
    data[-1] ^= 1
    found = read(wandb.READER, bytes(data), FILE)
    assert isinstance(found, Unread) and not found.expected and found.note.code == "damaged-records"


GROWTH = r"""
import sys, time
from loganalyzer.readers.common import json_text, line_names
from loganalyzer.readers.common.printed import absent, brackets, mlperf, sections, settings, tables
from loganalyzer.readers.common.printed.runs import read_printed
from loganalyzer.readers.csv import table

size = 200_000
table._RULE.fullmatch("-" * size + "x")
mlperf._MLPERF.search(":::MLL 1.0 (" * (size // 11))
mlperf._MLPERF.search(":::MLL " + "x" * size)
absent._ABSENT.search("a" + " " * size + "x")
sections.begins_training("train " * (size // 6))
brackets.BAR_AFTER.match(" " * size + "x")
line_names._UNIT.sub("", "a" + " " * size + "b")
tables._BOX_ROW.match("|" + " " * size + "x")
tables._BOX_ROW.match("| a" + " " * size + "x")
tables._CLASS_ROW.match(" all 1 1" + " 1" * size + "x")
settings._PAIR.findall("a" * 60 + " " * size)
settings._PAIR.findall("a" * 60 + "=1" + " " * size + "x")
json_text.nesting('"' + '\\"' * size)
for piece in ("| ", "(", "[", "1", "1,", '"', ":", "a", "\b", "\x1b[", "epoch 1 ", "loss: 1 ", "Val", "| a ", "it/s]",
              "loss: None ", "train 1 ", "MSE: train: 1 "):
    for opening in ("", "| ", "loss: ", "Epoch 1/2 [=", ":::MLL 1.0 (", "1/2"):
        for length in (7_900, size):
            list(read_printed("k", "k", (opening + piece * (length // len(piece)) + "\n").encode()))
            list(read_printed("k", "k", (opening + piece * (length // len(piece)) + " " * 4000 + "x\n").encode()))
"""


def test_no_line_asks_for_more_work_than_it_is_long() -> None:
    """Each of the calls would take minutes if the work grew with the square of the length; all together take seconds."""
    subprocess.run([sys.executable, "-c", GROWTH], check=True, timeout=120)


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("|    loss           | 0.5      |", "loss", 0.5),
        ("| ep_rew_mean | 12 |", "ep_rew_mean", 12.0),
        ("|    explained variance | -1e-3 |   ", "explained variance", -1e-3),
        ("|\ttotal_timesteps\t|\t2048\t|", "total_timesteps", 2048.0),
        ("| a |1|", "a", 1.0),
    ],
)
def test_rows_of_boxes(line: str, name: str, value: float) -> None:
    tables = Tables()
    assert tables.boxed(line) and tables.box == {name: value}


@pytest.mark.parametrize(
    "line", ["| a | b | c |", "|a| 1 |", "| a | 1 | x", "| a 1", "|" + " " * 50, "| " + "a" * 61 + " | 1 |"]
)
def test_lines_that_are_no_row_of_a_box(line: str) -> None:
    assert not Tables().boxed(line)


@pytest.mark.parametrize(
    ("line", "is_rule"), [("|---|:-:|", True), ("-", True), ("+ - +", True), ("|  |", False), ("--x", False)]
)
def test_rules_in_tables(line: str, is_rule: bool) -> None:
    assert (_RULE.fullmatch(line) is not None) is is_rule
