"""Open untrusted files: regular files only, never more than the size at opening, gzip decompressed within limits."""

from __future__ import annotations

import os
import stat
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from loganalyzer.model.errors import ReadError
from loganalyzer.model.record import Record
from loganalyzer.readers.base import HEAD_BYTES, Source
from loganalyzer.readers.limits import MAX_FILE_BYTES

MOST_RATIO = 100
"""A file may grow by this factor when decompressed; real logs stay below 40, bombs start at 1000."""
MOST_KEPT = 16 * 2**20
"""Decompressed content up to this size is kept until it is read; longer content is decompressed again."""
SMALLEST_GZIP = 18
"""Header and trailer, in bytes."""
MOST_ZEROS = 64 * 2**20
"""So many zero bytes are passed to find where a file begins."""
LINES_IN_HEAD = 2
LONG_HEAD_BYTES = 2**19
"""What detection is given of a text of such long lines that the usual head holds no two of them."""
_GZIP = b"\x1f\x8b"
_FIRST_STEP = 256


class Fetch(Record):
    """Reads the whole file when a reader needs more than its head."""

    path: str
    size: int
    max_bytes: int
    zipped: bool = False

    def __call__(self) -> bytes:
        """Read the first ``size`` bytes (decompressed: all that the bounds allow). Raises ReadError."""
        self.check()
        try:
            with open_regular(self.path) as file:
                return self.whole(file.read(self.size))
        except OSError as error:
            raise ReadError("cannot-open", reason=error.strerror or "error") from error

    def check(self) -> None:
        """Raise ReadError for a file over the limit."""
        if self.size > self.max_bytes:
            raise ReadError("too-large", size=self.size, limit=self.max_bytes)

    def whole(self, data: bytes) -> bytes:
        """Return the content of ``data``, the bytes of the file, decompressed if need be. Raises ReadError if bytes are missing."""
        return self.unzipped(data)[0] if self.zipped else self._complete(data)

    def unzipped(self, data: bytes) -> tuple[bytes, bool]:
        """Return the decompressed content of the bytes of a gzip file, and whether that is all of it. Raises ReadError."""
        return _unzipped(self._complete(data), min(self.max_bytes, MOST_RATIO * max(self.size, 1024)))

    def _complete(self, data: bytes) -> bytes:
        if len(data) < self.size:
            raise ReadError("file-shrank", expected=self.size, found=len(data))
        return data


def open_source(
    path: str | Path, relative: str, siblings: frozenset[str] = frozenset(), max_bytes: int = MAX_FILE_BYTES
) -> Source:
    """Open a file for reading. A gzip file is decompressed; its path loses ``.gz``.

    Raises ReadError if it is no regular file (a pipe, a device, a socket, a link), cannot be opened, or has
    vanished, and for a gzip file that is damaged or over the limits: it is decompressed here. Opening never blocks.
    """
    try:
        with open_regular(os.fspath(path)) as file:
            size = os.fstat(file.fileno()).st_size
            head = _head(file, size)
            if not head.startswith(_GZIP):
                rest = Fetch(str(path), size, max_bytes) if size > len(head) else _nothing_more
                return Source(relative, size, head, rest, siblings, _stored(str(path), relative))
            fetch = Fetch(str(path), size, max_bytes, zipped=True)
            fetch.check()
            content, complete = fetch.unzipped(head + file.read(size - len(head)))
    except OSError as error:
        raise ReadError("cannot-open", reason=error.strerror or "error") from error
    again: Callable[[], bytes] = fetch if len(content) > MOST_KEPT else lambda: content
    return Source(relative.removesuffix(".gz"), len(content), content[:HEAD_BYTES], again, siblings, torn=not complete)


def _nothing_more() -> bytes:
    """Stands for the ``Fetch`` of a file that is no longer than its head; raises ReadError."""
    raise ReadError("cannot-open", reason="read() gives all of it")


def _stored(path: str, relative: str) -> str:
    """The folder below which ``relative`` is, once for all its files, with a separator at its end; ``path`` of another file."""
    folder = path.removesuffix(relative)
    return sys.intern(folder) if folder.endswith(os.sep) else path


def open_head(
    path: str | Path, relative: str, siblings: frozenset[str] = frozenset(), max_bytes: int = MAX_FILE_BYTES
) -> Source:
    """Open a file for detection: once, decompressing only the head of a gzip file.

    ``size`` of a longer gzip file is taken from its last bytes, or its own size if that is impossible. Raises
    ReadError as ``open_source`` does, except for faults after the head.
    """
    try:
        with open_regular(os.fspath(path)) as file:
            size = content_size = os.fstat(file.fileno()).st_size
            head = _head(file, size)
            zipped = head.startswith(_GZIP)
            if zipped or has_long_lines(head):
                head += file.read(min(LONG_HEAD_BYTES, size) - len(head))
            if zipped and size > SMALLEST_GZIP:
                file.seek(-4, os.SEEK_END)
                content_size = int.from_bytes(file.read(4), "little")  # modulo 2**32, of the last stream
    except OSError as error:
        raise ReadError("cannot-open", reason=error.strerror or "error") from error
    fetch = Fetch(str(path), size, max_bytes, zipped)
    if not zipped:
        return Source(relative, size, head, fetch, siblings, str(path))
    fetch.check()
    name, shown = unzipped_head(relative, head)
    if len(head) == size and len(shown) < (LONG_HEAD_BYTES if has_long_lines(shown) else HEAD_BYTES):
        return Source(name, len(shown), shown, fetch, siblings)
    if content_size > MOST_RATIO * size:
        content_size = size
    return Source(name, max(content_size, len(shown) + 1), shown, fetch, siblings)


def _head(file: BinaryIO, size: int) -> bytes:
    """Read the head of a file of that size, behind zero bytes that fill all of it. Raises ReadError if bytes of it are missing.

    A file begins with such zero bytes if it was emptied while a program went on to write where it had been.
    """
    wanted = min(HEAD_BYTES, size)
    head = file.read(wanted)
    if len(head) < wanted:
        raise ReadError("file-shrank", expected=size, found=len(head))
    while len(head) == HEAD_BYTES and not head.strip(b"\0") and file.tell() < min(size, MOST_ZEROS):
        head = file.read(min(HEAD_BYTES, size - file.tell()))
    if file.tell() > HEAD_BYTES:
        head = head.lstrip(b"\0")
        head += file.read(min(HEAD_BYTES - len(head), size - file.tell()))
    return head


def unzipped_head(name: str, head: bytes) -> tuple[str, bytes]:
    """Return the path and head of a file's content: decompressed if it is a gzip file. Raises ReadError."""
    if not head.startswith(_GZIP):
        return name, head
    shown, _ = _unzipped(head, HEAD_BYTES, cut=True)
    if has_long_lines(shown):
        shown, _ = _unzipped(head, LONG_HEAD_BYTES, cut=True)
    return name.removesuffix(".gz"), shown


def has_long_lines(head: bytes) -> bool:
    """Return True if ``head`` is the beginning of a text and too short for two of its lines."""
    return len(head) >= HEAD_BYTES and b"\0" not in head and head.count(b"\n") + head.count(b"\r") < LINES_IN_HEAD


def open_regular(path: str) -> BinaryIO:
    """Open a regular file, never blocking. Raises ReadError."""
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


def _unzipped(data: bytes, limit: int, *, cut: bool = False) -> tuple[bytes, bool]:
    """Decompress at most ``limit`` bytes, and say whether all streams reach their end.

    A truncated stream gives the bytes before the damage. Excess content is dropped if ``cut``, else an error. Raises ReadError.
    """
    parts: list[bytes] = []
    left = limit
    at = streams = 0
    whole = True
    while not streams or data.startswith(_GZIP, at):  # a gzip file may be several streams one after another
        try:
            text, at, whole = _stream(data, at, left)
        except zlib.error as error:
            if streams:
                whole = False
                break
            raise ReadError("bad-gzip", reason=str(error)) from error
        streams += 1
        left -= len(text)
        if left < 0 and not cut:
            raise ReadError("decompression-bomb", limit=limit)
        if text:
            parts.append(text)
        if left <= 0 and cut:
            break
    return b"".join(parts)[:limit], whole


def _stream(data: bytes, at: int, limit: int) -> tuple[bytes, int, bool]:
    """Decompress the stream at ``at``, at most one byte more than ``limit``; return it, the position after it, and
    whether it ended.

    Input is fed in growing pieces: zlib copies all that follows the end of a stream, and there may be a million ends.
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
    return b"".join(parts), at, unzip.eof
