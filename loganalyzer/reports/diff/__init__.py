"""Two analyses compared, as a person or a program reads it: terminal, Markdown, JSON."""

from __future__ import annotations

from dataclasses import dataclass

from loganalyzer.model.changes import Changes


@dataclass(frozen=True)
class Compared:
    """The changes from ``before`` to ``now`` (the paths as given); ``tolerance`` is a share of the value before."""

    before: str
    now: str
    changes: Changes
    tolerance: float
