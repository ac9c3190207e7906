"""A cache of detections (which reader claims a file) and of the diagnoses of jobs.

A row is found by the path or job that it is about and is valid only while its stamp is: the files' sizes and times (or
etags), this package's code, the limits. So a changed file replaces its old row, and the cache does not grow with time.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, TypeVar

from loganalyzer.discovery.candidates import Candidate
from loganalyzer.discovery.detect import Detection
from loganalyzer.discovery.discover import Discovery
from loganalyzer.discovery.job import Job
from loganalyzer.discovery.tree import Tree
from loganalyzer.model.record import Record
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Note, Unread
from loganalyzer.pipeline.cache.fingerprint import fingerprint, has_plugin_readers
from loganalyzer.pipeline.cache.store import Store
from loganalyzer.pipeline.codec import (
    MOST_CURVE_BYTES,
    Answer,
    Packed,
    decode_unread,
    encode_unread,
    frame,
    pack,
    plain_json,
    unframe,
    unpack,
)
from loganalyzer.pipeline.projection import Projection, ResultCodec

TRANSIENT = frozenset(
    {
        "worker-lost", "cannot-open", "vanished", "not-fetched", "file-shrank", "not-a-regular-file", "stopped-at-line",
        "stopped-at-record",
    }
)  # fmt: skip
"""Failures that say nothing about the next time, though the file stays the same."""
MAX_RESULT_BYTES = 8 * MOST_CURVE_BYTES
Result = TypeVar("Result")


class Storable(Record):
    """A job's diagnoses as bytes, and its projected results if these are stored, too."""

    answer: Packed
    results: bytes | None


class Entry(Record):
    """Key of a row for a file or a job: its id, and the stamp with which it is valid."""

    id: bytes
    stamp: bytes


def is_transient(diagnoses: Sequence[Diagnosis], unread: Sequence[Unread]) -> bool:
    """Return True if another analysis may find something else though no file has changed."""
    notes = [*(u.note for u in unread), *(note for d in diagnoses for note in d.run.notes)]
    return any(note.code in TRANSIENT or "MemoryError" in str(note.details.get("error", "")) for note in notes)


def storable(answer: Answer, results: Sequence[Result], codec: ResultCodec[Result] | None) -> Storable | None:
    """Encode a job's result for the cache; None if it is transient."""
    diagnoses, unread = answer
    if is_transient(diagnoses, unread):
        return None
    return Storable(pack(answer), None if codec is None else _encode(results, unread, codec))


class ResultCache:
    """The cache in ``folder`` for one analysis. Raises UsageError if the folder cannot be used.

    ``limits`` and ``roles`` are the effective settings; with ``keep_series`` only rows with curves are valid.
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
        self._keep_series = keep_series
        self._settings = json.dumps([limits, roles], sort_keys=True, default=str)
        self._plugin_readers = has_plugin_readers()

    def recall(self, tree: Tree, file: Candidate, max_bytes: int) -> Detection | None:
        """Return the detection result of the file, if it is stored and the file unchanged."""
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
        """Store the detection result of the file."""
        entry = self._file(tree, file, max_bytes) if detection.lasting else None
        if entry is not None:
            d = detection
            note = [d.note.code, dict(d.note.details)] if d.note else None
            row = [d.path, d.size, d.reader, d.key, note, d.expected, d.reported]
            self._store.put(entry.id, entry.stamp, json.dumps(row).encode("ascii"))

    def _file(self, tree: Tree, file: Candidate, max_bytes: int) -> Entry | None:
        stamp = tree.stamp(file.path)
        if not stamp:
            return None
        # built-in readers use the file alone; a plugin may use the names of its siblings
        siblings = "\0".join(sorted(file.siblings)) if self._plugin_readers else ""
        about = ("file", tree.source_uri, file.path, max_bytes, file.explicit, sorted(self._roles.items()))
        return _entry(about, (stamp, siblings))

    def _job(self, job: Job, tree: Tree) -> Entry | None:
        stamps = [tree.stamp(path) for part in job.parts for path in (*part.files, *part.settings)]
        if not all(stamps):
            return None
        parts = [(part.reader, part.folder_name, part.run_key, part.run_id, part.files) for part in job.parts]
        about = ("run", job.source_uri, parts, job.max_bytes, self._settings)
        return _entry(about, (stamps, [(part.settings, part.group, sorted(part.reserved_names)) for part in job.parts]))

    def entries(self, found: Discovery) -> list[Entry | None]:
        """Return the key of each job, in order; None if its files are being written or cannot be examined."""
        trees = {str(tree.base): tree for tree in found.trees}
        return [self._job(job, trees[job.root]) for job in found.jobs]

    def codec(self, projection: Projection[Result]) -> ResultCodec[Result] | None:
        """Return the codec of projected results; None if they hold curves, which encoded results cannot."""
        return None if self._keep_series else projection.codec

    def has(self, entry: Entry, codec: ResultCodec[Result] | None) -> bool:
        """Return True if there is a valid row of projected results or of diagnoses."""
        if codec is not None and self._store.has(_result_id(entry, codec), entry.stamp, full=False):
            return True
        return self._store.has(entry.id, entry.stamp, full=self._keep_series)

    def load(self, entry: Entry, projection: Projection[Result]) -> tuple[list[Result], list[Unread]] | None:
        """Load the projected results of a job and its unread files; None if the row is missing or damaged."""
        codec = self.codec(projection)
        try:
            if codec is not None:
                row = self._store.get(_result_id(entry, codec), entry.stamp, full=False)
                if row is not None:
                    return _decode(row[0], codec)
            row = self._store.get(entry.id, entry.stamp, full=self._keep_series)
            if row is None:
                return None
            diagnoses, unread = unpack(Packed(*row), keep_series=self._keep_series, roles=self._roles)
        except Exception:  # if a row is damaged in any way, diagnose the job again
            return None
        results = [projection(d) for d in diagnoses]
        if codec is not None:
            self._store_results(entry, _encode(results, unread, codec), codec)
        return results, unread

    def store(self, entry: Entry, stored: Storable, codec: ResultCodec[Result] | None) -> None:
        """Store a job's diagnoses and, with a codec, its projected results."""
        answer = stored.answer
        self._store.put(entry.id, entry.stamp, answer.data, answer.curves, full=answer.curves is not None)
        if codec is not None:
            self._store_results(entry, stored.results, codec)

    def release(self) -> None:
        """Close the database until its next use."""
        self._store.close()

    def close(self) -> None:
        """Write pending rows and delete rows that were not used for months."""
        self._store.flush()
        self._store.forget_old()
        self._store.close()

    def _store_results(self, entry: Entry, data: bytes | None, codec: ResultCodec[Result]) -> None:
        if data is not None:
            self._store.put(_result_id(entry, codec), entry.stamp, data)


def _encode(results: Sequence[Result], unread: Sequence[Unread], codec: ResultCodec[Result]) -> bytes | None:
    """Encode the results; None if they are too large."""
    framed = frame([plain_json(encode_unread(unread)), *map(codec.encode, results)])
    return zlib.compress(framed, 1) if len(framed) <= MAX_RESULT_BYTES else None


def _decode(data: bytes, codec: ResultCodec[Result]) -> tuple[list[Result], list[Unread]]:
    unzip = zlib.decompressobj()
    framed = unzip.decompress(data, MAX_RESULT_BYTES)
    if not unzip.eof:
        raise ValueError("truncated or too long")
    unread, *results = unframe(framed)
    return [codec.decode(result) for result in results], decode_unread(json.loads(unread))


def _result_id(entry: Entry, codec: ResultCodec[Any]) -> bytes:
    return _digest(entry.id, codec.cache_token.encode())


def _entry(about: Any, stamp: Any) -> Entry:
    own = json.dumps(stamp, default=list).encode("ascii")
    return Entry(_digest(json.dumps(about, default=list).encode("ascii")), _digest(fingerprint(), own))


def _digest(*parts: bytes) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.digest()
