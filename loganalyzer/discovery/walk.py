"""Walking a folder that may be hostile: every real folder once, links never out of the root, nothing is opened here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loganalyzer.model.run import Note, Unread

SKIPPED_FOLDERS = frozenset(
    {
        ".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv", "venv", ".ipynb_checkpoints", ".mypy_cache",
        ".pytest_cache", ".ruff_cache", ".tox", ".eggs", ".cache", ".hypothesis", "site-packages",
    }
)  # fmt: skip
LOG_SUFFIXES = frozenset(
    {".csv", ".tsv", ".json", ".jsonl", ".log", ".txt", ".out", ".tfevents", ".wandb", ".npy", ".npz", ".pkl",
     ".pickle", ".db", ".gz", ".zst", ".bz2", ".xz"}
)  # fmt: skip


@dataclass(frozen=True)
class Folder:
    """A folder below the root ("" for the root itself) and the names of its files, sorted."""

    path: str
    files: tuple[str, ...]


@dataclass
class Walk:
    """All folders below ``base``; what could not be entered is in ``unread`` once the walk is over."""

    base: Path
    follow_links: bool = False
    unread: list[Unread] = field(default_factory=list)
    _seen: set[tuple[int, int]] = field(default_factory=set)
    _linked: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Folder]:
        """The root first, then depth first by name; linked folders last."""
        yield from self._below("")
        while self._linked:  # after all real folders, so that a folder is known by its own name
            yield from self._below(self._linked.pop(0))

    def _below(self, start: str) -> Iterator[Folder]:
        stack = [start]
        while stack:
            folder = stack.pop()
            entries = self._entries(folder)
            if entries is None:
                continue
            files: list[str] = []
            below: list[str] = []
            for entry in entries:
                place = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_symlink():
                    self._link(entry, place)
                elif entry.is_dir(follow_symlinks=False):
                    if entry.name not in SKIPPED_FOLDERS and not _is_copy(entry.name, entries):
                        below.append(place)
                elif not entry.name.startswith("._"):  # what macOS leaves beside each file on foreign disks
                    files.append(entry.name)
            stack.extend(reversed(below))
            yield Folder(folder, tuple(files))

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

    def _link(self, entry: os.DirEntry[str], place: str) -> None:
        """A link inside the root leads to what is seen at its own place; one that leads out is said, never followed."""
        if self._is_inside(entry.path):
            if self.follow_links and entry.is_dir():
                self._linked.append(place)
        elif looks_like_log(place) or entry.is_dir():
            self.unread.append(Unread(place, Note("link-not-followed"), expected=True))

    def _is_inside(self, path: str) -> bool:
        top = os.path.realpath(self.base)
        real = os.path.realpath(path)
        return real == top or real.startswith(top.rstrip(os.sep) + os.sep)


def looks_like_log(place: str) -> bool:
    """True when a file's name promises a log."""
    return suffix(place) in LOG_SUFFIXES or "tfevents" in place.rpartition("/")[2]


def suffix(place: str) -> str:
    """The ending of a file's name with its dot, in lower case; "" if there is none."""
    stem, dot, end = place.rpartition("/")[2].rpartition(".")
    return (dot + end).lower() if stem else ""


def _is_copy(name: str, entries: Sequence[os.DirEntry[str]]) -> bool:
    """W&B's ``latest-run`` repeats one of the ``run-*`` folders beside it."""
    return name == "latest-run" and any(e.name.startswith(("run-", "offline-run-")) for e in entries)
