"""Content of a mail, for both its HTML and text part: the outcome, the worst runs with what to do next, unread files."""

from __future__ import annotations

from collections.abc import Sequence

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.gate_result import GateResult
from loganalyzer.model.record import Record
from loganalyzer.model.report import Analysis, Diagnosis, Group, Tally
from loganalyzer.model.verdicts import Tone, Verdict
from loganalyzer.reports import gate_text, sweep_text, trend_text
from loganalyzer.reports.alike import Alike, grouped, healthy
from loganalyzer.reports.heat_table import heat_table
from loganalyzer.reports.overview import overview
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import attention, sentences, settled_low, sign, summary

MAX_RUNS, MAX_CHARTS, MAX_FAILURES, MAX_UNREAD, SUBJECT_LENGTH = 20, 6, 10, 10, 120
MAX_SWEEPS, MAX_CAUSES = 3, 6
MAX_COUNTS = 3  # verdicts counted in the subject, the most urgent first


class Row(Record):
    """A run, or runs alike: plain text, safe for any reader, not escaped; ``diagnosis`` is (the first) one's."""

    id: str
    tone: Tone
    word: str
    why: str
    fix: str
    alt: str
    diagnosis: Diagnosis


class Content(Record):
    """All texts of the mail.

    ``outcome`` is the sentence that is read first, ``more`` are those after it. ``newly_bad``: a history says that something is,
    so that the runs stand before the sweeps.
    ``sign`` is a tick, a cross or "". ``sweeps`` has a block of lines for each sweep, its title first; ``table`` is HTML:
    the two settings of the first sweep that matter, "" for none. ``healthy`` has a line for the runs of each verdict that
    need nothing. ``since`` and ``changes`` say what is different since the last analysis; they are empty where no history
    is kept.
    """

    subject: str
    outcome: str
    more: str
    sign: str
    newly_bad: bool
    since: str
    changes: tuple[str, ...]
    gate: str
    sweeps: tuple[tuple[str, ...], ...]
    table: str
    failures: tuple[str, ...]
    more_failures: int
    rows: tuple[Row, ...]
    more_runs: int
    healthy: tuple[str, ...]
    unread: tuple[tuple[str, str], ...]
    more_unread: int


def content(analysis: Analysis, result: GateResult, *, lang: Lang, title: str = "") -> Content:
    """Compose the texts of the mail. ``title`` (the job's name) ends the subject."""
    view = overview(analysis)
    # a single healthy run has room for its sentence
    entries = grouped(analysis.runs if len(analysis.runs) == 1 else view.attention, lang, analysis.runs)
    shown = entries[:MAX_RUNS]
    outcome, more = _outcome(analysis, lang)
    failures = gate_text.explain_all(result.failures, analysis, lang, result.config_file, brief=True)
    failed = messages.pair(messages.ui("mail", "failed", lang), "", lang) if result.failed else ""
    news = trend_text.news(analysis.trend, lang)
    only = view.sweeps[0] if len(view.sweeps) == 1 and not view.sick else None
    said = [] if only is None else [sweep_text.subject(only, lang, best=best) for best in (True, False)]
    said = [text for text in said if text] or [_counts(analysis, lang, MAX_COUNTS, news=False)]
    if view.sick and view.sweeps:  # where not all of it fits, what needs attention
        said.append(sentences(analysis, lang, MAX_COUNTS, news=False)[-1])
    return Content(
        subject=_shortened(
            _told(f"[analyze-logs] {failed}", news, said, lang), f" · {term_safe(title, 60)}" if title else ""
        ),
        outcome=outcome,
        more=more,
        newly_bad=analysis.trend is not None and analysis.trend.last is not None and bool(analysis.trend.fresh),
        sign="✗" if result.failed or not analysis.runs else sign(analysis),
        since=trend_text.heading(analysis.trend, lang) if analysis.trend is not None else "",
        changes=tuple(trend_text.lines(analysis.trend, analysis.runs, lang)) if analysis.trend is not None else (),
        gate=gate_text.headline(analysis, result, lang) if result.gates else "",
        table=heat_table(view.sweeps[0], lang) if view.sweeps else "",
        sweeps=tuple(_answer(group, analysis, lang) for group in view.sweeps[:MAX_SWEEPS]),
        failures=tuple(term_safe(e.one_line(lang), 300) for e in failures[:MAX_FAILURES]),
        more_failures=sum(e.count for e in failures[MAX_FAILURES:]),
        rows=tuple(_row(entry, lang) for entry in shown),
        more_runs=sum(len(entry.runs) for entry in entries[MAX_RUNS:]),
        healthy=tuple(well.line(lang) for well in healthy(view)) if len(analysis.runs) > 1 else (),
        unread=tuple(
            (term_safe(u.file, 120), term_safe(messages.note(u.note, lang), 200)) for u in result.unread[:MAX_UNREAD]
        ),
        more_unread=max(0, len(result.unread) - MAX_UNREAD),
    )


def _told(begin: str, news: str, said: Sequence[str], lang: Lang) -> list[str]:
    """What the subject may say, the longest first: what is newly bad is worth more than half a sentence about the rest."""
    if not news:
        return [f"{begin}{text}" for text in said]
    return [*(f"{begin}{news}{messages.ui('mail', 'and', lang)}{text}" for text in said), f"{begin}{news}"]


def _shortened(said: Sequence[str], end: str) -> str:
    """The subject: the first of several lengths that fits; where none does, the last is cut."""
    room = SUBJECT_LENGTH - len(end)
    texts = [term_safe(text) for text in said]
    fits = next((text for text in texts if len(text) <= room), None)
    return f"{texts[-1][: room - 1].rstrip(' ,;、。') + '…' if fits is None else fits}{end}"


def _outcome(analysis: Analysis, lang: Lang) -> tuple[str, str]:
    """The sentence that is read first, and the others."""
    if len(analysis.runs) != 1 and not any(group.is_sweep for group in analysis.groups):
        return _counts(analysis, lang), ""
    first, *others = sentences(analysis, lang)
    return first, messages.sentences(others, lang)


def _counts(analysis: Analysis, lang: Lang, most: int = len(Verdict), *, news: bool = True) -> str:
    """How many runs have which verdict; what a sweep says; of one run, its verdict and its name."""
    if not analysis.runs:
        return messages.ui("mail", "none", lang)
    if any(group.is_sweep for group in analysis.groups):
        return summary(analysis, lang, most, news=news)
    counts = attention(Tally.of(analysis.runs))
    if len(analysis.runs) == 1:
        only = analysis.runs[0]
        well = messages.ui("mail", "settled_one" if settled_low([only]) else "well_one", lang)
        word = messages.verdict_with_kind(only.verdict, only.kind, lang) if counts else well
        return messages.pair(word, term_safe(only.id, 60), lang)
    if not counts:
        key = "settled" if settled_low(analysis.runs) else "well"
        return messages.ui("mail", key, lang, count=len(analysis.runs))
    most = len(counts) if len(counts) == most + 1 else most  # one more word is no longer than "1 more"
    listed = [messages.verdict_count(verdict, count, lang) for verdict, count in counts[:most]]
    if rest := sum(count for _, count in counts[most:]):
        listed.append(messages.ui("mail", "others", lang, count=rest))
    return messages.ui("mail", "of", lang, counts=messages.listed(listed, lang), total=len(analysis.runs))


def _answer(group: Group, analysis: Analysis, lang: Lang) -> tuple[str, ...]:
    """The title of a sweep, its answer line by line, and what became of its runs."""
    lines = (messages.pair(label, text, lang) for label, text in sweep_text.lines(group, lang))
    causes = (f"{v.info.sign} {text}" for v, text in sweep_text.causes(group, analysis.runs, lang)[:MAX_CAUSES])
    return (sweep_text.title(group, lang), *lines, *causes)


def _row(entry: Alike, lang: Lang) -> Row:
    first = entry.first
    word = messages.verdict_with_kind(first.verdict, first.kind, lang)
    why, name = term_safe(entry.headline(lang), 400), entry.name(lang, 90)
    return Row(
        id=name,
        tone=first.verdict.info.tone,
        word=word,
        why=why,
        fix=term_safe(entry.action),
        # the style inliner writes < and > in attributes as they are; some mail readers take them for tags
        alt=messages.ui("mail", "chart", lang, run=term_safe(first.id, 90), verdict=word, why=why)
        .replace("<", "‹")
        .replace(">", "›"),
        diagnosis=first,
    )
