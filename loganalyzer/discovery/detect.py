"""What one file is: every reader looks at its head, and the one that is most sure has it."""

from __future__ import annotations

from dataclasses import dataclass

from loganalyzer.discovery.tree import Tree
from loganalyzer.discovery.walk import looks_like_log, suffix
from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Note
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.registry import iter_readers

PACKED = frozenset({".zst", ".bz2", ".xz"})
TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".json", ".jsonl", ".txt", ".log"})


@dataclass(frozen=True)
class Detection:
    """Whose a file is: ``reader`` and ``key`` of the run, or "" and the ``note`` that says why it is nobody's (None for
    files of which nobody expects to hear). ``path`` and ``size`` are those of what is in it when it is a gzip file.
    ``lasting`` is False where the next look may find something else though the file stays the same."""

    path: str
    size: int = 0
    reader: str = ""
    key: str = ""
    note: Note | None = None
    expected: bool = False
    lasting: bool = True


def detect(tree: Tree, place: str, siblings: frozenset[str], max_bytes: int, *, asked_for: bool = False) -> Detection:
    """Let every reader match at a file. Never raises."""
    if suffix(place) in PACKED:
        return Detection(place, note=Note("packed"))
    heard = asked_for or looks_like_log(place)
    try:
        source = tree.open(place, siblings, max_bytes)
    except ReadError as error:
        told = error.code != "not-a-regular-file" or heard
        lasting = error.code in {"too-large", "bad-gzip", "decompression-bomb"}
        return Detection(place, note=Note(error.code, error.details) if told else None, lasting=lasting)
    chosen, key = _chosen(source)
    if chosen is not None:
        return Detection(source.path, source.size, chosen.id, key)
    note, expected = _unclaimed(source)
    return Detection(source.path, source.size, note=note if heard else None, expected=expected)


def _chosen(source: Source) -> tuple[Reader | None, str]:
    best, chosen, key = Match.NO, None, ""
    for reader in iter_readers():
        try:
            match = reader.detect(source)
            if match > best:
                best, chosen, key = match, reader, reader.key(source)
        except Exception:  # a reader that chokes on a head does not know the file; the others are still asked
            continue
        if best is Match.CERTAIN:
            break
    return chosen, key


def _unclaimed(source: Source) -> tuple[Note, bool]:
    """Why a file is nobody's, and whether that is as it should be."""
    if source.size == 0:
        return Note("empty-file"), False
    if source.head.startswith(b"version https://git-lfs"):
        return Note("lfs-pointer"), True
    if source.text_head is None:
        promised = suffix(source.path) in TEXT_SUFFIXES or "tfevents" in source.name
        return Note("binary-content"), not promised
    return Note("no-training-log"), True
