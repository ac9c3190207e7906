"""Roots and the files of jobs, local or remote: the one place that decides whether a path is an address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from loganalyzer.discovery.job import Job
from loganalyzer.discovery.remote.address import is_remote
from loganalyzer.discovery.tree import LocalFiles, LocalTree, Tree


def local_paths(paths: Iterable[str]) -> list[str]:
    """Those of ``paths`` that are on this machine, not addresses."""
    return [path for path in paths if not is_remote(path)]


def open_tree(path: str, *, max_bytes: int, follow_links: bool = False) -> Tree:
    """The root that a path or an address names. Raises UsageError."""
    if is_remote(path):
        from loganalyzer.discovery.remote.download import RemoteTree

        return RemoteTree(path, max_bytes)
    return LocalTree(path, follow_links)


@contextmanager
def job_files(job: Job) -> Iterator[LocalFiles]:
    """The files of a job, to be read: where discovery found or put them, else fetched here and removed afterwards.

    A file that cannot be fetched is missing there, and opening it raises ReadError. Raises UsageError where this machine
    cannot open the address.
    """
    if not is_remote(job.source_uri) or Path(job.root).is_dir():
        yield LocalFiles(Path(job.root))
        return
    from loganalyzer.discovery.remote.worker_fetch import fetched

    with fetched(job.source_uri, (*job.files, *job.settings)) as base:
        yield LocalFiles(base)
