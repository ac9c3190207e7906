"""Objects that hold whole curves: which dict of lists is a training, which dict of dicts is one by data set, or several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.role import Quantity, Split
from loganalyzer.model.run import Detail, Ints, Series
from loganalyzer.readers.common.data_sets import data_set
from loganalyzer.readers.common.long_records import VALUES
from loganalyzer.readers.common.number_lists import MOST_VALUES, as_curve
from loganalyzer.readers.common.quantities import COUNTERS, CURVES, OBJECTIVES, with_split
from loganalyzer.readers.common.records import clean_name, flat
from loganalyzer.readers.common.unnamed_losses import losses_among
from loganalyzer.readers.deadline import within
from loganalyzer.roles.assign import role_of, words_of
from loganalyzer.roles.hyperparameter_values import flattened

MOST_NAMES = 10_000
MOST_RUNS = 1000
MOST_DEPTH = 6
MOST_EVERY = 100
MOST_BRANCHES = 100
MOST_SETS = 4
BATCH_WORDS = frozenset("batch minibatch mini step iter iteration iterations".split())


class History(NamedTuple):
    """A training: ``taken`` are the curves that were taken as losses, though nothing calls them so."""

    label: str
    series: dict[str, Series]
    settings: dict[str, Detail]
    taken: tuple[str, ...] = ()


def is_curve(name: str) -> bool:
    """Whether a name is that of a curve; "loss_history" counts as "loss"."""
    short = name.removesuffix("_history").removesuffix("-history")
    return role_of(short).quantity in CURVES or role_of(name).quantity in CURVES


def histories(data: Any, *, called: bool = False) -> list[History]:
    """The trainings in a document or a pickle: a label ("" if there is one only), the curves, and scalars beside them.

    ``called`` says that the file is called after losses. Raises ReadError "too-large" for lists that together hold more than
    can be kept (they may be shared).
    """
    return [found for found in _Search(called).histories(data) if any(map(is_curve, found.series))]


class _Search:
    """Remembers which objects it has seen: in a pickle one list may hang in a thousand places."""

    def __init__(self, called: bool) -> None:
        self.called = called
        self.curves: dict[int, Any] = {}
        self.seen: set[int] = set()
        self.made: dict[int, dict[str, Series]] = {}
        self.lists: dict[int, dict[str, Any]] = {}
        self.kept: list[Mapping[str, Any]] = []
        self.taken: dict[int, tuple[str, ...]] = {}
        self.left = MOST_VALUES

    def histories(self, data: Any) -> list[History]:
        if isinstance(data, list):
            return _alone(self._in_list(data, 0))
        return self._in_dict(data, 0) if isinstance(data, dict) else []

    def _in_list(self, data: Sequence[Any], depth: int) -> list[History]:
        """A training for each of several folds or trials."""
        return _numbered([self._inside(one, depth) for one in data[:MOST_RUNS]])

    def _inside(self, data: Any, depth: int) -> list[History]:
        if depth > MOST_DEPTH or id(data) in self.seen:
            return []
        if isinstance(data, list) and 1 < len(data) <= MOST_RUNS and all(isinstance(one, dict) for one in data):
            self.seen.add(id(data))
            found = self._in_list(data, depth + 1)
            return found if len(found) > 1 and _are_alike(found) and _hold_losses(found) else []
        return self._in_dict(data, depth) if isinstance(data, dict) else []

    def _in_dict(self, data: Mapping[str, Any], depth: int) -> list[History]:
        """The trainings in an object: in itself, or in what it holds; of branches that hold different ones, the first."""
        self.seen.add(id(data))
        if groups := self._groups(data):
            return groups
        if alone := self._only_set(data):
            return [History("", alone, {})]
        if self._is_history(data):
            series = self._series(data)
            return [History("", series, _settings(data), self.taken.get(id(data), ()))]
        branches: list[tuple[str, list[History]]] = []
        for name, value in list(data.items())[:MOST_BRANCHES]:
            if found := self._inside(value, depth + 1):
                branches.append((str(name), found))
        return _labelled(branches) if branches else []

    def _is_history(self, data: Mapping[str, Any]) -> bool:
        names = [name for name in list(data)[:MOST_NAMES] if isinstance(name, str)]
        if any(self._curve(data[name]) is not None for name in names if is_curve(name)):
            return True
        if _by_quantity(data) or ((told := _by_record(data)) and any(map(is_curve, told.keys() & data.keys()))):
            return True
        lists = {name: one[1] for name in names if (one := self._curve(data[name])) is not None}
        return bool(lists and losses_among(lists, called=self.called))

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

    def _groups(self, data: Mapping[str, Any]) -> list[History]:
        """``{data set: {metric: [values]}}`` (XGBoost, LightGBM) is one training; ``{trial: {...}}`` are several."""
        if not 1 < len(data) <= MOST_RUNS or not all(isinstance(m, dict) for m in data.values()):
            return []
        if _by_quantity(data):
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
            return [History(g, s, _settings(data[g])) for g, s in by_group.items()]
        merged: dict[str, Series] = {}
        for group, found in by_group.items():
            for name, one in found.items():
                full = f"{group}/{name}"
                merged[full] = Series(full, one.steps, one.values)
        return [History("", merged, {})]

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
        if id(history) not in self.made:
            self.made[id(history)] = self._made(history)
        return self.made[id(history)]

    def _beside(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The curves of an object beside others ("rewards": [...], "metrics": {"value_loss": [...]}) under its name and theirs.

        Objects that hold curves of the same names, and are called after no data set, are trainings of their own.
        """
        objects = {name: held for name, held in list(data.items())[:MOST_BRANCHES] if isinstance(held, dict)}
        inner = {str(name): own for name, held in objects.items() if (own := self._lists_of(held))}
        shared = Counter(own for held in inner.values() for own in held)
        lists = [value for value in data.values() if isinstance(value, list | tuple)] if inner else []
        return {
            f"{name}/{own}": value
            for name, held in inner.items()
            if data_set(name) or all(shared[own] == 1 for own in held)
            for own, value in held.items()
            if not any(len(value) == len(other) and value == other for other in lists)
        }

    def _lists_of(self, held: Mapping[str, Any]) -> dict[str, Any]:
        """The lists of an object, if one of them is called after a loss, a metric or a signal of a policy's training."""
        if id(held) not in self.lists:
            lists = {
                name: value
                for name, value in list(held.items())[:MOST_NAMES]
                if isinstance(name, str) and isinstance(value, list | tuple) and len(value) > 1
            }
            told = any(role_of(name).quantity in OBJECTIVES for name in lists)
            self.lists[id(held)] = lists if told else {}
        return self.lists[id(held)]

    def _made(self, history: Mapping[str, Any]) -> dict[str, Series]:
        found = {}
        curves = {**history, **self._beside(history), **_by_quantity(history), **_by_record(history)}
        self.kept.append(curves)  # an object that is gone would leave its id to another
        for name, value in within(list(curves.items())[:MOST_NAMES], "record"):
            curve = self._curve(value) if isinstance(name, str) else None
            if curve is not None and len(curve[1]):
                self.left -= len(curve[1])
                found[clean_name(name)] = curve
            if self.left < 0:
                raise ReadError("too-large", size=MOST_VALUES - self.left, limit=MOST_VALUES)
        renamed = (
            losses_among({name: values for name, (_, values) in found.items()}, called=self.called) if found else {}
        )
        if renamed:
            found = {renamed.get(name, name): one for name, one in found.items()}
            if not self.called:
                self.taken[id(history)] = tuple(new for old, new in renamed.items() if new == f"{old}/loss")
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


def _by_quantity(data: Mapping[str, Any]) -> dict[str, Any]:
    """The lists of ``{quantity: {data set: [values]}}`` under names of their own ("val/loss")."""
    found: dict[str, Any] = {}
    for name, value in list(data.items())[:MOST_NAMES]:
        if isinstance(name, str) and isinstance(value, dict) and 1 <= len(value) <= MOST_SETS and is_curve(name):
            sets = {str(key): own for key, own in value.items()}
            if all(map(data_set, sets)) and all(isinstance(own, list | tuple) for own in sets.values()):
                found |= {with_split(name, data_set(key)): own for key, own in sets.items()}
    return found


def _by_record(data: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of ``{"val_metrics": [{"acc": 0.5, ...}, ...]}`` as lists, with their places where some have none."""
    found: dict[str, dict[str, float]] = {}
    for name, records in list(data.items())[:MOST_NAMES]:
        if isinstance(records, list) and len(records) > 1 and all(isinstance(one, dict) for one in records):
            if (told := _step_and_value(records)) is not None:
                found[name] = told
                continue
            for place, one in enumerate(records):
                for own, number in flat(one, f"{name}/").items():
                    found.setdefault(own, {})[str(place)] = number
    if not found:
        return {}
    longest = max(map(len, found.values()))
    return {
        name: list(own.values()) if len(own) == longest and name not in data else own for name, own in found.items()
    }


def _step_and_value(records: Sequence[Mapping[str, Any]]) -> dict[str, float] | None:
    """The values by their steps in ``[{"step": 0, "value": 0.9}, ...]``, None for other records."""
    keys = set(records[0])
    counter = next((key for key in keys if role_of(key).quantity in COUNTERS), None)
    valued = next((key for key in keys if key.lower() in VALUES), None)
    if counter is None or valued is None or any(not {counter, valued} <= set(one) for one in records):
        return None
    steps = [one[counter] for one in records]
    if not all(type(step) is int and step >= 0 for step in steps) or len(set(steps)) < len(steps):
        return None
    return {str(step): one[valued] for step, one in zip(steps, records, strict=True)}


def _alone(found: list[History]) -> list[History]:
    """Without its number, where there is one training only."""
    return found if len(found) > 1 else [one._replace(label="") for one in found]


def _numbered(found: Sequence[list[History]]) -> list[History]:
    return _labelled_all([(str(number), own) for number, own in enumerate(found)])


def _labelled_all(branches: Sequence[tuple[str, list[History]]]) -> list[History]:
    return [
        one._replace(label=f"{name}/{one.label}" if one.label else name) for name, found in branches for one in found
    ]


def _labelled(branches: Sequence[tuple[str, list[History]]]) -> list[History]:
    """The trainings of all branches if they are alike, else those of the first one."""
    if len(branches) < 2 or not _are_alike([one for _, found in branches for one in found]):
        return branches[0][1]
    return _labelled_all(branches)


def _are_alike(found: Sequence[History]) -> bool:
    """Whether trainings hold curves of the same names."""
    names = [{name for name in one.series if is_curve(name)} for one in found]
    return all(own == names[0] for own in names)


def _hold_losses(found: Sequence[History]) -> bool:
    return all(any(role_of(name).quantity is Quantity.LOSS for name in one.series) for one in found)


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
