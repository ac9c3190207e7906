"""Roots and the files of jobs, local or remote: the one place that decides whether a path is an address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from loganalyzer.discovery.job import Job
from loganalyzer.discovery.remote.address import is_mlflow, is_remote
from loganalyzer.discovery.tree import LocalFiles, LocalTree, Tree


def local_paths(paths: Iterable[str]) -> list[str]:
    """Return those of ``paths`` that are on this machine, not addresses."""
    return [path for path in paths if not is_remote(path)]


def open_tree(path: str, *, max_bytes: int, follow_links: bool = False) -> Tree:
    """Open the root at a path or an address. Raises UsageError."""
    if is_mlflow(path):
        from loganalyzer.discovery.remote.mlflow.tree import MlflowTree

        return MlflowTree(path, max_bytes)
    if is_remote(path):
        from loganalyzer.discovery.remote.download import RemoteTree

        return RemoteTree(path, max_bytes)
    return LocalTree(path, follow_links)


@contextmanager
def job_files(job: Job) -> Iterator[LocalFiles]:
    """Open the files of a job for reading: as found or fetched by discovery, else fetched here and removed afterwards.

    A file that cannot be fetched is missing there, and opening it raises ReadError. Raises UsageError if this machine
    cannot open the address.
    """
    if not is_remote(job.source_uri) or Path(job.root).is_dir():
        yield LocalFiles(Path(job.root), job.follow_links)
        return
    with _fetched(job) as base:
        yield LocalFiles(base)


def _fetched(job: Job) -> AbstractContextManager[Path]:
    """Fetch the files of a remote job to a temporary folder."""
    if is_mlflow(job.source_uri):
        from loganalyzer.discovery.remote.mlflow.tree import fetched_runs

        return fetched_runs(job.source_uri, job.files, job.max_bytes)
    from loganalyzer.discovery.remote.worker_fetch import fetched

    return fetched(job.source_uri, (*job.files, *job.settings))
