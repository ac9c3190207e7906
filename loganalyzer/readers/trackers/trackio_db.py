"""The tables of a Trackio project: ``metrics`` with a row of JSON for each call, ``configs`` with the settings of each run."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterator
from typing import Any

from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.common.clocks import from_text
from loganalyzer.readers.common.records import flat
from loganalyzer.readers.deadline import within
from loganalyzer.readers.trackers.point_log import PointLog
from loganalyzer.readers.trackers.sqlite_file import columns, real_tables
from loganalyzer.roles.hyperparameter_values import flattened

NEEDED = frozenset({"run_name", "step", "metrics", "timestamp"})


def is_trackio(connection: sqlite3.Connection) -> bool:
    """Whether a database has Trackio's table of metrics."""
    return "metrics" in real_tables(connection) and columns(connection, "metrics") >= NEEDED


def read_trackio(
    connection: sqlite3.Connection, key: str, path: str, reader: str, most_rows: int
) -> Iterator[Run | Unread]:
    """One run for each name (newer versions: for each id)."""
    by = "run_id" if "run_id" in columns(connection, "metrics") else "run_name"
    logs: dict[str, tuple[str, PointLog]] = {}
    rows = connection.execute(
        f"SELECT {by}, run_name, step, metrics, timestamp FROM metrics ORDER BY rowid LIMIT ?", (most_rows,)
    )
    for run, name, step, record, time in within(rows, "record"):
        log = logs.setdefault(str(run), (str(name), PointLog()))[1]
        values = _object(record)
        if values is None or not isinstance(step, int):
            log.bad += 1
            continue
        at = from_text(time[:64]) if isinstance(time, str) else math.nan
        for metric, value in flat(values).items():
            log.add(metric, step, value, at)
    settings = _settings(connection, most_rows)
    if not any(log for _, log in logs.values()):
        yield Unread(path, Note("no-training-log"), expected=True)
    for run, (name, log) in logs.items():
        if log:
            yield from log.runs(f"{key}/{name}", (path,), reader, flattened(settings.get(run, {})))


def _settings(connection: sqlite3.Connection, most_rows: int) -> dict[str, dict[str, Any]]:
    known = columns(connection, "configs") if "configs" in real_tables(connection) else set()
    if not known >= {"run_name", "config"}:
        return {}
    by = "run_id" if "run_id" in known else "run_name"
    found: dict[str, dict[str, Any]] = {}
    for run, config in connection.execute(f"SELECT {by}, config FROM configs LIMIT ?", (most_rows,)):
        values = _object(config) or {}
        found[str(run)] = {name: value for name, value in values.items() if not name.startswith("_")}
    return found


def _object(data: object) -> dict[str, Any] | None:
    if not isinstance(data, str | bytes):
        return None
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
