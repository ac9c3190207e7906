"""Comet's offline experiments: a zip archive, or its folder, with ``messages.json``: a message of JSON on each line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.number_lists import as_number
from loganalyzer.readers.deadline import within
from loganalyzer.readers.trackers.archives import names_in_head, unpacked
from loganalyzer.readers.trackers.point_log import PointLog
from loganalyzer.roles.hyperparameter_values import flattened

MESSAGES, EXPERIMENT = "messages.json", "experiment.json"
LONGEST_LINE = 1_000_000
BOOKKEEPING = frozenset({"curr_step", "curr_epoch"})
_SIGNS = (b'"payload"', b'"message_id"')


def detect(source: Source) -> Match:
    """The names in the archive; or the first message."""
    if names_in_head(source.head) & {MESSAGES, EXPERIMENT}:
        return Match.CERTAIN
    first = source.head.split(b"\n", 1)[0]
    known = source.name == MESSAGES and first.startswith(b"{") and all(sign in first for sign in _SIGNS)
    return Match.CERTAIN if known else Match.NO


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run for each archive."""
    for source in sources:
        archive = source.head.startswith(b"PK")
        data = unpacked(source, {MESSAGES}).get(MESSAGES, b"") if archive else source.read()
        log, settings = PointLog(), dict[str, Any]()
        lines = data.split(b"\n")
        torn = lines.pop()
        log.torn = bool(torn) and not _take(torn, log, settings)
        for line in within(lines):
            if not _take(line, log, settings):
                log.bad += bool(line.strip())
        if log:
            yield from log.runs(key, (source.path,), "comet", flattened(settings))
        else:
            yield Unread(source.path, Note("no-training-log"), expected=True)


def _take(line: bytes, log: PointLog, settings: dict[str, Any]) -> bool:
    """Take what a message tells; False where it is no message."""
    if len(line) > LONGEST_LINE:
        return b'"metric"' not in line[:LONGEST_LINE]  # a figure or a text
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return False
    payload = message.get("payload") if isinstance(message, dict) else None
    if not isinstance(payload, dict):
        return isinstance(message, dict)
    metric, param = payload.get("metric"), payload.get("param")
    if isinstance(metric, dict):
        return _point(metric, payload, log)
    if isinstance(param, dict) and param.get("paramName") not in BOOKKEEPING:
        settings[str(param.get("paramName"))] = param.get("paramValue")
    return True


def _point(metric: dict[str, Any], payload: dict[str, Any], log: PointLog) -> bool:
    """A point under the name that Comet's pages show: ``validate_loss`` for a loss in the context of a validation."""
    name, value, context = metric.get("metricName"), as_number(metric.get("metricValue")), payload.get("context")
    if not isinstance(name, str) or value is None or metric.get("metricValue") is None:
        return False
    if isinstance(context, str) and context and not name.startswith(f"{context}_"):
        name = f"{context}_{name}"
    step = next((n for n in (metric.get("step"), metric.get("epoch")) if isinstance(n, int)), None)
    time = payload.get("local_timestamp")
    log.add(name, step, value, time / 1000 if isinstance(time, int | float) and abs(time) < 1e15 else math.nan)
    return True


READER = Reader("comet", "Comet offline experiment", detect, lambda source: source.path, read)
