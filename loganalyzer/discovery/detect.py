"""Detect the format of a file: every reader that may know it examines its head, the most certain match wins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from loganalyzer.discovery.archive_marks import is_archive, is_tar
from loganalyzer.discovery.candidates import Candidate
from loganalyzer.discovery.patterns import is_archive_name, looks_like_log
from loganalyzer.discovery.source import LONG_HEAD_BYTES, has_long_lines
from loganalyzer.discovery.tree import Tree
from loganalyzer.model.errors import ReadError
from loganalyzer.model.record import Record
from loganalyzer.model.run import Note
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.file_names import COLUMN_TABLES, PACKED, TEXT_SUFFIXES, is_event_file, suffix
from loganalyzer.readers.registry import readers_for


class Detection(Record):
    """Detection result: the id of the ``reader`` and the ``key`` of the run, or "" and a ``note`` with the reason.

    ``path`` and ``size`` (bytes) of a gzip file are those of its content. A file without a reader is
    ``reported`` if its name or the user promised a log, and ``expected`` if it is no failure. ``lasting`` is False if
    the result may change although the file does not.
    """

    path: str
    size: int = 0
    reader: str = ""
    key: str = ""
    note: Note | None = None
    expected: bool = False
    reported: bool = True
    lasting: bool = True


class DetectionCache(Protocol):
    """Detection results of earlier analyses."""

    def recall(self, tree: Tree, file: Candidate, max_bytes: int) -> Detection | None:
        """Return the stored result of an unchanged file."""

    def remember(self, tree: Tree, file: Candidate, max_bytes: int, detection: Detection) -> None:
        """Store a result."""


def detect_all(
    tree: Tree, files: Sequence[Candidate], max_bytes: int, cache: DetectionCache | None = None
) -> Iterator[tuple[Candidate, Detection]]:
    """Detect the format of each file; files with a result in ``cache`` are not opened."""
    known: dict[str, Detection] = {}
    for file in files if cache else ():
        recalled = cache.recall(tree, file, max_bytes) if cache else None
        if recalled is not None:
            known[file.path] = recalled
    tree.expect(file.path for file in files if file.path not in known and suffix(file.path) not in PACKED)
    for file in files:
        found = known.get(file.path)
        if found is None:
            found = detect(tree, file, max_bytes)
            if cache is not None:
                cache.remember(tree, file, max_bytes, found)
        yield file, found


def detect(tree: Tree, file: Candidate, max_bytes: int) -> Detection:
    """Detect the format of one file. Never raises."""
    if suffix(file.path) in PACKED:
        return Detection(file.path, note=Note("packed"))
    promised = file.explicit or looks_like_log(file.path)
    try:
        source = tree.open_head(file.path, file.siblings, max_bytes)
    except ReadError as error:
        reported = error.code != "not-a-regular-file" or promised
        lasting = error.code in {"too-large", "bad-gzip", "decompression-bomb"}
        reported = reported and (file.explicit or not is_archive_name(file.path))
        return Detection(file.path, note=Note(error.code, error.details), reported=reported, lasting=lasting)
    unread = is_tar(source.head) or (is_archive_name(file.path) and not file.explicit)
    reader, key = (None, "") if unread else _best_match(source)
    if reader is not None:
        return Detection(source.path, source.size, reader.id, key)
    if is_archive(source.head) and (packed := _packed_log(tree, file)) is not None:
        return packed
    if suffix(file.path) in COLUMN_TABLES and (table := _table(tree, file)) is not None:
        return table
    note, expected = _why_no_reader(source)
    return Detection(source.path, source.size, note=note, expected=expected, reported=promised)


def _packed_log(tree: Tree, file: Candidate) -> Detection | None:
    """Return the result for an archive: that it holds a log, or no reader; None for one that was named."""
    from loganalyzer.discovery.archives import first_log

    name = first_log(tree.base / file.path, lambda source: _best_match(source)[0] is not None)
    if name:
        return Detection(file.path, note=Note("archive-of-logs", {"name": name}), lasting=False)
    return None if file.explicit else Detection(file.path, note=Note("kind-not-read"), reported=False)


def _table(tree: Tree, file: Candidate) -> Detection | None:
    """Return the result for a table that is not read and has the columns of a log; None for any other."""
    from loganalyzer.discovery.column_tables import table_of_curves

    note = table_of_curves(tree.base / file.path)
    return None if note is None else Detection(file.path, note=note)


def _best_match(source: Source) -> tuple[Reader | None, str]:
    best, chosen, key = Match.NO, None, ""
    for reader in readers_for(source):
        try:
            match = reader.detect(source)
            if match > best:
                best, chosen, key = match, reader, reader.key(source)
        except Exception:  # a reader that fails on a head does not match; continue with the others
            continue
        if best is Match.CERTAIN:
            break
    return chosen, key


def _why_no_reader(source: Source) -> tuple[Note, bool]:
    """Return the result for a file that no reader matches: the reason, and whether that is expected."""
    if source.size == 0:
        return Note("empty-file"), False
    if source.head.startswith(b"version https://git-lfs"):
        return Note("lfs-pointer"), True
    if source.text_head is None:
        return Note("binary-content"), suffix(source.path) not in TEXT_SUFFIXES and not is_event_file(source.path)
    long_lines = len(source.head) >= LONG_HEAD_BYTES and has_long_lines(source.head)
    if long_lines and suffix(source.path) in TEXT_SUFFIXES - {".json"}:  # JSON may rightly be one line
        return Note("first-line-too-long", {"limit": LONG_HEAD_BYTES}), False
    from loganalyzer.discovery.unrecognised import what_it_has  # only for a file that no reader knows

    why = what_it_has(source)
    return why, why.code != "error-instead-of-curve"
