"""What a history says of an analysis: the entries of earlier ones, and what is different from them now."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from loganalyzer.model.changes import Changes, RunState
from loganalyzer.model.record import Record, field


class Entry(Record, dict=True):
    """One analysis in the history: its time (UTC, ISO 8601), the commit of the code it was made in ("": unknown), its runs."""

    time: str
    commit: str
    runs: tuple[RunState, ...]

    @cached_property
    def by_id(self) -> Mapping[str, RunState]:
        """The runs by id."""
        return {run.id: run for run in self.runs}


class BestOverTime(Record):
    """The best value that any run reached, analysis by analysis, the last one now; NaN where there was none."""

    series: str
    direction: str
    values: tuple[float, ...]


class Trend(Record):
    """What is different since the last analysis.

    ``path`` is the history as given, ``earlier`` counts its entries (at most as many as are looked at), ``last`` is the
    last of them, None for the first analysis. ``changes`` compares each run with the last time that it was there; its
    ``gone`` are the runs of the last analysis that are missing now. ``fresh`` are the ids of the runs that are bad (a
    verdict that is not healthy) and were not, or not so bad, the last time that they were there; ``bad_since`` has the others
    that are bad, with the time since when. ``best`` has the best values of each run analysis by analysis, the last one now.
    """

    path: str
    earlier: int
    last: Entry | None
    changes: Changes
    fresh: tuple[str, ...] = ()
    bad_since: Mapping[str, str] = field(default_factory=dict)
    overall: BestOverTime | None = None
    best: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
