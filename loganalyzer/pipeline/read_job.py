"""One job's files to its runs: whatever a file or a reader does, it costs no other run."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from loganalyzer.discovery.job import Job
from loganalyzer.discovery.remote.address import is_remote
from loganalyzer.discovery.sidecars import hyperparameters
from loganalyzer.discovery.source import open_source
from loganalyzer.model.errors import ReadError, UsageError
from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import Source
from loganalyzer.readers.registry import find_reader


def read_job(job: Job) -> tuple[list[Run], list[Unread]]:
    """Read one job's files. Never raises: a fault of a file or of a reader becomes an Unread.

    A run whose id is the job's key gets the job's name; an id that goes on behind the key goes on behind the name.
    """
    if not is_remote(job.origin) or Path(job.root).is_dir():
        return _read(job)
    from loganalyzer.discovery.remote.worker_fetch import at_hand

    try:
        with at_hand(job.origin, job.root, (*job.files, *job.settings)) as here:
            return _read(replace(job, root=here))
    except UsageError:
        return [], [Unread(job.files[0], Note("not-fetched", {"reason": "this worker cannot open the address"}))]


def _read(job: Job) -> tuple[list[Run], list[Unread]]:
    runs: list[Run] = []
    unread: list[Unread] = []
    sources: list[Source] = []
    real: dict[str, str] = {}
    for name in job.files:
        try:
            source = open_source(f"{job.root}{os.sep}{name}", name, max_bytes=job.max_bytes)
        except ReadError as error:
            unread.append(Unread(name, Note(error.code, error.details)))
            continue
        sources.append(source)
        real[source.path] = name
    taken = set(job.taken)
    try:
        beside = hyperparameters(Path(job.root), job.key, job.settings)
        for item in find_reader(job.reader).read(job.key, sources) if sources else ():
            if isinstance(item, Unread):
                unread.append(replace(item, file=real.get(item.file, item.file)))
            else:
                run = _finished(item, job, real, taken)
                taken.add(run.id)
                runs.append(replace(run, hyperparameters={**beside, **run.hyperparameters}))
    except ReadError as error:
        unread.append(Unread(job.files[0], Note(error.code, error.details)))
    except (Exception, RecursionError, MemoryError) as error:  # one file's fault never costs another run
        details = {"reader": job.reader, "error": f"{type(error).__name__}: {error}"[:200]}
        unread.append(Unread(job.files[0], Note("reader-failed", details)))
    if len(runs) > 1:  # several runs of one file belong together
        runs = [replace(run, group=run.group or job.name) for run in runs]
    return runs, unread


def _finished(run: Run, job: Job, real: dict[str, str], taken: set[str]) -> Run:
    own = run.id[len(job.key) :] if run.id.startswith(job.key) else f"/{run.id}"
    if not job.key and own:
        own = f"/{own.lstrip('/')}"
    name = (job.name + own).strip("/") or job.name
    number, free = 2, name
    while free in taken:
        free, number = f"{name}~{number}", number + 1
    files = tuple(real.get(f, f) for f in run.files)
    return replace(run, id=free, files=files, group=run.group or job.group)
