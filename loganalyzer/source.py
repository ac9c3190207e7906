"""Opening files that may be hostile: regular files only, bounded, decompressed in bounds, as of their size at opening."""

from __future__ import annotations

import os
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path

from loganalyzer.errors import ReadError
from loganalyzer.reader import HEAD_BYTES, Source

MOST_RATIO = 100
"""A file may grow by this factor when decompressed; real logs stay below 40, bombs start at 1000."""


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
        with _open(self.path) as file:
            data = file.read(self.size)
        if len(data) < self.size:
            raise ReadError("file-shrank", expected=self.size, found=len(data))
        return _unzipped(data, min(self.max_bytes, MOST_RATIO * max(self.size, 1024))) if self.zipped else data


def open_source(
    path: Path, relative: str, siblings: frozenset[str] = frozenset(), max_bytes: int = 2 * 2**30
) -> Source:
    """The file as readers see it.

    Raises ReadError for what is no regular file (a pipe, a device, a socket), cannot be opened, or has vanished.
    Opening never blocks.
    """
    with _open(str(path)) as file:
        status = os.fstat(file.fileno())
        head = file.read(min(HEAD_BYTES, status.st_size))
    zipped = head[:2] == b"\x1f\x8b"
    fetch = Fetch(str(path), status.st_size, max_bytes, zipped)
    if zipped:
        data = fetch()
        return Source(
            relative.removesuffix(".gz"), len(data), data[:HEAD_BYTES], fetch, siblings, None, status.st_mtime
        )
    return Source(relative, status.st_size, head, fetch, siblings, path, status.st_mtime)


def _open(path: str):  # type: ignore[no-untyped-def]  # the stubs know no name for "an unbuffered binary file"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise ReadError("cannot-open", reason=error.strerror or type(error).__name__) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ReadError("not-a-regular-file")
    return os.fdopen(descriptor, "rb")


def _unzipped(data: bytes, limit: int) -> bytes:
    """Decompress at most ``limit`` bytes; a torn stream gives what came before the damage."""
    unzip = zlib.decompressobj(wbits=31)
    try:
        text = unzip.decompress(data, limit + 1)
    except zlib.error as error:
        raise ReadError("bad-gzip", reason=str(error)) from error
    if len(text) > limit:
        raise ReadError("decompression-bomb", limit=limit)
    return text
