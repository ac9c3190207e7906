"""MLflow's SQLite store: the tables ``metrics`` and ``params``; opened read-only and never written to."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np

from loganalyzer.errors import ReadError
from loganalyzer.model.run import Detail, Note, Run, Series, Unread, make_series
from loganalyzer.reader import Reader, Smell, Source
from loganalyzer.readers.settings import plain, typed

if TYPE_CHECKING:
    import sqlite3

MAGIC = b"SQLite format 3\0"
MOST_POINTS = 20_000_000
MOST_STEPS_OF_ENGINE = 200_000_000


def smell(source: Source) -> Smell:
    """An SQLite file; sure when the head shows MLflow's table of metrics."""
    if not source.head.startswith(MAGIC):
        return Smell.NO
    return Smell.SURE if b"CREATE TABLE metrics" in source.head or b"latest_metrics" in source.head else Smell.MAYBE


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per ``run_uuid``."""
    import sqlite3

    for source in sources:
        try:
            connection = _open(source)
        except (sqlite3.Error, ValueError) as error:
            raise ReadError("bad-database", reason=str(error)[:100]) from error
        try:
            yield from _runs(connection, key, source.path)
        except (sqlite3.Error, OverflowError, ValueError, TypeError) as error:
            raise ReadError("bad-database", reason=str(error)[:100]) from error
        finally:
            connection.close()


def _open(source: Source) -> sqlite3.Connection:
    import sqlite3

    if source.local is not None:
        connection = sqlite3.connect(f"file:{quote(str(source.local.absolute()))}?mode=ro&immutable=1", uri=True)
    else:
        data = bytearray(source.read())
        data[18:20] = b"\x01\x01"  # a copy in memory has no write-ahead log beside it
        connection = sqlite3.connect(":memory:")
        connection.deserialize(bytes(data))
    left = [MOST_STEPS_OF_ENGINE // 10_000]

    def stop() -> int:
        left[0] -= 1
        return left[0] <= 0

    connection.set_progress_handler(stop, 10_000)
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def _runs(connection: sqlite3.Connection, key: str, path: str) -> Iterator[Run | Unread]:
    tables = {str(r[0]) for r in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    if "metrics" not in tables:
        known = "optuna-study" if {"studies", "trials"} <= tables else "no-training-log"
        yield Unread(path, Note(known), expected=True)
        return
    points: dict[str, dict[str, list[tuple[int, float, float]]]] = {}
    rows = connection.execute(
        "SELECT run_uuid, key, step, value, timestamp, is_nan FROM metrics ORDER BY timestamp LIMIT ?", (MOST_POINTS,)
    )
    bad = 0
    for run, name, step, value, time, is_nan in rows:
        if not isinstance(step, int) or not isinstance(value, (int, float)) or not isinstance(time, (int, float)):
            bad += 1
            continue
        number = math.nan if is_nan else float(value)
        points.setdefault(str(run), {}).setdefault(str(name), []).append((step, number, time / 1000))
    settings: dict[str, dict[str, Detail]] = {}
    if "params" in tables:
        for run, name, text in connection.execute("SELECT run_uuid, key, value FROM params LIMIT 1000000"):
            settings.setdefault(str(run), {})[str(name)] = typed(str(text)[:500])
    if not points:
        yield Unread(path, Note("no-training-log"), expected=True)
    notes = (Note("damaged-records", {"count": bad}, harmful=True),) if bad else ()
    for run in sorted(points):
        yield _run(f"{key}/{run}", path, points[run], plain(settings.get(run, {})), notes)


def _run(name: str, path: str, points: dict[str, list[tuple[int, float, float]]], settings: dict[str, Detail],
         notes: tuple[Note, ...]) -> Run:  # fmt: skip
    series: dict[str, Series] = {}
    restarts: set[int] = set()
    for metric in sorted(points):
        steps, values, times = (np.array(c) for c in zip(*points[metric], strict=True))
        if len(steps) > 1 and bool((steps == steps[0]).all()):
            steps = np.arange(len(steps))
        series[metric], back, _ = make_series(metric, steps.astype(np.int64), values.astype(float), times)
        if bool((np.diff(times) > 0).all()):  # rows of one moment carry no order
            restarts.update(back)
    return Run(name, (path,), "mlflow-db", series, settings, notes, "step", tuple(sorted(restarts)))


READER = Reader("mlflow-db", "MLflow database", smell, lambda source: source.path, read)
