"""Comma, semicolon or tab separated logs: Keras CSVLogger, Lightning, Ultralytics, progress files, plain ones."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.record import replace
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Floats, Ints, Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.clocks import clock_of
from loganalyzer.readers.common.counters import LARGEST_STEP, filled, unrolled, usable
from loganalyzer.readers.common.data_tables import is_table_of_data
from loganalyzer.readers.common.file_names import NOT_TABLES, TABLES, suffix
from loganalyzer.readers.common.missing_ends import with_missing_ends
from loganalyzer.readers.common.quantities import (
    COUNTERS,
    CURVES,
    OBJECTIVES,
    called_a_history,
    called_after_losses,
    named_after_file,
)
from loganalyzer.readers.common.result_tables import is_table_of_results
from loganalyzer.readers.common.sessions import Column, numbered_runs, trainings
from loganalyzer.readers.common.unnamed_losses import losses_among
from loganalyzer.readers.csv.columns_by_setting import curve_by_setting, runs_by_setting
from loganalyzer.readers.csv.header import MOST_COLUMNS, MOST_TITLES, SEPARATORS, beginning_of
from loganalyzer.readers.csv.reshape import may_be, reshaped
from loganalyzer.readers.csv.table import LARGE, Table, parse_table, table_in
from loganalyzer.readers.encoding import text_of
from loganalyzer.roles.assign import role_of
from loganalyzer.roles.own_names import is_own_name

LOGGED = CURVES | {Quantity.RL_SIGNAL}
AXES = (Quantity.STEP, Quantity.EPOCH)
MOST_RISE, MOST_DIFFER = 0.8, 0.2
MOST_FALLS = 0.4
"""A column counts if so many of its steps lead upwards, or if so many of its values differ, and no more fall."""
TOLD = OBJECTIVES | {Quantity.LEARNING_RATE, Quantity.GRADIENT_NORM}


def detect(source: Source) -> Match:
    """A header whose names include a loss or a metric, above rows of numbers."""
    if suffix(source.name) in NOT_TABLES:
        return Match.NO
    text = source.text_head
    if not text:
        return Match.NO
    cut = source.size > len(source.head)
    plain = reshaped(text[: text.rfind("\n") + 1] if cut else text)
    beginning = beginning_of(plain[0][1]) if plain else beginning_of(text, cut=cut)
    if beginning is None:
        return Match.NO
    if curve_by_setting(beginning.names, source.path):
        return Match.MAYBE
    numbers = beginning.number_columns()
    header = _named(beginning.names, numbers, source.path)
    quantities = [role_of(name).quantity for name in header]
    curves = sum(q in LOGGED for q in quantities)
    axes = sum(q in AXES for q in quantities)
    # a table of features and a label has many columns of which at most one sounds like a metric
    known = (
        curves + axes + sum(q in (Quantity.LEARNING_RATE, Quantity.TIME, Quantity.GRADIENT_NORM) for q in quantities)
    )
    # a log of rates and gradient norms only is still a log
    told = curves or (axes and any(q in (Quantity.LEARNING_RATE, Quantity.GRADIENT_NORM) for q in quantities))
    history = called_a_history(source.path) and quantities[0] is Quantity.LOSS and not beginning.text_columns()
    counted = axes or history
    own = any(is_own_name(name) for name in header)
    if not told or (not counted and not own and known < len(header) / 2):
        return Match.NO
    if not history and is_table_of_data(
        header, beginning.text_columns() if not axes or len(header) > curves + axes else {}
    ):
        return Match.NO
    if is_table_of_results(numbers):
        return Match.NO
    return Match.CERTAIN if axes and suffix(source.name) in TABLES else Match.MAYBE


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per file, or for each that a column of its table tells apart."""
    for source in sources:
        if parts := _parts(source):
            count = len(parts)
            for number, (label, text) in enumerate(parts, 1):
                several = [Note("one-of-several", {"number": number, "count": count})] if count > 1 else []
                found = _of_table(f"{key}/{label}" if label else key, source.path, parse_table(text))
                yield from (run.with_notes(*several) for run in found)
            continue
        table, note = table_in(source.read())
        if not len(table.values):
            raise _without_rows(source.read())
        yield from (run.with_notes(note) if note else run for run in _of_table(key, source.path, table))


def _parts(source: Source) -> list[tuple[str, str]]:
    """The plain tables of a file that holds one of another shape."""
    if source.size >= LARGE or not may_be(source.text_head or ""):
        return []
    return reshaped(text_of(source.read())[0])


def _of_table(key: str, path: str, table: Table) -> Iterator[Run]:
    if not curve_by_setting(table.columns, path):
        numbers = {name: table.values[:, place] for place, name in enumerate(table.columns)}
        told = _named(table.columns, numbers, path)
        taken = [new for old, new in zip(table.columns, told, strict=True) if new == f"{old}/loss"]
        notes = (Note("taken-as-loss", {"name": ", ".join(taken)}),) if taken else ()
        table = replace(table, columns=told, notes=(*table.notes, *notes))
    yield from _runs(key, path, table)


def _named(names: Sequence[str], columns: Mapping[str, Floats], path: str) -> tuple[str, ...]:
    """The names of the columns, those of losses that do not say so with the word (``columns``: float64[rows] each)."""
    told = named_after_file(names, path)
    others = {name: own for name, own in columns.items() if role_of(name).quantity not in COUNTERS}
    if not (called_a_history(path) or called_after_losses(path)) or told != tuple(names):
        return told
    losses = losses_among(others, called=False)  # rows that nothing counts may be an insurance's
    return tuple(losses.get(name, name) for name in names)


def _without_rows(data: bytes) -> ReadError:
    """Why a file that has a header gave no rows."""
    longest = max(islice(io.BytesIO(data), MOST_TITLES + 1), key=len, default=b"").decode("utf-8", "replace")
    count = 1 + max(longest.count(separator) for separator in SEPARATORS)
    return (
        ReadError("too-many-columns", count=count, limit=MOST_COLUMNS) if count > MOST_COLUMNS else ReadError("no-rows")
    )


def _runs(key: str, path: str, table: Table) -> Iterator[Run]:
    steps, unit, counted = _axis(table)
    notes = table.notes if counted else (*table.notes, Note("rows-numbered", {"count": len(steps)}))
    if curve_by_setting(table.columns, path):
        yield from runs_by_setting(key, path, table, steps, unit, notes)
        return
    columns, missing = with_missing_ends(_columns(table, steps, unit), steps, planned=True)
    found = [t for t in trainings(columns, table.begun) if _told(t.series)]
    if not found:
        raise ReadError("no-numbers")
    yield from numbered_runs(found, key, (path,), "csv", unit, (*notes, *missing))


def _told(names: Iterable[str]) -> bool:
    return any(role_of(name).quantity in TOLD for name in names)


def _columns(table: Table, steps: Ints, unit: str) -> dict[str, Column]:
    """The columns that hold numbers, without the one that counts the steps."""
    back = frozenset((np.flatnonzero(np.diff(steps) < 0) + 1).tolist())
    clock = clock_of(_clocks(table), back)
    rows = np.arange(len(steps))
    columns: dict[str, Column] = {}
    for number, name in enumerate(table.columns):
        values = table.values[:, number]
        given = ~np.isnan(values) | table.explicit_nan[:, number]
        if not given.any() or not name or name in table.dates:
            continue
        if role_of(name).quantity is Quantity.STEP and unit != "" and bool(np.array_equal(values, steps)):
            continue
        there = slice(None) if given.all() else given
        walls = None if clock is None or not bool(np.isfinite(clock[there]).all()) else clock[there]
        columns[name] = Column(rows[there], steps[there], values[there], walls)
    return columns


def _clocks(table: Table) -> dict[str, Floats]:
    return {
        name: table.values[:, i]
        for i, name in enumerate(table.columns)
        if name in table.dates or role_of(name).quantity is Quantity.TIME
    }


def _axis(table: Table) -> tuple[Ints, str, bool]:
    """The steps of the rows (int64), what they count, and whether the table counts them.

    The row number where the table has no such column, or one that counts nothing.
    """
    n = len(table.values)
    candidates = [(name, table.values[:, i]) for i, name in enumerate(table.columns) if role_of(name).quantity in AXES]
    candidates.sort(key=lambda c: (role_of(c[0]).quantity is not Quantity.STEP, role_of(c[0]).rank))
    steps = [values for name, values in candidates if role_of(name).quantity is Quantity.STEP]
    epochs = [values for name, values in candidates if role_of(name).quantity is Quantity.EPOCH]
    for inner in steps:
        for outer in epochs:
            whole = unrolled(inner, outer)
            if whole is not None:
                return whole.astype(np.int64), "step", True
    counting = [(name, values) for name, values in candidates if not _of_each_row(values)]
    counting.sort(key=lambda one: not _rises(one[1]))  # "episode" beside the "steps" that each took
    for name, values in counting:
        if usable(values) and (n == 1 or _varied(values)):
            return values.astype(np.int64), _unit(name), True
    for name, values in counting:
        places = _filled_axis(table, values)
        if places is not None:
            return places, _unit(name), True
    return np.arange(n, dtype=np.int64), "" if not candidates else "step", not candidates or _fractions(epochs)


def _of_each_row(values: Floats) -> bool:
    """Whether numbers fall time and again ("Episodes" of an iteration), not back to the first and seldom to the same."""
    falls = (values[1:] < values[:-1]) & (values[1:] > values[0])
    return len(values) > 2 and float(falls.mean()) > MOST_FALLS and len(set(values.tolist())) > MOST_RISE * len(values)


def _varied(values: Floats) -> bool:
    """Whether more than one in five of the values differ, or four in five rise (sessions that each begin at 0)."""
    return _rises(values) or len(set(values.tolist())) > max(1, MOST_DIFFER * len(values))


def _rises(values: Floats) -> bool:
    """Whether four in five of the changes lead upwards."""
    return len(values) > 1 and bool((values[1:] > values[:-1]).mean() >= MOST_RISE)


def _unit(name: str) -> str:
    return "epoch" if role_of(name).quantity is Quantity.EPOCH else "step"


def _fractions(epochs: list[Floats]) -> bool:
    """Whether the epochs are told as fractions (0.25, 0.5 ...): they rise, but are no steps."""
    return any(bool((np.diff(values[np.isfinite(values)]) > 0).all()) for values in epochs)


def _filled_axis(table: Table, values: Floats) -> Ints | None:
    """A step column with holes (sparse rows): a missing step is that of the row before.

    None where rows that then meet at one step would take each other's values.
    """
    known = np.abs(values) < LARGEST_STEP
    if known.sum() < 0.3 * len(values) or not known.any() or bool((np.isfinite(values) & ~known).any()):
        return None
    steps = np.rint(filled(np.where(known, values, np.nan)))
    same = np.flatnonzero(steps[1:] == steps[:-1])
    others = [i for i, name in enumerate(table.columns) if role_of(name).quantity not in (*AXES, Quantity.TIME)]
    there = ~np.isnan(table.values[:, others]) | table.explicit_nan[:, others]
    if bool((there[same] & there[same + 1]).any()):
        return None
    return steps.astype(np.int64)


READER = Reader("csv", "CSV and TSV tables", detect, lambda source: source.path, read)
