"""A remote root: objects that may be logs are fetched once, into a temporary folder."""

from __future__ import annotations

import os
import posixpath
import shutil
import tempfile
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from loganalyzer.discovery.remote.address import THREADS, file_system, persistent, reason
from loganalyzer.discovery.remote.listing import Remote, folders, listed, storable
from loganalyzer.discovery.sidecars import MOST_BYTES as SETTINGS_BYTES
from loganalyzer.discovery.source import LONG_HEAD_BYTES, has_long_lines, open_head, unzipped_head
from loganalyzer.discovery.walk import Folder
from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Note, Unread
from loganalyzer.readers.base import HEAD_BYTES, Source
from loganalyzer.readers.common.file_names import SIDECAR_NAMES

LARGE = 16 * 2**20
"""An object above this is detected by a GET of its first bytes; it is fetched whole only if a reader wants it."""


class RemoteTree:
    """See ``discovery.tree.Tree``. Opening lists everything below the address. Raises UsageError."""

    follow_links = False

    def __init__(self, url: str, max_bytes: int) -> None:
        self._fs, path = file_system(url)
        self._path = path.rstrip("/")
        self._max_bytes = max_bytes
        self._objects = listed(self._fs, path, url)
        self.unread: list[Unread] = []
        self.source_uri = url.rstrip("/")
        self.single = ""
        if "" in self._objects:
            self._as_one_file()
        self._drop_unstorable()
        self._store = tempfile.mkdtemp(prefix="loganalyzer-")
        self._finalizer = weakref.finalize(self, _remove, self._store, os.getpid())
        # named like the root: runs are named after this folder
        self.base = Path(self._store) / (posixpath.basename(self._path) or "root")
        self.base.mkdir()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="fetch")
        self._done: dict[str, ReadError | None] = {}
        self._waiting: Iterator[str] = iter(())
        self._running: dict[str, Future[ReadError | None]] = {}

    def _as_one_file(self) -> None:
        own = self._objects[""]
        self._path, _, self.single = self._path.rpartition("/")
        self.source_uri = self.source_uri.rpartition("/")[0]
        self._objects = {self.single: own}
        try:
            listed = persistent(lambda: self._fs.ls(self._path, detail=True))
        except Exception:  # settings are optional
            return
        for info in listed:
            name = str(info["name"]).rpartition("/")[2]
            if name in SIDECAR_NAMES and info.get("type") == "file":
                self._objects[name] = Remote.of(info)

    def _drop_unstorable(self) -> None:
        for path in [p for p in self._objects if not storable(p)]:
            del self._objects[path]
            self.unread.append(Unread(path, Note("cannot-open", {"reason": "no file can have this name"})))

    def folders(self) -> Iterator[Folder]:
        """See Tree."""
        return folders(self._objects)

    def sidecars_of_file(self) -> Sequence[str]:
        """See Tree."""
        return sorted(SIDECAR_NAMES & self._objects.keys())

    def stamp(self, path: str) -> str:
        """See Tree: size and etag (or time) as listed."""
        known = self._objects.get(path)
        return f"{known.size}:{known.version}" if known and known.version else ""

    def target(self, path: str) -> str:
        """See Tree: there are no links."""
        return path

    def expect(self, paths: Iterable[str]) -> None:
        """See Tree: fetch these in the background, a bounded number ahead of the one being opened."""
        self._waiting = (p for p in paths if self._objects[p].size <= min(LARGE, self._max_bytes))
        self._top_up()

    def _top_up(self) -> None:
        for path in islice(self._waiting, max(0, 4 * THREADS - len(self._running))):
            if path not in self._done and path not in self._running:
                self._running[path] = self._threads.submit(self._get, path)

    def open_head(self, path: str, siblings: frozenset[str], max_bytes: int) -> Source:
        """See Tree; a large object stays where it is, only its head is fetched. Raises ReadError."""
        known = self._objects[path]
        if known.size > max_bytes:
            raise ReadError("too-large", size=known.size, limit=max_bytes)
        if known.size > LARGE:
            return self._head(path, known.size, siblings)
        error = self._wait(path)
        if error is not None:
            raise error
        return open_head(self.base / path, path, siblings, max_bytes)

    def fetch(self, paths: Iterable[str]) -> dict[str, Unread]:
        """See Tree; what is here already is not fetched again."""
        wanted = list(dict.fromkeys(paths))
        running = deque[tuple[str, Future[ReadError | None]]]()
        for path in (p for p in wanted if p not in self._done):
            if path in self._running:
                self._wait(path)
                continue
            running.append((path, self._threads.submit(self._get, path)))
            if len(running) >= 4 * THREADS:
                first, future = running.popleft()
                self._done[first] = future.result()
        self._done.update((path, future.result()) for path, future in running)
        failed = ((path, self._done.get(path)) for path in wanted)
        return {path: Unread(path, Note(e.code, e.details)) for path, e in failed if e is not None}

    def close(self) -> None:
        """Remove what was fetched. A request to a silent storage is not waited for: what it brings finds no folder."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._finalizer()

    def _wait(self, path: str) -> ReadError | None:
        if path not in self._done:
            future = self._running.pop(path, None)
            self._done[path] = future.result() if future is not None else self._get(path)
        self._top_up()
        return self._done[path]

    def _get(self, path: str) -> ReadError | None:
        """Fetch one object. Runs in a thread; never raises."""
        known = self._objects.get(path)
        target = self.base / path
        if known is None:
            return ReadError("vanished")
        limit = SETTINGS_BYTES if posixpath.basename(path) in SIDECAR_NAMES else self._max_bytes
        if known.size > limit:
            return ReadError("too-large", size=known.size, limit=limit)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if known.size > LARGE:
                persistent(lambda: self._fs.get_file(self._at(path), str(target)))
            else:
                data: bytes = persistent(lambda: self._fs.cat_file(self._at(path)))
                target.write_bytes(data)
        except Exception as error:
            return _as_note(error)
        return None

    def _head(self, path: str, size: int, siblings: frozenset[str]) -> Source:
        try:
            head: bytes = persistent(lambda: self._fs.cat_file(self._at(path), start=0, end=HEAD_BYTES))
            if has_long_lines(head):
                head = persistent(lambda: self._fs.cat_file(self._at(path), start=0, end=LONG_HEAD_BYTES))
        except Exception as error:
            raise _as_note(error) from None
        name, shown = unzipped_head(path, head)

        def whole() -> bytes:
            raise ReadError("vanished")  # detection needs the head only; readers use the files of ``fetch``

        return Source(name, size, shown, whole, siblings)

    def _at(self, path: str) -> str:
        return f"{self._path}/{path}" if self._path else path


def _as_note(error: Exception) -> ReadError:
    if isinstance(error, FileNotFoundError):
        return ReadError("vanished")
    return ReadError("not-fetched", reason=reason(error))


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # a forked worker finalises the tree, too, but must not remove the folder
        shutil.rmtree(folder, ignore_errors=True)
