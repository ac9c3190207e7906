"""Walk an untrusted folder: every real folder once, no link out of the root; no file is opened here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from loganalyzer.discovery.patterns import is_skipped_folder, is_system_file, looks_like_log
from loganalyzer.model.run import Note, Unread


@dataclass(frozen=True)
class Folder:
    """A folder below the root ("" for the root itself) and the names of its files, sorted.

    ``passed_over`` are the entries that are skipped: the name (a folder's ends with a slash) and the code of the note
    with the reason.
    """

    path: str
    files: tuple[str, ...]
    passed_over: tuple[tuple[str, str], ...] = ()

    def path_of(self, name: str) -> str:
        """Return the path of one of its entries."""
        return f"{self.path}/{name}" if self.path else name


@dataclass
class Walk:
    """All folders below ``base``; after the walk, ``unread`` has the unreadable ones."""

    base: Path
    follow_links: bool = False
    unread: list[Unread] = field(default_factory=list)
    _seen: set[tuple[int, int]] = field(default_factory=set)
    _linked: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Folder]:
        """Yield the root first, then depth first by name; linked folders last."""
        yield from self._below("")
        while self._linked:  # after all real folders, so that a folder gets its own name
            yield from self._below(self._linked.pop(0))

    def _below(self, start: str) -> Iterator[Folder]:
        stack = [start]
        while stack:
            path = stack.pop()
            entries = self._entries(path)
            if entries is None:
                continue
            folder, below = self._sorted_out(path, entries)
            stack.extend(reversed(below))
            yield folder

    def _sorted_out(self, path: str, entries: list[os.DirEntry[str]]) -> tuple[Folder, list[str]]:
        """Return the folder with its files, and the paths of the folders to enter next."""
        files: list[str] = []
        below: list[str] = []
        passed_over: list[tuple[str, str]] = []
        prefix = f"{path}/" if path else ""
        for entry in entries:
            name = entry.name
            if entry.is_symlink():
                code = self._link(entry, prefix + name)
                if code:
                    passed_over.append((name, code))
            elif entry.is_dir(follow_symlinks=False):
                if is_skipped_folder(name, (other.name for other in entries)):
                    passed_over.append((f"{name}/", "folder-not-searched"))
                else:
                    below.append(prefix + name)
            elif is_system_file(name):
                passed_over.append((name, "system-file"))
            else:
                files.append(name)
        return Folder(path, tuple(files), tuple(passed_over)), below

    def _entries(self, folder: str) -> list[os.DirEntry[str]] | None:
        path = self.base / folder if folder else self.base
        try:
            status = path.stat()
            if (status.st_dev, status.st_ino) in self._seen:
                return None
            self._seen.add((status.st_dev, status.st_ino))
            with os.scandir(path) as scan:
                return sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            self.unread.append(Unread(folder or ".", Note("cannot-open", {"reason": error.strerror or "error"})))
            return None

    def _link(self, entry: os.DirEntry[str], path: str) -> str:
        """Record a link that is to be followed; return the code of the note for one that is skipped, else "".

        The target of a link inside the root is visited at its own path. A link that leads out is never followed; it is
        reported if its name indicates logs.
        """
        if self._is_inside(entry.path):
            if self.follow_links and entry.is_dir():
                self._linked.append(path)
                return ""
            return "link-inside"
        if looks_like_log(path) or entry.is_dir():
            self.unread.append(Unread(path, Note("link-not-followed"), expected=True))
            return ""
        return "link-not-followed"

    def _is_inside(self, path: str) -> bool:
        top = os.path.realpath(self.base)
        real = os.path.realpath(path)
        return real == top or real.startswith(top.rstrip(os.sep) + os.sep)
