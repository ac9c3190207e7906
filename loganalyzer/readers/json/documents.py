"""JSON documents that hold a whole training: Hugging Face trainer states, Sacred metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.record import replace
from loganalyzer.model.run import Floats, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.clocks import from_text, seconds
from loganalyzer.readers.common.json_text import parse_damaged
from loganalyzer.readers.common.log_order import in_order_of_time
from loganalyzer.readers.common.number_lists import as_array
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.readers.common.records import clean_name, runs_of
from loganalyzer.readers.common.sessions import Column, runs_in
from loganalyzer.readers.encoding import text_of
from loganalyzer.roles.assign import role_of
from loganalyzer.roles.hyperparameter_values import flattened

_SACRED = re.compile(r'"([^"\n]{1,200})"\s*:\s*\{\s*"(?:steps|timestamps|values)"\s*:\s*\[')
_SETTINGS_OF_STATE = ("max_steps", "num_train_epochs", "logging_steps", "eval_steps", "save_steps", "train_batch_size")


def detect(source: Source) -> Match:
    """The keys that only these documents have."""
    text = source.text_head
    if not text or not text.lstrip().startswith("{"):
        return Match.NO
    if '"log_history"' in text or (source.name == "trainer_state.json" and '"best_metric"' in text):
        return Match.CERTAIN
    return Match.CERTAIN if any(role_of(n).quantity in OBJECTIVES for n in _SACRED.findall(text)) else Match.NO


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per file."""
    for source in sources:
        text, note = text_of(source.read())
        data, damage = parse_damaged(text)
        del text  # the objects are several times as large
        for run in _runs(key, source.path, data):
            yield run.with_notes(*(n for n in (note, damage) if n))


def _runs(key: str, path: str, data: Any) -> Iterator[Run]:
    if isinstance(data, dict) and isinstance(data.get("log_history"), list):
        return _trainer_state(key, path, data)
    if not isinstance(data, dict):
        raise ReadError("no-training-log")
    return _sacred(key, path, data)


def _trainer_state(key: str, path: str, data: Mapping[str, Any]) -> Iterator[Run]:
    """Hugging Face ``trainer_state.json``; the last entry (``train_runtime``) and predictions are no points."""
    records = [r for r in data["log_history"] if isinstance(r, dict) and "step" in r and "train_runtime" not in r]
    if not records:
        raise ReadError("no-training-log")
    settings = flattened({name: data[name] for name in _SETTINGS_OF_STATE if name in data})
    for run in runs_of(key, path, "trainer-state", records):
        yield replace(run, hyperparameters=settings, step_unit="step")


def _sacred(key: str, path: str, data: Mapping[str, Any]) -> Iterator[Run]:
    """Sacred ``metrics.json``: ``{name: {steps: [], values: [], timestamps: []}}``."""
    columns: dict[str, Column] = {}
    for name, entry in data.items():
        if not isinstance(entry, dict) or not {"steps", "values"} <= set(entry):
            continue
        steps, values = as_array(entry["steps"]), as_array(entry["values"])
        if steps is None or values is None or not min(len(steps), len(values)):
            continue
        n = min(len(steps), len(values))
        whole = bool(np.isfinite(steps[:n]).all() and (np.abs(steps[:n]) < 2**62).all())
        places = steps[:n].astype(np.int64) if whole else np.arange(n, dtype=np.int64)
        columns[clean_name(name)] = Column(np.arange(n), places, values[:n], _times(entry.get("timestamps"), n))
    if not columns:
        raise ReadError("no-training-log")
    yield from runs_in(in_order_of_time(columns), key, (path,), "sacred", "step")


def _times(stamps: Any, count: int) -> Floats | None:
    """Sacred's timestamps, float64[count] in seconds since 1970; None where one is missing."""
    if not isinstance(stamps, list) or len(stamps) < count:
        return None
    times = [from_text(s) if isinstance(s, str) else seconds(s) if type(s) is float else np.nan for s in stamps[:count]]
    return np.array(times) if bool(np.isfinite(times).all()) else None


READER = Reader(
    "json-documents",
    "Hugging Face trainer states, Sacred metrics",
    detect,
    lambda source: source.path,
    read,
)
