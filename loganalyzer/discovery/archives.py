"""Look into archives (zip, tar, tar.gz) for a log: what is packed is not judged, so the report must say that it is there.

Nothing is unpacked. Members are opened to detect their format, a head each; the work is bounded by ``MOST_MEMBERS``,
``MOST_OPENED`` and ``MOST_BYTES``, above which an archive counts as one that holds no log. Archives inside archives are
not looked into.
"""

from __future__ import annotations

import gzip
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, BinaryIO

from loganalyzer.discovery.archive_marks import ZIP_MARK
from loganalyzer.discovery.patterns import kind_not_opened, looks_like_log
from loganalyzer.discovery.source import MOST_KEPT, has_long_lines, open_regular, unzipped_head
from loganalyzer.model.errors import ReadError
from loganalyzer.model.record import Record
from loganalyzer.readers.base import HEAD_BYTES, Source

MOST_MEMBERS = 10_000
"""So many members are looked at."""
MOST_OPENED = 200
"""So many members whose names promise a log are opened."""
MOST_BYTES = 64 * 2**20
"""A compressed tar has no list of its members: so much of it is decompressed."""
_DAMAGED = (
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    NotImplementedError,
    zlib.error,
    zipfile.BadZipFile,
    tarfile.TarError,
)


class Member(Record):
    """A file in an archive: its name, its size in bytes unpacked, and how to open it."""

    name: str
    size: int
    open: Callable[[], IO[bytes] | None]


def first_log(path: Path, is_log: Callable[[Source], bool]) -> str:
    """Return the name of a log in the archive at ``path`` that does not lie unpacked beside it; "" if there is none.

    ``is_log`` detects the format of a member. A member named like a log that cannot be opened (a password) counts as one.
    Never raises: what is damaged holds no log from there on.
    """
    opened = 0
    try:
        with open_regular(os.path.realpath(path)) as file:
            for member in _members(file):
                if member.size == 0 or kind_not_opened(member.name) or not looks_like_log(member.name):
                    continue
                opened += 1
                if opened > MOST_OPENED:
                    return ""
                if _holds_log(member, is_log) and not _is_unpacked(member, path):
                    return member.name
    except (*_DAMAGED, ReadError):
        return ""
    return ""


def _holds_log(member: Member, is_log: Callable[[Source], bool]) -> bool:
    def whole() -> bytes:
        raise ReadError("vanished")  # detection needs the head only

    try:
        with member.open() or open(os.devnull, "rb") as stream:  # noqa: PTH123
            head = stream.read(HEAD_BYTES)
            if has_long_lines(head):
                head += stream.read(7 * HEAD_BYTES)
        name, shown = unzipped_head(member.name, head)
    except ReadError:
        return False
    except _DAMAGED:
        return True
    return is_log(Source(name, max(member.size, len(shown)), shown, whole))


def _is_unpacked(member: Member, archive: Path) -> bool:
    """Return True if the same bytes lie beside the archive, or in a folder named after it: they are read there."""
    stem = archive.name.partition(".")[0]
    for place in (archive.parent / member.name, archive.parent / stem / member.name):
        try:
            if ".." in Path(member.name).parts or place.stat().st_size != member.size or member.size > MOST_KEPT:
                continue
            with open_regular(os.path.realpath(place)) as beside, member.open() or beside as packed:
                if packed.read(member.size) == beside.read(member.size):
                    return True
        except (*_DAMAGED, ReadError):
            continue
    return False


def _members(file: BinaryIO) -> Iterator[Member]:
    """Yield the files of an archive. Raises what zipfile, tarfile and zlib raise for damaged ones."""
    start = file.read(HEAD_BYTES)
    file.seek(0)
    if start.startswith(ZIP_MARK):
        with zipfile.ZipFile(file) as packed:
            for info in packed.infolist()[:MOST_MEMBERS]:
                yield Member(info.filename, info.file_size, lambda info=info: packed.open(info))  # type: ignore[misc]
        return
    zipped = start.startswith(b"\x1f\x8b")
    stream: IO[bytes] = _Bounded(gzip.GzipFile(fileobj=file), MOST_BYTES) if zipped else file  # type: ignore[assignment]
    with tarfile.open(fileobj=stream, mode="r:") as tar:
        for count, entry in enumerate(tar):
            if count >= MOST_MEMBERS:
                return
            if entry.isfile():
                yield Member(entry.name, entry.size, lambda entry=entry: tar.extractfile(entry))  # type: ignore[misc]


class _Bounded:
    """A decompressed stream that ends with an error ``limit`` bytes behind its beginning; going back is allowed."""

    def __init__(self, stream: gzip.GzipFile, limit: int) -> None:
        self._stream, self._limit = stream, limit

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(min(size if size >= 0 else self._limit, self._left()))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence != os.SEEK_SET or offset > self._limit:
            raise tarfile.ReadError("above the limit")
        return self._stream.seek(offset)

    def tell(self) -> int:
        return self._stream.tell()

    def _left(self) -> int:
        left = self._limit - self._stream.tell()
        if left <= 0:
            raise tarfile.ReadError("above the limit")
        return left
