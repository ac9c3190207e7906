"""Logs that print a value only when it is the best so far ("Validation loss decreased (0.5 --> 0.4)").

Such values cannot but go down (or up): they are no curve to be judged, and are called after the best. Where the lines
between them say that an evaluation brought nothing better, the evaluations are counted.
"""

from __future__ import annotations

import math
import re

import numpy as np
from msgspec import Struct

from loganalyzer.model.record import field
from loganalyzer.model.run import Note, Run, Series
from loganalyzer.readers.common.line_names import counter_before
from loganalyzer.readers.common.printed.lines import line_states, plain_text
from loganalyzer.readers.common.printed.notices import is_notice, name_in_notice
from loganalyzer.readers.common.printed.numbers import NUMBER
from loganalyzer.readers.common.printed.repeats import NUMBER_TEXT
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.roles.assign import role_of

FEWEST = 3
"""So many improvements of one training are worth showing."""
MOST_LINE = 400
_SPEAKS = (
    *("improve", "decrease", "increase", "EarlyStopping counter"),
    *("best", "Best", "BEST", "aved", "aving", "ower", "igher", "etter"),
)
_NAME = r"(?P<name>[A-Za-z][\w/.@\-]{0,60}(?: [A-Za-z][\w/.@\-]{0,30}){0,2}?)"
_EPOCH = re.compile(r"\b[Ee]poch[ :#]{0,3}(\d{1,9})")
_BETTER = (
    re.compile(rf"Metric {_NAME} improved(?P<first>\.)?.{{0,120}}? ?New best score: (?P<value>{NUMBER_TEXT})"),
    re.compile(
        rf"{_NAME} (?:has )?(?:decreased|increased|improved):? ?(?:from )?\(?(?:from )?"
        rf"(?P<before>{NUMBER_TEXT}) ?(?:-{{1,3}}>|=>|→|to) ?(?P<value>{NUMBER_TEXT})"
    ),
    re.compile(rf"{_NAME}:? (?:of )?(?P<value>{NUMBER_TEXT}) (?:is|was) (?:the |a |our )?(?:new )?best\b"),
    re.compile(
        r"(?P<notice>)\b(?:[Bb]est|BEST|[Ll]owe(?:st|r)|[Hh]igh(?:est|er)|[Bb]etter|[Ii]mproved|[Ss]av(?:ed|ing))\b[^\n\d=:]{0,60}?"
        rf"\b{_NAME}(?: (?:of|is|at))?\s?[:=]?\s?\(?(?P<value>{NUMBER_TEXT})"
    ),
)
_NO_BETTER = re.compile(r"EarlyStopping counter: ?\d|\bdid(?: not|n't) improve\b(?! in the last)")


class _Training(Struct):
    """The improvements of one name; ``steps`` are the evaluations, or the epochs that the lines state."""

    name: str
    steps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def is_better(self, value: float) -> bool:
        """Whether a value goes on from the last one; equal ones do, for few digits are printed."""
        if len(self.values) < 2:
            direction = role_of(self.name).direction
            return not self.values or direction not in ("min", "max") or self._rises(value) == (direction == "max")
        return value == self.values[-1] or (value > self.values[-1]) == (self.values[-1] > self.values[0])

    def _rises(self, value: float) -> bool:
        return value > self.values[-1]


def improvements_in(text: str, key: str, path: str) -> list[Run]:
    """A run for each training in ``text`` of which the improvements are printed; [] where there is none."""
    trainings = [training for training in _trainings(text) if len(training.values) >= FEWEST]
    runs = []
    for number, training in enumerate(trainings, 1):
        name = f"best {training.name}"
        series = {name: Series(name, np.array(training.steps, np.int64), np.array(training.values))}
        notes = [Note("best-values-only", {"name": training.name, "count": len(training.values)})]
        if len(trainings) > 1:
            notes.append(Note("one-of-several", {"number": number, "count": len(trainings)}))
        runs.append(
            Run(key if len(trainings) == 1 else f"{key}#{number}", (path,), "text-log", series, {}, tuple(notes))
        )
    return runs


def _trainings(text: str) -> list[_Training]:
    found: list[_Training] = []
    current: dict[str, _Training] = {}
    evaluations = 0
    if not any(word in text for word in _SPEAKS):
        return []
    for line in _lines(text):
        better = next((match for grammar in _BETTER if (match := grammar.search(line))), None)
        epoch = _EPOCH.search(line)
        if better is None:
            evaluations += _NO_BETTER.search(line) is not None
            continue
        name, value = name_in_notice(better["name"]), float(better["value"])
        if "notice" in better.groupdict() and not _is_notice_of(line, better.start("value")):
            continue
        if role_of(name).quantity not in OBJECTIVES or not math.isfinite(value):
            continue
        training = current.get(name)
        if training is None or _begins(better) or not training.is_better(value):
            training = current[name] = _Training(name)
            found.append(training)
            evaluations = 0
        step = int(epoch[1]) if epoch is not None else evaluations
        evaluations += 1
        if not training.steps or step > training.steps[-1]:
            training.steps.append(step)
            training.values.append(value)
    return found


def _is_notice_of(line: str, place: int) -> bool:
    """Whether a line is a notice of the number at ``place``: not a result ("Fold 3: best accuracy 0.9"), nor of where it was
    found ("Saved the best model of epoch 3")."""
    return is_notice(NUMBER.sub("", line)) and counter_before(line[:place]) is None


def _begins(better: re.Match[str]) -> bool:
    """Whether a line is that of a training's first evaluation."""
    groups = better.groupdict()
    before = groups.get("before")
    return groups.get("first") is not None or (before is not None and not math.isfinite(float(before)))


def _lines(text: str) -> list[str]:
    """The lines that speak of a best value, or of an evaluation that brought none."""
    lines = []
    for raw in plain_text(text).split("\n"):
        if any(word in raw for word in _SPEAKS):
            lines += [state.text[:MOST_LINE] for state in line_states(raw, ended=True) if state.text]
    return lines
