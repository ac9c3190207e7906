"""GitHub Actions: annotations as workflow commands, and the job summary, each within what GitHub keeps.

GitHub shows ten errors and ten warnings of a step and drops the rest, and drops a summary over 1 MiB as a whole.
"""

from __future__ import annotations

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.gate_result import GateResult
from loganalyzer.model.outcome import Severity
from loganalyzer.model.report import Analysis
from loganalyzer.reports import gate_text, markdown, trend_text
from loganalyzer.reports.registry import RenderRequest
from loganalyzer.reports.safe import term_safe

SHOWN = 9  # the tenth gives the number of the others
SUMMARY_LIMIT = 900 * 1024


def render(analysis: Analysis, gate_result: GateResult, *, lang: Lang = "en") -> str:
    """Render the lines for standard output: one workflow command each, worst first."""
    # whatever ends in an exit code of its own is an error here, too, so that no job fails without a message
    nothing = [gate_text.headline(analysis, gate_result, lang)] if not analysis.runs and not gate_result.failed else []
    lost = [f"{u.file}: {messages.note(u.note, lang)}" for u in gate_result.unread]
    lost += [f"{run}: {messages.ui('gate', 'partly_read', lang)}" for run in gate_result.partly_read]
    explained = gate_text.explain_all(gate_result.failures, analysis, lang, gate_result.config_file)
    errors = [_command("error", e, lang) for e in explained]
    errors += [_plain("error", text) for text in (*nothing, *(lost if gate_result.strict else ()))]
    others = [f for f in gate_result.warnings if not f.known]
    explained = gate_text.explain_all(others, analysis, lang, gate_result.config_file)
    warnings = [_command("warning", e, lang) for e in explained]
    warnings += [_plain("warning", text) for text in _known(analysis, gate_result, lang)]
    warnings += [_plain("warning", text) for text in (() if gate_result.strict else lost)]
    warnings += [_plain("warning", messages.note(note, lang)) for note in analysis.warnings]
    warnings += [_plain("warning", text) for text in gate_text.ignore_notes(gate_result, lang)]
    return "".join(f"{line}\n" for line in (*_capped("error", errors, lang), *_capped("warning", warnings, lang)))


def summary(analysis: Analysis, gate_result: GateResult, *, lang: Lang = "en", written: int = 0) -> str:
    """Render the Markdown for the file ``GITHUB_STEP_SUMMARY``, which has ``written`` bytes already."""
    limit = max(SUMMARY_LIMIT - written, 400)
    return markdown.render(RenderRequest(analysis, gate_result, lang), limit=limit)


def _known(analysis: Analysis, gate_result: GateResult, lang: Lang) -> list[str]:
    """The line about the runs that are known as bad, where the gate looks for what is new."""
    trend = analysis.trend
    if trend is None or not gate_result.known:
        return []
    if trend.last is None:
        return trend_text.lines(trend, analysis.runs, lang)[:1]
    return [trend_text.known(trend, analysis.runs, lang)]


def _capped(level: str, lines: list[str], lang: Lang) -> list[str]:
    """Limit the lines of a level to ten, the last of which gives the number of the others."""
    if len(lines) <= SHOWN:
        return lines
    more = messages.ui("gate", "more_summary", lang, count=len(lines) - SHOWN)
    return [*lines[:SHOWN], _plain(level, more)]


def _plain(level: str, text: str) -> str:
    return f"::{level} title=analyze-logs::{_data(text)}"


def _command(level: str, e: gate_text.Explained, lang: Lang) -> str:
    level = "warning" if level == "warning" or e.severity is Severity.INFO else "error"
    lines = [e.one_line(lang), e.where]
    lines += [messages.pair(messages.ui("gate", "fix_label", lang), e.fix, lang)] if e.fix else []
    lines.append(messages.pair(messages.ui("gate", "ignore_label", lang), e.ignore, lang))
    lines.extend(e.snippet)
    return f"::{level} title={_property(e.what)}::{_data(chr(10).join(lines))}"


def _data(text: str) -> str:
    safe = "\n".join(term_safe(line, 2000) for line in text.split("\n"))
    return safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(term_safe(text, 200)).replace(":", "%3A").replace(",", "%2C")
