"""Comma, semicolon or tab separated logs: Keras CSVLogger, Lightning, Ultralytics, progress files, plain ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

import numpy as np

from loganalyzer.encoding import decode
from loganalyzer.errors import ReadError
from loganalyzer.model.names import Quantity, role_of
from loganalyzer.model.run import Floats, Ints, Note, Run, Series, Unread, make_series
from loganalyzer.reader import Reader, Smell, Source
from loganalyzer.readers.table import Table, looks_like_header, parse_table

CURVES = (
    Quantity.LOSS,
    Quantity.LOSS_PART,
    Quantity.METRIC,
    Quantity.REWARD,
    Quantity.GENERATOR_LOSS,
    Quantity.DISCRIMINATOR_LOSS,
    Quantity.RL_SIGNAL,
)
AXES = (Quantity.STEP, Quantity.EPOCH)
EPOCH_WORDS = ("epoch", "epochs")
LARGEST_STEP = 2**62  # beyond it, whole numbers do not fit an integer


def smell(source: Source) -> Smell:
    """A header whose names include a loss or a metric, above rows of numbers."""
    if PurePosixPath(source.name).suffix.lower() in {".json", ".jsonl", ".yaml", ".yml", ".toml"}:
        return Smell.NO
    text = source.text_head
    if not text:
        return Smell.NO
    header = looks_like_header(text)
    if header is None:
        return Smell.NO
    quantities = [role_of(name).quantity for name in header]
    curves = sum(q in CURVES for q in quantities)
    axes = sum(q in AXES for q in quantities)
    # a table of features and a label has many columns of which at most one sounds like a metric
    known = (
        curves + axes + sum(q in (Quantity.LEARNING_RATE, Quantity.TIME, Quantity.GRADIENT_NORM) for q in quantities)
    )
    told = curves or (axes and known > axes)  # a log of rates and gradient norms only is still a log
    if not told or (not axes and known < len(header) / 2):
        return Smell.NO
    named = PurePosixPath(source.name).suffix.lower() in {".csv", ".tsv", ".txt", ".log", ""}
    return Smell.SURE if axes and named else Smell.MAYBE


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per file."""
    for source in sources:
        decoded = decode(source.read())
        if decoded is None:
            raise ReadError("binary-content")
        text, note = decoded
        table = parse_table(text)
        if not len(table.values):
            raise ReadError("no-rows")
        run = _run(key, source.path, table)
        yield run.with_notes(note) if note else run


def _run(key: str, path: str, table: Table) -> Run:
    steps, unit = _axis(table)
    series: dict[str, Series] = {}
    restarts: set[int] = set()
    superseded = 0
    for column, name in enumerate(table.columns):
        values = table.values[:, column]
        given = ~np.isnan(values) | table.explicit_nan[:, column]
        if not given.any() or not name:
            continue
        if role_of(name).quantity is Quantity.STEP and unit != "" and bool(np.array_equal(values, steps)):
            continue
        one, back, lost = make_series(name, steps[given], values[given])
        series[name] = one
        if len(one) > 1:
            restarts.update(back)
            superseded = max(superseded, lost)
    notes = list(table.notes)
    if restarts:
        notes.append(Note("restarted", {"count": len(restarts), "superseded": superseded}))
    return Run(key, (path,), "csv", series, {}, tuple(notes), unit, tuple(sorted(restarts)))


def _axis(table: Table) -> tuple[Ints, str]:
    """The steps of the rows (int64) and what they count; the row number where the table has no such column."""
    n = len(table.values)
    candidates = [(i, name) for i, name in enumerate(table.columns) if role_of(name).quantity in AXES]
    candidates.sort(key=lambda c: role_of(c[1]).quantity is not Quantity.STEP)
    usable = []
    for i, name in candidates:
        values = table.values[:, i]
        if bool((np.abs(values) < LARGEST_STEP).all()):
            usable.append((i, name, values))
    for _, name, values in usable:
        whole = bool(np.all(values == np.rint(values)))
        if whole and (len(set(values.tolist())) > max(1, 0.2 * n) or n == 1):
            return values.astype(np.int64), "epoch" if role_of(name).quantity is Quantity.EPOCH else "step"
    filled = _filled_axis(table, candidates)
    if filled is not None:
        return filled
    return np.arange(n, dtype=np.int64), "epoch" if not candidates else "step"


def _filled_axis(table: Table, candidates: list[tuple[int, str]]) -> tuple[Ints, str] | None:
    """A step column with holes (sparse rows): a missing step is that of the row before."""
    for i, name in candidates:
        values: Floats = table.values[:, i]
        known = np.abs(values) < LARGEST_STEP
        if known.sum() >= 0.3 * len(values) and known.any():
            last = np.maximum.accumulate(np.where(known, np.arange(len(values)), -1))
            first = int(np.argmax(known))
            filled = values[np.where(last < 0, first, last)]
            return np.rint(filled).astype(np.int64), "epoch" if role_of(name).quantity is Quantity.EPOCH else "step"
    return None


READER = Reader("csv", "CSV and TSV tables", smell, lambda source: source.path, read)
