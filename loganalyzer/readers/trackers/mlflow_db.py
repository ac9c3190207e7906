"""MLflow's SQLite store: the tables ``metrics`` and ``params``; opened read-only and never written to."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.trackers.mlflow_points import Point, run_of
from loganalyzer.roles.hyperparameter_values import LONGEST_TEXT, flattened

if TYPE_CHECKING:
    import sqlite3

MAGIC = b"SQLite format 3\0"
MOST_POINTS = 20_000_000
MOST_PARAMETERS = 1_000_000
SMALLEST_ROW = 8
"""No row takes fewer bytes (https://www.sqlite.org/fileformat2.html, 2.3); a damaged tree gives one page again and again."""
STEPS_A_BYTE = 4
LONGEST_VALUE = 1_000_000

_TABLES = ("metrics", "params")
_COMPUTED = 2  # of table_xinfo's column "hidden"


def detect(source: Source) -> Match:
    """An SQLite file; sure when the head shows MLflow's table of metrics."""
    if not source.head.startswith(MAGIC):
        return Match.NO
    return Match.CERTAIN if b"CREATE TABLE metrics" in source.head or b"latest_metrics" in source.head else Match.MAYBE


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per ``run_uuid``."""
    import sqlite3

    for source in sources:
        try:
            with closing(_open(source)) as connection:
                if source.local is None:
                    data = bytearray(source.read())
                    data[18:20] = b"\x01\x01"  # a copy in memory has no write-ahead log beside it
                    connection.deserialize(bytes(data))
                _bound(connection, source.size)
                yield from _runs(connection, key, source.path, source.size // SMALLEST_ROW)
        except (sqlite3.Error, OverflowError, ValueError, TypeError, MemoryError) as error:
            raise ReadError("bad-database", reason=str(error)[:100] or type(error).__name__) from error


def _open(source: Source) -> sqlite3.Connection:
    import sqlite3

    if source.local is None:
        return sqlite3.connect(":memory:")
    return sqlite3.connect(f"file:{quote(str(source.local.absolute()))}?mode=ro&immutable=1", uri=True)


def _bound(connection: sqlite3.Connection, size: int) -> None:
    """What SQLite advises for files of strangers (https://www.sqlite.org/security.html); work in line with the size."""
    import sqlite3

    left = [100 + STEPS_A_BYTE * size // 10_000]

    def stop() -> int:
        left[0] -= 1
        return left[0] <= 0

    connection.set_progress_handler(stop, 10_000)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    for setting in ("query_only=ON", "trusted_schema=OFF", "cell_size_check=ON"):
        connection.execute(f"PRAGMA {setting}")


def _runs(connection: sqlite3.Connection, key: str, path: str, most_rows: int) -> Iterator[Run | Unread]:
    real = "SELECT name FROM sqlite_master WHERE type='table' AND rootpage > 0"  # 0: made up by a module
    tables = {str(r[0]) for r in connection.execute(real)} - {t for t in _TABLES if _computed(connection, t)}
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
    for run, name, step, value, time, is_nan in rows:
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
        yield run_of(f"{key}/{run}", path, "mlflow-db", points[run], flattened(settings.get(run, {})), notes)


def _computed(connection: sqlite3.Connection, table: str) -> bool:
    """Whether a table has columns that are computed when read: by any function, and one call may cost a gigabyte."""
    return any(row[6] == _COMPUTED for row in connection.execute(f"PRAGMA table_xinfo({table})"))


READER = Reader("mlflow-db", "MLflow database", detect, lambda source: source.path, read)
