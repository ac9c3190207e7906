"""JSON Lines: detectron2, mmengine, MAE and DeiT, W&B history, RLlib results, and plain ones; also arrays of records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from loganalyzer.encoding import decode
from loganalyzer.errors import ReadError
from loganalyzer.model.names import role_of
from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.reader import Reader, Smell, Source
from loganalyzer.readers.json_points import CURVES, has_curve, parse, run_of

MOST_LINE = 4_000_000
_NUMBER_KEY = re.compile(r'"([^"\n]{1,120})"\s*:\s*(?:-?\d|NaN|-?Infinity)')


def smell(source: Source) -> Smell:
    """A JSON object per line, or an array of objects (Chainer), with a loss or metric among the numbers."""
    text = source.text_head
    start = (text or "").lstrip()
    if start.startswith("["):
        first = start[1:].lstrip()
        return Smell.SURE if first.startswith("{") and _names_a_curve(first[:8000]) else Smell.NO
    if not start.startswith("{"):
        return Smell.NO
    lines = [line for line in start.splitlines() if line.strip()][:20]
    if not lines[0].rstrip().endswith("}"):
        whole_head = len(lines) == 1 and len(start) > 60_000  # a first line longer than the head
        return Smell.SURE if whole_head and _names_a_curve(start) else Smell.NO
    records = [r for line in lines if (r := _record(line)) is not None]
    if not records or len(records) < (len(lines) - 1) * 0.6:
        return Smell.NO
    return Smell.SURE if any(has_curve(r) for r in records) else Smell.NO


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per file; lines that are no JSON are counted in a note."""
    for source in sources:
        decoded = decode(source.read())
        if decoded is None:
            raise ReadError("binary-content")
        text, note = decoded
        notes = [note] if note else []
        records = _array(text, notes) if text.lstrip().startswith("[") else _lines(text, notes)
        yield run_of(key, source.path, "json-lines", records, tuple(notes))


def _lines(text: str, notes: list[Note]) -> list[dict[str, Any]]:
    lines = [line for line in text.splitlines() if line.strip()]
    records, bad = [], []
    for number, line in enumerate(lines, start=1):
        record = _record(line) if len(line) <= MOST_LINE else None
        if record is None:
            bad.append(number)
        else:
            records.append(record)
    if bad == [len(lines)]:
        notes.append(Note("last-line-torn", {"line": len(lines)}))
    elif bad:
        notes.append(Note("lines-no-json", {"count": len(bad), "first": bad[0]}, harmful=True))
    return records


def _array(text: str, notes: list[Note]) -> list[dict[str, Any]]:
    """An array of records; of a torn one, the records before the damage."""
    try:
        data = parse(text)
    except ReadError as error:
        if error.code != "bad-json":
            raise
        data = _before_damage(text)
        if not data:
            raise
        notes.append(Note("json-torn", {"records": len(data)}, harmful=True))
    return [r for r in data if isinstance(r, dict)]


def _before_damage(text: str) -> list[Any]:
    found, decoder, position, blank = [], json.JSONDecoder(), text.find("[") + 1, re.compile(r"[\s,]*")
    while (match := blank.match(text, position)) and match.end() < len(text):
        try:
            record, position = decoder.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            break
        found.append(record)
    return found


def _record(line: str) -> dict[str, Any] | None:
    try:
        data = parse(line)
    except ReadError:
        return None
    return data if isinstance(data, dict) else None


def _names_a_curve(text: str) -> bool:
    return any(role_of(name).quantity in CURVES for name in _NUMBER_KEY.findall(text))


READER = Reader("json-lines", "JSON Lines and arrays of records", smell, lambda source: source.path, read)
