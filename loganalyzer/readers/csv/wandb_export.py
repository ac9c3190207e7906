"""W&B's "Export CSV" of a chart: a column for each run and metric (``runA - train/loss``), with its bounds beside it.

Each prefix is one run. ``__MIN`` and ``__MAX`` are the smallest and largest value that the chart had at a point; they
repeat the curve and are left out. The exports of several charts in one folder hold the same runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct

from loganalyzer.model.errors import ReadError
from loganalyzer.model.late import late
from loganalyzer.model.record import Record, field, replace
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Floats, Ints, Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.clocks import clock_of
from loganalyzer.readers.common.counters import usable
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.readers.common.records import clean_name
from loganalyzer.readers.common.sessions import Column, runs_in
from loganalyzer.readers.csv.header import beginning_of
from loganalyzer.readers.csv.table import Table, table_in
from loganalyzer.roles.assign import role_of
from loganalyzer.roles.secrets import hidden

OWN_STEP = "_step"
BOUNDS = ("__MIN", "__MAX")
NAME = "wandb_export"
TOLD = (*OBJECTIVES, Quantity.LEARNING_RATE, Quantity.GRADIENT_NORM)
_BETWEEN = " - "
_AGAIN = late(lambda: re.compile(r"(?P<name>.*)\.(?P<number>\d{1,4})"))


class Heading(Record):
    """What a column's name says: the run ("" where it stands without one), the metric, whether it is a bound."""

    run: str
    metric: str
    bound: bool = False


class Curves(Struct):
    """The columns of one run: for each metric float64[rows] and which rows say something."""

    values: dict[str, Floats] = field(default_factory=dict)
    given: dict[str, np.ndarray] = field(default_factory=dict)


def detect(source: Source) -> Match:
    """An x-axis, then columns of runs with a loss or metric among them; bounds are W&B's alone."""
    text = source.text_head
    if not text or (_BETWEEN not in text[:200_000] and "__M" not in text):
        return Match.NO
    beginning = beginning_of(text)
    if beginning is None or len(beginning.names) < 2:
        return Match.NO
    columns = [column_of(name) for name in beginning.names[1:]]
    if not any(_is_told(c.metric) for c in columns):
        return Match.NO
    if any(c.bound for c in columns):
        return Match.CERTAIN
    x = role_of(beginning.names[0]).quantity
    counts = x in (Quantity.STEP, Quantity.EPOCH, Quantity.TIME)
    return Match.CERTAIN if counts and all(c.run for c in columns) else Match.NO


def _is_told(name: str) -> bool:
    return role_of(name).quantity in TOLD


def key(source: Source) -> str:
    """The file; the folder where several exports under W&B's name lie in it."""
    exports = sum(name.startswith(NAME) for name in source.siblings)
    return source.folder if source.name.startswith(NAME) and exports > 1 else source.path


def column_of(name: str, beside: Sequence[str] = ()) -> Heading:
    """What a column's name says; a repeated name ("a - loss.2" beside "a - loss") is another run of the same name."""
    again = _AGAIN.fullmatch(name)
    number = ""
    if again is not None and again["name"] in beside:
        name, number = again["name"], f"~{again['number']}"
    bound = name.endswith(BOUNDS)
    run, _, metric = name.removesuffix(BOUNDS[0]).removesuffix(BOUNDS[1]).rpartition(_BETWEEN)
    return Heading(clean_name(run.strip() + number), clean_name(metric.strip()), bound)


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run for each prefix."""
    runs: dict[tuple[str, str, str], Run] = {}
    for source in sorted(sources, key=lambda s: s.path):
        try:
            found = _runs(key, source)
        except ReadError as error:
            yield Unread(source.path, Note(error.code, error.details))
            continue
        for prefix, run in found:
            place = prefix, run.step_unit, run.id[len(key) :]
            runs[place] = _joined(runs[place], run) if place in runs else run
    kept = {place: run for place, run in runs.items() if any(map(_is_told, run.series))}
    if not kept:
        for source in sources:
            yield Unread(source.path, Note("no-training-log"), expected=True)
    units = {prefix: {unit for other, unit, _ in kept if other == prefix} for prefix, _, _ in kept}
    for (prefix, unit, session), run in kept.items():
        label = f"{prefix} ({unit or 'time'})" if len(units[prefix]) > 1 else prefix
        alone = len(units) == 1 and label == prefix
        yield replace(run, id=f"{key}{session}" if alone or not label else f"{key}/{hidden(label)}{session}")


def _joined(one: Run, two: Run) -> Run:
    """The curves of both; of one that both have, the longer."""
    series = dict(one.series)
    for name, other in two.series.items():
        if name not in series or len(other) > len(series[name]):
            series[name] = other
    notes = (*one.notes, *(note for note in two.notes if note not in one.notes))
    restarts = tuple(sorted({*one.restarts, *two.restarts}))
    return replace(one, files=(*one.files, *two.files), series=series, notes=notes, restarts=restarts)


def _runs(key: str, source: Source) -> list[tuple[str, Run]]:
    """The runs of a file with their prefixes."""
    table, replaced = table_in(source.read())
    if not len(table.values):
        raise ReadError("no-rows")
    notes = tuple(n for n in (*table.notes, replaced) if n and n.code != "duplicate-columns")
    x = table.columns[0]
    found: dict[str, Curves] = {}
    for i, name in enumerate(table.columns[1:], 1):
        column = column_of(name, table.columns)
        if not column.bound:
            curves = found.setdefault(column.run, Curves())
            curves.values[column.metric] = table.values[:, i]
            curves.given[column.metric] = ~np.isnan(table.values[:, i]) | table.explicit_nan[:, i]
    return [
        (prefix, run) for prefix, curves in found.items() for run in _runs_of(key, source.path, x, table, curves, notes)
    ]


def _runs_of(key: str, path: str, x: str, table: Table, curves: Curves, notes: tuple[Note, ...]) -> Iterator[Run]:
    """The runs in the rows in which one of its columns has a value."""
    there = np.any(list(curves.given.values()), axis=0)
    along = table.values[there, 0]
    own = curves.values.get(OWN_STEP, np.full(len(there), np.nan))[there]
    steps, unit = _axis(x, along, own)
    clock = clock_of({x: along}) if role_of(x).quantity is Quantity.TIME else None
    rows = np.arange(len(steps))
    columns = {}
    for name, values in curves.values.items():
        given = curves.given[name][there]
        if name != OWN_STEP and given.any():
            walls = None if clock is None else clock[given]
            columns[name] = Column(rows[given], steps[given], values[there][given], walls)
    if not unit:
        notes = (*notes, Note("rows-numbered", {"count": len(steps)}))
    return runs_in(columns, key, (path,), "wandb-export", unit, notes)


def _axis(x: str, along: Floats, own: Floats) -> tuple[Ints, str]:
    """The steps of the rows, int64[n], and their unit: the run's own step, else the x-axis, else rows are numbered ("")."""
    if len(own) and usable(own):
        return own.astype(np.int64), "step"
    if usable(along) and role_of(x).quantity is not Quantity.TIME:
        return along.astype(np.int64), "epoch" if role_of(x).quantity is Quantity.EPOCH else "step"
    return np.arange(len(along), dtype=np.int64), ""


READER = Reader("wandb-export", "CSV exports of W&B charts", detect, key, read)
