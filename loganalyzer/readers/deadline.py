"""How long one run's files may be read: one clock, asked wherever a reader takes the next line or record.

A reader loops over ``within(lines)`` where it takes lines or records out of a file, or asks ``time_is_up`` between its
blocks; when the time is up the loop ends as at the end of the file, and ``pipeline/read_job.py`` adds the note. What
turns the lines that were read into numbers does not ask again: its work is in proportion to theirs. What numpy, pandas
or the decoder of JSON do in one go is not interrupted; it takes some seconds a gigabyte.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Literal, TypeVar

from loganalyzer.readers.limits import MAX_SECONDS

if TYPE_CHECKING:
    from loganalyzer.model.run import Note

Item = TypeVar("Item")
Unit = Literal["line", "record"]


class Deadline:
    """``seconds`` from now on, by ``clock`` (seconds, rising). ``note`` says where reading stopped, None while it did not."""

    def __init__(self, seconds: float = MAX_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        """Start the clock."""
        self.note: Note | None = None
        self._seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    def passed(self, done: int, unit: Unit) -> bool:
        """True once the time is up; the first time it is, ``done`` lines or records of a file were read."""
        if self.note is None and self._clock() > self._end:
            from loganalyzer.model.run import Note  # with numpy, which the command line does not need for its options

            details = {"seconds": self._seconds, "count": done}
            self.note = Note(f"stopped-at-{unit}", details, harmful=True)
        return self.note is not None

    @property
    def left(self) -> float:
        """The seconds until the time is up, below 0 behind that."""
        return self._end - self._clock()


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def reading_until(deadline: Deadline) -> Iterator[None]:
    """Let all that is read inside of the block ask ``deadline``."""
    token = _current.set(deadline)
    try:
        yield
    finally:
        _current.reset(token)


def time_is_up(done: int, unit: Unit) -> bool:
    """True if reading must stop now, with ``done`` lines or records of the file read."""
    deadline = _current.get()
    return deadline is not None and deadline.passed(done, unit)


def seconds_left() -> float:
    """How long reading may still take; at least one second, so that what has just begun can say something."""
    deadline = _current.get()
    return MAX_SECONDS if deadline is None else max(1.0, deadline.left)


def within(items: Iterable[Item], unit: Unit = "line", *, done: int = 0) -> Iterator[Item]:
    """Yield ``items`` until the time is up; ``done`` of the file were read before them."""
    deadline = _current.get()
    if deadline is None:
        return iter(items)
    return _until(deadline, items, unit, done)


def _until(deadline: Deadline, items: Iterable[Item], unit: Unit, done: int) -> Iterator[Item]:
    for number, item in enumerate(items, done):
        if deadline.passed(number, unit):
            return
        yield item
