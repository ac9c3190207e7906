"""Objects that hold whole curves: which dict of lists is a training, which dict of dicts is one by data set, or several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.role import Quantity, Split
from loganalyzer.model.run import Detail, Ints, Series
from loganalyzer.readers.common.number_lists import MOST_VALUES, as_curve
from loganalyzer.readers.common.quantities import COUNTERS, CURVES
from loganalyzer.readers.common.records import clean_name
from loganalyzer.readers.deadline import within
from loganalyzer.roles.assign import role_of, words_of
from loganalyzer.roles.hyperparameter_values import flattened

MOST_NAMES = 10_000
MOST_RUNS = 1000
MOST_DEPTH = 6
MOST_EVERY = 100
BATCH_WORDS = frozenset("batch minibatch mini step iter iteration iterations".split())
History = tuple[str, dict[str, Series], dict[str, Detail]]


def is_curve(name: str) -> bool:
    """Whether a name is that of a curve; "loss_history" counts as "loss"."""
    short = name.removesuffix("_history").removesuffix("-history")
    return role_of(short).quantity in CURVES or role_of(name).quantity in CURVES


def histories(data: Any) -> list[History]:
    """The trainings in a document or a pickle: a label ("" if there is one only), the curves, and scalars beside them.

    Raises ReadError "too-large" for lists that together hold more than can be kept (they may be shared).
    """
    return [found for found in _Search().histories(data) if any(is_curve(name) for name in found[1])]


class _Search:
    """Remembers which objects it has seen: in a pickle one list may hang in a thousand places."""

    def __init__(self) -> None:
        self.curves: dict[int, Any] = {}
        self.seen: set[int] = set()
        self.left = MOST_VALUES

    def histories(self, data: Any) -> list[History]:
        if isinstance(data, list):
            folds = [f for n, one in enumerate(data[:MOST_RUNS]) for f in self._fold(n, one)]
            return folds if len(folds) > 1 else [("", *rest) for _, *rest in folds]  # type: ignore[misc]
        if not isinstance(data, dict):
            return []
        groups = self._groups(data)
        if groups:
            return groups
        alone = self._only_set(data)
        if alone:
            return [("", alone, {})]
        inner = self._history_in(data)
        return [("", self._series(inner), _settings(inner))] if inner else []

    def _only_set(self, data: Mapping[str, Any]) -> dict[str, Series]:
        """The curves of ``{data set: {metric: [values]}}`` with a single set, which is never the training set by default."""
        name, metrics = next(iter(data.items())) if len(data) == 1 else ("", None)
        if not isinstance(metrics, dict) or not metrics or any(isinstance(own, dict) for own in metrics.values()):
            return {}
        if not isinstance(name, str) or role_of(f"{name}/loss").split is Split.NONE:
            return {}
        found = self._series(metrics)
        if any(role_of(own).split is not Split.NONE for own in found):
            return {}
        return {f"{name}/{own}": Series(f"{name}/{own}", one.steps, one.values) for own, one in found.items()}

    def _fold(self, number: int, one: Any) -> list[History]:
        inner = self._history_in(one)
        return [(str(number), self._series(inner), _settings(inner))] if inner else []

    def _groups(self, data: Mapping[str, Any]) -> list[History]:
        """``{data set: {metric: [values]}}`` (XGBoost, LightGBM) is one training; ``{trial: {...}}`` are several."""
        if not 1 < len(data) <= MOST_RUNS or not all(isinstance(m, dict) for m in data.values()):
            return []
        by_group = {str(group): self._series(metrics) for group, metrics in data.items()}
        by_group = {g: s for g, s in by_group.items() if any(is_curve(name) for name in s)}
        if not by_group:
            return []
        sets = [g for g in by_group if role_of(f"{g}/loss").split is not Split.NONE]
        if (
            not sets
            and len(by_group) > 1
            and any(role_of(n).split is not Split.NONE for n in by_group[next(iter(by_group))])
        ):
            return [(g, s, _settings(data[g])) for g, s in by_group.items()]
        merged: dict[str, Series] = {}
        for group, found in by_group.items():
            for name, one in found.items():
                full = f"{group}/{name}"
                merged[full] = Series(full, one.steps, one.values)
        return [("", merged, {})]

    def _history_in(self, data: Any, depth: int = 0) -> Mapping[str, Any]:
        """The dict of curves: the object itself, or one nested in it (``{"history": {...}}``)."""
        if not isinstance(data, dict) or depth > MOST_DEPTH or id(data) in self.seen:
            return {}
        self.seen.add(id(data))
        names = [k for k in list(data)[:MOST_NAMES] if isinstance(k, str) and is_curve(k)]
        if any(self._curve(data[k]) is not None for k in names):
            return data
        for value in list(data.values())[:100]:
            found = self._history_in(value, depth + 1)
            if found:
                return found
        return {}

    def _curve(self, value: Any) -> Any:
        known = self.curves.get(id(value), self)
        if known is not self:
            return known
        if isinstance(value, list | tuple | dict):
            self.left -= len(value)
        found = as_curve(value)
        self.curves[id(value)] = found
        return found

    def _series(self, history: Mapping[str, Any]) -> dict[str, Series]:
        found = {}
        for name, value in within(list(history.items())[:MOST_NAMES], "record"):
            curve = self._curve(value) if isinstance(name, str) else None
            if curve is not None and len(curve[1]):
                self.left -= len(curve[1])
                found[clean_name(name)] = curve
            if self.left < 0:
                raise ReadError("too-large", size=MOST_VALUES - self.left, limit=MOST_VALUES)
        axis = _axis(found)
        series = {}
        every = _base(found)
        for name, (steps, values) in found.items():
            if role_of(name).quantity is Quantity.EPOCH or name == axis:
                continue
            if steps is None:
                steps = found[axis][1].astype(np.int64) if axis and len(found[axis][1]) == len(values) else None
            if steps is None:
                steps = _every(name, len(values), every)
            series[name] = Series(name, steps, values)
        return series


def _axis(found: Mapping[str, Any]) -> str:
    """The list that counts the others: whole, rising numbers under the name of a counter; "" if there is none."""
    for name, (_, values) in found.items():
        if role_of(name).quantity in COUNTERS:
            whole = bool((values == np.rint(values)).all()) and bool((np.abs(values) < 2**53).all())
            if whole and bool((values[1:] > values[:-1]).all()):
                return name
    return ""


def _base(found: Mapping[str, Any]) -> int:
    """How many epochs there were: the length of the longest training curve that is not one per batch."""
    lengths = [
        len(values)
        for name, (_, values) in found.items()
        if is_curve(name) and role_of(name).split in (Split.NONE, Split.TRAIN) and not BATCH_WORDS & set(words_of(name))
    ]
    return max(lengths, default=0)


def _every(name: str, count: int, epochs: int) -> Ints:
    """The steps of a list without any: Keras validates in every k-th epoch, and keeps those values only."""
    held_out = role_of(name).split in (Split.VALIDATION, Split.TEST)
    k = epochs // count if held_out and count > 1 and epochs % count == 0 else 1
    if not 1 < k <= MOST_EVERY:
        return np.arange(count, dtype=np.int64)
    return np.arange(1, count + 1, dtype=np.int64) * k - 1


def _settings(history: Mapping[str, Any]) -> dict[str, Detail]:
    """Numbers and words beside the curves."""
    kept = {
        k: v for k, v in list(history.items())[:MOST_NAMES] if isinstance(k, str) and isinstance(v, int | float | str)
    }
    return flattened(kept)
