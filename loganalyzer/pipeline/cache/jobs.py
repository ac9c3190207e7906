"""Results of jobs with a cache: unchanged ones are loaded, the others computed and stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from loganalyzer.discovery.discover import Discovery
from loganalyzer.discovery.job import Job
from loganalyzer.model.record import Record
from loganalyzer.pipeline.cache.results import ResultCache, Storable, storable
from loganalyzer.pipeline.jobs import DiagnoseJob, JobResult, lost_worker
from loganalyzer.pipeline.pool import Workers
from loganalyzer.pipeline.projection import ResultCodec

Result = TypeVar("Result")


class Computed(Record, Generic[Result]):
    """A new result, and the bytes to store (None if it is transient)."""

    result: JobResult[Result]
    stored: Storable | None = None


class ComputeJob(Record, Generic[Result]):
    """Diagnose a job and encode its result, both in the worker."""

    work: DiagnoseJob[Result]
    codec: ResultCodec[Result] | None

    def __call__(self, job: Job) -> Computed[Result]:
        """Return the job's result, with the bytes to store."""
        diagnoses, unread = self.work.diagnoses(job)
        results = [self.work.projection(d) for d in diagnoses]
        return Computed(JobResult(results, unread), storable((diagnoses, unread), results, self.codec))


def cached_results(
    found: Discovery, work: DiagnoseJob[Result], cache: ResultCache, workers: Workers
) -> Iterator[JobResult[Result]]:
    """Like ``jobs.job_results``, with a cache; only the files of jobs without a valid row are fetched."""
    codec = cache.codec(work.projection)
    compute = ComputeJob(work, codec)
    entries = cache.entries(found)
    hits = [entry is not None and cache.has(entry, codec) for entry in entries]
    missing, failed = found.fetched([job for job, hit in zip(found.jobs, hits, strict=True) if not hit])
    yield JobResult(unread=failed)
    cache.release()  # workers may be forked now, and an open database must not be in two processes
    computed = workers.map(compute, missing, lost=_lost)
    fetched = {job.run_id: job for job in missing}
    for job, entry, hit in zip(found.jobs, entries, hits, strict=True):
        cached = cache.load(entry, work.projection) if entry is not None and hit else None
        if cached is not None:
            yield JobResult(*cached)
            continue
        if hit:
            new = _recomputed(found, job, compute)  # the row is damaged
        elif job.run_id in fetched:
            new = next(computed)
        else:
            continue  # none of its files could be fetched
        complete = fetched.get(job.run_id, job) == job
        if entry is not None and new.stored is not None and complete:
            cache.store(entry, new.stored, codec)
        yield new.result


def _recomputed(found: Discovery, job: Job, compute: ComputeJob[Result]) -> Computed[Result]:
    ready, failed = found.fetched([job])
    return compute(job) if ready == [job] else Computed(JobResult(unread=failed))


def _lost(job: Job) -> Computed[Any]:
    return Computed(JobResult(unread=[lost_worker(job)]))
