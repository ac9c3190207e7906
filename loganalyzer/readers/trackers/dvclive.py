"""DVCLive: one small table per metric under ``plots/metrics``, the path being the metric's name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.log_order import in_order_of_time
from loganalyzer.readers.common.sessions import Column, runs_in
from loganalyzer.readers.deadline import within
from loganalyzer.readers.encoding import decode

_PLACE = re.compile(r"^(?:(?P<run>.*)/)?(?:plots/(?:metrics|scalars)|scalars)/(?P<name>.+)\.tsv$")
_LAST = re.compile(r"^(?:(?P<run>.*dvclive[^/]*)/)metrics\.json$")


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


def _table(text: str) -> tuple[Column | None, int]:
    """The points of a table, and how many of its lines are damaged."""
    lines = text.splitlines(keepends=True)
    header = lines[0].strip().split("\t") if lines else []
    if "step" not in header or len(header) < 2:
        return None, 0
    step_at = header.index("step")
    value_at = next((i for i in reversed(range(len(header))) if header[i] not in {"step", "timestamp"}), -1)
    time_at = header.index("timestamp") if "timestamp" in header else -1
    rows, bad = [], 0
    for line in within(lines[1:], done=1):
        cells = line.strip("\r\n").split("\t")
        if not line.endswith(("\n", "\r")) and len(cells) - 1 == value_at:
            continue  # the last line is unfinished: its number may be cut
        try:
            time = float(cells[time_at]) / 1000 if time_at >= 0 else 0.0
            rows.append((int(float(cells[step_at])), float(cells[value_at]), time))
        except (ValueError, IndexError, OverflowError):
            bad += bool(line.strip())
    if not rows or value_at < 0 or any(abs(r[0]) >= 2**53 for r in rows):
        return None, bad
    steps, values, times = (np.array(c) for c in zip(*rows, strict=True))
    walls = times if time_at >= 0 else None
    return Column(np.arange(len(rows)), steps.astype(np.int64), values.astype(float), walls), bad


READER = Reader("dvclive", "DVCLive metric tables", detect, key, read)
