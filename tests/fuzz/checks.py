"""What must be true of every input, whatever its bytes are: the one place that all harnesses share.

A harness is a module with ``seeds()``, whole inputs to begin with, and ``read(data)``, which feeds a reader.
"""

from __future__ import annotations

import atexit
import json
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from shutil import rmtree

from benchmarks.mutations import malformed
from loganalyzer.messages import LANGUAGES
from loganalyzer.messages import note as words_of
from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import HEAD_BYTES, Reader, Source

MOST_SECONDS = 2.0
"""Processor time of one input; inputs are small, and 2 s is also the limit for mutated files."""
MOST_GROWTH = 64 * 2**20
"""How far one input may raise the peak memory of the process, in bytes."""
Items = Iterable[Run | Unread]
Read = Callable[[bytes], Items]

_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, getrusage(2)


class Finding(AssertionError):
    """A reader did what its contract forbids."""


def checked(read: Read, data: bytes) -> list[Run | Unread]:
    """What is read from ``data``. Raises Finding, or what escaped the reader; ReadError is an answer like others.

    Warnings are collected, not raised: readers that expect anything from a library would catch them too.
    """
    found: list[Run | Unread] = []
    began, peak = time.process_time(), _peak()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            for item in read(data):
                found.append(item)
        except ReadError as error:
            _must_be_sayable(Note(error.code, error.details))
    seconds, grown = time.process_time() - began, _peak() - peak
    if warned:
        raise Finding(f"a user would see {warned[0].category.__name__}: {warned[0].message}")
    if seconds > MOST_SECONDS:
        raise Finding(f"{seconds:.1f} s for {len(data)} bytes")
    if grown > MOST_GROWTH:
        raise Finding(f"{grown / 2**20:.0f} MiB for {len(data)} bytes")
    for item in found:
        _must_be_whole(item)
    return found


def _must_be_whole(item: Run | Unread) -> None:
    if isinstance(item, Unread):
        _must_be_sayable(item.note)
        return
    why = malformed(item)
    if why:
        raise Finding(why)
    if item.step_unit not in ("", "step", "epoch") or not item.files:
        raise Finding(f"step unit {item.step_unit!r}, files {item.files}")
    for name, one in item.series.items():
        if name != one.name:
            raise Finding(f"{name!r} is called {one.name!r}")
        name.encode()  # no half surrogates: it is written into files
    json.dumps(item.hyperparameters)  # an integer may have more digits than Python prints
    for note in item.notes:
        _must_be_sayable(note)


def _must_be_sayable(note: Note) -> None:
    for lang in LANGUAGES:
        if not words_of(note, lang):
            raise Finding(f"no words for {note}")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _PEAK_UNIT


def reading(reader: Reader, path: str, data: bytes, local: Path | None = None) -> Iterator[Run | Unread]:
    """What ``reader`` makes of a file of this content, detected first, as discovery does."""
    source = Source(path, len(data), data[:HEAD_BYTES], lambda: data, frozenset(), local)
    reader.detect(source)
    yield from reader.read(reader.key(source), [source])


def pieces(data: bytes) -> Iterator[tuple[bool, bytes]]:
    """``data`` cut where it says: two bytes (little-endian) of length, the top bit a flag; then the piece; and so on."""
    at = 0
    while at < len(data):
        word = int.from_bytes(data[at : at + 2], "little")
        length = word & 0x7FFF
        yield word >= 0x8000, data[at + 2 : at + 2 + length]
        at += 2 + length


def of_pieces(parts: Iterable[bytes]) -> bytes:
    """The inverse of ``pieces``, all flags off."""
    return b"".join(len(part).to_bytes(2, "little") + part for part in parts)


@cache
def scratch() -> Path:
    """A folder of this process for readers that want a file on disk; it goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    return folder
