"""Reports that a process keeps which is asked again and again; each is valid while nothing below its paths changes.

Whether anything changed is seen from a stat of each file and folder. What a change leaves valid is in the cache, so that only
the files that changed are read.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from loganalyzer.discovery.stamps import Stamp, stamps
from loganalyzer.discovery.tree import SETTLED_SECONDS
from loganalyzer.model.record import Record
from loganalyzer.pipeline.analyze import analyze
from loganalyzer.pipeline.cache.results import is_transient
from loganalyzer.pipeline.options import Options
from loganalyzer.reports.report import Report

MOST_RUNS = 20_000
"""Runs of all kept reports together; a report with more is not kept. A run without its curves takes about 25 kB."""


class Kept(Record):
    """A report, and the files and folders as they were just before it was made."""

    report: Report
    seen: Mapping[str, Stamp]


class KeptReports:
    """Reports of paths on this machine; the ones that were not asked for longest make room for new ones.

    With ``options.keep_series`` a run takes as much memory as its curves.
    """

    def __init__(self, options: Options, *, most_runs: int = MOST_RUNS) -> None:
        self._options = options
        self._most = most_runs
        self._kept: dict[tuple[str, ...], Kept] = {}  # in the order in which they were asked for

    def report(self, *paths: str) -> Report:
        """Return the report of ``paths`` as they are now. Raises UsageError if one does not exist."""
        begin = time.time()
        seen = stamps(paths, follow_links=self._options.follow_links, folders=True)
        kept = self._kept.pop(paths, None)
        if kept is None or kept.seen != seen:
            kept = None  # its memory is free before another report is made
            kept = Kept(analyze(paths, options=self._options, workers=None), seen)
        if _settled(seen, begin) and not is_transient(kept.report.runs, kept.report.unread):
            self._kept[paths] = kept
            self._make_room()
        return kept.report

    def _make_room(self) -> None:
        runs = sum(len(kept.report.runs) for kept in self._kept.values())
        while runs > self._most:
            oldest = next(iter(self._kept))
            runs -= len(self._kept.pop(oldest).report.runs)


def _settled(seen: Mapping[str, Stamp], when: float) -> bool:
    """Return False if a file or folder is so young that it may change again without a new time."""
    return all(when - changed / 1e9 >= SETTLED_SECONDS for _, changed, _ in seen.values())
