"""SwanLab's own record of a run, ``run-<id>.swanlab``: the records of W&B's log with messages of SwanLab's own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.deadline import within
from loganalyzer.readers.trackers.leveldb_log import Damage, records
from loganalyzer.readers.trackers.point_log import PointLog
from loganalyzer.readers.trackers.protobuf import fields, signed, text

MAGIC = b":SWL"
_SCALAR = 13  # Record.scalar
_KEY, _STEP, _TIME, _VALUE = 1, 2, 4, 5  # ScalarRecord
_SECONDS, _NANOS, _NUMBER = 1, 2, 1  # Timestamp, ScalarValue


def detect(source: Source) -> Match:
    """The magic word."""
    return Match.CERTAIN if source.head.startswith(MAGIC) else Match.NO


def key(source: Source) -> str:
    """The run's folder."""
    return source.folder


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """The scalars of each file; settings lie in ``files/config.yaml`` beside it."""
    for source in sources:
        log, damage = PointLog(), Damage()
        for record in within(records(source.read(), damage), "record"):
            try:
                _take(record, log)
            except (ValueError, IndexError):
                log.bad += 1
        log.bad += damage.bad_chunks
        log.torn = damage.torn
        if log:
            yield from log.runs(key if len(sources) == 1 else source.path, (source.path,), "swanlab", {})
        else:
            why = Note("damaged-records", {"count": log.bad}, harmful=True) if log.bad else Note("no-training-log")
            yield Unread(source.path, why, expected=not log.bad)


def _take(record: bytes, log: PointLog) -> None:
    for number, content in fields(record):
        if number == _SCALAR and isinstance(content, bytes):
            _point(content, log)


def _point(content: bytes, log: PointLog) -> None:
    name, step, time, value = "", 0, math.nan, None
    for number, part in fields(content):
        if number == _KEY:
            name = text(part)
        elif number == _STEP and isinstance(part, int):
            step = signed(part)
        elif number == _TIME and isinstance(part, bytes):
            clock = dict(fields(part))
            time = _number(clock.get(_SECONDS)) + _number(clock.get(_NANOS)) / 1e9
        elif number == _VALUE and isinstance(part, bytes):
            value = _number(dict(fields(part)).get(_NUMBER))  # a zero is not written
    if name and value is not None:
        log.add(name, step, value, time)


def _number(content: bytes | int | float | None) -> float:
    return float(content) if isinstance(content, int | float) else 0.0


READER = Reader("swanlab", "SwanLab run file", detect, key, read)
