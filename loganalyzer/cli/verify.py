"""``analyze-logs --verify``: TensorBoard files read by our reader and by tbparse, compared point by point."""

from __future__ import annotations

from collections.abc import Sequence

import click

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.exit_code import ExitCode
from loganalyzer.model.run import Unread
from loganalyzer.pipeline.paths import existing
from loganalyzer.pipeline.verify_tensorboard import Compared, compare
from loganalyzer.reports.safe import term_safe


def verify(paths: Sequence[str], max_bytes: int, lang: Lang) -> ExitCode:
    """Print a line for each file and a summary.

    Returns UNREAD if a file could not be read, is damaged or differs, NO_RUNS if there is none.
    """
    files = ours = theirs = faults = 0
    for item in compare(list(existing(paths)), max_bytes):
        files += 1
        if isinstance(item, Unread):
            faults += 1
            click.echo(_safe(f"✗ {item.file}: {messages.note(item.note, lang)}"))
            continue
        ours, theirs = ours + item.points, theirs + (item.theirs or 0)
        bad = bool(item.missing or item.notes)
        faults += bad
        click.echo(_safe(f"{'✗' if bad else '✓'} {item.file}: {_result(item, lang)}"))
        for note in item.notes:
            click.echo(_safe(f"    {messages.note(note, lang)}"))
    if not files:
        click.echo(messages.ui("verify", "none", lang))
        return ExitCode.NO_RUNS
    key = "sum_faults" if faults else "sum"
    click.echo(messages.ui("verify", key, lang, files=files, ours=f"{ours:,}", theirs=f"{theirs:,}", faults=faults))
    return ExitCode.UNREAD if faults else ExitCode.DONE


def _result(item: Compared, lang: Lang) -> str:
    numbers = {"points": f"{item.points:,}", "theirs": f"{item.theirs or 0:,}", "reason": item.reason}
    if item.missing:
        return messages.ui("verify", "missing", lang, missing=f"{item.missing:,}", example=item.example, **numbers)
    if item.theirs is None:
        return messages.ui("verify", "gave_up", lang, **numbers)
    return messages.ui("verify", "equal" if item.theirs == item.points else "fewer", lang, **numbers)


def _safe(line: str) -> str:
    return term_safe(line, 600)
