"""What is new about runs that are watched: verdicts that changed, runs that came, ended or should be stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from loganalyzer.gate.judge import reaches
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.verdicts import Verdict
from loganalyzer.model.watched import Event, Look

ALWAYS_STOP = (Verdict.DIVERGING.value,)
"""What is never worth waiting for."""


def looks(runs: Sequence[Diagnosis], going_on: AbstractSet[str]) -> dict[str, Look]:
    """Look at all runs; ``going_on`` are the ids of those that are still being written."""
    return {d.id: Look.at(d, going_on=d.id in going_on) for d in runs}


def events(
    before: Mapping[str, Look], runs: Sequence[Diagnosis], now: Mapping[str, Look], to_stop: AbstractSet[str]
) -> list[Event]:
    """Compare two looks; ``to_stop`` are the ids of runs of which it was not said yet that they should be stopped."""
    found = []
    for d in runs:
        old, new = before.get(d.id), now[d.id]
        if d.id in to_stop:
            found.append(Event("stop", d.id, old, new, d))
        elif old is None:
            found.append(Event("new", d.id, None, new, d))
        elif old.going_on and not new.going_on:
            found.append(Event("ended", d.id, old, new, d))
        elif (old.verdict, old.kind) != (new.verdict, new.kind):
            found.append(Event("changed", d.id, old, new, d))
    gone = (Event("gone", run, look, None) for run, look in before.items() if run not in now)
    return [*found, *gone]


def should_stop(runs: Sequence[Diagnosis], going_on: AbstractSet[str], conditions: Sequence[str]) -> set[str]:
    """Return the ids of the runs that go on though one of ``conditions`` (as of ``fail-on``) holds."""
    return {d.id for d in runs if d.id in going_on and any(reaches(d, word) for word in conditions)}
