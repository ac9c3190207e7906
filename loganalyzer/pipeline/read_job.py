"""Read the runs in one job's files; a fault of a file or of a reader affects no other run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from loganalyzer.discovery.job import Job
from loganalyzer.discovery.roots import job_files
from loganalyzer.discovery.sidecars import hyperparameters
from loganalyzer.discovery.tree import LocalFiles
from loganalyzer.model.errors import ReadError, UsageError
from loganalyzer.model.record import replace
from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.pipeline.same_training import merged
from loganalyzer.readers.base import Source
from loganalyzer.readers.common.extent import with_extent
from loganalyzer.readers.common.filtered_nan import with_filtered_nan
from loganalyzer.readers.common.frozen_mean import with_frozen_mean
from loganalyzer.readers.deadline import Deadline, reading_until
from loganalyzer.readers.limits import MAX_SECONDS
from loganalyzer.readers.registry import find_reader
from loganalyzer.roles.secrets import hidden, hidden_path, unread_without_secrets, without_secrets


def read_job(
    job: Job, max_seconds: float = MAX_SECONDS, clock: Callable[[], float] = time.monotonic
) -> tuple[list[Run], list[Unread]]:
    """Read one job's files. Never raises: a fault of a file or of a reader becomes an Unread.

    A reader that takes longer than ``max_seconds`` by ``clock`` gives what it has read, with a harmful note.

    In a run's id the job's run key is replaced by the job's run id; the rest of the id is kept.
    Runs of several readers with the same values are one training, and merged to one run.
    """
    runs, unread = _part(job, Deadline(max_seconds, clock))
    for part in job.also:
        more, failed = _part(part, Deadline(max_seconds, clock))
        runs, unread = [*runs, *more], [*unread, *failed]
    return merged(runs) if job.also else runs, unread


def _part(job: Job, deadline: Deadline) -> tuple[list[Run], list[Unread]]:
    try:
        with job_files(job) as files, reading_until(deadline):
            runs, unread = _read(job, files)
            return _with_deadline(deadline.note, job, runs, unread)
    except UsageError:
        why = Note("not-fetched", {"reason": "this worker cannot open the address"})
        return [], [unread_without_secrets(Unread(job.files[0], why))]


def _read(job: Job, files: LocalFiles) -> tuple[list[Run], list[Unread]]:
    sources, unread = _opened(job, files)
    stored = {source.path: path for path, source in sources.items() if source.path != path}
    runs: list[Run] = []
    used_ids = set(job.reserved_names)
    try:
        from_sidecars = hyperparameters(files, job.folder_name, job.run_key, job.settings)
        for item in find_reader(job.reader).read(job.run_key, list(sources.values())) if sources else ():
            if isinstance(item, Unread):
                unread.append(replace(item, file=stored.get(item.file, item.file)))
            else:
                run = _identified(item, job, stored, used_ids)
                used_ids.add(run.id)
                run = _with_torn_files(replace(run, hyperparameters={**from_sidecars, **run.hyperparameters}), sources)
                runs.append(completed(run))
    except ReadError as error:
        unread.append(Unread(job.files[0], Note(error.code, error.details)))
    except (Exception, RecursionError, MemoryError) as error:  # a faulty file affects no other run
        details = {"reader": job.reader, "error": hidden(f"{type(error).__name__}: {error}")[:200]}
        unread.append(Unread(job.files[0], Note("reader-failed", details)))
    if len(runs) > 1:  # several runs of one file belong together
        runs = [replace(run, group=run.group or job.run_id) for run in runs]
    return runs, [unread_without_secrets(one) for one in unread]


def completed(run: Run) -> Run:
    """What a reader read, as it is judged: with hidden NaN and its extent, without secrets."""
    return without_secrets(with_extent(with_frozen_mean(with_filtered_nan(run))))


def _with_torn_files(run: Run, sources: Mapping[str, Source]) -> Run:
    """The run with a note on those of its files that are compressed and cut: what came behind is not known."""
    torn = [path for path in run.files if path in sources and sources[path].torn]
    return run.with_notes(Note("gzip-torn", {"files": ", ".join(torn)[:200]}, harmful=True)) if torn else run


def _with_deadline(
    note: Note | None, job: Job, runs: list[Run], unread: list[Unread]
) -> tuple[list[Run], list[Unread]]:
    """Say in every run that reading stopped before the end; a file without a run may have had one there."""
    if note is None:
        return runs, unread
    if not runs and not unread:
        unread = [Unread(job.files[0], note)]
    return [run.with_notes(note) for run in runs], [replace(one, note=note, expected=False) for one in unread]


def _opened(job: Job, files: LocalFiles) -> tuple[dict[str, Source], list[Unread]]:
    """Open the files: return sources by their paths on disk, and the files that cannot be opened."""
    sources: dict[str, Source] = {}
    unread: list[Unread] = []
    for path in job.files:
        try:
            source = files.open(path, job.max_bytes)
            if not source.size:  # it was not when its format was detected
                raise ReadError("empty-file")
            sources[path] = source
        except ReadError as error:
            unread.append(Unread(path, Note(error.code, error.details)))
    return sources, unread


def _identified(run: Run, job: Job, stored: dict[str, str], used_ids: set[str]) -> Run:
    """Return the run with a unique id and the paths of its files on disk."""
    own = run.id[len(job.run_key) :] if run.id.startswith(job.run_key) else f"/{run.id}"
    if not job.run_key and own:
        own = f"/{own.lstrip('/')}"
    run_id = (job.run_id + hidden_path(own)).strip("/") or job.run_id
    number, free = 2, run_id
    while free in used_ids:
        free, number = f"{run_id}~{number}", number + 1
    files = tuple(stored.get(f, f) for f in run.files)
    return replace(run, id=free, files=files, group=run.group or job.group)
