"""Write results: files appear atomically, and foreign files are never overwritten."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from loganalyzer.model.errors import UsageError

GENERATOR = 'content="loganalyzer'


def write(target: str | Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``target`` ("-" is standard output), through a temporary file in the same folder.

    Raises UsageError with one line when the place cannot be written.
    """
    with growing(target) as append:
        append(text)


@contextmanager
def growing(target: str | Path) -> Iterator[Callable[[str], None]]:
    """Open ``target`` for writing piece by piece; "-" and pipes receive each piece at once, a file appears when complete.

    Raises UsageError with one line when the place cannot be written.
    """
    if str(target) == "-":
        yield _appender(sys.stdout.buffer, str(target))
        return
    with opened(Path(target)) as file:
        yield _appender(file, str(target))


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open ``path`` to write bytes: a file appears under its name when complete, pipes receive them at once.

    Raises UsageError with one line when the place cannot be written.
    """
    import tempfile

    temporary: str | None = None
    try:
        if path.exists() and not path.is_file():
            handle = os.open(path, os.O_WRONLY)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise UsageError("cannot write {path}: {reason}", path=path, reason=error.strerror) from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        if temporary:
            Path(temporary).chmod(0o666 & ~_umask())
            Path(temporary).replace(path)
    except BaseException as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            raise UsageError("cannot write {path}: {reason}", path=path, reason=error.strerror) from error
        raise


def _appender(file: BinaryIO, name: str) -> Callable[[str], None]:
    def append(text: str) -> None:
        file.write(text.encode("utf-8", "backslashreplace"))
        if name == "-":
            file.flush()

    return append


def refuse_foreign_page(path: Path) -> None:
    """Raise UsageError if ``path`` exists and is not a report of loganalyzer."""
    try:
        with path.open("rb") as file:
            head = file.read(8192)
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError("cannot write {path}: {reason}", path=path, reason=error.strerror) from error
    if head and GENERATOR.encode() not in head:
        raise UsageError("{path} exists and is no report of analyze-logs; choose another folder with -o", path=path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
