"""GitHub Actions: annotations as workflow commands, and the job summary, each within what GitHub keeps.

GitHub shows ten errors and ten warnings of a step and drops the rest, and drops a summary over 1 MiB as a whole.
"""

from __future__ import annotations

from loganalyzer import words
from loganalyzer.model.gate import Failure, GateResult
from loganalyzer.model.outcome import Severity
from loganalyzer.model.report import Analysis
from loganalyzer.renderers import gate_text, markdown
from loganalyzer.renderers.safe import term_safe
from loganalyzer.words import Lang

SHOWN = 9  # the tenth says how many more there are
SUMMARY_LIMIT = 900 * 1024


def render(analysis: Analysis, gate_result: GateResult, *, lang: Lang = "en") -> str:
    """The lines to print on standard output: one workflow command each, worst first."""
    failures = [_command("error", f, lang, gate_result) for f in gate_result.failures[:SHOWN]]
    if len(gate_result.failures) > SHOWN:
        more = words.ui("gate", "more_summary", lang, count=len(gate_result.failures) - SHOWN)
        failures.append(f"::error title=analyze-logs::{_data(more)}")
    told = [_command("warning", f, lang, gate_result) for f in gate_result.warnings]
    for unread in gate_result.unread:
        level = "error" if gate_result.strict else "warning"
        told.append(f"::{level} title=analyze-logs::{_data(f'{unread.file}: {words.note(unread.note, lang)}')}")
    told.extend(f"::warning title=analyze-logs::{_data(n)}" for n in gate_text.ignore_notes(gate_result, lang))
    if len(told) > SHOWN:
        more = words.ui("gate", "more_summary", lang, count=len(told) - SHOWN)
        told = [*told[:SHOWN], f"::warning title=analyze-logs::{_data(more)}"]
    return "".join(f"{line}\n" for line in (*failures, *told))


def summary(analysis: Analysis, gate_result: GateResult, *, lang: Lang = "en", written: int = 0) -> str:
    """The Markdown for the file that ``GITHUB_STEP_SUMMARY`` names and that holds ``written`` bytes already."""
    return markdown.render(analysis, gate_result, lang=lang, limit=max(SUMMARY_LIMIT - written, 400))


def _command(level: str, failure: Failure, lang: Lang, result: GateResult) -> str:
    e = gate_text.explain(failure, lang, result.config_file)
    level = "warning" if level == "warning" or failure.severity is Severity.INFO else "error"
    lines = [gate_text.one_line(failure, lang), e.where]
    lines += [words.pair(words.ui("gate", "fix_label", lang), e.fix, lang)] if e.fix else []
    lines.append(words.pair(words.ui("gate", "ignore_label", lang), e.ignore, lang))
    lines.extend(e.snippet)
    return f"::{level} title={_property(e.what)}::{_data(chr(10).join(lines))}"


def _data(text: str) -> str:
    safe = "\n".join(term_safe(line, 2000) for line in text.split("\n"))
    return safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(term_safe(text, 200)).replace(":", "%3A").replace(",", "%2C")
