"""The contract of a reader: it detects its format from a file's head, names the run, and reads the file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

from loganalyzer.model.record import Record

if TYPE_CHECKING:
    from pathlib import Path

    from loganalyzer.model.run import Run, Unread

HEAD_BYTES = 65_536


class Match(IntEnum):
    """Certainty of a reader that a file has its format."""

    NO = 0
    MAYBE = 1
    CERTAIN = 2


class Source(Record, dict=True):
    """One file as passed to readers, independent of its storage (disk, bucket).

    ``path`` is POSIX and relative to the analysed root; ``size`` in bytes as of opening (a live file may grow, what
    is past ``size`` is not read); ``head`` the first bytes, read once for all readers; ``fetch`` reads all of a file that is
    longer; ``siblings`` the names of the files in the same folder; ``stored`` the path on this machine, if there is one
    (needed for databases, see ``local``), or the folder, with a separator at its end, below which ``path`` is: a job may be
    of very many files; ``torn`` says that the file is compressed and ends before its content does.
    """

    path: str
    size: int
    head: bytes
    fetch: Callable[[], bytes]
    siblings: frozenset[str] = frozenset()
    stored: str | Path | None = None
    torn: bool = False

    def __repr__(self) -> str:
        return f"<Source {self.path!r}: {self.size} bytes>"

    @property
    def local(self) -> Path | None:
        """The path on this machine, if there is one; made when it is asked for."""
        from pathlib import Path

        if self.stored is None:
            return None
        place = str(self.stored)
        return Path(place + self.path if place.endswith(os.sep) else place)

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The POSIX path of the folder, "" for the root."""
        return self.path.rpartition("/")[0]

    @cached_property
    def text_head(self) -> str | None:
        """The head decoded (UTF-8, UTF-16 by its mark, Shift-JIS, Latin-1), or None if it is binary."""
        from loganalyzer.readers.encoding import decode_head

        return decode_head(self.head)

    def read(self) -> bytes:
        """Read all ``size`` bytes. Raises ReadError if the file vanished, shrank or is over the limit."""
        return self.head if len(self.head) >= self.size else self.fetch()


@dataclass(frozen=True)
class Reader:
    """A log format.

    ``detect(source)`` uses the head only. ``key(source)`` names the run that the file belongs to: a POSIX path
    relative to the root (a folder when several files make one run, else the file itself). ``read(key, sources)``
    yields the runs in these files and the files that could not be read; it may raise ReadError for a file that it
    cannot read at all, and nothing else. Heavy imports belong inside ``read``.

    ``suffixes`` are the endings of this format's files (lower case, with the dot: ``.html``). Files that end so are
    opened in any folder, even if the ending is usually that of no log, and are reported if they cannot be read.
    Files of unlisted endings (``.dat``, none) are opened as well; only those in ``file_names.NEVER_LOGS`` are not.
    Readers of this package declare theirs in ``readers/__init__.py``, so that the reader need not be loaded.
    """

    id: str
    title: str
    detect: Callable[[Source], Match]
    key: Callable[[Source], str]
    read: Callable[[str, Sequence[Source]], Iterator[Run | Unread]]
    suffixes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError for endings that no file name can match."""
        wrong = [s for s in self.suffixes if not (s.startswith(".") and s == s.lower() and "/" not in s)]
        if wrong:
            raise ValueError(f"the suffixes of a reader look like '.csv': {wrong}")
