"""Keras Tuner's ``trial.json``: the settings of a trial and its result; the score is no curve.

Some tuners report each metric more than once (once an epoch, or once an execution); these reports are a curve.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from loganalyzer.model.run import Note, Run, Series, Unread, make_series
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.json_text import parse_damaged
from loganalyzer.readers.common.number_lists import as_array, as_number
from loganalyzer.readers.common.records import clean_name
from loganalyzer.readers.deadline import within
from loganalyzer.readers.encoding import text_of
from loganalyzer.roles.hyperparameter_values import flattened

FEWEST = 3
MOST_OBSERVATIONS = 1_000_000


class _Observation(msgspec.Struct, gc=False):
    """The values of all executions at a step."""

    value: Any = None
    step: Any = None


class _Metric(msgspec.Struct):
    observations: list[_Observation] = []


class _Metrics(msgspec.Struct):
    metrics: dict[str, _Metric] = {}


class _Trial(msgspec.Struct):
    """``{"metrics": {"metrics": {name: {"observations": [{"value": [0.5], "step": 3}]}}}, "hyperparameters": ...}``."""

    metrics: _Metrics = msgspec.field(default_factory=_Metrics)
    hyperparameters: dict[str, Any] = {}


def detect(source: Source) -> Match:
    """The keys that only this document has."""
    text = source.text_head
    if not text or not text.lstrip().startswith("{"):
        return Match.NO
    return Match.CERTAIN if '"trial_id"' in text and '"hyperparameters"' in text else Match.NO


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """A run where metrics were reported at three steps or more, else no log."""
    for source in sources:
        trial, notes = _parsed(source.read())
        series = _series(trial.metrics.metrics)
        if any(len(one) >= FEWEST for one in series.values()):
            yield Run(key, (source.path,), "tuner-trial", series, _settings(trial), notes, "epoch")
        else:
            yield Unread(source.path, Note("tuner-trial"), expected=True)


def _parsed(data: bytes) -> tuple[_Trial, tuple[Note, ...]]:
    """The trial in a document, with what is wrong with it; what is no JSON to the letter (NaN, a torn end) is read all the same."""
    try:
        return msgspec.json.decode(data, type=_Trial), ()
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        text, note = text_of(data)
    whole, damage = parse_damaged(text)
    del text  # the objects are several times as large
    metrics = _mapping(_mapping(_mapping(whole).get("metrics")).get("metrics"))
    kept = {name: _Metric(_observations(metric)) for name, metric in metrics.items()}
    trial = _Trial(_Metrics(kept), dict(_mapping(_mapping(whole).get("hyperparameters"))))
    return trial, tuple(n for n in (note, damage) if n)


def _observations(metric: Any) -> list[_Observation]:
    told = _mapping(metric).get("observations")
    return (
        [_Observation(_mapping(one).get("value"), _mapping(one).get("step")) for one in told]
        if isinstance(told, list)
        else []
    )


def _series(metrics: Mapping[str, _Metric]) -> dict[str, Series]:
    """The reports of each metric."""
    found = {}
    for name, metric in metrics.items():
        steps, values = array("q"), array("d")
        for one in within(metric.observations[:MOST_OBSERVATIONS], "record"):
            step, executions = as_number(one.step), as_array(one.value)
            if step is not None and executions is not None and len(executions) and abs(step) < 2**53:
                steps.append(int(step))
                values.append(float(np.mean(executions)))
        if steps:
            shown = clean_name(name)
            found[shown] = make_series(shown, np.frombuffer(steps, np.int64), np.frombuffer(values))[0]
    return found


def _settings(trial: _Trial) -> dict[str, Any]:
    return dict(flattened(_mapping(trial.hyperparameters.get("values"))))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


READER = Reader("tuner-trial", "Keras Tuner trials", detect, lambda source: source.path, read)
