"""Records: to their users they are frozen dataclasses."""

from __future__ import annotations

import dataclasses
import pickle
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.model.record import Record, field, replace
from loganalyzer.rules.limits import LimitSet, limit


class Point(Record):
    x: float
    y: float = 0.0
    names: Mapping[str, str] = field(default_factory=dict)


class Labelled(Point, dict=True):
    label: str = ""

    @cached_property
    def shouted(self) -> str:
        return self.label.upper()


class Bounds(LimitSet):
    low: float = limit(1.0, "the least", 0.0, 2.0)
    high: float = limit(3.0, "the most", 2.0, 9.0)


@pytest.mark.parametrize("asked_first", [Record, Point, Labelled])
def test_dataclasses_take_a_record_for_one_of_theirs(asked_first: type[Record]) -> None:
    assert dataclasses.is_dataclass(asked_first)
    point, labelled = Point(1.0), Labelled(1.0, label="a")
    assert [f.name for f in dataclasses.fields(point)] == ["x", "y", "names"]
    assert [f.name for f in dataclasses.fields(labelled)] == ["x", "y", "names", "label"]
    assert dataclasses.replace(labelled, x=2.0) == Labelled(2.0, label="a")
    assert dataclasses.asdict(point) == {"x": 1.0, "y": 0.0, "names": {}}
    with pytest.raises(TypeError):
        dataclasses.replace(point, label="none")  # type: ignore[call-arg]


def test_replace_takes_what_mypy_lets_through() -> None:
    """Its type is that of dataclasses: a dataclass, too."""

    @dataclasses.dataclass(frozen=True)
    class Plain:
        x: float

    assert replace(Point(1.0), x=2.0) == Point(2.0)
    assert replace(Plain(1.0), x=2.0) == Plain(2.0)


def test_a_record_is_frozen_compared_by_value_and_pickled_without_what_it_computed() -> None:
    one = Labelled(1.0, label="a")
    with pytest.raises(AttributeError):
        one.x = 2.0  # type: ignore[misc]
    assert one.shouted == "A"
    again = pickle.loads(pickle.dumps(one))
    assert again == one != Labelled(1.0, label="b")
    assert again.__dict__ == {}


def test_limits_are_a_frozen_dataclass_of_their_defaults_and_what_was_changed() -> None:
    assert dataclasses.fields(LimitSet) == ()
    changed = dataclasses.replace(Bounds(), high=5.0)
    assert (Bounds().high, changed.low, changed.high) == (3.0, 1.0, 5.0)
    assert dataclasses.asdict(changed) == {"low": 1.0, "high": 5.0}
    assert [f.metadata["meaning"] for f in dataclasses.fields(Bounds)] == ["the least", "the most"]
    assert pickle.loads(pickle.dumps(changed)).high == 5.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        changed.low = 0.0  # type: ignore[misc]
    with pytest.raises(TypeError, match="no limits: middle"):
        Bounds(middle=1.0)  # type: ignore[call-arg]


EARLY = {"model/errors.py", "messages/languages.py", "reports/registry.py", "readers/base.py"}
"""Loaded before msgspec is: ``--version`` and ``--help`` define these few classes and wait for no library."""


def test_dataclasses_are_defined_only_where_msgspec_would_take_longer_to_load() -> None:
    package = Path(loganalyzer.__file__).parent
    own = re.compile(r"^@dataclass\b", re.MULTILINE)
    found = {p.relative_to(package).as_posix() for p in package.rglob("*.py") if own.search(p.read_text())}
    assert found == EARLY, "frozen data is a Record (model/record.py), limits are a LimitSet, what changes is a Struct"
