"""One failure of the gate in words: what, where, expected, found, the first thing to try, how to ignore it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from loganalyzer import words
from loganalyzer.model.gate import Failure, GateResult, Ignored
from loganalyzer.model.report import Analysis
from loganalyzer.renderers.safe import term_safe
from loganalyzer.words import Lang


@dataclass(frozen=True)
class Explained:
    """The parts of a failure as plain text, free of control characters, not escaped for any format."""

    what: str
    where: str
    expected: str
    found: str
    fix: str
    ignore: str


def explain(failure: Failure, lang: Lang, config_file: str = "loganalyzer.toml") -> Explained:
    """All parts of ``failure``."""
    diagnosis, outcome = failure.diagnosis, failure.outcome
    found = words.ui("gate", f"found.{failure.code}", lang, **failure.numbers)
    if outcome is not None and diagnosis is not None:
        found = f"{found}: {words.sentence(outcome, diagnosis.run, lang)}"
    fix = words.fix(outcome.fixes[0], lang).text if outcome is not None and outcome.fixes else ""
    return Explained(
        what=f"{term_safe(failure.run, 200)}: {failure.check}",
        where=term_safe(_where(failure, lang), 400),
        expected=term_safe(words.ui("gate", f"expected.{failure.code}", lang, **failure.numbers), 500),
        found=term_safe(found, 900),
        fix=fix,
        ignore=words.ui("gate", "ignore_how", lang, place=term_safe(config_file, 200), snippet=_snippet(failure, lang)),
    )


def one_line(failure: Failure, lang: Lang, *, brief: bool = False) -> str:
    """The failure in one line; ``brief`` leaves out the sentence of its rule."""
    e = explain(replace(failure, outcome=None) if brief else failure, lang)
    return words.ui("gate", "one_line", lang, what=e.what, expected=e.expected, found=e.found)


def headline(analysis: Analysis, result: GateResult, lang: Lang) -> str:
    """The gate's answer in one sentence."""
    if not analysis.runs and not result.failures:
        return words.ui("gate", "no_runs", lang)
    if result.failures:
        key = "failed_one" if len(result.failures) == 1 else "failed"
        return words.ui("gate", key, lang, count=len(result.failures))
    if result.strict and (result.unread or result.partly_read):
        return words.ui("gate", "not_read", lang)
    return words.ui("gate", "passed" if result.gates else "no_gate", lang, count=len(analysis.runs))


def ignored_because(ignored: Ignored, lang: Lang) -> str:
    """Why a failure does not count."""
    reason = term_safe(ignored.reason, 300)
    if ignored.expires:
        return words.ui("gate", "ignored_until", lang, date=ignored.expires, reason=reason)
    return words.ui("gate", "ignored_always", lang, reason=reason)


def ignore_notes(result: GateResult, lang: Lang) -> list[str]:
    """What is wrong with ignores of the configuration."""
    return [
        term_safe(words.ui("gate", n.state, lang, rule=n.rule, runs=n.runs, expires=n.expires or "–"), 400)
        for n in result.ignore_notes
    ]


def plain(analysis: Analysis, result: GateResult, lang: Lang, *, limit: int = 20) -> Iterator[str]:
    """The lines for a terminal: the answer, each failure in its parts, what was ignored; nothing without a gate."""
    if not result.gates and not result.ignore_notes:
        return
    yield headline(analysis, result, lang)
    labels = {
        k: words.ui("gate", k, lang) for k in ("where", "expected_label", "found_label", "fix_label", "ignore_label")
    }
    for failure in result.failures[:limit]:
        e = explain(failure, lang, result.config_file)
        yield f"  ✗ {e.what}"
        yield f"      {labels['where']}: {e.where}"
        yield f"      {labels['expected_label']}: {e.expected}"
        yield f"      {labels['found_label']}: {e.found}"
        if e.fix:
            yield f"      {labels['fix_label']}: {e.fix}"
        yield f"      {labels['ignore_label']}: {e.ignore}"
    if len(result.failures) > limit:
        yield "  " + words.ui("gate", "more", lang, count=len(result.failures) - limit)
    for failure in result.warnings[:limit]:
        yield f"  ! {one_line(failure, lang)}"
    for ignored in result.ignored[:limit]:
        yield f"  – {term_safe(ignored.failure.run, 200)}: {ignored.failure.check}: {ignored_because(ignored, lang)}"
    for note in ignore_notes(result, lang):
        yield f"  ! {note}"


def _where(failure: Failure, lang: Lang) -> str:
    parts = [failure.diagnosis.files[0] if failure.diagnosis is not None and failure.diagnosis.files else failure.run]
    if failure.series:
        parts.append(failure.series)
    if failure.step is not None:
        unit = failure.diagnosis.run.step_unit if failure.diagnosis is not None else ""
        parts.append(words.at_step(failure.step, unit, lang))
    return ", ".join(parts)


def _snippet(failure: Failure, lang: Lang) -> str:
    # JSON strings are TOML strings; a glob's own signs are kept from meaning anything
    glob = "".join(f"[{c}]" if c in "*?[" else c for c in failure.run) if failure.diagnosis is not None else failure.run
    rule, runs = (json.dumps(x, ensure_ascii=True) for x in (failure.check, glob))
    reason = json.dumps(words.ui("gate", "ignore_reason", lang), ensure_ascii=False)
    return f"[[ignore]] rule = {rule}  runs = {runs}  reason = {reason}"
