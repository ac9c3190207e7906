"""The runs on the terminal: those that need attention with what to do next, then the healthy ones in a line."""

from __future__ import annotations

from collections.abc import Sequence

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.confidence import level
from loganalyzer.model.report import Analysis, Diagnosis
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports.alike import Alike, grouped
from loganalyzer.reports.order import natural, worst_first
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import next_steps, told
from loganalyzer.reports.terminal_lines import Lines
from loganalyzer.reports.wrap import columns

MOST_ENTRIES = 60
MOST_NAMES = 8
LONGEST_NAME = 48
"""Characters of a name among others; longer ones are shortened in the middle."""
ARROW = "-> "


def show_runs(analysis: Analysis, out: Lines, lang: Lang) -> None:
    """Show the runs that need attention, alike ones together, and the healthy ones in a line for each verdict."""
    runs = worst_first(analysis.runs)
    entries = grouped((d for d in runs if d.needs_attention), lang)
    shown = entries[:MOST_ENTRIES]
    for entry in shown:
        _show_entry(entry, out, lang)
    more = analysis.tally.sick - sum(len(entry.runs) for entry in shown)
    if more:
        out.write(messages.ui("terminal", "more", lang, count=more), style="dim")
    healthy = [d for d in runs if not d.needs_attention]
    # what is said of a single run has room, and what was lost while reading must be said
    alone = healthy if analysis.tally.total == 1 else [d for d in healthy if any(note.harmful for note in d.notes)]
    for diagnosis in alone:
        _show_entry(Alike((diagnosis,), ""), out, lang)
    for verdict in Verdict:
        count = analysis.tally.verdicts.get(verdict, 0) - analysis.tally.attention.get(verdict, 0)
        count -= sum(d.verdict is verdict for d in alone)
        names = [d.id for d in healthy if d.verdict is verdict and d not in alone]
        if count:
            _show_healthy(verdict, count, names, out, lang)


def show_every_run(analysis: Analysis, out: Lines, lang: Lang) -> None:
    """Show each run with all findings, and everything to do next about it with the reasons."""
    for diagnosis in worst_first(analysis.runs):
        _show_head(diagnosis, term_safe(diagnosis.id, 120), out, lang)
        out.write(term_safe(messages.headline(diagnosis, lang)), 2)
        _show_notes(diagnosis, out, lang, "", everything=True)
        _show_steps(diagnosis, out, lang)
        if close := messages.rival(diagnosis, lang):
            out.write(close, 2, "dim")
        for outcome in told(diagnosis, lang):
            if outcome.rule != diagnosis.deciding:
                sentence = messages.sentence(outcome, diagnosis.run, lang)
                text = f"- {messages.severity(outcome.severity, lang)} {outcome.rule}: {sentence}"
                out.write(term_safe(text), 4 if outcome.cause else 2, "dim", hang=2)
    if more := analysis.tally.total - len(analysis.runs):
        out.write(messages.ui("terminal", "more", lang, count=more), style="dim")


def _show_entry(entry: Alike, out: Lines, lang: Lang) -> None:
    """Show runs alike: verdict, names, what happened to the first of them, and what to do next."""
    first, several = entry.first, len(entry.runs) > 1
    if several:
        names = _listed([d.id for d in entry.runs], len(entry.runs), MOST_NAMES, lang)
        _show_head(first, messages.ui("terminal", "together", lang, count=len(entry.runs), names=names), out, lang)
    else:
        _show_head(first, term_safe(first.id, 120), out, lang)
    headline = messages.headline(first, lang)
    example = messages.pair(term_safe(first.id, LONGEST_NAME), headline, lang) if several else headline
    out.write(term_safe(example), 2)
    for diagnosis in entry.runs:
        _show_notes(diagnosis, out, lang, term_safe(diagnosis.id, LONGEST_NAME) if several else "")
    if entry.action:
        out.write(ARROW + term_safe(entry.action), 2, bold=ARROW, hang=len(ARROW))


def _show_head(diagnosis: Diagnosis, names: str, out: Lines, lang: Lang) -> None:
    """Show verdict, kind, confidence and names in a line; the names below where there is no room for them beside."""
    info = diagnosis.verdict.info
    word = f"{out.sign(diagnosis.verdict)} {messages.verdict(diagnosis.verdict, lang)}"
    kind = messages.kind(diagnosis.kind, lang) if diagnosis.kind else ""
    remarks = messages.aside("", lang, kind, messages.confidence(level(diagnosis.probability), lang))
    if columns(f"{word}{remarks}  {names}") <= out.width:
        out.pieces((word, info.style), (remarks, "dim"), (f"  {names}", "bold"))
        return
    out.pieces((word, info.style), (remarks, "dim"))
    out.write(names, 2, "bold", hang=2)


def _show_notes(diagnosis: Diagnosis, out: Lines, lang: Lang, name: str, *, everything: bool = False) -> None:
    """Show the notes of the reader: those on lost data, or all of them."""
    for note in diagnosis.notes:
        if everything or note.harmful:
            text = messages.note(note, lang)
            out.write(f"! {term_safe(messages.pair(name, text, lang) if name else text)}", 2, "dim", hang=2)


def _show_steps(diagnosis: Diagnosis, out: Lines, lang: Lang) -> None:
    """Show everything to do next about a run, each with its reason."""
    steps = next_steps(diagnosis, lang)
    for number, step in enumerate(steps, 1):
        arrow = f"{ARROW}{number}. " if len(steps) > 1 else ARROW
        out.write(arrow + term_safe(step.fix.text), 2, bold=arrow, hang=len(arrow))
        for text in (*step.expected, step.fix.why):
            out.write(term_safe(text), 2 + len(arrow), "dim")


def _show_healthy(verdict: Verdict, count: int, names: Sequence[str], out: Lines, lang: Lang) -> None:
    """Show healthy runs in one line, as many names as there is room for."""
    word, sign = messages.verdict(verdict, lang), out.sign(verdict)
    for most in range(len(names), -1, -1):
        listed = _listed(names, count, most, lang)
        said = messages.ui("terminal", "healthy", lang, count=count, verdict=word, names=listed)
        if columns(f"{sign} {said}") <= out.width or most <= 1:
            out.write(f"{sign} {said}", style=verdict.info.style, hang=2)
            return


def _listed(names: Sequence[str], count: int, most: int, lang: Lang) -> str:
    """List at most so many names of ``count`` runs, and how many more there are."""
    ordered = sorted(names, key=natural)[:most]
    shown = messages.listed([term_safe(name, LONGEST_NAME) for name in ordered], lang)
    more = count - min(most, len(names))
    return messages.ui("terminal", "names", lang, names=shown, count=more) if more else shown
