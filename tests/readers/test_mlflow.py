"""MLflow's file store, its database, and the runs of its servers as they are stored."""

from __future__ import annotations

import json
import math
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Match
from loganalyzer.readers.trackers import mlflow, mlflow_db, mlflow_run

from .sources import source

RUN = "mlruns/0/cb0096518b0e4c66a94428555f05420b"


def lines(values: list[float], steps: list[int] | None = None) -> bytes:
    at = steps if steps is not None else range(len(values))
    return "".join(
        f"{1_664_364_007_310 + i} {v!r} {s}\n" for i, (v, s) in enumerate(zip(values, at, strict=True))
    ).encode()


def files_run(**files: bytes) -> list[Run | Unread]:
    sources = [source(f"{RUN}/{name.replace('__', '/')}", data) for name, data in files.items()]
    assert all(mlflow.READER.detect(s) is Match.CERTAIN and mlflow.READER.key(s) == RUN for s in sources)
    return list(mlflow.READER.read(RUN, sources))


def test_file_store() -> None:
    (run,) = files_run(
        metrics__loss=lines([3, 2, 1]),
        metrics__val__loss=lines([4, 3, 2], [0, 10, 20]),
        params__LEARNING_RATE=b"0.01",
        params__OPTIMIZER=b"adam",
        params__AMP=b"False",
        tags__mlflow=b"me",
    )
    assert isinstance(run, Run)
    assert run.series["loss"].values.tolist() == [3, 2, 1]
    assert run.series["val/loss"].steps.tolist() == [0, 10, 20]
    assert run.series["loss"].wall_times is not None and run.series["loss"].wall_times[0] == 1_664_364_007.310
    assert run.hyperparameters == {"LEARNING_RATE": 0.01, "OPTIMIZER": "adam", "AMP": "false"}


def test_steps_never_given_are_counted() -> None:
    (run,) = files_run(metrics__loss=lines([3, 2, 1], [0, 0, 0]))
    assert isinstance(run, Run) and run.series["loss"].steps.tolist() == [0, 1, 2]


def test_single_values_are_a_run() -> None:
    (run,) = files_run(
        metrics__loss=b"1664364007310 3.2727866172790527 0\n", metrics__accuracy=b"1664364007310 0.78 0\n"
    )
    assert isinstance(run, Run) and run.points == 2


@pytest.mark.parametrize(
    ("text", "value"), [("--11", "--11"), ("-3", -3), ("1e-4", 1e-4), ("²", "²"), ("9" * 30, 1e30), ("", "")]
)
def test_parameters_are_typed(text: str, value: object) -> None:
    (run,) = files_run(metrics__loss=lines([2, 1]), params__x=text.encode())
    assert isinstance(run, Run) and run.hyperparameters == {"x": value}


def test_parameters_alone_are_no_run() -> None:
    (found,) = files_run(params__lr=b"0.1")
    assert isinstance(found, Unread) and found.expected


def test_torn_and_bad_lines() -> None:
    (run,) = files_run(metrics__loss=lines([3, 2, 1]) + b"garbage\n1664364007399 0.")
    assert isinstance(run, Run)
    assert run.series["loss"].values.tolist() == [3, 2, 1]
    assert [n.code for n in run.notes] == ["damaged-records"]


def test_a_folder_called_metrics_is_not_enough() -> None:
    assert mlflow.READER.detect(source("out/metrics/loss.csv", b"epoch,loss\n0,1\n")) is Match.NO
    assert mlflow.READER.detect(source("out/params/lr", b"0.1")) is Match.NO


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(allow_nan=True), min_size=1, max_size=20))
def test_round_trip(values: list[float]) -> None:
    (run,) = files_run(metrics__loss=lines(values))
    assert isinstance(run, Run)
    assert [repr(float(v)) for v in run.series["loss"].values] == [repr(v) for v in values]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_result(data: bytes) -> None:
    found = mlflow.READER.read(
        RUN, [source(f"{RUN}/metrics/loss", lines([1, 2]) + data), source(f"{RUN}/params/x", data)]
    )
    assert all(isinstance(i, (Run, Unread)) for i in found)


def database(path: Path, *, journal: str = "delete") -> bytes:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode={journal}")
    connection.execute(
        "CREATE TABLE metrics (key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT, step BIGINT, is_nan BOOLEAN)"
    )
    connection.execute("CREATE TABLE params (key VARCHAR, value VARCHAR, run_uuid VARCHAR)")
    for run in ("aa11", "bb22"):
        connection.execute("INSERT INTO params VALUES ('lr', '0.5', ?)", (run,))
        for step in range(26):
            connection.execute(
                "INSERT INTO metrics VALUES ('train_loss', ?, ?, ?, ?, 0)", (9 / (step + 1), 1000 * step, run, step)
            )
    connection.execute("INSERT INTO metrics VALUES ('train_loss', 0, 26000, 'bb22', 26, 1)")
    connection.commit()
    connection.close()
    return path.read_bytes()


@pytest.mark.parametrize("journal", ["delete", "wal"])
@pytest.mark.parametrize("on_disk", [True, False])
def test_database(tmp_path: Path, journal: str, on_disk: bool) -> None:
    path = tmp_path / "a b#?%.db"
    data = database(path, journal=journal)
    before = sorted(p.name for p in tmp_path.iterdir())
    file = source("mlflow.db", data, path if on_disk else None)
    assert mlflow_db.READER.detect(file) is Match.CERTAIN
    first, second = mlflow_db.READER.read("mlflow.db", [file])
    assert isinstance(first, Run) and isinstance(second, Run)
    assert (first.id, second.id) == ("mlflow.db/aa11", "mlflow.db/bb22")
    assert first.series["train_loss"].steps.tolist() == list(range(26))
    assert len(second.series["train_loss"]) == 27 and str(second.series["train_loss"].values[-1]) == "nan"
    assert first.hyperparameters == {"lr": 0.5} and first.restarts == ()
    assert sorted(p.name for p in tmp_path.iterdir()) == before and path.read_bytes() == data


def test_infinities_of_a_database(tmp_path: Path) -> None:
    path = tmp_path / "m.db"
    database(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        for step, value in ((26, sys.float_info.max), (27, -sys.float_info.max)):
            connection.execute("INSERT INTO metrics VALUES ('train_loss', ?, ?, 'aa11', ?, 0)", (value, 2**41, step))
    first, _ = mlflow_db.READER.read("m.db", [source("m.db", path.read_bytes())])
    assert isinstance(first, Run) and [str(v) for v in first.series["train_loss"].values[-2:]] == ["inf", "-inf"]


STORED = "sweep/child/cb0096518b0e4c66a94428555f05420b.mlflow.json"


def stored(points: dict[str, list[tuple[int, float, float]]], bad: int = 0, **params: str) -> list[Run | Unread]:
    one = source(STORED, mlflow_run.document(params, points, bad))
    assert mlflow_run.READER.detect(one) is Match.CERTAIN and mlflow_run.READER.key(one) == "sweep/child"
    return list(mlflow_run.READER.read("sweep/child", [one]))


def test_stored_run() -> None:
    (run,) = stored({"loss": [(0, 3.0, 1.5), (2, 1.0, 3.5), (1, 2.0, 2.5)], "best": [(7, math.inf, 1.0)]}, lr="0.5")
    assert isinstance(run, Run) and (run.id, run.hyperparameters) == ("sweep/child", {"lr": 0.5})
    assert run.series["loss"].steps.tolist() == [0, 1, 2] and run.series["loss"].values.tolist() == [3, 2, 1]
    assert run.series["loss"].wall_times is not None and run.series["loss"].wall_times.tolist() == [1.5, 2.5, 3.5]
    assert str(run.series["best"].values[0]) == "inf" and run.notes == ()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("as_number", [False, True])
def test_stored_values_that_are_no_numbers(value: float, as_number: bool) -> None:
    """As this version writes them, and as JSON of Python does."""
    points = {"loss": [(i, 1.0 / (i + 1), float(i)) for i in range(5)] + [(5, value, 5.0)]}
    data = mlflow_run.document({}, points, 0)
    if as_number:
        data = mlflow_run.MAGIC + json.dumps({"params": {}, "bad": 0, "metrics": points}).encode() + b"}"
    (run,) = mlflow_run.READER.read("k", [source(STORED, data)])
    assert isinstance(run, Run) and str(run.series["loss"].values[-1]) == str(value) and len(run.series["loss"]) == 6


def test_stored_run_of_points_that_could_not_be_read() -> None:
    (run,) = stored({"loss": [(0, 3.0, 1.0), (1, 2.0, 2.0)]}, bad=4)
    assert isinstance(run, Run) and [(n.code, n.details) for n in run.notes] == [("damaged-records", {"count": 4})]
    (found,) = stored({})
    assert isinstance(found, Unread) and found.expected


@pytest.mark.parametrize(
    "body",
    ["", "3}", '{"metrics": [', '{"metrics": {"loss": [[1, "x", 2], [1e9, 2, 3], 4, [true]]}}}', "[" * 90_000, "[]}"],
)
def test_damaged_stored_runs(body: str) -> None:
    with suppress(ReadError):
        found = list(mlflow_run.READER.read("k", [source("k/a.mlflow.json", mlflow_run.MAGIC + body.encode())]))
        assert all(isinstance(one, Unread) for one in found)


def test_optuna_study_is_named(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    connection = sqlite3.connect(path)
    connection.executescript("CREATE TABLE studies (id INT); CREATE TABLE trials (id INT);")
    connection.close()
    (found,) = mlflow_db.READER.read("study.db", [source("study.db", path.read_bytes())])
    assert isinstance(found, Unread) and found.expected and found.note.code == "optuna-study"


def test_damaged_database_is_refused(tmp_path: Path) -> None:
    data = database(tmp_path / "m.db")
    for cut in (100, 4096, 5000, len(data) // 2):
        with pytest.raises(ReadError):
            list(mlflow_db.READER.read("m.db", [source("m.db", data[:cut])]))


def test_endless_view_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "view.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT)")
    connection.execute(
        "CREATE VIEW metrics AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT 'r' run_uuid, 'loss' key, i step, 1.0 value, i timestamp, 0 is_nan FROM n"
    )
    connection.commit()
    connection.close()
    (found,) = mlflow_db.READER.read("view.db", [source("view.db", path.read_bytes())])
    assert isinstance(found, Unread)  # a view is no table of metrics


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_flipped_bytes_give_a_result(data: st.DataObject) -> None:
    raw = bytearray(_SAMPLE)
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(16, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(ReadError):
        assert all(isinstance(i, (Run, Unread)) for i in mlflow_db.READER.read("m.db", [source("m.db", bytes(raw))]))


def _sample() -> bytes:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        return database(Path(folder, "m.db"))


_SAMPLE = _sample()


@pytest.mark.parametrize("rows", [3, 40, 3000])
def test_rows_in_the_write_ahead_log_are_read(tmp_path: Path, rows: int) -> None:
    """A database whose writer was killed, or goes on: the last rows are not in its file yet."""
    path, live = tmp_path / "mlflow.db", tmp_path / "live.db"
    database(live, journal="wal")
    with closing(sqlite3.connect(live)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint=0")
        for step in range(26, 26 + rows):
            writer.execute("INSERT INTO metrics VALUES ('train_loss', 0, ?, 'aa11', ?, 1)", (1000 * step, step))
        writer.commit()
        path.write_bytes(live.read_bytes())
        (tmp_path / "mlflow.db-wal").write_bytes((tmp_path / "live.db-wal").read_bytes())
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    first, _ = mlflow_db.READER.read("mlflow.db", [source("mlflow.db", path.read_bytes(), path)])
    assert isinstance(first, Run) and len(first.series["train_loss"]) == 26 + rows
    assert str(first.series["train_loss"].values[-1]) == "nan"
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before
