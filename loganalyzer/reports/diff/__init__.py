"""Two analyses compared, as a person or a program reads it: terminal, Markdown, JSON."""

from __future__ import annotations

from loganalyzer.model.changes import Changes
from loganalyzer.model.record import Record


class Compared(Record):
    """The changes from ``before`` to ``now`` (the paths as given); ``tolerance`` is a share of the value before."""

    before: str
    now: str
    changes: Changes
    tolerance: float
