"""Terminal output: a summary, the runs worst first, fixes for the worst; plain when piped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.confidence import level
from loganalyzer.model.report import Analysis, Diagnosis, Group
from loganalyzer.model.run import Note, PassedOver
from loganalyzer.reports.order import worst_first
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import first_action, summary, told
from loganalyzer.reports.wrap import wrap

if TYPE_CHECKING:
    from rich.console import Console

MANY_RUNS = 60
MANY_UNREAD = 12
MANY_GROUPS = 5
FIRST_STEPS = 3
FIRST_NAMES = 3


def show(analysis: Analysis, console: Console, *, lang: Lang, verbose: bool = False) -> None:
    """Print the analysis; ``verbose`` adds every finding, expected unread files, and the files passed over."""
    from rich.text import Text

    _print(console, summary(analysis, lang), 0, "bold")
    if not analysis.tally.total:
        _print(console, messages.ui("terminal", "no_runs_hint", lang), 2)
        _show_unread(analysis, console, lang, verbose, everything=True)
        _show_passed_over(analysis.passed_over if verbose else (), console, lang)
        return
    runs = worst_first(analysis.runs)
    shown = runs if verbose or len(runs) <= MANY_RUNS else [d for d in runs if d.needs_attention][:MANY_RUNS]
    console.print()
    for diagnosis in shown:
        _show_run(diagnosis, console, lang, verbose)
    more = analysis.tally.total - len(shown)
    if more:
        console.print(Text(messages.ui("terminal", "more", lang, count=more), style="dim"))
    _show_groups(analysis.groups, console, lang)
    if analysis.warnings:
        console.print()
    for note in analysis.warnings:
        _print(console, f"! {term_safe(messages.note(note, lang), 300)}", 0, "yellow", hang=2)
    _show_first_steps([d for d in runs if d.needs_attention][:FIRST_STEPS], console, lang)
    _show_unread(analysis, console, lang, verbose)
    _show_passed_over(analysis.passed_over if verbose else (), console, lang)


def _print(console: Console, text: str, left: int, style: str = "", bold: str = "", hang: int = 0) -> None:
    """Print ``text`` wrapped to the width of ``console``, indented by ``left``: rich wraps at spaces, Japanese has none.

    The beginning ``bold`` is printed in bold; further lines are indented by ``hang`` more columns.
    """
    from rich.text import Text

    pad = " " * left
    for number, line in enumerate(wrap(text, pad, pad + " " * hang, max(console.width, 40))):
        shown = Text(line, style=style)
        if not number and bold:
            shown.stylize("bold", left, left + len(bold))
        console.print(shown)


def _show_run(diagnosis: Diagnosis, console: Console, lang: Lang, verbose: bool) -> None:
    from rich.text import Text

    info = diagnosis.verdict.info
    sign = info.sign if _speaks_unicode(console) else info.ascii_sign
    head = Text()
    head.append(f"{sign} {messages.verdict(diagnosis.verdict, lang)}", style=info.style)
    kind = messages.kind(diagnosis.kind, lang) if diagnosis.kind else ""
    sure = messages.confidence(level(diagnosis.probability), lang)
    head.append(messages.aside("", lang, kind, sure), style="dim")
    head.append(f"  {term_safe(diagnosis.id, 120)}", style="bold")
    console.print(head)
    _print(console, term_safe(messages.headline(diagnosis, lang)), 2)
    for item in diagnosis.notes:
        if verbose or item.harmful:
            _print(console, f"! {term_safe(messages.note(item, lang))}", 2, "dim", hang=2)
    if verbose:
        if close := messages.rival(diagnosis, lang):
            _print(console, close, 2, "dim")
        for outcome in told(diagnosis, lang):
            if outcome.rule != diagnosis.deciding:
                sentence = messages.sentence(outcome, diagnosis.run, lang)
                text = f"- {messages.severity(outcome.severity, lang)} {outcome.rule}: {sentence}"
                _print(console, term_safe(text), 4 if outcome.cause else 2, "dim", hang=2)


def _show_groups(groups: Sequence[Group], console: Console, lang: Lang) -> None:
    """Print the findings of each sweep; its table is in the report."""
    from rich.text import Text

    spoken = [group for group in groups if group.findings]
    if not spoken:
        return
    console.print()
    console.print(Text(messages.ui("groups", "page.title", lang), style="bold"))
    for group in spoken[:MANY_GROUPS]:
        # no name for the analysed folder itself
        name = "" if group.id in ("", ".") else f"{term_safe(group.id, 60)}: "
        for number, finding in enumerate(group.findings):
            text = term_safe(messages.ui("groups", finding.id, lang, **finding.numbers), 600)
            _print(
                console,
                text if number else f"{name}{text}",
                4 if number and name else 2,
                bold="" if number else name,
                hang=2,
            )
    if len(spoken) > MANY_GROUPS:
        _print(console, messages.ui("terminal", "more_groups", lang, count=len(spoken) - MANY_GROUPS), 2, "dim")


def _show_first_steps(sick: Sequence[Diagnosis], console: Console, lang: Lang) -> None:
    from rich.text import Text

    steps = [(d, first_action(d, lang)) for d in sick]
    if not any(action for _, action in steps):
        return
    console.print()
    console.print(Text(messages.ui("terminal", "first_steps", lang), style="bold"))
    for diagnosis, action in steps:
        if action:
            name = f"{term_safe(diagnosis.id, 60)}:"
            _print(console, f"{name} {term_safe(action)}", 2, bold=name)


def _show_unread(analysis: Analysis, console: Console, lang: Lang, verbose: bool, *, everything: bool = False) -> None:
    from rich.text import Text

    listed = [u for u in analysis.unread if verbose or everything or not u.expected]
    if not listed:
        return
    console.print()
    # unread data sets and other non-logs are no failure
    heading = "looked_at" if all(u.expected for u in listed) else "unread"
    console.print(Text(messages.ui("terminal", heading, lang, count=len(listed)), style="bold"))
    for item in listed if verbose else listed[:MANY_UNREAD]:
        text = f"{term_safe(item.file, 100)}: {term_safe(messages.note(item.note, lang), 300)}"
        _print(console, text, 2)
    if not verbose and len(listed) > MANY_UNREAD:
        console.print(Text(messages.ui("terminal", "more_unread", lang, count=len(listed) - MANY_UNREAD), style="dim"))


def _show_passed_over(kinds: Sequence[PassedOver], console: Console, lang: Lang) -> None:
    from rich.text import Text

    if not kinds:
        return
    console.print()
    total = sum(kind.count for kind in kinds)
    console.print(Text(messages.ui("terminal", "passed_over", lang, count=total), style="bold"))
    for kind in kinds:
        special = {"": "none", "/": "folders", "*": "others"}.get(kind.suffix)
        ending = messages.ui("terminal", f"passed_over_kind.{special}", lang) if special else kind.suffix
        names = [term_safe(name, 100) for name in kind.files[:FIRST_NAMES]]
        names += ["..."] if kind.count > len(names) else []
        reason, shown = messages.note(Note(kind.code), lang), messages.listed(names, lang)
        said = messages.ui(
            "terminal", "passed_over_line", lang, ending=ending, count=kind.count, reason=reason, names=shown
        )
        _print(console, term_safe(said, 500), 2)


def _speaks_unicode(console: Console) -> bool:
    return (console.encoding or "").lower().replace("-", "").startswith("utf")
