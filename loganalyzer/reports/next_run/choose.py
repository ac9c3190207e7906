"""Which run the next one follows: the only one, the one that was asked for, or the best of a sweep."""

from __future__ import annotations

from fnmatch import fnmatchcase

from loganalyzer.model.errors import UsageError
from loganalyzer.model.report import Analysis, Diagnosis, Group

MOST_NAMED = 5
"""An error names so many runs."""


def choose(analysis: Analysis, wanted: str) -> Diagnosis | Group:
    """Return the run with the id ``wanted``, else the only one that matches it as a glob ("" matches every run).

    Several runs are a sweep where they were compared with each other: its group is returned.
    Raises UsageError where that leaves no run, or several that are no sweep.
    """
    exact = next((d for d in analysis.runs if d.id == wanted), None)
    if exact is not None:
        return exact
    found = [d for d in analysis.runs if not wanted or fnmatchcase(d.id, wanted)]
    if not found:
        raise UsageError("no run is called {run} (there are: {known})", run=wanted, known=_named(analysis.runs))
    if len(found) == 1:
        return found[0]
    ids = {d.id for d in found}
    sweep = next((group for group in analysis.groups if ids <= set(group.runs) and group.table), None)
    if sweep is None:
        text = "--next is about one run or a sweep, and there are {count} runs: name one with --next-run ({known})"
        raise UsageError(text, count=len(found), known=_named(found))
    return sweep


def _named(runs: tuple[Diagnosis, ...] | list[Diagnosis]) -> str:
    more = ", ..." if len(runs) > MOST_NAMED else ""
    return ", ".join(d.id for d in runs[:MOST_NAMED]) + more
