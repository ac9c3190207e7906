"""The runs on the terminal: those that need attention with what to do next, then the healthy ones in a line."""

from __future__ import annotations

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.report import Analysis, Diagnosis
from loganalyzer.reports.alike import LONGEST_NAME, Alike, Healthy, grouped, healthy
from loganalyzer.reports.order import worst_first
from loganalyzer.reports.overview import Overview, overview
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import next_steps, told
from loganalyzer.reports.terminal_lines import Lines
from loganalyzer.reports.terminal_sweep import show_sweep
from loganalyzer.reports.wrap import columns
from loganalyzer.roles.hyperparameter_values import flattened
from loganalyzer.roles.hyperparameters import in_run_name, meaning_of

MOST_ENTRIES, MOST_SWEEPS = 60, 5
MOST_SETTINGS = 20
ARROW = "-> "


def show_runs(analysis: Analysis, out: Lines, lang: Lang, whole: Analysis) -> None:
    """Show the runs that need attention, alike ones together, and the healthy ones in a line for each verdict.

    What a sweep says is of its runs in ``whole``, of which ``analysis`` may be a part.
    """
    view = overview(analysis)
    for number, group in enumerate(view.sweeps[:MOST_SWEEPS]):
        if number:
            out.blank()
        show_sweep(group, whole, out, lang)
    if view.sweeps and (view.attention or view.tally.total):
        out.blank()
    entries = grouped(view.attention, lang, analysis.runs)
    shown = entries[:MOST_ENTRIES]
    for entry in shown:
        _show_entry(entry, out, lang)
    more = view.tally.sick + len(view.watched) - sum(len(entry.runs) for entry in shown)
    if more > 0:
        out.write(messages.ui("terminal", "more", lang, count=more), style="dim")
    for diagnosis in (alone := _shown_alone(view)):
        _show_entry(Alike((diagnosis,), ""), out, lang)
    for well in healthy(view, alone):
        _show_healthy(well, out, lang)


def _shown_alone(view: Overview) -> list[Diagnosis]:
    """The healthy runs with a sentence of their own: a single run has room for it, and data that were lost must be said."""
    well = [d for d in worst_first(view.runs) if not d.needs_attention]
    return well if view.tally.total == 1 else [d for d in well if any(note.harmful for note in d.notes)]


def show_every_run(analysis: Analysis, out: Lines, lang: Lang) -> None:
    """Show each run with all findings, and everything to do next about it with the reasons."""
    for diagnosis in worst_first(analysis.runs):
        _show_head(diagnosis, term_safe(diagnosis.id, 120), out, lang)
        out.write(term_safe(messages.headline(diagnosis, lang)), 2)
        for line in messages.cause_lines(diagnosis, lang):
            out.write(term_safe(line), 2, hang=2)
        _show_notes(diagnosis, out, lang, "", everything=True)
        _show_steps(diagnosis, out, lang)
        if settings := _settings(diagnosis, lang):
            out.write(term_safe(settings), 2, "dim", hang=2)
        if close := messages.rival(diagnosis, lang):
            out.write(close, 2, "dim")
        for outcome in told(diagnosis, lang):
            sentence = messages.sentence(outcome, diagnosis.run, lang)
            name = f"{messages.severity(outcome.severity, lang)} {_rule_name(outcome.rule, lang)}"
            text = f"- {messages.pair(name, sentence, lang)}"
            out.write(term_safe(text), 4 if outcome.cause else 2, "dim", hang=2)
    if more := analysis.tally.total - len(analysis.runs):
        out.write(messages.ui("terminal", "more", lang, count=more), style="dim")


def _rule_name(rule: str, lang: Lang) -> str:
    """The id of a rule, as --explain and the configuration take it; behind its title where that is in another script."""
    title = messages.title(rule, lang)
    return rule if title.isascii() else messages.aside(title, lang, rule)


def _settings(diagnosis: Diagnosis, lang: Lang) -> str:
    """The settings that the run was read with, the first of many; those that the tool has a meaning for come first."""
    known = sorted(diagnosis.hyperparameters.items(), key=lambda own: not meaning_of(own[0]))
    if not known:
        return ""
    in_name = flattened(in_run_name(diagnosis.id))
    said = []
    for name, value in known[:MOST_SETTINGS]:
        from_name = name in in_name and in_name[name] == value
        remark = messages.ui("terminal", "setting_of_name", lang) if from_name else ""
        said.append(messages.aside(f"{name} = {messages.typed(value)}", lang, remark))
    if more := len(known) - len(said):
        said.append(messages.ui("changes", "more_settings", lang, count=more))
    return messages.ui("terminal", "settings", lang, settings=messages.listed(said, lang))


def _show_entry(entry: Alike, out: Lines, lang: Lang) -> None:
    """Show runs alike: verdict, names, what happened to the first of them, and what to do next."""
    several = len(entry.runs) > 1
    _show_head(entry.first, entry.name(lang), out, lang)
    out.write(entry.headline(lang), 2)
    for diagnosis in entry.runs:
        _show_notes(diagnosis, out, lang, term_safe(diagnosis.id, LONGEST_NAME) if several else "")
    if entry.action:
        out.write(ARROW + term_safe(entry.action), 2, bold=ARROW, hang=len(ARROW))


def _show_head(diagnosis: Diagnosis, names: str, out: Lines, lang: Lang) -> None:
    """Show verdict, kind, confidence and names in a line; the names below where there is no room for them beside."""
    info = diagnosis.verdict.info
    word = f"{out.sign(diagnosis.verdict)} {messages.verdict(diagnosis.verdict, lang)}"
    kind = messages.kind(diagnosis.kind, lang) if diagnosis.kind else ""
    remarks = messages.aside("", lang, kind, messages.confidence_of(diagnosis, lang))
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
        for text in filter(None, (*step.expected, step.fix.why, messages.risk(step.fix, lang))):
            out.write(term_safe(text), 2 + len(arrow), "dim")


def _show_healthy(well: Healthy, out: Lines, lang: Lang) -> None:
    """Show healthy runs in one line, as many names as there is room for."""
    for most in range(len(well.names), -1, -1):
        said = f"{out.sign(well.verdict)} {well.line(lang, most)}"
        if columns(said) <= out.width or most <= 1:
            out.write(said, style=well.verdict.info.style, hang=2)
            return
