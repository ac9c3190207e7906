"""Opening files that may be hostile: regular files only, bounded, decompressed in bounds, as of their size then."""

from __future__ import annotations

import os
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from loganalyzer.model.errors import ReadError
from loganalyzer.readers.base import HEAD_BYTES, Source

MOST_RATIO = 100
"""A file may grow by this factor when decompressed; real logs stay below 40, bombs start at 1000."""
_GZIP = b"\x1f\x8b"
_FIRST_STEP = 256


@dataclass(frozen=True)
class Fetch:
    """Reads the whole file again when a reader wants more than its head; travels to other processes."""

    path: str
    size: int
    max_bytes: int
    zipped: bool = False

    def __call__(self) -> bytes:
        """The first ``size`` bytes (decompressed: all that the bounds allow). Raises ReadError."""
        if self.size > self.max_bytes:
            raise ReadError("too-large", size=self.size, limit=self.max_bytes)
        try:
            with _open(self.path) as file:
                data = file.read(self.size)
        except OSError as error:
            raise ReadError("cannot-open", reason=error.strerror or "error") from error
        if len(data) < self.size:
            raise ReadError("file-shrank", expected=self.size, found=len(data))
        return _unzipped(data, min(self.max_bytes, MOST_RATIO * max(self.size, 1024))) if self.zipped else data


def open_source(
    path: str | Path, relative: str, siblings: frozenset[str] = frozenset(), max_bytes: int = 2 * 2**30
) -> Source:
    """The file as readers see it. A gzip file is seen as what is in it; its ``.gz`` is kept out of the path.

    Raises ReadError for what is no regular file (a pipe, a device, a socket, a link), cannot be opened, or has
    vanished. Opening never blocks.
    """
    try:
        with _open(os.fspath(path)) as file:
            status = os.fstat(file.fileno())
            head = file.read(min(HEAD_BYTES, status.st_size))
    except OSError as error:
        raise ReadError("cannot-open", reason=error.strerror or "error") from error
    zipped = head.startswith(_GZIP)
    fetch = Fetch(str(path), status.st_size, max_bytes, zipped)
    if zipped:
        data = fetch()
        name = relative.removesuffix(".gz")
        return Source(name, len(data), data[:HEAD_BYTES], fetch, siblings, None, status.st_mtime)
    return Source(relative, status.st_size, head, fetch, siblings, Path(path), status.st_mtime)


def unzipped_head(name: str, head: bytes) -> tuple[str, bytes]:
    """What a file's first bytes show: itself, or what is in it where it is a gzip file. Raises ReadError."""
    if not head.startswith(_GZIP):
        return name, head
    return name.removesuffix(".gz"), _unzipped(head, MOST_RATIO * max(len(head), 1024))[:HEAD_BYTES]


def _open(path: str) -> BinaryIO:
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):  # before opening: opening alone wakes some devices
            raise ReadError("not-a-regular-file")
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise ReadError("cannot-open", reason=error.strerror or type(error).__name__) from error
    except ValueError as error:  # a NUL in the name
        raise ReadError("cannot-open", reason=str(error)) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # and after: it may have been exchanged in between
        os.close(descriptor)
        raise ReadError("not-a-regular-file")
    return os.fdopen(descriptor, "rb")


def _unzipped(data: bytes, limit: int) -> bytes:
    """Decompress at most ``limit`` bytes; a torn stream gives what came before the damage."""
    parts: list[bytes] = []
    left = limit
    at = streams = 0
    while not streams or data.startswith(_GZIP, at):  # a gzip file may be several streams one after another
        try:
            text, at = _stream(data, at, left)
        except zlib.error as error:
            if streams:
                break
            raise ReadError("bad-gzip", reason=str(error)) from error
        streams += 1
        left -= len(text)
        if left < 0:
            raise ReadError("decompression-bomb", limit=limit)
        if text:
            parts.append(text)
    return b"".join(parts)


def _stream(data: bytes, at: int, limit: int) -> tuple[bytes, int]:
    """What is in the stream at ``at``, at most one byte more than ``limit``, and the place after it.

    It is fed by pieces that grow: zlib hands back a copy of all that follows the end, and there may be a million ends.
    """
    unzip = zlib.decompressobj(wbits=31)
    parts: list[bytes] = []
    view = memoryview(data)
    step = _FIRST_STEP
    while at < len(data) and not unzip.eof and limit >= 0:
        parts.append(unzip.decompress(view[at : at + step], limit + 1))
        limit -= len(parts[-1])
        at = min(at + step, len(data)) - len(unzip.unused_data)
        step *= 2
    return b"".join(parts), at
