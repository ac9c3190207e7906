"""ClearML's offline sessions, a folder or its zip archive: ``metrics.jsonl`` (a list of events a line) and ``task.json``."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.json_text import parse
from loganalyzer.readers.common.number_lists import as_number
from loganalyzer.readers.deadline import within
from loganalyzer.readers.trackers.archives import names_in_head, unpacked
from loganalyzer.readers.trackers.point_log import PointLog
from loganalyzer.roles.hyperparameter_values import flattened

METRICS, TASK, CONSOLE = "metrics.jsonl", "task.json", "log.jsonl"
PLAIN_SECTIONS = frozenset({"General", "Args"})
"""Sections of settings that a script's own arguments lie in; the names of others stay before their settings."""
_EVENT = b'"training_stats_'


def detect(source: Source) -> Match:
    """The names in the archive; in a folder, events and what lies beside them."""
    if source.head.startswith(b"PK"):
        names = names_in_head(source.head)
        ours = METRICS in names or (source.name.startswith("offline-") and not names.isdisjoint((TASK, CONSOLE)))
        return Match.CERTAIN if ours else Match.NO
    if source.name == METRICS:
        return Match.CERTAIN if source.head.startswith(b"[{") and _EVENT in source.head[:4_000] else Match.NO
    beside = METRICS in source.siblings and TASK in source.siblings
    return Match.CERTAIN if source.name in (TASK, CONSOLE) and beside else Match.NO


def key(source: Source) -> str:
    """The folder. ClearML leaves the archive of a session beside it, which is the same run."""
    if source.head.startswith(b"PK"):
        return source.path.removesuffix(".zip") if source.path.endswith(".zip") else source.path
    return source.folder


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run: the folder's files, where there are any, else the archive's."""
    folder = {source.name: source for source in sources if not source.head.startswith(b"PK")}
    archive = next((source for source in sources if source.head.startswith(b"PK")), None)
    if METRICS in folder or archive is None:
        content = {name: folder[name].read() for name in (METRICS, TASK) if name in folder}
    else:
        content = unpacked(archive, {METRICS, TASK})
    files = tuple(sorted(source.path for source in sources))
    log = PointLog()
    lines = content.get(METRICS, b"").split(b"\n")
    for number, line in enumerate(within(lines), 1):
        _take(line, log, last=number == len(lines))
    if log:
        yield from log.runs(key, files, "clearml", flattened(_settings(content.get(TASK, b""))))
    else:
        yield Unread(files[0], Note("no-training-log"), expected=True)


def _take(line: bytes, log: PointLog, *, last: bool) -> None:
    if not line.strip():
        return
    try:
        events = parse(line.decode("utf-8", "replace"))
    except ReadError:
        log.torn |= last
        log.bad += not last
        return
    for event in events if isinstance(events, list) else [events]:
        if isinstance(event, dict) and event.get("type") == "training_stats_scalar":
            log.bad += not _point(event, log)


def _point(event: Mapping[str, Any], log: PointLog) -> bool:
    metric, variant = str(event.get("metric", "")), str(event.get("variant", ""))
    value, step, time = as_number(event.get("value")), event.get("iter"), event.get("timestamp")
    if value is None or not (metric or variant):  # null is what a script may have NaN written as
        return False
    name = metric if variant in ("", metric) else f"{metric}/{variant}" if metric else variant
    known = isinstance(time, int | float) and abs(time) < 1e15
    log.add(name, step if isinstance(step, int) else None, value, time / 1000 if known and time else math.nan)
    return True


def _settings(data: bytes) -> dict[str, Any]:
    """The hyper-parameters of a task: ``{section: {name: {"value": ...}}}``."""
    try:
        sections = json.loads(data).get("hyperparams") if data else None
    except (ValueError, RecursionError, AttributeError):
        return {}
    found: dict[str, Any] = {}
    for section, values in sections.items() if isinstance(sections, dict) else ():
        for name, item in values.items() if isinstance(values, dict) else ():
            prefix = "" if section in PLAIN_SECTIONS else f"{section}."
            found[f"{prefix}{name}"] = item.get("value") if isinstance(item, dict) else item
    return found


READER = Reader("clearml", "ClearML offline session", detect, key, read)
