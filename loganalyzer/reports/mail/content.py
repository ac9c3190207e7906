"""Content of a mail, for both its HTML and text part: the outcome, the worst runs, what to try, unread files."""

from __future__ import annotations

from dataclasses import dataclass

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.gate_result import GateResult
from loganalyzer.model.report import Analysis, Diagnosis, Tally
from loganalyzer.model.verdicts import Tone, Verdict
from loganalyzer.reports import gate_text
from loganalyzer.reports.order import worst_first
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import attention, first_action

MAX_RUNS, MAX_CHARTS, MAX_FAILURES, MAX_UNREAD, SUBJECT_LENGTH = 20, 6, 10, 10, 120
MAX_COUNTS = 3  # verdicts counted in the subject, the most urgent first


@dataclass(frozen=True)
class Row:
    """One run: plain text, safe for any reader, not escaped."""

    id: str
    tone: Tone
    word: str
    why: str
    fix: str
    alt: str
    diagnosis: Diagnosis


@dataclass(frozen=True)
class Content:
    """All texts of the mail."""

    subject: str
    outcome: str
    well: bool
    gate: str
    failures: tuple[str, ...]
    more_failures: int
    rows: tuple[Row, ...]
    more_runs: int
    unread: tuple[tuple[str, str], ...]
    more_unread: int


def content(analysis: Analysis, result: GateResult, *, lang: Lang, title: str = "") -> Content:
    """Compose the texts of the mail. ``title`` (the job's name) ends the subject."""
    ordered = worst_first(analysis.runs)
    outcome = _outcome(analysis, lang)
    failed = f"{messages.ui('mail', 'failed', lang)}: " if result.failed else ""
    subject = f"[analyze-logs] {failed}{_outcome(analysis, lang, MAX_COUNTS)}"
    if title:
        subject = f"{subject} · {term_safe(title, 60)}"
    return Content(
        subject=term_safe(subject, SUBJECT_LENGTH),
        outcome=outcome,
        well=bool(analysis.runs) and not result.failed and not any(d.needs_attention for d in analysis.runs),
        gate=gate_text.headline(analysis, result, lang) if result.gates else "",
        failures=tuple(term_safe(gate_text.one_line(f, lang, brief=True), 300) for f in result.failures[:MAX_FAILURES]),
        more_failures=max(0, len(result.failures) - MAX_FAILURES),
        rows=tuple(_row(d, lang) for d in ordered[:MAX_RUNS]),
        more_runs=max(0, len(ordered) - MAX_RUNS),
        unread=tuple(
            (term_safe(u.file, 120), term_safe(messages.note(u.note, lang), 200)) for u in result.unread[:MAX_UNREAD]
        ),
        more_unread=max(0, len(result.unread) - MAX_UNREAD),
    )


def _outcome(analysis: Analysis, lang: Lang, most: int = len(Verdict)) -> str:
    if not analysis.runs:
        return messages.ui("mail", "none", lang)
    counts = attention(Tally.of(analysis.runs))
    if not counts:
        key = "well_one" if len(analysis.runs) == 1 else "well"
        return messages.ui("mail", key, lang, count=len(analysis.runs))
    listed = [messages.verdict_count(verdict, count, lang) for verdict, count in counts[:most]]
    if rest := sum(count for _, count in counts[most:]):
        listed.append(messages.ui("mail", "others", lang, count=rest))
    key = "of_one" if len(analysis.runs) == 1 else "of"
    return messages.ui("mail", key, lang, counts=messages.listed(listed, lang), total=len(analysis.runs))


def _row(diagnosis: Diagnosis, lang: Lang) -> Row:
    word = messages.verdict_with_kind(diagnosis.verdict, diagnosis.kind, lang)
    why = term_safe(messages.headline(diagnosis, lang), 400)
    name = term_safe(diagnosis.id, 90)
    return Row(
        id=name,
        tone=diagnosis.verdict.info.tone,
        word=word,
        why=why,
        fix=term_safe(first_action(diagnosis, lang)) if diagnosis.needs_attention else "",
        # the style inliner writes < and > in attributes as they are; some mail readers take them for tags
        alt=messages.ui("mail", "chart", lang, run=name, verdict=word, why=why).replace("<", "‹").replace(">", "›"),
        diagnosis=diagnosis,
    )
