"""The file of a history: read it, compare with it, add to it; safe for two writers at once and for one that is killed."""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from loganalyzer.gate.history import BEGINNING, MOST_ENTRIES, as_kept, entry_of, line_of, trend
from loganalyzer.gate.run_states import of_diagnosis
from loganalyzer.gate.running import find
from loganalyzer.gate.what_changed import with_history
from loganalyzer.model.errors import ConfigError, UsageError
from loganalyzer.model.history import Entry
from loganalyzer.model.record import replace
from loganalyzer.reports.report import Report

if TYPE_CHECKING:
    from loganalyzer.config.settings import Settings
    from loganalyzer.model.changes import RunState

FILE = "history.jsonl"


def file_of(path: str) -> Path:
    """Return the file of a history: ``history.jsonl`` in a folder (one that exists, or a name without an ending)."""
    place = Path(path)
    return place / FILE if place.is_dir() or path.endswith(os.sep) or not place.suffix else place


def read(path: str) -> tuple[Entry, ...]:
    """Return the last entries of the history, none where there is no file yet.

    Raises ConfigError for a file that cannot be read, and for one that is no history, so that nothing is added to it.
    """
    file = file_of(path)
    try:
        with file.open(encoding="utf-8", errors="replace") as stream:
            if not _is_history(stream):
                raise ConfigError("{path} is no history", path=file)
            stream.seek(0)
            entries = (entry_of(line) for line in deque(stream, MOST_ENTRIES))
            return tuple(entry for entry in entries if entry is not None)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ConfigError("cannot read {path}: {reason}", path=file, reason=error.strerror) from error


def append(path: str, entry: Entry) -> None:
    """Add an entry: one write at the end of the file, under a lock where the file system has any.

    The end of a line that a killed writer left is made good first. Raises UsageError where the file cannot be written.
    """
    file = file_of(path)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        try:
            _lock(handle)
            size = os.fstat(handle).st_size
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            data = (b"\n" if torn else b"") + line_of(entry).encode("ascii")
            try:
                while data:  # all at once, unless the disk is nearly full
                    data = data[os.write(handle, data) :]
            except OSError:
                os.ftruncate(handle, size)  # half an entry is none
                raise
        finally:
            os.close(handle)
    except OSError as error:
        raise UsageError("cannot write {path}: {reason}", path=file, reason=error.strerror) from error


def with_trend(report: Report, settings: Settings) -> Report:
    """Return the report with what is different from earlier analyses, and what that says about what to do next.

    It is the report itself where no history is kept.
    """
    if not settings.history:
        return report
    found = trend(settings.history, read(settings.history), states_of(report, settings), settings.baseline.tolerance)
    return replace(report, trend=found, runs=with_history(report.runs, found))


def states_of(report: Report, settings: Settings) -> tuple[RunState, ...]:
    """Return the runs of a report as the history keeps them."""
    going_on = find(report, settings.settled_minutes)
    return as_kept([of_diagnosis(d, running=d.id in going_on) for d in report.runs])


def _is_history(stream: TextIO) -> bool:
    """Return True for a file that begins with an entry, or is empty; entries torn at their very beginning may come first."""
    while head := stream.readline(len(BEGINNING)):
        if head == BEGINNING:
            return True
        if not BEGINNING.startswith(head.rstrip("\n")):
            return False
    return True


def _lock(handle: int) -> None:
    with suppress(ImportError, OSError):  # not everywhere; appending alone is atomic on a local disk
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
