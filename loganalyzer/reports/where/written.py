"""Conditions of a sweep as a query of the filter language."""

from __future__ import annotations

from loganalyzer import messages
from loganalyzer.model.sweep import Conditions
from loganalyzer.reports.where.language import quoted


def query(where: Conditions, **words: str) -> str:
    """The query for runs that meet ``where``; ``words`` are further fields with the value that they must have."""
    settings = [f"{quoted(c.name)}{c.comparison}{quoted(messages.typed(_plain(c.value)))}" for c in where]
    return " ".join([*settings, *(f"{name}:{quoted(value)}" for name, value in words.items())])


def _plain(value: float | str) -> float | str:
    return str(value).lower() if isinstance(value, bool) else value
