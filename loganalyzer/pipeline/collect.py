"""Collectors of results: all runs, or the worst ones and the counts of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from loganalyzer.model.outcome import Verdict
from loganalyzer.model.record import Record
from loganalyzer.model.report import Diagnosis, Tally
from loganalyzer.pipeline.projection import Projection, WholeDiagnosis
from loganalyzer.pipeline.run_summary import RunSummary, Summarise, unpacked
from loganalyzer.reports.order import Urgency, by_name

Result = TypeVar("Result")


class Collected(Record):
    """Kept runs by id, members for comparing sweeps, matched globs of ``[roles]``, counts of the other runs."""

    runs: tuple[Diagnosis, ...]
    members: Sequence[Diagnosis]
    patterns: frozenset[str]
    left_out: Tally

    @property
    def any(self) -> bool:
        """Return True if there was any run, kept or not."""
        return bool(self.runs or self.left_out.total)


class Collector(Protocol[Result]):
    """Receives every run's projected diagnosis once."""

    @property
    def projection(self) -> Projection[Result]:
        """Projection of each diagnosis in the worker."""

    def add(self, run: Result) -> None:
        """Add one run; runs come in the order of their ids."""

    def collected(self) -> Collected:
        """Return what was kept; called after the last run."""


class KeepAll:
    """Keeps every diagnosis."""

    projection = WholeDiagnosis()

    def __init__(self) -> None:
        self._runs: list[Diagnosis] = []

    def add(self, run: Diagnosis) -> None:
        """Keep it."""
        self._runs.append(run)

    def collected(self) -> Collected:
        """Return all runs; sweeps are compared by the runs themselves."""
        runs = tuple(by_name(self._runs))
        return Collected(runs, runs, frozenset(p for d in runs for p in d.patterns), Tally())


class KeepWorst:
    """Passes every run on to the streamed outputs (``each``) and keeps the ``most`` worst (None: all), still packed."""

    def __init__(
        self, projection: Summarise, *, most: int | None, each: Callable[[RunSummary], None] | None = None
    ) -> None:
        self.projection = projection
        self._most = most
        self._each = each
        self._kept: list[tuple[Urgency, bytes]] = []
        self._members: list[Diagnosis] = []
        self._patterns: set[str] = set()
        self._verdicts: Counter[Verdict] = Counter()
        self._attention: Counter[Verdict] = Counter()

    def add(self, run: RunSummary) -> None:
        """Count the run, write it, and keep it if it may be among the worst."""
        if self._each is not None:
            self._each(run)
        self._patterns.update(run.patterns)
        self._verdicts[run.verdict] += 1
        self._attention[run.verdict] += run.attention
        if run.member is not None:
            self._members.append(run.member)
        if run.packed:
            self._kept.append((run.urgency, run.packed))
            if self._most is not None and len(self._kept) >= 2 * self._most + 64:
                self._drop_the_rest()

    def collected(self) -> Collected:
        """Return the worst runs; the others are counted."""
        self._drop_the_rest()
        runs = tuple(by_name(unpacked(packed) for _, packed in self._kept))
        kept = Tally.of(runs)
        left_out = Tally(+(self._verdicts - Counter(kept.verdicts)), +(self._attention - Counter(kept.attention)))
        members = by_name(self._members)
        return Collected(runs, members, frozenset(self._patterns), left_out)

    def _drop_the_rest(self) -> None:
        if self._most is not None:
            self._kept.sort(key=lambda one: one[0])
            del self._kept[self._most :]
