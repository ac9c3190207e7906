"""Now ``loganalyzer.readers.base``; ``Smell`` is ``Match``, its ``SURE`` is ``CERTAIN``, and ``smell`` is ``detect``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from loganalyzer.model.run import Run, Unread
from loganalyzer.readers import base
from loganalyzer.readers.base import HEAD_BYTES, Match, Source

__all__ = ["HEAD_BYTES", "Match", "Reader", "Smell", "Source"]


class Smell:
    """The former names of ``Match``."""

    NO = Match.NO
    MAYBE = Match.MAYBE
    SURE = Match.CERTAIN


def Reader(
    id: str,
    title: str,
    smell: Callable[[Source], Match],
    key: Callable[[Source], str],
    read: Callable[[str, Sequence[Source]], Iterator[Run | Unread]],
) -> base.Reader:
    """A reader from the fields that it had in version 0.1."""
    return base.Reader(id, title, smell, key, read)
