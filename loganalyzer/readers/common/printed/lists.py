"""Curves that are printed whole: a list a line ("train_loss: [0.9, 0.7, ...]") or over several, as NumPy wraps it, or all
of a training in one line.

Where they are printed for one training after the other ("{'loss': [...], 'acc': [...]}", Keras' ``history.history``), each
is a run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from loganalyzer.model.run import Detail, Floats, Note, Run, Series
from loganalyzer.readers.common.quantities import KNOWN, LOSSES, OBJECTIVES, curve_name
from loganalyzer.roles.assign import role_of

FEWEST = 5
"""A list of so many numbers is a curve, not the parts of one value; behind it, a shorter one of its name is one, too."""
_LIST = re.compile(r"^\s*['\"]?([A-Za-z_][\w /.\-]{1,40}?)['\"]?\s*[:=]\s*(?:\w+\()?\[\s*$")
_PLURAL = re.compile(
    r"^\s{0,20}+([A-Za-z_][\w /.\-]{0,30}?(?i:losses|accuracies|accs|rewards|returns))\s{1,4}+\[\s{0,4}$"
)
"""A name without a sign behind it, which says that there are many: ``print("Train Losses", losses)``."""
_NAMED_LIST = r"['\"]?([A-Za-z_][\w /.\-]{0,40}?)['\"]?\s{0,4}[:=]\s{0,4}\[\s{0,4}$"
_FIRST = re.compile(rf"^\s{{0,20}}+(?:[\w .\-]{{1,40}}[:=]\s{{0,4}})?\{{?\s{{0,4}}+{_NAMED_LIST}")
_BETWEEN = frozenset({",", ""})
_CLOSES = re.compile(r"\s{0,20}[\]][^\[]{0,80}$")
_NEXT = re.compile(rf"^\s{{0,4}}+\][\s,;]{{0,4}}{_NAMED_LIST}")

Curves = dict[str, Floats]


class Lists:
    """The lists of a text: ``found`` by what stands before them, and in ``trainings`` those that were printed together.

    Without ``on_one_line``, lines that hold several are left to another reader.
    """

    def __init__(self, *, on_one_line: bool = True) -> None:
        """No list yet."""
        self.on_one_line = on_one_line
        self.found: dict[str, list[Floats]] = {}
        self.trainings: list[Curves] = []
        self.open = ""
        self._begun: list[float] = []

    def add(self, parts: Sequence[str]) -> bool:
        """Take the lists of a line that was cut at its numbers; False where it has none."""
        if self.on_one_line and (together := _together(parts)):
            self.trainings.append(together)
            for name, values in together.items():
                self.found.setdefault(name, []).append(values)
            return True
        head = _LIST.match(parts[0]) or _PLURAL.match(parts[0])
        if head is None or not _BETWEEN.issuperset(t.strip() for t in parts[2:-1:2]):
            return False
        name, numbers = head[1].strip(), [float(n) for n in parts[1::2]]
        if len(numbers) > 1 and parts[-1].strip() in _BETWEEN:
            self.open, self._begun = name, numbers
            return True
        return self._take(name, np.array(numbers))

    def begin(self, line: str) -> None:
        """Begin the list that a line without numbers opens ("train_losses = [")."""
        if line.rstrip().endswith("[") and (head := _LIST.match(line)) is not None:
            self.open, self._begun = head[1].strip(), []

    def goes_on(self, parts: Sequence[str]) -> bool:
        """Take a line that was cut at its numbers into the list that is ``open``; False, and none is, where it does not go on.

        A list that never closes is left out: nobody knows what is missing.
        """
        name, self.open = self.open, ""
        closes = _CLOSES.match(parts[-1]) is not None
        between = [*parts[:-1:2][:1], *parts[2:-1:2], *([] if closes else [parts[-1]])]
        if not _BETWEEN.issuperset(text.strip() for text in between) or not (closes or len(parts) > 1):
            return False
        self._begun += [float(n) for n in parts[1::2]]
        if closes:
            self._take(name, np.array(self._begun))
        else:
            self.open = name
        return True

    def _take(self, name: str, values: Floats) -> bool:
        if not self.trainings or name in self.trainings[-1]:
            self.trainings.append({})
        self.trainings[-1][name] = values
        if len(values) < FEWEST and name not in self.found:
            return False
        self.found.setdefault(name, []).append(values)
        return True

    def run(self, key: str, path: str, settings: Mapping[str, Detail]) -> Run | None:
        """The run that they make where each is a curve of its own name."""
        series = {}
        for name, lists in self.found.items():
            if len(lists) == 1 and role_of(name).quantity in KNOWN:
                series[name] = Series(name, np.arange(1, len(lists[0]) + 1), lists[0])
        if not any(role_of(n).quantity in OBJECTIVES for n in series):
            return None
        return Run(key, (path,), "text-log", series, settings)

    def runs_of_trainings(self, key: str, path: str) -> list[Run]:
        """A run for each of several trainings that print their curves; those of one that prints them again count once."""
        last = [
            own for own, after in zip(self.trainings, [*self.trainings[1:], {}], strict=False) if not _grows(own, after)
        ]
        whole = [own for own in last if _is_training(own)]
        if len(whole) < 2 or 2 * len(whole) < len(last) or max(map(_length, whole)) < FEWEST:
            return []
        runs = []
        for number, curves in enumerate(whole, 1):
            series = {name: Series(name, np.arange(len(own)), own) for name, own in curves.items()}
            several = Note("one-of-several", {"number": number, "count": len(whole)})
            runs.append(Run(f"{key}#{number}", (path,), "text-log", series, {}, (several,), "epoch"))
        return runs

    def runs_by_name(self, key: str, path: str) -> list[Run]:
        """Runs from lists that are called after models ("LSTM: [0.9, 0.7, ...]") in a file called after a loss or metric."""
        curve = curve_name(path)
        listed = [(label, values) for label, lists in self.found.items() for values in lists] if curve else []
        told = len(self.found) == len(listed)
        runs = []
        for number, (label, values) in enumerate(listed, 1):
            name = key if len(listed) == 1 else f"{key}/{label}" if told else f"{key}#{number}"
            series = {curve: Series(curve, np.arange(1, len(values) + 1), values)}
            several = (Note("one-of-several", {"number": number, "count": len(listed)}),) if len(listed) > 1 else ()
            runs.append(Run(name, (path,), "text-log", series, {}, several))
        return runs


def _together(parts: Sequence[str]) -> Curves:
    """The lists of one line that holds those of a training, {} for other lines."""
    head = _FIRST.match(parts[0])
    if head is None:
        return {}
    name, lists = head[1], dict[str, list[float]]()
    for number, behind in zip(parts[1::2], parts[2::2], strict=True):
        lists.setdefault(name, []).append(float(number))
        if behind.strip() == ",":
            continue
        following = _NEXT.match(behind)
        if following is None or following[1] in lists:
            break
        name = following[1]
    curves = {name: np.array(values) for name, values in lists.items()}
    return curves if _is_training(curves) else {}


def _is_training(curves: Curves) -> bool:
    """Whether curves are a loss and something else of the same length."""
    losses = [len(values) for name, values in curves.items() if role_of(name).quantity in LOSSES]
    return bool(losses) and sum(len(values) == losses[0] for values in curves.values()) > 1


def _length(curves: Curves) -> int:
    return max(map(len, curves.values()))


def _grows(before: Curves, after: Curves) -> bool:
    """Whether a training prints its curves again, each with more values behind those of the time before."""
    longer = [len(own) < len(after.get(name, ())) for name, own in before.items()]
    return any(longer) and all(
        name in after and np.array_equal(own, after[name][: len(own)], equal_nan=True) for name, own in before.items()
    )
