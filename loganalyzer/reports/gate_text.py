"""Render failures of the gate: what, where, expected, found, the first thing to try, how to ignore it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from loganalyzer import messages
from loganalyzer.diagnosis.failure_groups import failure_groups
from loganalyzer.messages import Lang
from loganalyzer.model.gate_result import Failure, GateResult, Ignored
from loganalyzer.model.outcome import Number, Outcome, Severity
from loganalyzer.model.record import Record, replace
from loganalyzer.model.report import Analysis, Diagnosis
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports.alike import Alike
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import first_action
from loganalyzer.reports.wrap import wrap

_CONDITION = ("metric", "wanted", "stat", "aggregate", "min", "max")
TOGETHER_FROM = 4
"""So many runs that fail one condition for one cause are told together."""
_PLAIN = re.compile(r"[\w .,;=+%$#*?!/\[\]-]")


class Explained(Record):
    """The parts of a failure as plain text, free of control characters, not escaped for any format.

    ``ignore`` names the file for the TOML lines ``snippet``. ``count`` failures of runs alike are told together, by the first
    of them.
    """

    what: str
    where: str
    expected: str
    found: str
    fix: str
    ignore: str
    snippet: tuple[str, ...]
    severity: Severity = Severity.ERROR
    count: int = 1

    def one_line(self, lang: Lang) -> str:
        """The failure in one line."""
        return messages.ui("gate", "one_line", lang, what=self.what, expected=self.expected, found=self.found)


def explain_all(
    failures: Iterable[Failure],
    analysis: Analysis,
    lang: Lang,
    config_file: str = "loganalyzer.toml",
    *,
    brief: bool = False,
) -> list[Explained]:
    """Render ``failures`` in their order; those with one condition and one cause are one, by the first of them.

    ``brief`` leaves out the sentences of the rules.
    """
    found: dict[tuple[object, ...], list[Failure]] = {}
    for number, failure in enumerate(failures):
        d = failure.diagnosis
        fix = d.actions[0].fix if d is not None and d.actions else ""
        wanted = tuple(failure.numbers.get(name) for name in _CONDITION)
        alike = (failure.check, failure.code, wanted, d.verdict, d.kind, fix) if d is not None else number
        found.setdefault((alike, failure.fails), []).append(failure)
    return [
        explained
        for members in found.values()
        for explained in _together(members, analysis, lang, config_file, brief=brief)
    ]


def _together(
    members: Sequence[Failure], analysis: Analysis, lang: Lang, config_file: str, *, brief: bool
) -> list[Explained]:
    shown = [replace(f, outcome=None) if brief else f for f in members]
    if len(shown) < TOGETHER_FROM:
        return [explain(f, lang, config_file) for f in shown]
    runs = [f.diagnosis for f in shown if f.diagnosis is not None]
    first, (group, *_) = explain(shown[0], lang, config_file), failure_groups(runs, analysis.runs)
    names = Alike(tuple(runs), "", group.where, group.of).name(lang)
    example = term_safe(shown[0].run, 60)
    where, found = (messages.pair(example, text, lang) for text in (first.where, first.found))
    what = messages.pair(names, shown[0].check, lang)
    return [replace(first, what=what, where=where, found=found, count=len(shown))]


def explain(failure: Failure, lang: Lang, config_file: str = "loganalyzer.toml") -> Explained:
    """Render all parts of ``failure``."""
    diagnosis, outcome = failure.diagnosis, failure.outcome
    numbers = _readable_numbers(failure, lang)
    found = messages.ui("gate", f"found.{failure.code}", lang, **numbers)
    if outcome is not None and diagnosis is not None:
        found = messages.pair(found, messages.sentence(outcome, diagnosis.run, lang), lang)
    fix = _first_fix(diagnosis, outcome, lang) if outcome is not None and diagnosis is not None else ""
    return Explained(
        what=f"{term_safe(failure.run, 200)}: {failure.check}",
        where=term_safe(_where(failure, lang), 400),
        expected=term_safe(messages.ui("gate", f"expected.{failure.code}", lang, **numbers), 500),
        found=term_safe(found, 900),
        fix=fix,
        ignore=messages.ui("gate", "ignore_how", lang, place=term_safe(config_file, 200)),
        snippet=_snippet(failure, lang),
        severity=failure.severity,
    )


def _first_fix(diagnosis: Diagnosis, outcome: Outcome, lang: Lang) -> str:
    """Return the first fix of a finding with the run's numbers; the run's first action for the one that decided."""
    if outcome.rule == diagnosis.deciding and diagnosis.actions:
        return term_safe(first_action(diagnosis, lang))
    if not outcome.fixes:
        return ""
    return term_safe(messages.prescription(diagnosis.prescription(outcome.fixes[0]), diagnosis, lang).text)


def one_line(failure: Failure, lang: Lang, *, brief: bool = False) -> str:
    """Render the failure in one line; ``brief`` leaves out the sentence of its rule."""
    return explain(replace(failure, outcome=None) if brief else failure, lang).one_line(lang)


def headline(analysis: Analysis, result: GateResult, lang: Lang) -> str:
    """Render the gate's result in one sentence."""
    if not analysis.runs and not result.failures:
        return messages.ui("gate", "no_runs", lang)
    if result.failures:
        key = "failed_one" if len(result.failures) == 1 else "failed"
        return messages.ui("gate", key, lang, count=len(result.failures))
    if result.strict and (result.unread or result.partly_read):
        return messages.ui("gate", "not_read", lang)
    if not result.gates:
        return messages.ui("gate", "no_gate", lang, count=len(analysis.runs))
    passed = messages.ui("gate", "passed_one" if len(analysis.runs) == 1 else "passed", lang, count=len(analysis.runs))
    lost = len(result.unread) + len(result.partly_read)
    return messages.ui("gate", "passed_unread", lang, passed=passed, count=lost) if lost else passed


def ignored_because(ignored: Ignored, lang: Lang) -> str:
    """Render the reason why a failure does not count."""
    reason = term_safe(ignored.reason, 300)
    if ignored.expires:
        return messages.ui("gate", "ignored_until", lang, date=ignored.expires, reason=reason)
    return messages.ui("gate", "ignored_always", lang, reason=reason)


def ignore_notes(result: GateResult, lang: Lang) -> list[str]:
    """Render problems of the configured ignores."""
    return [
        term_safe(messages.ui("gate", n.state, lang, rule=n.rule, runs=n.runs, expires=n.expires or "–"), 400)
        for n in result.ignore_notes
    ]


def plain(analysis: Analysis, result: GateResult, lang: Lang, *, limit: int = 10, width: int = 0) -> Iterator[str]:
    """Render for a terminal: the result, each failure with its parts, ignored failures; nothing without a gate.

    ``width`` > 0 wraps lines to so many columns, with the parts of a failure indented below its name; TOML to be copied
    is not wrapped.
    """
    if not result.gates and not result.ignore_notes and not result.running:
        return

    def broken(text: str, first: str = "", rest: str = "") -> list[str]:
        return wrap(text, first, rest, max(width, 40)) if width else [first + text]

    if analysis.tally.total or result.failures:  # otherwise the message that no run was found suffices
        yield from broken(headline(analysis, result, lang))
    told = explain_all(result.failures, analysis, lang, result.config_file)
    for e in told[:limit]:
        yield from broken(e.what, "  ✗ ", "    ")
        parts = (("where", e.where), ("expected_label", e.expected), ("found_label", e.found), ("fix_label", e.fix))
        for label, text in (*parts, ("ignore_label", e.ignore)):
            if text:
                yield from broken(messages.pair(messages.ui("gate", label, lang), text, lang), "      ", "        ")
        yield from (f"          {line}" for line in e.snippet)
    if more := sum(e.count for e in told[limit:]):
        yield "  " + messages.ui("gate", "more", lang, count=more)
    for line in _compared(result, lang)[:limit]:
        yield from broken(line, "  ", "    ")
    if len(result.comparisons) > limit:
        yield "  " + messages.ui("gate", "more", lang, count=len(result.comparisons) - limit)
    for failure in result.warnings[:limit]:
        yield from broken(one_line(failure, lang), "  ! ", "    ")
    if len(result.warnings) > limit:
        yield "  " + messages.ui("gate", "more", lang, count=len(result.warnings) - limit)
    for ignored in result.ignored[:limit]:
        text = f"{term_safe(ignored.failure.run, 200)}: {ignored.failure.check}: {ignored_because(ignored, lang)}"
        yield from broken(text, "  – ", "    ")
    for note in ignore_notes(result, lang):
        yield from broken(note, "  ! ", "    ")


def _compared(result: GateResult, lang: Lang) -> list[str]:
    """Render each metric with its baseline in one line, the worse ones first."""
    lines = []
    for c in sorted(result.comparisons, key=lambda c: (c.held, c.run, c.metric)):
        now = "–" if c.now is None else messages.number(c.now)
        difference = "–" if c.now is None else messages.signed(c.now - c.baseline)
        numbers = (messages.number(c.baseline), now, difference, messages.number(c.allowed))
        labels = (messages.ui("gate", k, lang) for k in ("baseline", "now", "difference", "allowed"))
        values = messages.listed([f"{label} {number}" for label, number in zip(labels, numbers, strict=True)], lang)
        lines.append(f"{'=' if c.held else '✗'} {term_safe(f'{c.run}: {c.metric}', 200)}: {values}")
    return lines


def _readable_numbers(failure: Failure, lang: Lang) -> dict[str, Number]:
    """Return the numbers of ``failure`` with ids translated: verdicts, severities, statistics."""
    readable = dict(failure.numbers)
    for name, value in failure.numbers.items():
        if name in ("verdict", "wanted", "before", "severity") and isinstance(value, str):
            readable[name] = messages.listed([_condition(word, lang) for word in value.split(", ")], lang)
        elif name in ("stat", "aggregate"):
            readable[name] = messages.ui("gate", f"{name}.{value}", lang)
        elif name == "rule":
            readable[name] = messages.title(str(value), lang)
    return readable


def _condition(word: str, lang: Lang) -> str:
    """Translate a condition of ``fail-on``: "overfitting:severe" is "overfitting (severe)"."""
    if word in list(Severity):
        return messages.severity(Severity(word), lang)
    verdict, _, kind = word.partition(":")
    if verdict not in list(Verdict):
        return word
    return messages.verdict_with_kind(Verdict(verdict), kind, lang)


def _where(failure: Failure, lang: Lang) -> str:
    parts = [failure.diagnosis.files[0] if failure.diagnosis is not None and failure.diagnosis.files else failure.run]
    if failure.series:
        parts.append(failure.series)
    if failure.step is not None:
        unit = failure.diagnosis.run.step_unit if failure.diagnosis is not None else ""
        parts.append(messages.at_step(failure.step, unit, lang))
    return ", ".join(parts)


def _snippet(failure: Failure, lang: Lang) -> tuple[str, ...]:
    """Return the TOML that ignores this failure; the run's id is escaped as a glob."""
    run = failure.run
    glob = "".join(f"[{c}]" if c in "*?[" else c for c in run) if failure.diagnosis is not None else run
    # TOML cannot contain lone surrogates of undecodable file names: "?" matches them
    glob = re.sub("[\ud800-\udfff]", "?", glob)
    pairs = (("rule", failure.check), ("runs", glob), ("reason", messages.ui("gate", "ignore_reason", lang)))
    return ("[[ignore]]", *(f"{key} = {_toml(value)}" for key, value in pairs))


def _toml(text: str) -> str:
    """Return a TOML string; characters special to terminals, HTML or Markdown are escaped."""
    return '"' + "".join(c if _PLAIN.fullmatch(c) else f"\\U{ord(c):08x}" for c in text) + '"'
