"""From paths to a report: ``run_pipeline`` has all steps in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from loganalyzer.diagnosis.sweep_actions import with_sweeps
from loganalyzer.diagnosis.sweeps import compare
from loganalyzer.discovery.detect import DetectionCache
from loganalyzer.discovery.discover import Discovery, discover
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.pipeline.collect import Collector, KeepAll
from loganalyzer.pipeline.jobs import DiagnoseJob, diagnose_run, job_results, open_cache
from loganalyzer.pipeline.options import Options
from loganalyzer.pipeline.paths import Paths, existing
from loganalyzer.pipeline.pool import Workers
from loganalyzer.pipeline.read_job import read_job
from loganalyzer.readers.limits import MAX_FILE_BYTES, MAX_SECONDS
from loganalyzer.reports.report import Report
from loganalyzer.roles.own_names import own_names

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["Options", "Report", "analyze", "diagnose", "load", "run_pipeline"]

Result = TypeVar("Result")


def run_pipeline(
    paths: Sequence[str],
    options: Options,
    collector: Collector[Result],
    workers: Workers,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Discover jobs, read and diagnose them, collect the results, compare sweeps, report.

    ``paths`` exist (see ``paths.existing``). The collector's projection reduces each diagnosis in the worker, the collector
    decides what is kept; it receives results in the order of the runs' ids, whichever executor is used.
    ``progress(done, total)`` counts jobs.
    """
    unread: list[Unread] = []
    with open_cache(options) as cache, _discovered(paths, options, cache) as found:
        unread.extend(found.unread)
        work = DiagnoseJob(options, collector.projection)
        for done, result in enumerate(job_results(found, work, cache, workers)):
            unread.extend(result.unread)
            for run in result.runs:
                collector.add(run)
            if progress:
                progress(done, len(found.jobs))
    collected = collector.collected()
    groups = compare(collected.members)
    return Report(
        roots=tuple(paths),
        runs=with_sweeps(collected.runs, groups),
        unread=tuple(sorted(unread, key=lambda u: u.file)),
        groups=groups,
        warnings=_unmatched(options.roles, collected.patterns) if collected.any else (),
        left_out=collected.left_out,
        passed_over=found.passed_over,
    )


def _discovered(paths: Sequence[str], options: Options, cache: DetectionCache | None) -> Discovery:
    with own_names(options.roles):
        return discover(
            paths,
            max_bytes=options.max_bytes,
            follow_links=options.follow_links,
            cache=cache,
            most_names=options.passed_over_names,
        )


def analyze(
    paths: Paths,
    *,
    options: Options | None = None,
    workers: int | None = 1,
    executor: Executor | None = None,
    width: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Find, read and diagnose every run below ``paths``.

    ``workers`` processes share the work where it pays (None: as many as there are cores); ``executor`` takes any
    ``concurrent.futures.Executor`` instead, which runs ``width`` tasks at a time. ``progress(done, total)`` is called
    after each piece of work.
    A faulty file or run does not affect other runs: it is listed in ``Report.unread``.
    """
    return run_pipeline(
        existing(paths), options or Options(), KeepAll(), Workers(workers, executor, width), progress=progress
    )


def load(
    path: Paths, *, max_bytes: int = MAX_FILE_BYTES, max_seconds: float = MAX_SECONDS, follow_links: bool = False
) -> list[Run]:
    """Load all runs below ``path`` (a file, a folder, or several), as logged.

    Raises UsageError if a path does not exist. Files that cannot be read are left out; ``analyze`` lists them.
    """
    with discover(existing(path), max_bytes=max_bytes, follow_links=follow_links) as found:
        jobs, _ = found.fetched(found.jobs)
        return [run for job in jobs for run in read_job(job, max_seconds)[0]]


def diagnose(run: Run, options: Options | None = None) -> Diagnosis:
    """Diagnose one run."""
    return diagnose_run(run, options or Options())


def _unmatched(roles: Iterable[str], matched: Iterable[str]) -> tuple[Note, ...]:
    """Warn of each glob of ``roles`` that matched no series of any run: most likely a typing error."""
    known = set(matched)
    return tuple(Note("role-unmatched", {"pattern": pattern}) for pattern in roles if pattern not in known)
