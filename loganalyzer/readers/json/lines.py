"""JSON Lines: detectron2, mmengine, MAE and DeiT, W&B history, RLlib results, and plain ones; also arrays of records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from loganalyzer.model.errors import ReadError
from loganalyzer.model.record import replace
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.data_sets import told_apart
from loganalyzer.readers.common.data_tables import is_table_of_data
from loganalyzer.readers.common.json_text import documents, parse, parse_damaged
from loganalyzer.readers.common.long_records import with_names
from loganalyzer.readers.common.number_keys import quantities_in
from loganalyzer.readers.common.number_lists import as_number
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.readers.common.record_table import RecordTable, joined, table_of
from loganalyzer.readers.common.records import flat, has_curve, runs_of_table
from loganalyzer.readers.common.run_fields import by_run, tell_runs
from loganalyzer.readers.deadline import time_is_up, within
from loganalyzer.readers.encoding import text_of
from loganalyzer.readers.json.nested_arrays import arrays_in, holds_arrays
from loganalyzer.readers.json.settings_records import settings_before
from loganalyzer.readers.json.typed_lines import TypedLines
from loganalyzer.roles.assign import role_of

COUNTED = OBJECTIVES | {Quantity.STEP, Quantity.EPOCH}
MOST_LINE = 4_000_000
LOOKED_AT = 20
MOST_TITLES = 5
FIRST_BLOCK, BLOCK = 65_536, 4_194_304
_LINE_END = re.compile(r"\r\n|\n|\r")


def detect(source: Source) -> Match:
    """A JSON object per line, or an array of objects (Chainer), with a loss or metric among the numbers."""
    text = source.text_head
    start = (text or "").lstrip()
    if start.startswith("["):
        first = start[1:].lstrip()
        told = first.startswith("{") and (_names_a_curve(first[:8000]) or _is_long(first))
        return Match.CERTAIN if told else Match.NO
    if holds_arrays(start):
        return Match.CERTAIN
    if "{" not in start[:4000]:
        return Match.NO
    lines = [line for line in _LINE_END.split(start) if line.strip()][:LOOKED_AT]
    titles = next((i for i, line in enumerate(lines[: MOST_TITLES + 1]) if line.startswith("{")), 0)
    lines = lines[titles:]
    if not lines or not lines[0].startswith("{"):
        return Match.NO
    if not lines[0].rstrip().endswith(("}", "},")):
        if len(lines) == 1 and len(start) > 60_000:  # a first line longer than the head
            return Match.CERTAIN if _names_a_curve(start) else Match.NO
        return _judged([r for r in documents(start, LOOKED_AT)[0] if isinstance(r, dict)], fewest=2)
    found = [records for line in lines if (records := _records(line))]
    return _judged([r for records in found for r in records]) if len(found) >= (len(lines) - 1) * 0.6 else Match.NO


def _judged(records: Sequence[dict[str, Any]], fewest: int = 1) -> Match:
    if with_names(records) is not None:
        return Match.CERTAIN
    if len(records) < fewest or not any(has_curve(r) for r in records) or any(map(_is_history, records)):
        return Match.NO
    names = sorted({name for r in records for name in r})
    words = {n: [r[n] for r in records if isinstance(r.get(n), str)] for n in names}
    is_data = is_table_of_data(names, {n: cells for n, cells in words.items() if cells and not _numeric(cells)})
    return Match.NO if is_data else Match.CERTAIN


def _is_history(record: dict[str, Any]) -> bool:
    """Whether a line holds the curves of a whole training, which are read as the text that they are."""
    lists = {name: len(own) for name, own in record.items() if isinstance(own, list) and len(own) > 1}
    losses = [size for name, size in lists.items() if role_of(name).quantity is Quantity.LOSS]
    numbers = [n for n, v in record.items() if isinstance(v, int | float) and role_of(n).quantity in COUNTED]
    return bool(losses) and not numbers and sum(size == losses[0] for size in lists.values()) > 1


def _numeric(cells: Sequence[str]) -> bool:
    return all(as_number(cell) is not None for cell in cells)


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per file, or several; lines that are no JSON are counted in a note."""
    for source in sources:
        text, note = text_of(source.read())
        notes = [note] if note else []
        if holds_arrays(text):
            yield from _nested(key, source.path, text, notes)
            continue
        settings, text = settings_before(text)
        if several := _several(text):
            yield from _runs_apart(key, source.path, several, notes)
            continue
        if text.lstrip().startswith("["):
            table = _table(_array(text, notes))
        else:
            table = _lines(text, notes)
        for run in runs_of_table(key, source.path, "json-lines", table, tuple(notes)):
            yield replace(run, hyperparameters={**settings, **run.hyperparameters}) if settings else run


def _several(text: str) -> dict[str, list[Mapping[str, Any]]]:
    """The records of each of several runs that a field tells apart; {} for other texts."""
    start = text[:FIRST_BLOCK].lstrip()
    if len(text) > BLOCK or not any(
        tell_runs(one) for one in documents(start.lstrip("[ \n"), 1)[0] if isinstance(one, dict)
    ):
        return {}
    if start.startswith("["):
        return by_run(_array(text, []))
    records = [_record(line) for line in _LINE_END.split(text) if line.strip()]
    whole = [record for record in records if record is not None]
    return by_run(whole) if len(whole) == len(records) else {}  # damage is told of below


def _runs_apart(
    key: str, path: str, several: Mapping[str, Sequence[Mapping[str, Any]]], notes: Sequence[Note]
) -> Iterator[Run]:
    for number, (label, records) in enumerate(several.items(), 1):
        told = (*notes, Note("one-of-several", {"number": number, "count": len(several)}))
        yield from runs_of_table(f"{key}/{label}", path, "json-lines", _table(records), told)


def _nested(key: str, path: str, text: str, notes: Sequence[Note]) -> Iterator[Run]:
    """The runs of one object with arrays of records inside."""
    data, damage = parse_damaged(text)
    notes = [*notes, damage] if damage else notes
    found = arrays_in(data)
    if not found:
        raise ReadError("no-training-log")
    for one in found:
        own = f"{key}/{one.label}" if one.label else key
        for run in runs_of_table(own, path, "json-lines", _table(list(within(one.records, "record"))), tuple(notes)):
            yield replace(run, hyperparameters={**one.settings, **run.hyperparameters})


def _lines(text: str, notes: list[Note]) -> RecordTable:
    """The records of a text with one a line; where most lines are none, those that stand over several lines each."""
    if "\r" in text:  # only these end a line: a string may hold the others that Python knows
        text = _LINE_END.sub("\n", text)
    tables: list[RecordTable] = []
    bad: list[int] = []
    count = 0
    typed: TypedLines | None = None
    for block in _blocks(text):
        if time_is_up(count, "line"):
            break
        table = typed.read(block) if typed is not None else None
        if table is None:
            lines = [line for line in block.split("\n") if line.strip("\x00 \t")]
            good: list[dict[str, Any]] = []
            for number, line in enumerate(within(lines, done=count), 1):
                found = _records(line)
                good += found
                if not found:
                    bad.append(count + number)
            table = _table(good)
            count += len(lines)
            typed = TypedLines(good) if with_names(good) is None else None
        else:
            count += table.size
        tables.append(table)
    table = joined(tables)
    if len(bad) > count / 2:
        whole, end = documents(text)
        over_lines = [r for r in whole if isinstance(r, dict)]
        if len(over_lines) > table.size:
            if end < len(text):
                notes.append(Note("json-torn", {"records": len(over_lines)}, harmful=True))
            return _table(over_lines)
    if bad == [count]:
        notes.append(Note("last-line-torn", {"line": count}))
    elif bad:
        notes.append(Note("lines-no-json", {"count": len(bad), "first": bad[0]}, harmful=True))
    return table


def _is_long(text: str) -> bool:
    return with_names([one for one in documents(text[:8000], LOOKED_AT)[0] if isinstance(one, dict)]) is not None


def _table(records: Sequence[Mapping[str, Any]]) -> RecordTable:
    records = with_names(records) or records
    return told_apart(table_of(map(flat, records)), records)


def _blocks(text: str) -> Iterator[str]:
    """The text in whole lines: a small piece first, from which the kind of the others is seen, then larger ones."""
    start, size = 0, FIRST_BLOCK
    while start < len(text):
        end = text.find("\n", start + size) + 1 or len(text)
        yield text[start:end]
        start, size = end, BLOCK


def _array(text: str, notes: list[Note]) -> list[dict[str, Any]]:
    """An array of records; of a torn one, the records before the damage."""
    try:
        data = parse(text)
    except ReadError as error:
        if error.code != "bad-json":
            raise
        data = documents(text[text.find("[") + 1 :])[0]
        if not data:
            raise
        notes.append(Note("json-torn", {"records": len(data)}, harmful=True))
    return [r for r in within(data, "record") if isinstance(r, dict)]


def _records(line: str) -> Sequence[dict[str, Any]]:
    """The record in a line, or the several between which the line ends were lost; none in a line that is no JSON."""
    if len(line) > MOST_LINE:
        return ()
    one = _record(line)
    if one is not None:
        return (one,)
    if "}{" not in line and "} {" not in line:
        return ()
    several, end = documents(line)
    whole = [each for each in several if isinstance(each, dict)]
    return whole if len(whole) == len(several) and not line[end:].strip("\x00 \t,") else ()


def _record(line: str) -> dict[str, Any] | None:
    try:
        data = parse(line.rstrip(", \t\x00"))
    except ReadError:
        return None
    return data if isinstance(data, dict) else None


def _names_a_curve(text: str) -> bool:
    return not quantities_in(text).isdisjoint(OBJECTIVES)


READER = Reader("json-lines", "JSON Lines and arrays of records", detect, lambda source: source.path, read)
