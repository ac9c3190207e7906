"""What is different between two analyses of the same runs: earlier and now, one branch and another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from loganalyzer.model.record import Record, field
from loganalyzer.model.report import Best
from loganalyzer.model.run import Detail
from loganalyzer.model.verdicts import Verdict

Way = Literal["worse", "better", "other", "same"]
"""Which way something changed: "other" is a change that is neither worse nor better."""


class RunState(Record):
    """What one analysis said of a run, as far as it is compared.

    ``settings`` are its hyper-parameters, where they are known; ``settings_hash`` stands for them and is "" where there are
    none. ``direction`` ("min" or "max") says which way ``best`` and ``end`` are better. ``running``: it was still being written.
    """

    id: str
    verdict: Verdict
    kind: str = ""
    confidence: float = 0.0
    best: Best | None = None
    direction: str = "min"
    end: float | None = None
    settings: Mapping[str, Detail] = field(default_factory=dict)
    settings_hash: str = ""
    running: bool = False


class ValueChange(Record):
    """A value of one series in both analyses; either may be NaN, for one that is missing or not finite."""

    series: str
    before: float
    now: float
    way: Way

    @property
    def differs(self) -> bool:
        """True unless both values are equal, or both are NaN."""
        return self.before != self.now and not (math.isnan(self.before) and math.isnan(self.now))

    @property
    def difference(self) -> float:
        """``now`` minus ``before``: NaN where one of them is."""
        return self.now - self.before if math.isfinite(self.now) and math.isfinite(self.before) else math.nan


class SettingChange(Record):
    """A setting that differs; None where it is not set."""

    name: str
    before: Detail | None
    now: Detail | None


class RunChange(Record):
    """One run in both analyses. ``verdict`` is the way its verdict went, ``best`` and ``end`` those of its values.

    ``settings`` are those that differ, as far as they are known; ``settings_differ`` is known from their hash alone, too.
    """

    before: RunState
    now: RunState
    verdict: Way
    best: ValueChange | None = None
    end: ValueChange | None = None
    settings: tuple[SettingChange, ...] = ()
    settings_differ: bool = False

    @property
    def way(self) -> Way:
        """Which way the run went: its verdict, else its best value."""
        return self.verdict if self.verdict != "same" or self.best is None else self.best.way


class Changes(Record):
    """All runs of two analyses: those in both, in the order of now, and those that are in one only."""

    pairs: tuple[RunChange, ...] = ()
    gone: tuple[RunState, ...] = ()
    new: tuple[RunState, ...] = ()

    def going(self, way: Way) -> tuple[RunChange, ...]:
        """The runs that went this way."""
        return tuple(pair for pair in self.pairs if pair.way == way)
