"""One run of an MLflow server as a document: what ``discovery/remote/mlflow`` writes of the server's answers."""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

import msgspec
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
NO_NUMBERS = ("nan", "inf", "-inf")


class _Stored(msgspec.Struct):
    params: dict[str, str] = {}
    bad: int = 0
    metrics: dict[str, list[tuple[int, float | str, float]]] = {}


class _Document(msgspec.Struct):
    mlflow_run: _Stored


def document(params: Mapping[str, str], points: Mapping[str, Sequence[Point]], bad: int) -> bytes:
    """The document: ``points`` by the name of the metric, ``bad`` the number of those that could not be read."""
    metrics = {name: _in_json(own) for name, own in points.items()}
    return json.dumps({"mlflow_run": {"params": dict(params), "bad": bad, "metrics": metrics}}).encode()


def _in_json(points: Sequence[Point]) -> Sequence[tuple[int, float | str, float]]:
    """The points with words for values that JSON has no numbers for."""
    if all(math.isfinite(value) for _, value, _ in points):
        return points
    return [(step, value if math.isfinite(value) else str(value), time) for step, value, time in points]


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
        stored = _stored(source.read())
        points: dict[str, Floats] = {}
        while stored.metrics:  # each is let go once its numbers are taken
            name, rows = stored.metrics.popitem()
            if len(own := _points(rows)):
                points[name] = own
        if not points:
            yield Unread(source.path, Note("no-training-log"), expected=True)
            continue
        settings = {name: text[:LONGEST_TEXT] for name, text in stored.params.items()}
        notes = (Note("damaged-records", {"count": stored.bad}, harmful=True),) if stored.bad else ()
        yield from runs_of(key, source.path, "mlflow-run", points, flattened(settings), notes)


def _stored(data: bytes) -> _Stored:
    """What a document holds, as it was written or somewhat otherwise. Raises ReadError for what is none."""
    try:
        return msgspec.json.decode(data, type=_Document).mlflow_run
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        whole = parse(data.decode("utf-8", "replace"))
    run = whole.get("mlflow_run") if isinstance(whole, dict) else None
    if not isinstance(run, dict):
        raise ReadError("no-training-log")
    params, bad, metrics = (run.get(name) for name in ("params", "bad", "metrics"))
    return _Stored(
        {str(name): str(text) for name, text in params.items()} if isinstance(params, dict) else {},
        bad if isinstance(bad, int) else 0,
        {name: rows for name, rows in metrics.items() if isinstance(rows, list)} if isinstance(metrics, dict) else {},
    )


def _points(rows: Sequence[object]) -> Floats:
    """Points by their times, float64[n, 3] of step, value and time; what is no point is left out."""
    found = array("d")
    for row in within(rows, "record"):
        if _is_point(row):
            found.extend(map(as_float, row))
    points = np.frombuffer(found).reshape(-1, 3)
    return points[np.argsort(points[:, 2], kind="stable")]


def _is_point(row: object) -> TypeGuard[Sequence[float]]:
    if not isinstance(row, list | tuple) or len(row) != 3:
        return False
    step, value, time = row
    numbers = isinstance(time, int | float) and (isinstance(value, int | float) or value in NO_NUMBERS)
    return numbers and isinstance(step, int) and abs(step) < LARGEST_STEP


READER = Reader("mlflow-run", "MLflow run of a server", detect, lambda source: source.folder or source.path, read)
