"""Markdown for merge-request comments and job summaries: worst first, limited in size, names escaped.

Names are escaped so that they make no link, image, mention, heading, table cell or HTML (GitHub Flavored Markdown).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.gate_result import GateResult
from loganalyzer.model.report import Analysis
from loganalyzer.reports import gate_text, sweep_text, trend_text
from loganalyzer.reports.alike import grouped, healthy
from loganalyzer.reports.overview import overview
from loganalyzer.reports.registry import RenderRequest
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import sign, summary

COMMENT_LIMIT = 60_000  # characters; GitHub refuses comments over 65,536
MARKER = "<!-- analyze-logs -->"
SIGNS = {"✓": "✅ ", "✗": "⚠️ ", "": ""}
# emphasis, links, mentions, formulas; addresses that become links by themselves; what begins a list or a heading
_SPECIAL = re.compile(
    r"[\\`*_\[\]#|~$]|:(?=//)|(?<=[wW]{3})\.|^[-+=]|(?<=^[0-9])[.)]|(?<=^[0-9]{2})[.)]|(?<=^[0-9]{3})[.)]"
)


def render(request: RenderRequest, *, limit: int = COMMENT_LIMIT) -> str:
    """Render at most ``limit`` bytes of Markdown; a hidden marker at the beginning identifies the comment later."""
    analysis, gate_result, lang = request.analysis, request.gate, request.lang
    note = f"\n{messages.ui('gate', 'cut', lang)}\n"
    left = limit - len(note.encode()) - 16
    kept: list[str] = []
    for block in _blocks(analysis, gate_result, lang):
        size = len(block.encode("utf-8", "replace")) + 1
        if size > left:
            return "\n".join([*kept, note])
        kept.append(block)
        left -= size
    return "\n".join(kept) + "\n"


def escaped(text: str, limit: int = 300) -> str:
    """Escape ``text`` for any position in a Markdown document."""
    shown = term_safe(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\g<0>", shown).replace("@", "@\u2060")


def _blocks(analysis: Analysis, result: GateResult, lang: Lang) -> Iterator[str]:
    """The document from top to bottom; where it must be cut, the rest is left out."""
    yield MARKER
    yield from _headline(analysis, result, lang)
    yield from _sweeps(analysis, lang)
    yield from _failures(analysis, result, lang)
    yield from _baseline(result, lang)
    yield from _history(analysis, lang)
    for warning in analysis.warnings:
        yield f"⚠️ {escaped(messages.note(warning, lang), 500)}\n"
    yield from _ignored(result, lang)
    yield from _not_read(result, lang)
    yield from _runs(analysis, lang)


def _headline(analysis: Analysis, result: GateResult, lang: Lang) -> Iterator[str]:
    """The gate's result with what became of the runs below it; that alone where there is no gate and all was read."""
    title, said = messages.ui("gate", "title", lang), escaped(summary(analysis, lang), 900)
    lost = bool(result.unread or result.partly_read)
    failed = result.failed or not analysis.runs or (result.strict and lost)
    if failed or lost or result.gates:
        mark = "❌" if failed else "⚠️" if lost else "✅"
        yield f"### {title}\n\n{mark} **{escaped(gate_text.headline(analysis, result, lang))}**\n"
        if analysis.runs:
            yield f"{said}\n"
    else:
        yield f"### {title}\n\n{SIGNS[sign(analysis)]}**{said}**\n"


def _failures(analysis: Analysis, result: GateResult, lang: Lang) -> Iterator[str]:
    """What fails the gate and what is a warning, each with what to do about it and how to ignore it."""

    def ui(key: str) -> str:
        return messages.ui("gate", key, lang)

    # runs that are known as bad stand in a line of the history
    warnings = tuple(f for f in result.warnings if not f.known)
    for title, failures in (("failures", result.failures), ("warnings", warnings)):
        if failures:
            yield f"#### {ui(title)}\n"
        for e in gate_text.explain_all(failures, analysis, lang, result.config_file):
            lines = [f"- **{escaped(e.what)}** ({escaped(e.where)})"]
            lines.append(f"  - {messages.pair(ui('expected_label'), escaped(e.expected, 500), lang)}")
            lines.append(f"  - {messages.pair(ui('found_label'), escaped(e.found, 900), lang)}")
            if e.fix:
                lines.append(f"  - {messages.pair(ui('fix_label'), escaped(e.fix, 400), lang)}")
            # code to copy: the snippet escapes what is special in Markdown or HTML
            lines.append(f"  - {messages.pair(ui('ignore_label'), escaped(e.ignore, 600), lang)}\n")
            lines += ["    ```toml", *(f"    {line}" for line in e.snippet), "    ```"]
            yield "\n".join(lines)
        if failures:
            yield ""


def _baseline(result: GateResult, lang: Lang) -> Iterator[str]:
    """The comparison with the baseline as a table, what got worse first."""

    def ui(key: str) -> str:
        return messages.ui("gate", key, lang)

    if result.comparisons:
        yield f"#### {ui('baseline')}\n"
        columns = [ui(k) for k in ("run", "metric", "baseline", "now", "difference", "allowed")]
        yield f"| {' | '.join(columns)} | |\n|---|---|--:|--:|--:|--:|---|"
        for c in sorted(result.comparisons, key=lambda c: (c.held, c.run, c.metric)):
            now = "–" if c.now is None else messages.number(c.now)
            difference = "–" if c.now is None else messages.number(c.now - c.baseline)
            cells = [
                escaped(c.run),
                escaped(c.metric),
                messages.number(c.baseline),
                now,
                difference,
                messages.number(c.allowed),
            ]
            yield f"| {' | '.join(cells)} | {'✅' if c.held else '❌'} |"
        yield ""


def _history(analysis: Analysis, lang: Lang) -> Iterator[str]:
    """What is different since the last analysis."""
    if analysis.trend is not None:
        yield f"#### {escaped(messages.ui('history', 'title', lang))}\n"
        yield f"{escaped(trend_text.heading(analysis.trend, lang))}\n"
        for line in trend_text.lines(analysis.trend, analysis.runs, lang):
            yield f"- {escaped(line, 900)}"
        yield ""


def _ignored(result: GateResult, lang: Lang) -> Iterator[str]:
    """What does not count, with the reasons; ignores that are void."""
    if result.ignored or result.ignore_notes:
        yield f"#### {messages.ui('gate', 'ignored', lang)}\n"
        for ignored in result.ignored:
            what = f"{ignored.failure.run}: {ignored.failure.check}"
            yield f"- {escaped(what)}: {escaped(gate_text.ignored_because(ignored, lang), 500)}"
        for note in gate_text.ignore_notes(result, lang):
            yield f"- ⚠️ {escaped(note, 500)}"
        yield ""


def _not_read(result: GateResult, lang: Lang) -> Iterator[str]:
    """Files that could not be read, and runs that were read in part."""
    if result.unread or result.partly_read:
        yield f"#### {messages.ui('gate', 'unread', lang)}\n"
        for unread in result.unread:
            yield f"- {escaped(unread.file)}: {escaped(messages.note(unread.note, lang), 500)}"
        for run in result.partly_read:
            yield f"- {escaped(run)}: {escaped(messages.ui('gate', 'partly_read', lang))}"
        yield ""


def _sweeps(analysis: Analysis, lang: Lang) -> Iterator[str]:
    """The answer of each sweep, line by line, and what became of its runs."""
    for group in overview(analysis).sweeps:
        yield f"#### {escaped(sweep_text.title(group, lang))}\n"
        for label, text in sweep_text.lines(group, lang):
            yield f"- **{escaped(label)}**{messages.pair('', escaped(text, 600), lang)}"
        for found, text in sweep_text.causes(group, analysis.runs, lang):
            yield f"- {found.info.sign} {escaped(text, 600)}"
        yield ""


def _runs(analysis: Analysis, lang: Lang) -> Iterator[str]:
    """The runs that need attention as a table, alike ones in one row, and the healthy ones in a line for each verdict."""

    def ui(key: str) -> str:
        return messages.ui("gate", key, lang)

    view = overview(analysis)
    entries = grouped(view.attention, lang, analysis.runs)
    if entries:
        yield f"| {ui('run')} | {ui('verdict')} | {ui('why')} | {ui('next')} |\n|---|---|---|---|"
    for entry in entries:
        verdict = messages.verdict_with_kind(entry.first.verdict, entry.first.kind, lang)
        cells = (
            escaped(entry.name(lang), 600),
            verdict,
            escaped(entry.headline(lang), 600),
            escaped(entry.action, 600),
        )
        yield f"| {' | '.join(cells)} |"
    for well in healthy(view):
        yield f"\n{well.verdict.info.sign} {escaped(well.line(lang), 600)}"
