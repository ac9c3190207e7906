"""VisualDL (PaddlePaddle): ``vdlrecords.<time>.log``, records of a length in eight bytes and a protobuf message."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence

from loganalyzer.model.run import Detail, Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.deadline import within
from loganalyzer.readers.trackers.point_log import PointLog
from loganalyzer.readers.trackers.protobuf import fields, signed, text

PREFIX = "vdlrecords."
_LENGTH = struct.Struct("<Q")
_VALUES = 1  # Record.values
_STEP, _TAG, _TIME, _VALUE, _HPARAMS = 1, 2, 3, 4, 13  # Record.Value
_SETTING, _INTEGER, _DOUBLE, _TEXT, _NAME = 1, 1, 2, 3, 4  # HParam.hparamInfos and its members


def detect(source: Source) -> Match:
    """The name that VisualDL gives, and a first record that is a message."""
    head = source.head
    if not source.name.startswith(PREFIX) or len(head) < _LENGTH.size + 1:
        return Match.NO
    fits = _LENGTH.unpack_from(head)[0] <= max(source.size - _LENGTH.size, 0)
    return Match.CERTAIN if fits and head[_LENGTH.size] == _VALUES << 3 | 2 else Match.NO


def key(source: Source) -> str:
    """The folder: a training that was resumed wrote several files."""
    return source.folder


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """The scalars of all files of a folder in the order of their times."""
    log = PointLog()
    settings: dict[str, Detail] = {}
    files = tuple(source.path for source in sorted(sources, key=lambda source: source.path))
    for source in sorted(sources, key=lambda source: source.path):
        for record in within(_records(source.read(), log), "record"):
            try:
                for number, content in fields(record):
                    if number == _VALUES and isinstance(content, bytes):
                        _take(content, log, settings)
            except (ValueError, IndexError, OverflowError):
                log.bad += 1
    if log:
        yield from log.runs(key, files, "visualdl", settings)
    else:
        why = Note("damaged-records", {"count": log.bad}, harmful=True) if log.bad else Note("no-training-log")
        yield Unread(files[0], why, expected=not log.bad)


def _records(data: bytes, log: PointLog) -> Iterator[bytes]:
    position = 0
    while position + _LENGTH.size <= len(data):
        length = _LENGTH.unpack_from(data, position)[0]
        position += _LENGTH.size
        if length > len(data) - position:
            log.torn = True
            return
        yield data[position : position + length]
        position += length
    log.torn = log.torn or position < len(data)


def _take(content: bytes, log: PointLog, settings: dict[str, Detail]) -> None:
    name, step, time, value = "", 0, math.nan, None
    for number, part in fields(content):
        if number == _TAG:
            name = text(part)
        elif number == _STEP and isinstance(part, int):
            step = signed(part)
        elif number == _TIME and isinstance(part, int):
            time = part / 1000
        elif number == _VALUE and isinstance(part, float):
            value = part
        elif number == _HPARAMS and isinstance(part, bytes):
            settings.update(_settings(part))
    if name and value is not None:
        log.add(name, step, value, time)


def _settings(content: bytes) -> Iterator[tuple[str, Detail]]:
    for number, info in fields(content):
        if number != _SETTING or not isinstance(info, bytes):
            continue
        parts = dict(fields(info))
        value = next((parts[kind] for kind in (_INTEGER, _DOUBLE, _TEXT) if kind in parts), None)
        if value is not None and _NAME in parts:
            yield text(parts[_NAME]), text(value) if isinstance(value, bytes) else value


READER = Reader("visualdl", "VisualDL records", detect, key, read)
