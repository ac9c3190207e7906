"""CatBoost's folder: one training is one run, whichever of its files are there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loganalyzer.discovery.discover import discover
from loganalyzer.model.run import Run, Unread
from loganalyzer.pipeline.read_job import read_job
from tests.readers.event_files import event

METRICS = [{"best_value": "Min", "name": "MultiClass"}, {"best_value": "Max", "name": "Accuracy"}]
DOCUMENT = {
    "meta": {"learn_metrics": METRICS, "test_metrics": METRICS, "learn_sets": ["learn"], "test_sets": ["test"]},
    "iterations": [
        {"learn": [2.0 - i / 4, i / 8], "test": [2.5 - i / 4, i / 16], "iteration": i, "passed_time": i * 1.5}
        for i in range(5)
    ],
}


def table(*columns: str, scale: float = 1.0) -> str:
    return "\t".join(["iter", *columns]) + "\n" + "".join(f"{i}\t{scale * (2 - i / 4)}\t{i / 8}\n" for i in range(5))


def folder(root: Path, **files: str) -> Path:
    place = root / "catboost_info"
    place.mkdir()
    for name, text in files.items():
        (place / name.replace("__", ".")).write_text(text)
    return place


def found(root: Path) -> tuple[list[Run], list[Unread]]:
    discovery = discover([str(root)])
    runs, unread = [], list(discovery.unread)
    for job in discovery.jobs:
        own, left = read_job(job)
        runs += own
        unread += left
    return runs, unread


TABLES = {
    "learn_error__tsv": table("MultiClass", "Accuracy"),
    "test_error__tsv": table("MultiClass", "Accuracy", scale=1.25),
    "time_left__tsv": "iter\tPassed\tRemaining\n" + "".join(f"{i}\t{1500 * i}\t{9 - i}\n" for i in range(5)),
}


def test_the_two_tables_are_one_run(tmp_path: Path) -> None:
    folder(tmp_path, **TABLES)
    (run,), unread = found(tmp_path)
    assert sorted(run.series) == ["learn/Accuracy", "learn/MultiClass", "test/Accuracy", "test/MultiClass"]
    assert run.series["test/MultiClass"].values.tolist() == [2.5, 2.1875, 1.875, 1.5625, 1.25]
    walls = run.series["learn/Accuracy"].wall_times
    assert walls is not None and walls.tolist() == [0, 1.5, 3, 4.5, 6] and not unread


def with_events(root: Path, learn: float, test: float) -> None:
    place = folder(root, catboost_training__json=json.dumps(DOCUMENT), **TABLES)
    for part, first in (("learn", learn), ("test", test)):
        (place / part).mkdir()
        records = b"".join(event(i, ("MultiClass", first - i / 4)) for i in range(5))
        (place / part / "events.out.tfevents").write_bytes(records)


def test_document_tables_and_event_files_are_one_run(tmp_path: Path) -> None:
    with_events(tmp_path, 2.0, 2.5)
    (run,), unread = found(tmp_path)
    assert run.points == 20 and run.reader == "catboost" and len(run.files) == 6 and not unread


def test_event_files_of_other_values_are_a_run(tmp_path: Path) -> None:
    with_events(tmp_path, 9.0, 9.5)
    assert sorted(run.reader for run in found(tmp_path)[0]) == ["catboost", "tensorboard"]


def test_event_files_alone_are_a_run(tmp_path: Path) -> None:
    place = folder(tmp_path)
    (place / "learn").mkdir()
    (place / "learn" / "events.out.tfevents").write_bytes(b"".join(event(i, ("Logloss", 2 - i / 4)) for i in range(5)))
    (run,), _ = found(tmp_path)
    assert run.reader == "tensorboard" and list(run.series) == ["learn/Logloss"]


@pytest.mark.parametrize(
    "document", ['{"meta": {"learn_metrics": []}, "iterations": 3}', '{"learn_metrics" "iterations"']
)
def test_a_useless_document_beside_good_tables(tmp_path: Path, document: str) -> None:
    folder(tmp_path, catboost_training__json=document, **TABLES)
    (run,), unread = found(tmp_path)
    assert run.points == 20 and [Path(u.file).name for u in unread] == ["catboost_training.json"]


def test_times_alone_are_no_run(tmp_path: Path) -> None:
    folder(tmp_path, time_left__tsv=TABLES["time_left__tsv"])
    runs, unread = found(tmp_path)
    assert not runs and all(u.expected for u in unread)


def test_a_table_that_was_cut(tmp_path: Path) -> None:
    folder(tmp_path, learn_error__tsv=TABLES["learn_error__tsv"][:-3], test_error__tsv=TABLES["test_error__tsv"])
    (run,), _ = found(tmp_path)
    assert len(run.series["learn/Accuracy"]) == 4 and len(run.series["test/Accuracy"]) == 5
    assert "last-cell-unfinished" in {note.code for note in run.notes}
