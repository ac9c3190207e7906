"""One run of an MLflow server as a document: what ``discovery/remote/mlflow`` writes of the server's answers."""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Floats, Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.json_text import parse
from loganalyzer.readers.common.number_lists import as_float
from loganalyzer.readers.deadline import within
from loganalyzer.readers.trackers.mlflow_points import Point, runs_of
from loganalyzer.roles.hyperparameter_values import LONGEST_TEXT, flattened

MAGIC = b'{"mlflow_run": '
LARGEST_STEP = 2**53


def document(params: Mapping[str, str], points: Mapping[str, Sequence[Point]], bad: int) -> bytes:
    """The document: ``points`` by the name of the metric, ``bad`` the number of those that could not be read."""
    return json.dumps({"mlflow_run": {"params": dict(params), "bad": bad, "metrics": points}}).encode()


def point_of(answer: Mapping[str, Any]) -> Point | None:
    """A point of an answer; None where it is none. Some servers write numbers as texts."""
    try:
        step, value, time = int(answer.get("step") or 0), float(answer["value"]), float(answer.get("timestamp") or 0)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return (step, value, time / 1000) if abs(step) < LARGEST_STEP and math.isfinite(time) else None


def detect(source: Source) -> Match:
    """The first bytes."""
    return Match.CERTAIN if source.head.startswith(MAGIC) else Match.NO


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run a file."""
    for source in sources:
        data = parse(source.read().decode("utf-8", "replace"))
        run = data.get("mlflow_run") if isinstance(data, dict) else None
        if not isinstance(run, dict):
            raise ReadError("no-training-log")
        points = {str(name): own for name, rows in _items(run.get("metrics")) if len(own := _points(rows))}
        if not points:
            yield Unread(source.path, Note("no-training-log"), expected=True)
            continue
        settings = {str(name): str(text)[:LONGEST_TEXT] for name, text in _items(run.get("params"))}
        bad = run.get("bad")
        notes = (Note("damaged-records", {"count": bad}, harmful=True),) if isinstance(bad, int) and bad else ()
        yield from runs_of(key, source.path, "mlflow-run", points, flattened(settings), notes)


def _items(data: object) -> list[tuple[Any, Any]]:
    return list(data.items()) if isinstance(data, dict) else []


def _points(rows: object) -> Floats:
    """Points by their times, float64[n, 3] of step, value and time; what is no point is left out."""
    found = array("d")
    for row in within(rows, "record") if isinstance(rows, list) else ():
        if _is_point(row):
            found.extend(map(as_float, row))
    points = np.frombuffer(found).reshape(-1, 3)
    return points[np.argsort(points[:, 2], kind="stable")]


def _is_point(row: object) -> bool:
    if not isinstance(row, list) or len(row) != 3:
        return False
    return isinstance(row[0], int) and abs(row[0]) < LARGEST_STEP and all(isinstance(n, int | float) for n in row)


READER = Reader("mlflow-run", "MLflow run of a server", detect, lambda source: source.folder or source.path, read)
