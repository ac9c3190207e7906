"""Gating in one's own tests: ``assert_healthy("runs/")`` in a pytest function, no plugin, no callback."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

from loganalyzer import messages
from loganalyzer.config.conditions import parse_fail_on
from loganalyzer.config.settings import Settings
from loganalyzer.gate.judge import judge
from loganalyzer.gate.running import find
from loganalyzer.messages import Lang
from loganalyzer.model.gate_result import Failure
from loganalyzer.model.verdicts import Verdict
from loganalyzer.pipeline.analyze import analyze
from loganalyzer.pipeline.baseline import load_baseline
from loganalyzer.pipeline.history import with_trend
from loganalyzer.pipeline.options import Options
from loganalyzer.reports import gate_text
from loganalyzer.reports.report import Report
from loganalyzer.reports.safe import term_safe

BAD = tuple(v.value for v in Verdict if not v.info.healthy)


def assert_healthy(
    path: str | PathLike[str],
    *,
    allow: Sequence[str] = (),
    settings: Settings | None = None,
    lang: Lang = "en",
) -> Report:
    """Raise AssertionError unless every run below ``path`` converged and every log could be read; return the report.

    ``allow`` lists verdicts that are fine too ("underfitting", "overfitting:mild"). ``settings`` (see ``config.load``)
    replaces the condition by those of a configuration. No run at all is an error. Raises UsageError for a path that
    does not exist and ConfigError for an unknown verdict.
    """
    allowed = parse_fail_on(allow, "allow") if allow else ()
    chosen = settings or Settings(fail_on=tuple(v for v in BAD if v not in allowed), strict=True)
    options = Options(limits=chosen.limits, roles=chosen.roles, keep_series=chosen.needs_series)
    report = analyze(path, options=options)
    judged = with_trend(report.with_severities(chosen.severities), chosen)
    # what the command compares with and looks at counts here too
    running = find(judged, chosen.settled_minutes)
    result = judge(judged, chosen, baseline=load_baseline(chosen, options), running=running)
    failures = [f for f in result.failures if f.diagnosis is None or _word(f) not in allowed]
    lines = []
    if not report.runs:
        lines.append(gate_text.headline(report, result, lang))
    for e in gate_text.explain_run(failures, lang, result.config_file):
        lines.append(f"{e.what} ({e.where}): {e.found}" + (f"\n  → {e.fix}" if e.fix else ""))
    if chosen.strict:
        lines += [f"{term_safe(u.file, 200)}: {messages.note(u.note, lang)}" for u in result.unread]
        lines += [f"{term_safe(run, 200)}: {messages.ui('gate', 'partly_read', lang)}" for run in result.partly_read]
    if lines:
        raise AssertionError("\n".join(lines))
    return report


def _word(failure: Failure) -> str:
    diagnosis = failure.diagnosis
    return f"{diagnosis.verdict}:{diagnosis.kind}" if diagnosis is not None and failure.code == "verdict" else ""
