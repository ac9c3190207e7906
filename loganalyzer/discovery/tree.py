"""The interface of a root: folders, files, bytes; and the implementation for this machine.

All files are opened here: to detect their format by ``Tree.open_head``, to read them by ``LocalFiles.open``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from loganalyzer.discovery.source import open_head, open_source
from loganalyzer.discovery.walk import Folder, Walk, is_inside
from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Unread
from loganalyzer.readers.base import Source
from loganalyzer.readers.common.file_names import DATABASES, SIDECAR_NAMES, suffix

SETTLED_SECONDS = 2.0
"""A file younger than this may change again without a new time: clocks of file systems tick that slowly."""


class Tree(Protocol):
    """One root.

    ``base`` is the folder of its files on this machine (once fetched, for a remote one), ``source_uri`` their origin,
    ``single`` the name of the file if the root is one file, else "". ``follow_links`` lets links lead out of it.
    All paths are POSIX, relative to ``base``.
    """

    base: Path
    source_uri: str
    single: str
    follow_links: bool
    unread: list[Unread]

    def folders(self) -> Iterator[Folder]:
        """Yield all folders, the root first, then depth first by name; unreadable ones are added to ``unread``."""

    def sidecars_of_file(self) -> Sequence[str]:
        """Return the settings files in the folder of a root that is one file."""

    def target(self, path: str) -> str:
        """Return the path below ``base`` to which a link leads, all links resolved; the whole path of one outside."""

    def expect(self, paths: Iterable[str]) -> None:
        """Announce which files will be opened, in this order."""

    def open_head(self, path: str, siblings: frozenset[str], max_bytes: int) -> Source:
        """Open one file to detect its format. Raises ReadError."""

    def fetch(self, paths: Iterable[str]) -> dict[str, Unread]:
        """Make the files available below ``base``; returns those that could not be fetched."""

    def stamp(self, path: str) -> str:
        """Return a text that changes when the file does: size and time, or size and etag; "" if unknown."""

    def close(self) -> None:
        """Release threads and temporary files."""


class LocalFiles:
    """Files below a folder on this machine, to be read. Paths are POSIX, relative to ``base``.

    A link is opened as what it leads to, but out of ``base`` only if ``follow_links``.
    """

    def __init__(self, base: Path, follow_links: bool = False) -> None:
        self.base = base
        self.follow_links = follow_links

    def open(self, path: str, max_bytes: int) -> Source:
        """Open one file to read. Raises ReadError."""
        return open_source(self._at(path), path, max_bytes=max_bytes)

    def open_head(self, path: str, siblings: frozenset[str], max_bytes: int) -> Source:
        """Open one file to detect its format. Raises ReadError."""
        return open_head(self._at(path), path, siblings, max_bytes)

    def _at(self, path: str) -> str:
        """Return the local path of a file, links resolved. Raises ReadError for one that leads out and may not."""
        local = f"{self.base}{os.sep}{path}"
        try:
            if not os.path.islink(local):  # noqa: PTH114 -- for each of thousands of files
                return local
        except ValueError:  # a NUL in the name; opening says so
            return local
        if not (self.follow_links or is_inside(self.base, local)):
            raise ReadError("link-not-followed")
        return os.path.realpath(local)


class LocalTree(LocalFiles):
    """A file or a folder on this machine."""

    def __init__(self, path: str, follow_links: bool = False) -> None:
        root = Path(os.path.realpath(path))
        folder = root.is_dir()
        super().__init__(root if folder else root.parent, follow_links)
        self.source_uri = str(self.base)
        self.single = "" if folder else root.name
        self._walk = Walk(self.base, follow_links)
        self.unread = self._walk.unread
        self._now = time.time()

    def folders(self) -> Iterator[Folder]:
        """See Tree."""
        return iter(self._walk)

    def sidecars_of_file(self) -> Sequence[str]:
        """See Tree."""
        return [name for name in sorted(SIDECAR_NAMES) if (self.base / name).is_file()]

    def target(self, path: str) -> str:
        """See Tree."""
        real = Path(os.path.realpath(self.base / path))
        return real.relative_to(self.base).as_posix() if real.is_relative_to(self.base) else str(real)

    def expect(self, paths: Iterable[str]) -> None:
        """Nothing to prepare."""

    def fetch(self, paths: Iterable[str]) -> dict[str, Unread]:  # noqa: ARG002 (the protocol's)
        """All files are local."""
        return {}

    def stamp(self, path: str) -> str:
        """See Tree: size and time of the last change; "" for a file that is just being written, or a
        database of which a part lies in a log beside it.
        """
        try:
            status = os.lstat(self._at(path))
        except (OSError, ValueError, ReadError):
            return ""
        if suffix(path) in DATABASES and os.path.exists(f"{self._at(path)}-wal"):  # noqa: PTH110
            return ""
        if self._now - status.st_mtime < SETTLED_SECONDS:
            return ""
        return f"{status.st_size}:{status.st_mtime_ns}"

    def close(self) -> None:
        """Nothing to release."""
