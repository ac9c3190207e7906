"""Files and folders that fail, shrink, vanish or change while they are read: a run that went wrong never passes ``--strict``."""

from __future__ import annotations

import errno
import gzip
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from loganalyzer.discovery import source, walk
from tests.gate.test_adversary import GOOD, NAN, code, records, table, text

LOGS = {
    "m.csv": table(("loss", NAN)).encode(),
    "t.log": text(NAN).encode(),
    "m.jsonl": records(NAN).encode(),
    "t.log.gz": gzip.compress(text(NAN).encode()),
    "long.log": "".join(f"step {i} loss: {'nan' if i > 9000 else 0.3}\n" for i in range(10_000)).encode(),
}
ERRORS = (errno.EIO, errno.ESTALE)
real = source.open_regular


class Failing(io.BytesIO):
    """What a file holds, of which a certain read fails: with an error, or with fewer bytes than there are."""

    def __init__(self, file: BinaryIO, at: int, fault: int | None) -> None:
        super().__init__(file.read())
        self.file, self.at, self.fault, self.reads = file, at, fault, 0

    def fileno(self) -> int:
        return self.file.fileno()

    def close(self) -> None:
        self.file.close()
        super().close()

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads != self.at:
            return super().read(size)
        if self.fault is None:
            return super().read(size)[:0]
        raise OSError(self.fault, os.strerror(self.fault))


def judged(folder: Path, log: str, monkeypatch: pytest.MonkeyPatch, opener: Callable[[str], BinaryIO]) -> int:
    (folder / "bad").mkdir()
    (folder / "bad" / log).write_bytes(LOGS[log])
    for module in list(sys.modules.values()):
        if getattr(module, "open_regular", None) is real:
            monkeypatch.setattr(module, "open_regular", opener)
    return code(folder, {"good/m.csv": table(("loss", GOOD))}, "--strict")


@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize("fault", [*ERRORS, None])
@pytest.mark.parametrize("opening", [1, 2])
@pytest.mark.parametrize("at", [1, 2])
def test_a_read_that_fails(
    log: str, fault: int | None, opening: int, at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    openings: list[str] = []

    def opener(path: str) -> BinaryIO:
        openings.extend([path] if path.endswith(log) else [])
        bad = path.endswith(log) and len(openings) == opening
        return Failing(real(path), at, fault) if bad else real(path)

    assert judged(tmp_path, log, monkeypatch, opener) in (1, 4)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def as_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def grown(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\n" * 100_000)


CHANGES: dict[str, Callable[[Path], None]] = {
    "gone": Path.unlink,
    "emptied": emptied,
    "a pipe": as_pipe,
    "a folder": as_folder,
    "grown": grown,
    "gone with its folder": lambda path: shutil.rmtree(path.parent),
}


@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("opening", [1, 2])
def test_a_file_that_changes_before_it_is_opened(
    log: str, change: Callable[[Path], None], opening: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    openings: list[str] = []

    def opener(path: str) -> BinaryIO:
        if path.endswith(log):
            openings.append(path)
            if len(openings) == opening:
                change(Path(path))
        return real(path)

    assert judged(tmp_path, log, monkeypatch, opener) in (1, 4)


class Entry:
    """An entry of a folder whose kind a file system has to be asked for, which fails."""

    def __init__(self, entry: os.DirEntry[str]) -> None:
        self.name, self.path, self.is_symlink = entry.name, entry.path, entry.is_symlink

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), self.path, follow_symlinks)


@pytest.mark.parametrize("failing", ["bad", "m.csv", "in the middle", "at once"])
def test_a_folder_that_cannot_be_listed(failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = os.scandir

    @contextmanager
    def failing_scan(path: Path) -> Iterator[Iterator[Any]]:
        bad = path.name == "bad"
        if bad and failing == "at once":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        with scan(path) as entries:
            yield (entry for entry in map(told, entries) if not (bad and failing == "in the middle" and stop()))

    def stop() -> bool:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    def told(entry: os.DirEntry[str]) -> object:
        return Entry(entry) if entry.name == failing and "good" not in entry.path else entry

    monkeypatch.setattr(walk.os, "scandir", failing_scan)
    files = {"good/m.csv": table(("loss", GOOD)), "bad/m.csv": table(("loss", NAN))}
    assert code(tmp_path, files, "--strict") == 4
