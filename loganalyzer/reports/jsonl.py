"""JSON Lines: each run as a line, the same as in the JSON document, written as soon as the run is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from loganalyzer.messages import Lang
from loganalyzer.model.record import Record
from loganalyzer.model.report import Group
from loganalyzer.reports.files import growing
from loganalyzer.reports.json import dumps


def line(run: Mapping[str, Any]) -> str:
    """Serialise one run to a line with its line end."""
    return dumps(run) + "\n"


class Lines(Record):
    """Writer of the lines."""

    add: Callable[[str], None]

    def finish(self, groups: Sequence[Group]) -> None:
        """Write nothing: sweeps have no line."""


@contextmanager
def opened(target: str, lang: Lang) -> Iterator[Lines]:
    """Open ``target`` for lines; a pipe gets each at once. Raises UsageError if it cannot be written."""
    del lang  # the sentences are in the lines already
    with growing(target) as append:
        yield Lines(append)
