"""``analyze-logs --verify``: TensorBoard files read twice, by us and by tbparse, and compared point by point."""

from __future__ import annotations

from collections.abc import Sequence

import click

from loganalyzer import words
from loganalyzer.api import named
from loganalyzer.model.run import Unread
from loganalyzer.renderers.safe import term_safe
from loganalyzer.second_reading import Compared, compare
from loganalyzer.words import Lang

EQUAL, DIFFERENT, NONE = 0, 4, 5


def verify(paths: Sequence[str], max_bytes: int, lang: Lang) -> int:
    """Print a line for each file and a sum; 4 if a file could not be read, is damaged, or differs; 5 if there is none."""
    files = ours = theirs = faults = 0
    for item in compare(list(named(paths)), max_bytes):
        files += 1
        if isinstance(item, Unread):
            faults += 1
            click.echo(_safe(f"✗ {item.file}: {words.note(item.note, lang)}"))
            continue
        ours, theirs = ours + item.points, theirs + (item.theirs or 0)
        bad = bool(item.missing or item.notes)
        faults += bad
        click.echo(_safe(f"{'✗' if bad else '✓'} {item.file}: {_said(item, lang)}"))
        for note in item.notes:
            click.echo(_safe(f"    {words.note(note, lang)}"))
    if not files:
        click.echo(words.ui("verify", "none", lang))
        return NONE
    key = "sum_faults" if faults else "sum"
    click.echo(words.ui("verify", key, lang, files=files, ours=f"{ours:,}", theirs=f"{theirs:,}", faults=faults))
    return DIFFERENT if faults else EQUAL


def _said(item: Compared, lang: Lang) -> str:
    holes = {"points": f"{item.points:,}", "theirs": f"{item.theirs or 0:,}", "reason": item.reason}
    if item.missing:
        return words.ui("verify", "missing", lang, missing=f"{item.missing:,}", example=item.example, **holes)
    if item.theirs is None:
        return words.ui("verify", "gave_up", lang, **holes)
    return words.ui("verify", "equal" if item.theirs == item.points else "fewer", lang, **holes)


def _safe(line: str) -> str:
    return term_safe(line, 600)
