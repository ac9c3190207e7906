"""W&B's own record of a run, ``run-<id>.wandb``: history and settings, read without W&B."""

from __future__ import annotations

import json
import math
import re
from array import array
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

import numpy as np
from msgspec import Struct

from loganalyzer.model.errors import ReadError
from loganalyzer.model.record import field, replace
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Detail, Floats, Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.readers.common.sessions import Column, numbered_runs, trainings
from loganalyzer.readers.deadline import within
from loganalyzer.readers.trackers.leveldb_log import Damage, records
from loganalyzer.readers.trackers.protobuf import fields
from loganalyzer.roles.assign import role_of
from loganalyzer.roles.hyperparameter_values import flattened

MAGIC = b":W&B"
LONGEST_JSON = 100_000

_RUN_FOLDER = re.compile(r"^(?:offline-)?run-[\w-]+$|^latest-run$")
_HISTORY, _CONFIG, _RUN = 2, 5, 17  # fields of Record in wandb/proto/wandb_internal.proto
_RUN_CONFIG = 4  # RunRecord.config
_ITEM_KEY, _ITEM_NESTED, _ITEM_JSON = 1, 2, 16  # HistoryItem and ConfigItem


def detect(source: Source) -> Match:
    """The magic word; or the printed output that W&B keeps beside it."""
    if source.head.startswith(MAGIC):
        return Match.CERTAIN
    return Match.CERTAIN if source.name == "output.log" and _run_folder(source) is not None else Match.NO


def key(source: Source) -> str:
    """The run's folder, so that the printed output is no second run; else the file."""
    return _run_folder(source) or source.path


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """The run's history; where it holds no curve, the printed output's."""
    logged = [s for s in sources if s.name != "output.log"]
    printed = [s for s in sources if s.name == "output.log"]
    files = tuple(sorted(s.path for s in sources))
    empty: list[Unread] = []
    settings: dict[str, Detail] = {}
    found = False
    for source in logged:
        record = _record(source.read())
        settings.update(flattened(record.config))
        runs = _runs(key if len(logged) == 1 else source.path, files if len(logged) == 1 else (source.path,), record)
        if not runs:
            bad = record.damage.bad_chunks
            why = Note("damaged-records", {"count": bad}, harmful=True) if bad else Note("no-training-log")
            empty.append(Unread(source.path, why, expected=not bad))
        else:
            found = True
            yield from runs
    if found:
        return
    for source in printed:
        from loganalyzer.readers.common.printed.runs import read_printed  # heavy, and seldom needed

        for item in read_printed(key, source.path, source.read()):
            if isinstance(item, Run):
                found = True
                own = {**settings, **item.hyperparameters}
                yield replace(item, files=files, reader="wandb", hyperparameters=own)
            elif not logged:
                yield item
    if not found:
        yield from empty


def _run_folder(source: Source) -> str | None:
    folder = PurePosixPath(source.folder)
    if source.name == "output.log" and folder.name == "files":
        folder = folder.parent
    return str(folder) if _RUN_FOLDER.match(folder.name) else None


class _Record(Struct):
    """History as columns: row numbers and values of each key, and the configuration."""

    rows: int = 0
    columns: dict[str, tuple[array[int], array[float]]] = field(default_factory=dict)
    config: dict[str, object] = field(default_factory=dict)
    damage: Damage = field(default_factory=Damage)


def _record(data: bytes) -> _Record:
    if not data.startswith(MAGIC):
        raise ReadError("no-training-log")
    record = _Record()
    for body in within(records(data, record.damage), "record"):
        try:
            _take(body, record)
        except (ValueError, IndexError):
            record.damage.bad_chunks += 1
    return record


def _take(body: bytes, record: _Record) -> None:
    for number, content in fields(body):
        if number == _HISTORY and isinstance(content, bytes):
            _history(content, record)
        elif number == _CONFIG and isinstance(content, bytes):
            _config(content, record)
        elif number == _RUN and isinstance(content, bytes):
            for inner, value in fields(content):
                if inner == _RUN_CONFIG and isinstance(value, bytes):
                    _config(value, record)


def _history(content: bytes, record: _Record) -> None:
    row = record.rows
    record.rows += 1
    for number, item in fields(content):
        if number == 2 and isinstance(item, bytes):
            for inner, value in fields(item):
                if inner == 1 and isinstance(value, int):
                    _add(record, "_step", row, float(value))
        elif number == 1 and isinstance(item, bytes):
            name, text = _item(item)
            point = _number(text)
            if point is not None and name:
                _add(record, name, row, point)


def _add(record: _Record, name: str, row: int, value: float) -> None:
    column = record.columns.get(name)
    if column is None:
        column = record.columns[name] = (array("q"), array("d"))
    if not column[0] or column[0][-1] != row:
        column[0].append(row)
        column[1].append(value)


def _config(content: bytes, record: _Record) -> None:
    for number, item in fields(content):
        if number == 1 and isinstance(item, bytes):
            name, text = _item(item)
            if name and not name.startswith("_") and len(text) <= LONGEST_JSON:
                try:
                    record.config[name] = json.loads(text)
                except (ValueError, RecursionError):
                    continue


def _item(item: bytes) -> tuple[str, bytes]:
    name, nested, text = "", [], b""
    for number, value in fields(item):
        if isinstance(value, bytes):
            if number == _ITEM_KEY:
                name = value.decode("utf-8", "replace")
            elif number == _ITEM_NESTED:
                nested.append(value.decode("utf-8", "replace"))
            elif number == _ITEM_JSON:
                text = value
    return name or ".".join(nested), text


def _number(text: bytes) -> float | None:
    if not text or len(text) > 40 or text[:1] in b"{[tfn":
        return None
    try:
        return float(text.strip(b'"').decode("ascii"))
    except ValueError:
        return None


def _runs(key: str, files: tuple[str, ...], record: _Record) -> list[Run]:
    names = [n for n in record.columns if not n.startswith("_")]
    if not any(role_of(n).quantity in OBJECTIVES and len(record.columns[n][0]) for n in names):
        return []
    axis, unit, axis_name = _axis(record, names)
    times = _column(record, "_timestamp")
    columns: dict[str, Column] = {}
    for name in sorted(names):
        if name == axis_name:
            continue
        rows, values = np.frombuffer(record.columns[name][0], np.int64), np.frombuffer(record.columns[name][1])
        usable = np.isfinite(axis[rows]) & (np.abs(axis[rows]) < 2.0**53)
        rows, values = rows[usable], values[usable].copy()
        if len(rows):
            columns[name] = Column(rows, axis[rows].astype(np.int64), values, times[rows])
    if not columns:
        return []
    notes = []
    if record.damage.torn:
        notes.append(Note("unfinished-record"))
    if record.damage.bad_chunks:
        notes.append(Note("damaged-records", {"count": record.damage.bad_chunks}, harmful=True))
    found = trainings(columns)
    settings = flattened(record.config)
    return list(numbered_runs(found, key, files, "wandb", unit, notes, settings))


def _axis(record: _Record, names: Sequence[str]) -> tuple[Floats, str, str]:
    """The steps of the rows: the user's own counter where every row of a curve has it, else W&B's ``_step``."""
    curves = np.array(sorted({r for n in names if role_of(n).quantity in OBJECTIVES for r in record.columns[n][0]}))
    for wanted, unit in ((Quantity.STEP, "step"), (Quantity.EPOCH, "epoch")):
        for name in sorted(n for n in names if role_of(n).quantity is wanted):
            rows, values = (np.frombuffer(column, column.typecode) for column in record.columns[name])
            if len(rows) < len(curves):
                continue  # at once: there may be as many counters as rows
            own = values[np.isin(rows, curves)]
            whole = len(own) == len(curves) and bool(np.isfinite(own).all()) and bool((own == np.round(own)).all())
            if whole and bool((own[1:] > own[:-1]).all()):
                return _column(record, name), unit, name
    steps = _column(record, "_step")
    if not np.isfinite(steps).any():
        steps = np.arange(record.rows, dtype=np.float64)
    return steps, "step", "_step"


def _column(record: _Record, name: str) -> Floats:
    full = np.full(record.rows, math.nan)
    if name in record.columns:
        full[np.frombuffer(record.columns[name][0], np.int64)] = np.frombuffer(record.columns[name][1])
    return full


READER = Reader("wandb", "W&B run file", detect, key, read)
