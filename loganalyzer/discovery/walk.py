"""Walk an untrusted folder: every real folder once, links where their target has no place of its own; no file is opened.

A link inside the root to something that the walk meets anyway says nothing new; one to something that it does not (in a
folder of tools, under an ending that is never a log) is read as if the target lay there. A link that leads out of the
root is read only if the user said so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from msgspec import Struct

from loganalyzer.discovery.patterns import is_skipped_folder, is_system_file, looks_like_log
from loganalyzer.model.record import Record, field
from loganalyzer.model.run import Note, Unread


class Kind(Enum):
    """What an entry of a folder is."""

    LINK = 0
    FOLDER = 1
    FILE = 2
    UNKNOWN = 3


class Folder(Record):
    """A folder below the root ("" for the root itself) and the names of its files, sorted.

    ``passed_over`` are the entries that are skipped: the name (a folder's ends with a slash) and the code of the note
    with the reason. ``links`` are links to files, to be read unless their target is read at its own path.
    """

    path: str
    files: tuple[str, ...]
    passed_over: tuple[tuple[str, str], ...] = ()
    links: tuple[str, ...] = ()

    def path_of(self, name: str) -> str:
        """Return the path of one of its entries."""
        return f"{self.path}/{name}" if self.path else name


class Walk(Struct):
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
            path = self._linked.pop(0)
            if self._was_walked(path):
                parent, _, name = path.rpartition("/")
                yield Folder(parent, (), ((name, "link-inside"),))
            else:
                yield from self._below(path)

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
        links: list[str] = []
        below: list[str] = []
        passed_over: list[tuple[str, str]] = []
        prefix = f"{path}/" if path else ""
        for entry in entries:
            name = entry.name
            kind = self._kind(entry, prefix + name)
            if kind is Kind.LINK:
                code = self._link(entry, prefix + name, links)
                if code:
                    passed_over.append((name, code))
            elif kind is Kind.FOLDER:
                if is_skipped_folder(name):
                    passed_over.append((f"{name}/", "folder-not-searched"))
                else:
                    below.append(prefix + name)
            elif is_system_file(name):
                passed_over.append((name, "system-file"))
            elif kind is Kind.FILE:
                files.append(name)
        return Folder(path, tuple(files), tuple(passed_over), tuple(links)), below

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

    def _kind(self, entry: os.DirEntry[str], path: str) -> Kind:
        """Tell what an entry is; of one that a file system does not tell (it lists names alone), that is reported."""
        try:
            if entry.is_symlink():
                return Kind.LINK
            return Kind.FOLDER if entry.is_dir(follow_symlinks=False) else Kind.FILE
        except OSError as error:
            self.unread.append(Unread(path, Note("cannot-open", {"reason": error.strerror or "error"})))
            return Kind.UNKNOWN

    def _link(self, entry: os.DirEntry[str], path: str, links: list[str]) -> str:
        """Record a link to a folder, add one to a file to ``links``; return the code of the note for one that is skipped.

        A link that leads out is not followed unless the user said so; it is reported if logs may be behind it.
        """
        if not (self.follow_links or is_inside(self.base, entry.path)):
            if looks_like_log(path) or _is(entry.path, S_ISDIR):
                self.unread.append(Unread(path, Note("link-not-followed")))
                return ""
            return "link-not-followed"
        if _is(entry.path, S_ISDIR):
            self._linked.append(path)
        elif _is(entry.path, S_ISREG):
            links.append(entry.name)
        elif looks_like_log(path):  # a log is missing, or what is there is none
            self.unread.append(Unread(path, Note("link-broken")))
        else:
            return "link-broken"
        return ""

    def _was_walked(self, path: str) -> bool:
        try:
            status = (self.base / path).stat()
        except OSError:
            return False
        return (status.st_dev, status.st_ino) in self._seen


def _is(path: str, kind: Callable[[int], bool]) -> bool:
    """Return True if what a link leads to is of that kind; False, too, for a loop of links or a closed folder on the way."""
    try:
        return kind(Path(path).stat().st_mode)
    except OSError:
        return False


def is_inside(base: str | Path, path: str) -> bool:
    """Return True if ``path``, all links resolved, lies in the folder ``base``."""
    top, real = os.path.realpath(base), os.path.realpath(path)
    return real == top or real.startswith(top.rstrip(os.sep) + os.sep)
