"""Terminal output: a summary, the runs worst first with what to do next, sweeps, files not read; plain when piped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.record import Record
from loganalyzer.model.report import Analysis, Group
from loganalyzer.model.run import Note, PassedOver
from loganalyzer.reports import sweep_text, trend_text
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import summary
from loganalyzer.reports.terminal_board import show_board
from loganalyzer.reports.terminal_lines import Lines
from loganalyzer.reports.terminal_runs import show_every_run, show_runs

if TYPE_CHECKING:
    from rich.console import Console

MANY_UNREAD = 12
MANY_GROUPS = 5
FIRST_NAMES = 3


class View(Record):
    """How runs are shown: ``verbose`` adds every run, finding and action, expected unread files, and the files passed over;
    ``sort`` is the key of a table in place of the list, ``where`` the query that the runs match."""

    verbose: bool = False
    sort: str = ""
    where: str = ""


def show(
    analysis: Analysis,
    console: Console,
    *,
    lang: Lang,
    view: View | None = None,
    verbose: bool = False,
    whole: Analysis | None = None,
) -> None:
    """Print the analysis; ``whole`` also has the runs that ``view.where`` leaves out."""
    out, view = Lines(console), view or View(verbose)
    verbose = view.verbose
    if view.where and whole is not None and whole.tally.total:
        out.write(matching(analysis, view.where, whole.tally.total, lang), style="dim")
        if not analysis.tally.total:
            return
    out.write(summary(analysis, lang), style="bold")
    if not analysis.tally.total:
        out.write(messages.ui("terminal", "no_runs_hint", lang), 2)
        _show_unread(analysis, out, lang, verbose, everything=True)
        _show_passed_over(analysis.passed_over, out, lang)
        return
    out.blank()
    if view.sort:
        show_board(analysis, view.sort, out, lang)
    else:
        show_every_run(analysis, out, lang) if verbose else show_runs(analysis, out, lang, whole or analysis)
    _show_trend(whole or analysis, out, lang)
    _show_groups(analysis.groups, out, lang)
    if analysis.warnings:
        out.blank()
    for note in analysis.warnings:
        out.write(f"! {term_safe(messages.note(note, lang), 300)}", style="yellow", hang=2)
    _show_unread(analysis, out, lang, verbose)
    _show_passed_over(analysis.passed_over if verbose else (), out, lang)


def matching(analysis: Analysis, query: str, total: int, lang: Lang) -> str:
    """Say how many of ``total`` runs match the query: those of ``analysis``."""
    key = "matching" if analysis.tally.total else "none_matching"
    numbers = {"count": analysis.tally.total, "total": total}
    return messages.ui("terminal", key, lang, **numbers, query=term_safe(query, 200))


def _show_trend(analysis: Analysis, out: Lines, lang: Lang) -> None:
    """Print what is different since the last analysis."""
    trend = analysis.trend
    if trend is None:
        return
    out.blank()
    out.write(trend_text.heading(trend, lang), style="bold")
    for line in trend_text.lines(trend, analysis.runs, lang, curves=out.unicode):
        out.write(line, 2, hang=2)


def _show_groups(groups: Sequence[Group], out: Lines, lang: Lang) -> None:
    """Print the findings of each sweep; its table is in the report."""
    # the runs of a small comparison are read one by one; a sweep has been shown above them
    spoken = [group for group in groups if group.findings and not group.is_sweep]
    if not spoken:
        return
    out.blank()
    out.write(messages.ui("groups", "page.title", lang), style="bold")
    for group in spoken[:MANY_GROUPS]:
        # no name for the analysed folder itself
        name = "" if group.id in ("", ".") else messages.pair(term_safe(group.id, 60), "", lang)
        for number, finding in enumerate(group.findings):
            text = sweep_text.finding(finding, lang)
            out.write(
                text if number else f"{name}{text}",
                4 if number and name else 2,
                bold="" if number else name,
                hang=2,
            )
    if len(spoken) > MANY_GROUPS:
        out.write(messages.ui("terminal", "more_groups", lang, count=len(spoken) - MANY_GROUPS), 2, "dim")


def _show_unread(analysis: Analysis, out: Lines, lang: Lang, verbose: bool, *, everything: bool = False) -> None:
    listed = [u for u in analysis.unread if verbose or everything or not u.expected]
    if not listed:
        return
    out.blank()
    # unread data sets and other non-logs are no failure
    heading = "looked_at" if all(u.expected for u in listed) else "unread"
    out.write(messages.ui("terminal", heading, lang, count=len(listed)), style="bold")
    for item in listed if verbose else listed[:MANY_UNREAD]:
        text = messages.pair(term_safe(item.file, 100), term_safe(messages.note(item.note, lang), 300), lang)
        out.write(text, 2)
    if not verbose and len(listed) > MANY_UNREAD:
        out.write(messages.ui("terminal", "more_unread", lang, count=len(listed) - MANY_UNREAD), style="dim")


def _show_passed_over(kinds: Sequence[PassedOver], out: Lines, lang: Lang) -> None:
    if not kinds:
        return
    out.blank()
    total = sum(kind.count for kind in kinds)
    out.write(messages.ui("terminal", "passed_over", lang, count=total), style="bold")
    for kind in kinds:
        special = {"": "none", "/": "folders", "*": "others"}.get(kind.suffix)
        ending = messages.ui("terminal", f"passed_over_kind.{special}", lang) if special else kind.suffix
        names = [term_safe(name, 100) for name in kind.files[:FIRST_NAMES]]
        names += ["..."] if kind.count > len(names) else []
        reason, shown = messages.note(Note(kind.code), lang), messages.listed(names, lang)
        said = messages.ui(
            "terminal", "passed_over_line", lang, ending=ending, count=kind.count, reason=reason, names=shown
        )
        out.write(term_safe(said, 500), 2)
