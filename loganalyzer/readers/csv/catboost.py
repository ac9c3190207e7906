"""CatBoost's folder of results: ``catboost_training.json``, or the tables ``learn_error.tsv`` and ``test_error.tsv``.

They say the same; the document also says which way each metric is better. One training is one run, however many of the
files there are. ``time_left.tsv`` holds the milliseconds that have passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.record import replace
from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.json_text import parse_damaged
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.readers.common.records import runs_of
from loganalyzer.readers.common.sessions import Column, runs_in
from loganalyzer.readers.csv.table import Table, table_in
from loganalyzer.readers.encoding import text_of
from loganalyzer.roles.assign import role_of

_TABLE = re.compile(r"(?:^|/)(learn|test)(\d*)_error\.tsv$")
_TIMES = "time_left.tsv"


def detect(source: Source) -> Match:
    """The keys that only this document has; the tables by their names and first column."""
    if _TABLE.search(source.path) or source.name == _TIMES:
        return Match.CERTAIN if source.head.startswith((b"iter\t", b"iter\r", b"iter\n")) else Match.NO
    text = source.text_head
    if not text or not text.lstrip().startswith("{"):
        return Match.NO
    return Match.CERTAIN if '"learn_metrics"' in text and '"iterations"' in text else Match.NO


def key(source: Source) -> str:
    """The folder; a document under another name than CatBoost's own is a run by itself."""
    own = source.name == "catboost_training.json" or source.name.endswith(".tsv")
    return source.folder if own else source.path


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run, or several; the document before the tables."""
    document = next((s for s in sources if not s.name.endswith(".tsv")), None)
    tables = [s for s in sources if _TABLE.search(s.path)]
    files = tuple(sorted(s.path for s in sources))
    damaged: ReadError | None = None
    if document is not None:
        try:
            yield from [replace(run, files=files) for run in _document(key, document)]
            return
        except ReadError as error:
            if not tables:
                raise
            damaged = error
    if not tables:
        yield Unread(sources[0].path, Note("no-training-log"), expected=True)
        return
    if document is not None and damaged is not None:
        yield Unread(document.path, Note(damaged.code, damaged.details))
    yield from _from_tables(key, files, tables, [s for s in sources if s.name == _TIMES])


def _document(key: str, source: Source) -> Iterator[Run]:
    """Metric names in ``meta``, one list of values per iteration and data set."""
    text, replaced = text_of(source.read())
    data, damage = parse_damaged(text)
    meta = data.get("meta") if isinstance(data, dict) else None
    if not isinstance(meta, dict) or not isinstance(data.get("iterations"), list):
        raise ReadError("no-training-log")
    records = []
    for entry in data["iterations"]:
        if not isinstance(entry, dict):
            continue
        record: dict[str, Any] = {"iteration": entry.get("iteration"), "wall_time": entry.get("passed_time")}
        for part in ("learn", "test"):
            metrics = meta.get(f"{part}_metrics")
            names = [_name(m) for m in metrics if isinstance(m, dict)] if isinstance(metrics, list) else []
            sets = entry.get(part)
            if not isinstance(sets, list):
                continue
            nested = [values for values in sets if isinstance(values, list)]
            for number, values in enumerate(nested or [sets]):
                label = part if len(nested) < 2 else f"{part}/{number}"
                named = zip(names, values, strict=False)
                record.update({f"{label}/{n}": v for n, v in named if isinstance(v, int | float)})
        records.append(record)
    notes = tuple(note for note in (replaced, damage) if note)
    return runs_of(key, source.path, "catboost", records, notes)


def _name(metric: Mapping[str, Any]) -> str:
    """The metric's name; one that is no known quantity but is minimised ("MultiClass") is a loss."""
    name = str(metric.get("name"))
    return f"{name} loss" if _unknown(name) and metric.get("best_value") == "Min" else name


def _unknown(name: str) -> bool:
    return role_of(name).quantity not in OBJECTIVES


def _from_tables(key: str, files: tuple[str, ...], tables: Sequence[Source], times: Sequence[Source]) -> Iterator[Run]:
    columns: dict[str, Column] = {}
    notes: list[Note] = []
    clock = _clock(times)
    for source in sorted(tables, key=lambda s: s.path):
        table = _parsed(source)
        notes.extend(table.notes)
        found = _TABLE.search(source.path)
        part = "/".join(p for p in found.groups() if p) if found else ""
        if table.columns and table.columns[0] == "iter":
            columns.update(_columns(table, part, clock))
    if not columns:
        raise ReadError("no-rows")
    yield from runs_in(columns, key, files, "catboost", "step", notes)


def _columns(table: Table, part: str, clock: Mapping[int, float]) -> Iterator[tuple[str, Column]]:
    counted = np.isfinite(table.values[:, 0]) & (np.abs(table.values[:, 0]) < 2**53)
    for number, name in enumerate(table.columns[1:], 1):
        rows = np.flatnonzero(counted & (~np.isnan(table.values[:, number]) | table.explicit_nan[:, number]))
        if not len(rows):
            continue
        steps = table.values[rows, 0].astype(np.int64)
        walls = np.array([clock.get(step, np.nan) for step in steps.tolist()])
        # the first metric of a training is its loss function, whatever its name
        full = f"{part}/{name} loss" if number == 1 and _unknown(name) else f"{part}/{name}"
        finite = bool(np.isfinite(walls).all())
        yield full, Column(rows, steps, table.values[rows, number], walls if finite else None)


def _clock(times: Sequence[Source]) -> dict[int, float]:
    """Seconds passed by iteration."""
    for source in times:
        table = _parsed(source)
        if table.columns[:2] == ("iter", "Passed"):
            rows = table.values[:, :2].tolist()
            return {int(i): passed / 1000 for i, passed in rows if np.isfinite(i) and np.isfinite(passed)}
    return {}


def _parsed(source: Source) -> Table:
    return table_in(source.read())[0]


READER = Reader("catboost", "CatBoost results", detect, key, read)
