"""DVCLive: one small table per metric under ``plots/metrics``, the path being the metric's name."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence

import numpy as np

from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats, Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.log_order import in_order_of_time
from loganalyzer.readers.common.plain_rows import plain_rows
from loganalyzer.readers.common.sessions import Column, runs_in
from loganalyzer.readers.deadline import within
from loganalyzer.readers.encoding import decode

_PLACE = re.compile(r"^(?:(?P<run>.*)/)?(?:plots/(?:metrics|scalars)|scalars)/(?P<name>.+)\.tsv$")
_LAST = re.compile(r"^(?:(?P<run>.*dvclive[^/]*)/)metrics\.json$")

LONGEST_HEADER = 10_000
LARGEST_STEP = 2**53


def detect(source: Source) -> Match:
    """A table with a column ``step`` at its place; or the last values beside them."""
    if _LAST.match(source.path):
        return Match.CERTAIN
    if not _PLACE.match(source.path):
        return Match.NO
    return (
        Match.CERTAIN
        if b"step" in source.head.split(b"\n", 1)[0].split(b"\t") or b"step" in source.head[:200]
        else Match.NO
    )


def key(source: Source) -> str:
    """The folder that holds ``plots``."""
    place = _PLACE.match(source.path) or _LAST.match(source.path)
    return (place["run"] or "") if place else source.path


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run, or several where it was logged to again: a series per table."""
    columns: dict[str, Column] = {}
    bad = 0
    for source in sources:
        place = _PLACE.match(source.path)
        decoded = decode(source.read()) if place else None
        if place is None or decoded is None:
            continue
        column, wrong = _table(decoded[0])
        bad += wrong
        if column is not None:
            columns[place["name"]] = column
    files = tuple(sorted(s.path for s in sources))
    if not columns:
        yield Unread(files[0], Note("no-training-log"), expected=True)
        return
    notes = (Note("damaged-records", {"count": bad}, harmful=True),) if bad else ()
    yield from runs_in(in_order_of_time(columns), key, files, "dvclive", "step", notes)


class _Places(Record):
    """The columns of a table; ``time`` is -1 where none is a clock."""

    step: int
    value: int
    time: int


def _table(text: str) -> tuple[Column | None, int]:
    """The points of a table, and how many of its lines are damaged."""
    header = next(iter(text[:LONGEST_HEADER].splitlines()), "").strip().split("\t")
    if "step" not in header or len(header) < 2:
        return None, 0
    value = next((i for i in reversed(range(len(header))) if header[i] not in {"step", "timestamp"}), -1)
    places = _Places(header.index("step"), value, header.index("timestamp") if "timestamp" in header else -1)
    plain = plain_rows(text, text.find("\n") + 1, "\t", len(header)) if value >= 0 else None
    if plain is not None and bool((np.abs(plain.values[:, places.step]) < LARGEST_STEP).all()):
        return _column(plain.values, places), 0
    return _line_by_line(text, places)


def _column(rows: Floats, places: _Places) -> Column:
    walls = rows[:, places.time] / 1000 if places.time >= 0 else None
    steps = rows[:, places.step].astype(np.int64)
    return Column(np.arange(len(rows)), steps, rows[:, places.value].copy(), walls)


def _line_by_line(text: str, places: _Places) -> tuple[Column | None, int]:
    """The same of a table with damaged lines."""
    rows, bad = array("d"), 0
    used = sorted({places.step, places.value, places.time} - {-1})
    for line in within(text.splitlines(keepends=True)[1:], done=1):
        cells = line.strip("\r\n").split("\t")
        if not line.endswith(("\n", "\r")) and len(cells) - 1 == places.value:
            continue  # the last line is unfinished: its number may be cut
        try:
            numbers = [float(cells[place]) for place in used]
            int(numbers[used.index(places.step)])
        except (ValueError, IndexError, OverflowError):
            bad += bool(line.strip())
            continue
        rows.extend(numbers)
    told = np.frombuffer(rows).reshape(-1, len(used))
    steps = told[:, used.index(places.step)]
    if not len(told) or places.value < 0 or not bool((np.abs(steps) < LARGEST_STEP).all()):
        return None, bad
    own = _Places(*(used.index(place) if place >= 0 else -1 for place in (places.step, places.value, places.time)))
    return _column(told, own), bad


READER = Reader("dvclive", "DVCLive metric tables", detect, key, read)
