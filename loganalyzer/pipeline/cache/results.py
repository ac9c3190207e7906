"""What is asked of the cache: whose a file is, and what was found in the files of a run.

A row is found by the place that it is about and answers only if its stamp is still true: the files' sizes and times (or
etags), this package, the limits. So a changed file takes the place of its old row, and the cache does not grow with time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any, Generic, TypeVar, cast

from loganalyzer.discovery.candidates import Candidate
from loganalyzer.discovery.detect import Detection
from loganalyzer.discovery.discover import Discovery
from loganalyzer.discovery.job import Job
from loganalyzer.discovery.tree import Tree
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Note, Unread
from loganalyzer.pipeline.cache import rendered as said
from loganalyzer.pipeline.cache.codec import Answer, Packed, pack, unpack
from loganalyzer.pipeline.cache.fingerprint import fingerprint, has_guest_readers
from loganalyzer.pipeline.cache.store import Store
from loganalyzer.pipeline.projection import Shape

PASSING = frozenset({"worker-lost", "cannot-open", "vanished", "not-fetched", "file-shrank", "not-a-regular-file"})
"""Failures that say nothing of the next time, though the file stays the same."""
Shaped = TypeVar("Shaped")
Done = tuple[list[Shaped], list[Unread], Packed | None, bytes | None]


@dataclass(frozen=True)
class Packing(Generic[Shaped]):
    """The work of a job, its answer packed where it was found (in the worker; None where it must not be kept)."""

    judge: Callable[[Job], Answer]
    shape: Callable[[Diagnosis], Shaped]
    said: bool = False

    def __call__(self, job: Job) -> Done[Shaped]:
        """The diagnoses in their shape and the files that gave none, both to be kept too; what was said, if ``said``."""
        answer = self.judge(job)
        shaped, unread = [self.shape(d) for d in answer[0]], answer[1]
        if not _lasting(answer):
            return shaped, unread, None, None
        return shaped, unread, pack(answer), self.saved(shaped, unread)

    def saved(self, shaped: Any, unread: list[Unread]) -> bytes | None:
        """What was said as bytes, where it is to be kept."""
        return said.save(shaped, unread) if self.said else None


def _lost(job: Job) -> tuple[list[Any], list[Unread], None, None]:
    return [], [Unread(job.files[0], Note("worker-lost"))], None, None


@dataclass(frozen=True)
class _Entry:
    id: bytes
    stamp: bytes


class Memory:
    """The cache in ``folder`` for one analysis. Raises UsageError if the folder cannot be used.

    ``limits`` and ``roles`` are the effective settings; with ``keep_series`` only rows with curves answer.
    """

    def __init__(
        self,
        folder: str | PathLike[str],
        *,
        limits: Mapping[str, Mapping[str, Any]],
        roles: Mapping[str, str],
        keep_series: bool = True,
    ) -> None:
        self._store = Store(folder)
        self._roles = dict(roles)
        self._full = keep_series
        self._settings = json.dumps([limits, roles], sort_keys=True, default=str)
        self._guests = has_guest_readers()

    def recall(self, tree: Tree, file: Candidate, max_bytes: int) -> Detection | None:
        """What the file is, if it did not change since that was found out."""
        entry = self._file(tree, file, max_bytes)
        row = self._store.get(entry.id, entry.stamp, full=False) if entry else None
        if row is None:
            return None
        try:
            path, size, reader, key, note, expected, reported = json.loads(row[0])
            return Detection(path, size, reader, key, Note(*note) if note else None, expected, reported)
        except (ValueError, TypeError):
            return None

    def remember(self, tree: Tree, file: Candidate, max_bytes: int, detection: Detection) -> None:
        """Keep what the file is."""
        entry = self._file(tree, file, max_bytes) if detection.lasting else None
        if entry is not None:
            found = detection
            note = [found.note.code, dict(found.note.details)] if found.note else None
            row = [found.path, found.size, found.reader, found.key, note, found.expected, found.reported]
            self._store.put(entry.id, entry.stamp, json.dumps(row).encode("ascii"))

    def _file(self, tree: Tree, file: Candidate, max_bytes: int) -> _Entry | None:
        stamp = tree.stamp(file.path)
        if not stamp:
            return None
        # our own readers know a file by itself; a guest may look at what lies beside it
        beside = "\0".join(sorted(file.siblings)) if self._guests else ""
        return _entry(("file", tree.source_uri, file.path, max_bytes, file.explicit), (stamp, beside))

    def _job(self, job: Job, tree: Tree) -> _Entry | None:
        stamps = [tree.stamp(path) for path in (*job.files, *job.settings)]
        if not all(stamps):
            return None
        about = ("run", job.source_uri, job.reader, job.run_key, job.run_id, job.files, job.max_bytes, self._settings)
        return _entry(about, (stamps, job.settings, job.group, sorted(job.reserved_names)))

    def answers(
        self,
        found: Discovery,
        judge: Callable[[Job], Answer],
        shape: Callable[[Diagnosis], Shaped],
        spread: Callable[..., Iterator[Done[Shaped]]],
    ) -> Iterator[tuple[list[Shaped], list[Unread]]]:
        """The answers of all jobs in their order, from memory where nothing changed.

        ``spread(do, jobs, lost)`` does the others somewhere; only their files are fetched.
        """
        worded = said.token(shape) if isinstance(shape, Shape) and not self._full else ""
        work = Packing(judge, shape, bool(worded))
        trees = {str(tree.base): tree for tree in found.trees}
        entries = [self._job(job, trees[job.root]) for job in found.jobs]
        known = [e is not None and self._knows(e, worded) for e in entries]
        ready, gone = found.fetched([job for job, is_known in zip(found.jobs, known, strict=True) if not is_known])
        yield [], gone
        self._store.close()  # workers may be forked now, and an open database must not be in two processes
        computed = spread(work, ready, _lost)
        left = {job.run_id: job for job in ready}
        for job, entry, is_known in zip(found.jobs, entries, known, strict=True):
            answer = self._answer(entry, work, worded) if is_known and entry is not None else None
            if answer is not None:
                yield answer
                continue
            if is_known:
                shaped, unread, packed, words = self._again(found, job, work)
            elif job.run_id in left:
                shaped, unread, packed, words = next(computed)
            else:
                continue  # all its files have vanished
            if entry is not None and packed is not None and left.get(job.run_id, job) == job:
                self._store.put(entry.id, entry.stamp, packed.data, packed.curves, full=packed.curves is not None)
                if words is not None:
                    self._store.put(_worded(entry, worded), entry.stamp, words)
            yield shaped, unread

    def _knows(self, entry: _Entry, worded: str) -> bool:
        if worded and self._store.has(_worded(entry, worded), entry.stamp, full=False):
            return True
        return self._store.has(entry.id, entry.stamp, full=self._full)

    def _again(self, found: Discovery, job: Job, work: Packing[Shaped]) -> Done[Shaped]:
        """What a damaged row should have said."""
        ready, gone = found.fetched([job])
        if ready != [job]:
            return [], gone, None, None
        return work(job)

    def _answer(self, entry: _Entry, work: Packing[Shaped], worded: str) -> tuple[list[Shaped], list[Unread]] | None:
        """The kept answer; None if it is damaged."""
        row = self._store.get(_worded(entry, worded), entry.stamp, full=False) if worded else None
        try:
            if row is not None:
                return cast("tuple[list[Shaped], list[Unread]]", said.restore(row[0]))
            row = self._store.get(entry.id, entry.stamp, full=self._full)
            if row is None:
                return None
            diagnoses, unread = unpack(Packed(*row), keep_series=self._full, roles=self._roles)
        except Exception:  # whatever is wrong with it: it is found out again
            return None
        shaped = [work.shape(d) for d in diagnoses]
        words = work.saved(shaped, unread)
        if words is not None:
            self._store.put(_worded(entry, worded), entry.stamp, words)
        return shaped, unread

    def close(self) -> None:
        """Write what is left; rows that nobody asked for in months go."""
        self._store.flush()
        self._store.forget_old()
        self._store.close()


def _lasting(answer: Answer) -> bool:
    return not any(u.note.code in PASSING or "MemoryError" in str(u.note.details.get("error", "")) for u in answer[1])


def _worded(entry: _Entry, worded: str) -> bytes:
    return _digest(entry.id, worded.encode())


def _entry(about: Any, stamp: Any) -> _Entry:
    own = json.dumps(stamp, default=list).encode("ascii")
    return _Entry(_digest(json.dumps(about, default=list).encode("ascii")), _digest(fingerprint(), own))


def _digest(*parts: bytes) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.digest()
