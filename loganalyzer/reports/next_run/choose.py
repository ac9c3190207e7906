"""Which run the next one follows: the only one, the one that was asked for, or the best of a sweep."""

from __future__ import annotations

from fnmatch import fnmatchcase

from loganalyzer.model.errors import UsageError, did_you_mean
from loganalyzer.model.report import Analysis, Diagnosis, Group

MOST_COMPARED = 2_000
"""Among more runs no near name is looked for."""
MOST_NAMED = 5
"""An error names so many runs."""


def choose(analysis: Analysis, wanted: str, option: str = "--next-run") -> Diagnosis | Group:
    """Return the run with the id ``wanted``, else the only one that matches it as a glob ("" matches every run).

    Several runs are a sweep where they were compared with each other: its group is returned.
    ``option`` is what an error calls the place for ``wanted``.
    Raises UsageError where that leaves no run, or several that are no sweep.
    """
    exact = next((d for d in analysis.runs if d.id == wanted), None)
    if exact is not None:
        return exact
    found = [d for d in analysis.runs if not wanted or fnmatchcase(d.id, wanted)]
    if not found:
        hint = did_you_mean(wanted, [d.id for d in analysis.runs]) if len(analysis.runs) <= MOST_COMPARED else ""
        if hint:
            raise UsageError("no run is called {run}{hint}", run=wanted, hint=hint)
        raise UsageError("no run is called {run} (there are: {known})", run=wanted, known=named(analysis.runs))
    if len(found) == 1:
        return found[0]
    ids = {d.id for d in found}
    sweep = next((group for group in analysis.groups if ids <= set(group.runs) and group.table), None)
    if sweep is None:
        text = "the next run follows one run or a sweep, and there are {count} runs: name one with {option} ({known})"
        raise UsageError(text, count=len(found), option=option, known=named(found))
    return sweep


def named(runs: tuple[Diagnosis, ...] | list[Diagnosis]) -> tuple[str, ...]:
    """The first runs by name, and whether there are more."""
    more = ("...",) if len(runs) > MOST_NAMED else ()
    return (*(d.id for d in runs[:MOST_NAMED]), *more)
