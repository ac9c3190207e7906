"""An experiment of an MLflow server as a root: a folder per run, nested as the runs are, with one file in it."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from loganalyzer.discovery.remote.mlflow.address import MlflowAddress, parse
from loganalyzer.discovery.remote.mlflow.client import MlflowClient, RequestFailed
from loganalyzer.discovery.remote.mlflow.experiment import (
    MOST_RUNS,
    Experiment,
    MlflowRun,
    find_experiment,
    find_runs,
    get_run,
    history,
)
from loganalyzer.discovery.remote.mlflow.paths import run_id_in, run_paths, segment
from loganalyzer.discovery.walk import Folder
from loganalyzer.model.errors import ReadError, UsageError
from loganalyzer.model.run import Note, Unread
from loganalyzer.readers.base import Source
from loganalyzer.readers.trackers.mlflow_points import Point
from loganalyzer.readers.trackers.mlflow_run import MAGIC, document, point_of

THREADS = 16
LONGEST_POINT = 100
"""Bytes that a point takes in an answer, about; a run is read as long as its points fit into the limit for one file."""


class MlflowTree:
    """See ``discovery.tree.Tree``. Opening lists the runs; histories are fetched when the runs are to be read.

    Raises UsageError.
    """

    follow_links = False

    def __init__(self, url: str, max_bytes: int) -> None:
        address = parse(url)
        self._max_bytes = max_bytes
        self.source_uri = address.experiment_address
        self.single = ""
        self.unread: list[Unread] = []
        self._client, experiment, runs = _listed(address, self.unread)
        self._runs = run_paths(runs)
        for path in [path for path, run in self._runs.items() if not run.metrics]:  # mostly parents of nested runs
            del self._runs[path]
            self.unread.append(Unread(path, Note("no-training-log"), expected=True))
        self._store = tempfile.mkdtemp(prefix="loganalyzer-")
        self._finalizer = weakref.finalize(self, _remove, self._store, os.getpid())
        self.base = Path(self._store) / (segment(experiment.name) or experiment.id)
        self.base.mkdir()
        self._done: dict[str, ReadError | None] = {}

    def folders(self) -> Iterator[Folder]:
        """See Tree."""
        if not self._runs:
            yield Folder("", ())
        for path in sorted(self._runs):
            folder, _, name = path.rpartition("/")
            yield Folder(folder, (name,))

    def sidecars_of_file(self) -> Sequence[str]:
        """Parameters come with the runs."""
        return ()

    def target(self, path: str) -> str:
        """See Tree: there are no links."""
        return path

    def expect(self, paths: Iterable[str]) -> None:
        """Nothing to prepare: no file is opened to see what it is."""

    def open_head(self, path: str, siblings: frozenset[str], max_bytes: int) -> Source:  # noqa: ARG002 (the protocol's)
        """See Tree: the first bytes of the run's file; its size is unknown before it is fetched."""

        def whole() -> bytes:
            raise ReadError("vanished")  # detection needs the head only; readers use the files of ``fetch``

        return Source(path, 1_000 * len(self._runs[path].metrics), MAGIC, whole, siblings)

    def fetch(self, paths: Iterable[str]) -> dict[str, Unread]:
        """See Tree."""
        wanted = list(dict.fromkeys(paths))
        new = [path for path in wanted if path not in self._done]
        with ThreadPoolExecutor(THREADS, thread_name_prefix="mlflow") as threads:
            self._done.update(zip(new, threads.map(self._store_run, new), strict=True))
        failed = ((path, self._done[path]) for path in wanted)
        return {path: Unread(path, Note(error.code, error.details)) for path, error in failed if error is not None}

    def stamp(self, path: str) -> str:
        """See Tree: the server's data of a finished run; "" for one that is still logged to."""
        run = self._runs.get(path)
        if run is None or run.status not in ("FINISHED", "FAILED", "KILLED"):
            return ""
        return hashlib.sha256(f"{run.id}:{run.status}:{run.latest}".encode("utf-8", "replace")).hexdigest()

    def close(self) -> None:
        """Remove what was fetched."""
        self._finalizer()

    def _store_run(self, path: str) -> ReadError | None:
        """Store one run; called in a thread, never raises."""
        return store_run(self._client, self._runs[path], self.base / path, self._max_bytes)


@contextmanager
def fetched_runs(source_uri: str, paths: Sequence[str], max_bytes: int) -> Iterator[Path]:
    """Fetch the runs at ``paths`` to a temporary folder, for a worker without access to discovery's files.

    A run that cannot be fetched is missing there, and opening its file raises ReadError. Raises UsageError if the
    address cannot be opened.
    """
    address = parse(source_uri)
    try:
        client = MlflowClient(address.server)
    except RequestFailed as failed:
        raise as_usage_error(address, failed, with_credentials=False) from None
    with tempfile.TemporaryDirectory(prefix="loganalyzer-") as store:
        for path in paths:
            try:
                run = get_run(client, run_id_in(path))
            except RequestFailed:
                continue
            if run is not None:
                store_run(client, run, Path(store) / path, max_bytes)
        yield Path(store)


def store_run(client: MlflowClient, run: MlflowRun, target: Path, max_bytes: int) -> ReadError | None:
    """Write a run with all its points to ``target``; return the error if that fails."""
    points: dict[str, list[Point]] = {}
    left = max_bytes // LONGEST_POINT
    bad = 0
    try:
        for metric in run.metrics:
            own = points[metric] = []
            for page in history(client, run.id, metric):
                found = [point for one in page if (point := point_of(one)) is not None]
                own += found
                bad += len(page) - len(found)
                left -= len(page)
                if left < 0:
                    return ReadError("too-large", size=max_bytes - left * LONGEST_POINT, limit=max_bytes)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(document(run.params, points, bad))
    except RequestFailed as failed:
        return ReadError("vanished") if failed.kind == RequestFailed.MISSING else _not_fetched(failed.reason)
    except OSError as error:
        return _not_fetched(error.strerror or type(error).__name__)
    return None


def as_usage_error(address: MlflowAddress, failed: RequestFailed, *, with_credentials: bool) -> UsageError:
    """Convert a request that failed while listing the runs."""
    server = address.server
    if failed.kind == RequestFailed.NO_CREDENTIALS:
        return UsageError(
            "{server} asks for credentials: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, "
            "or MLFLOW_TRACKING_TOKEN",
            server=server,
        )
    if failed.kind == RequestFailed.DENIED and with_credentials:
        return UsageError("{server} refuses the credentials in MLFLOW_TRACKING_*", server=server)
    if failed.kind == RequestFailed.DENIED:
        return UsageError("access denied: {url} (are the credentials right, and may they list and read?)", url=server)
    if failed.kind == RequestFailed.REDIRECTED:
        return UsageError(
            "{server} redirects to another address; give that one (redirects are not followed)", server=server
        )
    if failed.kind in (RequestFailed.NOT_MLFLOW, RequestFailed.MISSING):
        return UsageError(
            "{server} does not answer as an MLflow server ({reason})", server=server, reason=failed.reason
        )
    if failed.kind == RequestFailed.UNREACHABLE:
        return UsageError("no MLflow server answers at {server}: {reason}", server=server, reason=failed.reason)
    return UsageError("cannot list {url}: {reason}", url=address.experiment_address, reason=failed.reason)


def _listed(address: MlflowAddress, unread: list[Unread]) -> tuple[MlflowClient, Experiment, list[MlflowRun]]:
    client = None
    try:
        client = MlflowClient(address.server)
        experiment = find_experiment(client, address)
        runs, more = find_runs(client, experiment, address.run)
    except RequestFailed as failed:
        known = client is not None and client.has_credentials
        raise as_usage_error(address, failed, with_credentials=known) from None
    if more:
        unread.append(Unread(experiment.name, Note("runs-left-out", {"limit": MOST_RUNS})))
    return client, experiment, runs


def _not_fetched(reason: str) -> ReadError:
    return ReadError("not-fetched", reason=reason)


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # a forked worker finalises the tree, too, but must not remove the folder
        shutil.rmtree(folder, ignore_errors=True)
