"""Polyaxon's event files ``events/metric/<name>.plx``: a header ``step|timestamp|metric`` and a line for each point."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.clocks import from_text
from loganalyzer.readers.deadline import within
from loganalyzer.readers.encoding import text_of
from loganalyzer.readers.trackers.point_log import PointLog

_PLACE = re.compile(r"^(?:(?P<run>.*)/)?(?P<kind>events|resources)/metric/(?P<name>[^/]+)\.plx$")
_HEADER = b"step|timestamp|"


def detect(source: Source) -> Match:
    """The header, at the place where Polyaxon puts its files."""
    return Match.CERTAIN if source.head.startswith(_HEADER) and _PLACE.match(source.path) else Match.NO


def key(source: Source) -> str:
    """The run's folder."""
    place = _PLACE.match(source.path)
    return (place["run"] or "") if place else source.path


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """A series for each file; those of processors and memory are no training."""
    log = PointLog()
    files = []
    for source in sources:
        place = _PLACE.match(source.path)
        if place is not None and place["kind"] == "events":
            files.append(source.path)
            _take(place["name"], text_of(source.read())[0], log)
    if log:
        yield from log.runs(key, tuple(sorted(files)), "polyaxon", {})
    else:
        yield Unread(sources[0].path, Note("no-training-log"), expected=True)


def _take(name: str, content: str, log: PointLog) -> None:
    lines = content.splitlines()
    for number, line in enumerate(within(lines[1:], done=1), 2):
        cells = line.split("|")
        try:
            step, value = int(cells[0]) if cells[0] else None, float(cells[2])
        except (ValueError, IndexError):
            cut = number == len(lines) and not content.endswith(("\n", "\r"))
            log.torn |= cut
            log.bad += bool(line.strip()) and not cut
            continue
        log.add(name, step, value, from_text(cells[1][:64]))


READER = Reader("polyaxon", "Polyaxon event files", detect, key, read)
