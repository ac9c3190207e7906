"""Records (one dict per logging call) to series: which key counts the steps, what is a number, where it restarts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Floats, Ints, Note, Run
from loganalyzer.readers.common.clocks import clock_of, from_text
from loganalyzer.readers.common.counters import LARGEST_STEP, count_in, unrolled
from loganalyzer.readers.common.different import different
from loganalyzer.readers.common.missing_ends import with_missing_ends
from loganalyzer.readers.common.number_lists import as_float, as_number
from loganalyzer.readers.common.quantities import COUNTERS, OBJECTIVES
from loganalyzer.readers.common.record_table import RecordTable, longest, table_of
from loganalyzer.readers.common.score_lists import summary_of
from loganalyzer.readers.common.sessions import Column, numbered_runs, trainings
from loganalyzer.readers.deadline import within
from loganalyzer.roles.assign import role_of

CLOCKS = ("_timestamp", "timestamp", "time", "wall_time")
TOLD = OBJECTIVES | {Quantity.STEP, Quantity.EPOCH, Quantity.LEARNING_RATE, Quantity.GRADIENT_NORM, Quantity.TIME}
MOST_KEYS = 100_000
MOST_COLUMNS = 30_000
"""A file with more names is no log of quantities but writes something else into its keys."""
MOST_DEPTH = 8
LONGEST_NAME = 500
LONGEST_WORD = 120
MOST_CLOCKS = 20
EPOCHS = ("epoch", "Epoch", "epoch_num", "current_epoch")
SETTINGS = frozenset({"config", "hist_stats"})
"""Mappings inside records that repeat settings or hold raw samples (RLlib); W&B's media carry ``_type``."""


def flat(record: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, float]:
    """The numbers of a record, nested names joined by "/".

    A number written as a word, or in a list of its own, counts where its name says that it is one ("loss": "0.52").
    """
    found: dict[str, float] = {}
    for key, value in list(record.items())[:MOST_KEYS]:
        name = f"{prefix}{key}"
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, int | float):
            found[clean_name(name)] = as_float(value)
        elif isinstance(value, dict):
            if depth < MOST_DEPTH and key not in SETTINGS and "_type" not in value:
                found.update(flat(value, f"{name}/", depth + 1))
        elif isinstance(value, str):
            number = _told(name, value)
            if number is not None:
                found[clean_name(name)] = number
        elif isinstance(value, list) and len(value) == 1 and role_of(name[:LONGEST_NAME]).quantity in OBJECTIVES:
            number = as_number(value)
            if number is not None:
                found[clean_name(name)] = number
        elif isinstance(value, list) and (parts := summary_of(name, value)):
            found.update((clean_name(f"{name}/{part}"), number) for part, number in parts.items())
    return found


def clean_name(name: str) -> str:
    """A name that can be written anywhere: lone surrogates escaped, at most ``LONGEST_NAME`` characters."""
    if len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME]}~{len(name)}"
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode()


def _told(name: str, text: str) -> float | None:
    """The number in a word: its name must be that of a quantity."""
    if len(text) > LONGEST_WORD:
        return None
    quantity = role_of(name[:LONGEST_NAME]).quantity
    if quantity is Quantity.TIME or name.lower().endswith("time"):
        time = from_text(text)
        if math.isfinite(time):
            return time
    if quantity not in TOLD:
        number = as_number(text)
        return number if number is not None and not math.isfinite(number) else None
    number = as_number(text)
    return count_in(text) if number is None and quantity in COUNTERS else number


def has_curve(record: Mapping[str, Any]) -> bool:
    """Whether a record holds a number that plays a part in a training."""
    return _has_curve(flat(record))


def runs_of(
    key: str, path: str, reader: str, records: Iterable[Mapping[str, Any]], notes: tuple[Note, ...] = ()
) -> Iterator[Run]:
    """The runs in records, in the order in which they were written. Raises ReadError if they hold no curve."""
    return runs_of_table(key, path, reader, table_of(map(flat, within(records, "record"))), notes)


def runs_of_table(key: str, path: str, reader: str, table: RecordTable, notes: tuple[Note, ...] = ()) -> Iterator[Run]:
    """The same from records in columns."""
    if (left := len(table.columns) - MOST_COLUMNS) > 0:
        table = longest(table, MOST_COLUMNS)
        notes = (*notes, Note("too-many-names", {"count": left, "limit": MOST_COLUMNS}))
    axis = _axis(table)
    steps = _steps(table, axis)
    columns, missing = with_missing_ends(_columns(table, axis, steps), steps, planned=False)
    found = [t for t in trainings(columns) if _has_curve(t.series)]
    if not found:
        raise ReadError("no-training-log")
    unit = "" if axis is None else "epoch" if role_of(axis).quantity is Quantity.EPOCH else "step"
    yield from numbered_runs(found, key, (path,), reader, unit, (*notes, *missing))


def _has_curve(names: Iterable[str]) -> bool:
    return any(role_of(name).quantity in OBJECTIVES for name in names)


def _columns(table: RecordTable, axis: str | None, steps: Ints) -> dict[str, Column]:
    """The columns without the one that counts the steps, and without clocks."""
    clock = _clock(table, steps)
    columns: dict[str, Column] = {}
    for name, (rows, values) in table.columns.items():
        if name == axis or name in CLOCKS:
            continue
        walls = None if clock is None else clock[rows]
        finite = walls is not None and bool(np.isfinite(walls).all())
        columns[name] = Column(rows, steps[rows], values, walls if finite else None)
    return columns


def _steps(table: RecordTable, axis: str | None) -> Ints:
    """The step of each record, int64[size]."""
    if axis is None:
        return np.arange(table.size)
    own = table.dense(axis)
    if axis not in EPOCHS and role_of(axis).quantity is Quantity.STEP:
        epoch = next((name for name in EPOCHS if name in table.columns), None)
        whole = unrolled(own, table.dense(epoch)) if epoch is not None else None
        if whole is not None:
            return whole.astype(np.int64)
    epochs = table.dense("epoch")
    with_epoch = np.zeros(table.size, bool)
    if "epoch" in table.columns:
        with_epoch[table.columns["epoch"][0]] = True
    counts_epochs = (
        ~with_epoch if axis != "epoch" and with_epoch.sum() > 0.3 * table.size else np.zeros_like(with_epoch)
    )
    if not counts_epochs.any() and np.isfinite(own).all():
        return own.astype(np.int64)
    finite = epochs[np.isfinite(epochs)]
    return np.array(_continued(own.tolist(), counts_epochs.tolist(), float(finite.max()) if len(finite) else 0.0))


def _continued(steps: list[float], may_count_epochs: list[bool], longest_epoch: float) -> list[int]:
    """Steps without gaps: a record without one stands where the one before does.

    A record that ``may_count_epochs`` and goes back to at most ``longest_epoch`` is an evaluation that counts epochs in a
    log that counts iterations; it stands where the one before does, too.
    """
    continued: list[int] = []
    last = -1
    for value, odd in zip(steps, may_count_epochs, strict=True):
        step = max(last, 0) if math.isnan(value) else int(value)
        last = last if odd and step < last and step <= longest_epoch + 1 else step
        continued.append(last)
    return continued


def _clock(table: RecordTable, steps: Ints) -> Floats | None:
    names = sorted(n for n in table.columns if role_of(n).quantity is Quantity.TIME or n in CLOCKS)[:MOST_CLOCKS]
    if not names:
        return None
    back = frozenset((np.flatnonzero(np.diff(steps) < 0) + 1).tolist())
    return clock_of({name: table.dense(name) for name in names}, back)


def _axis(table: RecordTable) -> str | None:
    """The key that counts steps in most records; iterations before epochs; None: the record's number counts."""
    usable = []
    for name, (rows, values) in table.columns.items():
        quantity = role_of(name).quantity
        if quantity not in COUNTERS or len(rows) < 0.5 * table.size:
            continue
        whole = bool((np.isfinite(values) & (np.abs(values) < LARGEST_STEP) & (values == np.rint(values))).all())
        if whole and (len(different(values)) > max(1, 0.1 * len(values)) or table.size == 1):
            usable.append((quantity is not Quantity.STEP, role_of(name).rank, -len(rows), len(name), name))
    return min(usable)[-1] if usable else None
