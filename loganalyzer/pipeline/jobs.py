"""Process jobs: read the files, diagnose the runs; here, in other processes, or from a cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from loganalyzer.discovery.discover import Discovery
from loganalyzer.discovery.job import Job
from loganalyzer.model.record import Record
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.pipeline.options import Options
from loganalyzer.pipeline.pool import Workers
from loganalyzer.pipeline.projection import Projection
from loganalyzer.pipeline.read_job import read_job
from loganalyzer.roles.own_names import own_names
from loganalyzer.roles.secrets import unread_without_secrets

if TYPE_CHECKING:
    from loganalyzer.pipeline.cache.results import ResultCache

Result = TypeVar("Result")


class JobResult(Record, Generic[Result]):
    """Projected diagnoses of a job's runs, and its unread files."""

    runs: Sequence[Result] = ()
    unread: Sequence[Unread] = ()


class DiagnoseJob(Record, Generic[Result]):
    """Read one job and diagnose its runs; a callable record, because other processes must unpickle it."""

    options: Options
    projection: Projection[Result]

    def __call__(self, job: Job) -> JobResult[Result]:
        """Return the job's projected diagnoses."""
        diagnoses, unread = self.diagnoses(job)
        return JobResult([self.projection(d) for d in diagnoses], unread)

    def diagnoses(self, job: Job) -> tuple[list[Diagnosis], list[Unread]]:
        """Return the job's diagnoses, with curves if the options keep them."""
        with own_names(self.options.roles):
            runs, unread = read_job(job, self.options.max_seconds)
        found = [diagnose_run(run, self.options) for run in runs]
        return found if self.options.keep_series else [d.without_series() for d in found], unread


def diagnose_run(run: Run, options: Options) -> Diagnosis:
    """Diagnose one run with the options' limits and roles."""
    from loganalyzer.diagnosis import diagnose  # lazy: ``load`` alone needs no rules

    return diagnose.diagnose(run, roles_overrides=options.roles, limits=options.limits)


def job_results(
    found: Discovery, work: DiagnoseJob[Result], cache: ResultCache | None, workers: Workers
) -> Iterator[JobResult[Result]]:
    """Yield the files that could not be fetched, then the result of each job, in the order of ``found.jobs``.

    With a cache, only jobs whose files or settings changed are fetched, read and diagnosed.
    """
    if cache is None:
        jobs, failed = found.fetched(found.jobs)
        yield JobResult(unread=failed)
        yield from workers.map(work, jobs, lost=_lost)
    else:
        from loganalyzer.pipeline.cache.jobs import cached_results

        yield from cached_results(found, work, cache, workers)


@contextmanager
def open_cache(options: Options) -> Iterator[ResultCache | None]:
    """Open the cache named in the options, None without one. Raises UsageError if its folder cannot be used."""
    if options.cache is None:
        yield None
        return
    from loganalyzer.pipeline.cache.results import ResultCache

    cache = ResultCache(options.cache, limits=options.limits, roles=options.roles, keep_series=options.keep_series)
    try:
        yield cache
    finally:
        cache.close()  # keep the results before an interrupt, too


def lost_worker(job: Job) -> Unread:
    """Return the unread entry for a job that killed its worker twice."""
    return unread_without_secrets(Unread(job.files[0], Note("worker-lost")))


def _lost(job: Job) -> JobResult[Any]:
    return JobResult(unread=[lost_worker(job)])
