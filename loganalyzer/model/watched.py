"""Runs that are watched while they are written: how each looked, and what is new about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from loganalyzer.model.record import Record
from loganalyzer.model.verdicts import Verdict

if TYPE_CHECKING:
    from loganalyzer.model.report import Diagnosis


class Watched(Record):
    """That the runs are watched: the time of this look (local, as people write it), the ids of the runs that go on."""

    time: str
    running: tuple[str, ...] = ()


class Look(Record):
    """How a run looked: ``verdict`` is None while it goes on and more training may change what it is."""

    verdict: Verdict | None
    kind: str
    going_on: bool

    @classmethod
    def at(cls, diagnosis: Diagnosis, *, going_on: bool) -> Look:
        """Look at a run."""
        if going_on and diagnosis.verdict.info.more_training_may_help:
            return cls(None, "", True)
        return cls(diagnosis.verdict, diagnosis.kind, going_on)


class Event(Record):
    """One thing that is new about a run; ``diagnosis`` is None for one that is gone, ``before`` for one that came."""

    kind: Literal["new", "changed", "ended", "stop", "gone"]
    run: str
    before: Look | None
    now: Look | None
    diagnosis: Diagnosis | None = None
