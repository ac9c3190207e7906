"""Keras Tuner's ``trial.json``: the settings of a trial and its result; the score is no curve.

Some tuners report each metric more than once (once an epoch, or once an execution); these reports are a curve.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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


def detect(source: Source) -> Match:
    """The keys that only this document has."""
    text = source.text_head
    if not text or not text.lstrip().startswith("{"):
        return Match.NO
    return Match.CERTAIN if '"trial_id"' in text and '"hyperparameters"' in text else Match.NO


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """A run where metrics were reported at three steps or more, else no log."""
    for source in sources:
        text, note = text_of(source.read())
        data, damage = parse_damaged(text)
        del text  # the objects are several times as large
        series = _series(data if isinstance(data, dict) else {})
        if any(len(one) >= FEWEST for one in series.values()):
            notes = tuple(n for n in (note, damage) if n)
            yield Run(key, (source.path,), "tuner-trial", series, _settings(data), notes, "epoch")
        else:
            yield Unread(source.path, Note("tuner-trial"), expected=True)


def _series(data: Mapping[str, Any]) -> dict[str, Series]:
    """The reports of each metric: ``{"metrics": {name: {"observations": [{"value": [0.5], "step": 3}]}}}``."""
    metrics = _mapping(_mapping(data.get("metrics")).get("metrics"))
    found = {}
    for name, metric in metrics.items():
        observations = _mapping(metric).get("observations")
        steps, values = array("q"), array("d")
        for one in within(observations[:MOST_OBSERVATIONS], "record") if isinstance(observations, list) else ():
            step, executions = as_number(_mapping(one).get("step")), as_array(_mapping(one).get("value"))
            if step is not None and executions is not None and len(executions) and abs(step) < 2**53:
                steps.append(int(step))
                values.append(float(np.mean(executions)))
        if steps:
            shown = clean_name(name)
            found[shown] = make_series(shown, np.frombuffer(steps, np.int64), np.frombuffer(values))[0]
    return found


def _settings(data: Mapping[str, Any]) -> dict[str, Any]:
    return dict(flattened(_mapping(_mapping(data.get("hyperparameters")).get("values"))))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


READER = Reader("tuner-trial", "Keras Tuner trials", detect, lambda source: source.path, read)
