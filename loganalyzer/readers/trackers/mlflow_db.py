"""Databases: MLflow's SQLite store (the tables ``metrics`` and ``params``) and Trackio's."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.deadline import within
from loganalyzer.readers.trackers.mlflow_points import Point, runs_of
from loganalyzer.roles.hyperparameter_values import LONGEST_TEXT, flattened

if TYPE_CHECKING:
    import sqlite3

MOST_POINTS = 20_000_000
MOST_PARAMETERS = 1_000_000
MAGIC = b"SQLite format 3\0"
_TABLES = {"metrics", "params"}


def detect(source: Source) -> Match:
    """An SQLite file; sure when the head shows MLflow's table of metrics."""
    if not source.head.startswith(MAGIC):
        return Match.NO
    return Match.CERTAIN if b"CREATE TABLE metrics" in source.head or b"latest_metrics" in source.head else Match.MAYBE


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per ``run_uuid``; of Trackio's databases one per run of the project."""
    from loganalyzer.readers.trackers.sqlite_file import SMALLEST_ROW, opened, stored_bytes
    from loganalyzer.readers.trackers.trackio_db import is_trackio, read_trackio

    for source in sources:
        most_rows = stored_bytes(source) // SMALLEST_ROW
        with opened(source) as connection:
            if is_trackio(connection):
                yield from read_trackio(connection, key, source.path, "mlflow-db", min(MOST_POINTS, most_rows))
            else:
                yield from _runs(connection, key, source.path, most_rows)


def _runs(connection: sqlite3.Connection, key: str, path: str, most_rows: int) -> Iterator[Run | Unread]:
    from loganalyzer.readers.trackers.sqlite_file import columns, real_tables

    tables = real_tables(connection)
    tables -= {table for table in _TABLES & tables if not columns(connection, table)}
    if "metrics" not in tables:
        known = "optuna-study" if {"studies", "trials"} <= tables else "no-training-log"
        yield Unread(path, Note(known), expected=True)
        return
    points: dict[str, dict[str, list[Point]]] = {}
    rows = connection.execute(
        "SELECT run_uuid, key, step, value, timestamp, is_nan FROM metrics ORDER BY timestamp LIMIT ?",
        (min(MOST_POINTS, most_rows),),
    )
    bad = 0
    for run, name, step, value, time, is_nan in within(rows, "record"):
        if not isinstance(step, int) or not isinstance(value, (int, float)) or not isinstance(time, (int, float)):
            bad += 1
            continue
        number = math.nan if is_nan else float(value)
        points.setdefault(str(run), {}).setdefault(str(name), []).append((step, number, time / 1000))
    settings: dict[str, dict[str, str]] = {}
    if "params" in tables:
        most = min(MOST_PARAMETERS, most_rows)
        for run, name, text in connection.execute("SELECT run_uuid, key, value FROM params LIMIT ?", (most,)):
            settings.setdefault(str(run), {})[str(name)] = str(text)[:LONGEST_TEXT]
    if not points:
        yield Unread(path, Note("no-training-log"), expected=True)
    notes = (Note("damaged-records", {"count": bad}, harmful=True),) if bad else ()
    for run in sorted(points):
        yield from runs_of(f"{key}/{run}", path, "mlflow-db", points[run], flattened(settings.get(run, {})), notes)


READER = Reader("mlflow-db", "MLflow and Trackio databases", detect, lambda source: source.path, read)
