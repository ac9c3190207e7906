"""MLflow runs in a file store: ``metrics/<name>`` with lines of time, value and step; ``params/``."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from io import BytesIO

import numpy as np

from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.last_number import goes_on
from loganalyzer.readers.common.log_order import in_order_of_time
from loganalyzer.readers.common.number_words import number_in
from loganalyzer.readers.common.sessions import Column, numbered_runs, trainings
from loganalyzer.readers.deadline import within
from loganalyzer.roles.hyperparameter_values import LONGEST_TEXT, flattened

_PLACE = re.compile(r"^(?:(?P<run>.*)/)?(?P<kind>metrics|params|tags)/(?P<name>.+)$")
_RUN_ID = re.compile(r"(?:^|/)[0-9a-f]{32}$")
_LINE = re.compile(rb"^(\d{9,16}) (\S{1,40})(?: (-?\d{1,18}))?$")


def detect(source: Source) -> Match:
    """A metric file by its first line; parameters and tags by the run's folder name."""
    place = _place(source)
    if place is None:
        return Match.NO
    if place["kind"] == "metrics":
        return Match.CERTAIN if _LINE.match(source.head.split(b"\n", 1)[0].rstrip(b"\r")) else Match.NO
    return Match.CERTAIN if place["run"] is None or _RUN_ID.search(place["run"]) else Match.NO


def key(source: Source) -> str:
    """The run's folder."""
    place = _place(source)
    return (place["run"] or "") if place else source.path


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per folder, or several where it was logged to again; single values make a (short) run, too."""
    columns: dict[str, Column] = {}
    settings: dict[str, str] = {}
    bad = 0
    for source in sources:
        place = _place(source)
        if place is None or place["kind"] == "tags":
            continue
        if place["kind"] == "params":
            settings[place["name"]] = source.read()[:LONGEST_TEXT].decode("utf-8", "replace")
            continue
        column, wrong = _metric(source.read())
        bad += wrong
        if column is not None:
            columns[place["name"]] = column
    files = tuple(sorted(s.path for s in sources))
    if not columns:
        yield Unread(files[0], Note("no-training-log"), expected=True)
        return
    notes = (Note("damaged-records", {"count": bad}, harmful=True),) if bad else ()
    found = trainings(in_order_of_time(columns))
    yield from numbered_runs(found, key, files, "mlflow", "step", notes, flattened(settings))


def _goes_on(steps: Sequence[int], last: bytes) -> bool:
    return goes_on(last.decode(), [str(step) for step in steps[-2:]])


def _place(source: Source) -> re.Match[str] | None:
    return _PLACE.match(source.path)


def _metric(data: bytes) -> tuple[Column | None, int]:
    """One metric file, and how many of its lines are damaged.

    Without steps (or with the same one throughout) the order of the lines counts.
    """
    times, values, steps, bad = array("d"), array("d"), array("q"), 0
    for line in within(BytesIO(data)):
        found = _LINE.match(line.rstrip(b"\r\n"))
        if not line.endswith(b"\n") and (found is None or not found[3] or (steps and not _goes_on(steps, found[3]))):
            break  # unfinished; MLflow's last field is the step, and a cut one would still be a step of its own
        value = number_in(found[2].decode("utf-8", "replace")) if found else None
        if found is None or value is None:
            bad += bool(line.strip())
            continue
        times.append(int(found[1]) / 1000)
        values.append(value)
        steps.append(int(found[3] or 0))
    if not values:
        return None, bad
    at = np.frombuffer(steps, np.int64)
    if len(at) > 1 and bool((at == at[0]).all()):
        at = np.arange(len(at))
    return Column(np.arange(len(at)), at, np.frombuffer(values), np.frombuffer(times)), bad


READER = Reader("mlflow", "MLflow file store", detect, key, read)
