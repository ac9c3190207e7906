"""Executors by name: this process, threads, processes, a Dask cluster."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from loganalyzer.model.distribution import needs_extra
from loganalyzer.model.errors import UsageError
from loganalyzer.model.version import VERSION
from loganalyzer.pipeline.pool import Workers

if TYPE_CHECKING:
    from distributed import Client

NAMES = ("serial", "threads", "processes")
CLUSTERS = ("dask://", "dask+tls://")
SECONDS_TO_CONNECT = 10


@contextmanager
def opened(name: str, workers: int | None = None, *, seen: Sequence[str] = ()) -> Iterator[Workers]:
    """Open the executor ``name``: serial, threads, processes or dask://HOST:PORT, with ``workers`` if it is local.

    Raises UsageError for another name, a missing extra, a scheduler that does not answer, and workers that have
    another version of this package (their results might differ) or no access to the local paths ``seen``.
    """
    if name == "serial":
        yield Workers(1)
    elif name == "threads":
        count = workers or len(os.sched_getaffinity(0))
        with _threads(count) as threads:
            yield Workers(count, threads, count)
    elif name == "processes":
        yield Workers(workers)
    elif name.startswith(CLUSTERS):
        with _dask(name, workers, seen) as cluster:
            yield cluster
    else:
        raise UsageError("unknown executor {name!r}: one of {known}", name=name, known=(*NAMES, "dask://HOST:PORT"))


@contextmanager
def _threads(count: int) -> Iterator[Executor]:
    threads = ThreadPoolExecutor(count)
    try:
        yield threads
    except BaseException:  # an interrupt does not wait for the work that it makes useless
        threads.shutdown(wait=False, cancel_futures=True)
        raise
    threads.shutdown()


@contextmanager
def _dask(name: str, workers: int | None, seen: Sequence[str]) -> Iterator[Workers]:
    try:
        import distributed
    except ImportError as error:
        raise needs_extra(name, "dask") from error
    connect: Any = distributed.Client  # not typed
    address = name.replace("dask+tls://", "tls://").replace("dask://", "tcp://")
    try:
        host, port = address.partition("://")[2].rsplit(":", 1)
        with socket.create_connection((host.strip("[]"), int(port)), SECONDS_TO_CONNECT):
            pass  # a client that cannot connect would keep waiting and log errors long after the timeout
        client: Any = connect(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError, OverflowError) as error:  # a timeout is an OSError; the others are for odd addresses
        raise UsageError("no Dask scheduler answers at {address}", address=address) from error
    with client:
        _same_version(client)
        for path in seen:
            _everywhere(client, os.path.realpath(path))
        width = sum(client.ncores().values())
        yield Workers(workers, _executor(client), max(1, width))


def _executor(client: Client) -> Executor:
    get: Any = client.get_executor
    executor = get(pure=False)
    if not isinstance(executor, Executor):
        raise UsageError("this version of distributed offers no executor")
    return executor


def _same_version(client: Client) -> None:
    found: dict[str, Any] = client.run(worker_version, on_error="return")
    if not found:
        raise UsageError("the Dask cluster has no worker")
    for worker, version in sorted(found.items()):
        if isinstance(version, Exception):
            text = "the Dask worker {worker} cannot import loganalyzer ({reason})"
            raise UsageError(text, worker=worker, reason=version)
        if version != VERSION:
            text = "the Dask worker {worker} has loganalyzer {version}, here it is {here}"
            raise UsageError(text, worker=worker, version=version, here=VERSION)


def _everywhere(client: Client, path: str) -> None:
    for worker, there in sorted(client.run(os.path.exists, path).items()):
        if not there:
            text = "the Dask worker {worker} does not see {path}: it must lie on a disk that all share"
            raise UsageError(text, worker=worker, path=path)


def worker_version() -> str:
    """Return the version of this package in the worker."""
    return VERSION
