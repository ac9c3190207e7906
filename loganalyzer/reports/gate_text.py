"""Render failures of the gate: what, where, expected, found, the first thing to try, how to ignore it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from loganalyzer import messages
from loganalyzer.config.conditions import CHECKS
from loganalyzer.diagnosis.failure_groups import failure_groups
from loganalyzer.messages import Lang
from loganalyzer.model.gate_result import Failure, GateResult, Ignored
from loganalyzer.model.outcome import Number, Outcome, Severity
from loganalyzer.model.record import Record, replace
from loganalyzer.model.report import Analysis, Diagnosis
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports import ignore_text
from loganalyzer.reports.alike import Alike
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import first_action
from loganalyzer.reports.wrap import wrap

_CONDITION = ("metric", "wanted", "stat", "aggregate", "min", "max", "before")
MOST_SAME = 3
"""So many metrics that are what they were in the baseline are named."""
TOGETHER_FROM = 3
"""So many runs that fail one condition for one cause are told together."""
_OF_VERDICT = frozenset(
    (
        "verdict",
        "expect",
        "verdict-worse",
        "bad-without-history",
        "bad-and-new",
        "newly-bad",
        "bad-before",
        "bad-at-first",
    )
)
"""Conditions on the verdict of a run: those that it does not meet are one failure with several reasons."""
_NEW = frozenset(("bad-and-new", "newly-bad", "verdict-worse"))
_WORDS = {"newly-bad": "newly-bad", "bad-and-new": "bad-and-new", "bad-without-history": "bad"}
"""What a check is called where the condition says more than its id."""


class Explained(Record):
    """The parts of a failure as plain text, free of control characters, not escaped for any format.

    ``ignore`` names the file for the TOML lines ``snippet``. ``count`` runs that fail alike are one failure, explained by the
    first of them, the one with the id ``run``.
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
    run: str = ""

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
    """Render ``failures`` in their order, what is new first.

    The conditions on its verdict that a run does not meet are one failure; runs with the same conditions and one cause are
    one, by the first of them. ``brief`` leaves out the sentences of the rules.
    """
    found: dict[tuple[object, ...], list[tuple[Failure, ...]]] = {}
    for number, reasons in enumerate(_by_run(failures)):
        d = reasons[0].diagnosis
        fix = d.actions[0].fix if d is not None and d.actions else ""
        wanted = tuple((f.check, f.code, *(f.numbers.get(name) for name in _CONDITION)) for f in reasons)
        alike = (wanted, d.verdict, d.kind, fix) if d is not None else number
        found.setdefault((alike, reasons[0].fails), []).append(reasons)
    groups = sorted(found.values(), key=lambda members: not any(f.code in _NEW for f in members[0]))
    return [
        explained for members in groups for explained in _together(members, analysis, lang, config_file, brief=brief)
    ]


def _by_run(failures: Iterable[Failure]) -> list[tuple[Failure, ...]]:
    """The failures one by one, but the conditions on the verdict of a run together, where the first of them stands."""
    found: dict[object, list[Failure]] = {}
    for number, failure in enumerate(failures):
        found.setdefault((failure.run, failure.fails) if _is_of_verdict(failure) else number, []).append(failure)
    return [tuple(sorted(reasons, key=lambda f: f.check == "history")) for reasons in found.values()]


def _is_of_verdict(failure: Failure) -> bool:
    d = failure.diagnosis
    return d is not None and (
        failure.code in _OF_VERDICT or (failure.code == "finding" and failure.check == d.deciding)
    )


def _together(
    members: Sequence[tuple[Failure, ...]], analysis: Analysis, lang: Lang, config_file: str, *, brief: bool
) -> list[Explained]:
    shown = [tuple(replace(f, outcome=None) for f in reasons) if brief else reasons for reasons in members]
    others = [d.id for d in analysis.runs]
    if len(shown) < TOGETHER_FROM:
        return [_explained(reasons, lang, config_file, others) for reasons in shown]
    runs = [reasons[0].diagnosis for reasons in shown if reasons[0].diagnosis is not None]
    first, (group, *_) = _explained(shown[0], lang, config_file, others), failure_groups(runs, analysis.runs)
    names = Alike(tuple(runs), "", group.where, group.of).name(lang)
    example = term_safe(shown[0][0].run, 60)
    where, found = (messages.pair(example, text, lang) for text in (first.where, first.found))
    what = messages.pair(_checks(shown[0], lang), names, lang)
    entries = ignore_text.snippet([f for reasons in shown for f in reasons], others, lang)
    return [replace(first, what=what, where=where, found=found, snippet=entries, count=len(shown))]


def explain_run(failures: Iterable[Failure], lang: Lang, config_file: str = "loganalyzer.toml") -> list[Explained]:
    """Render the failures of one run, or of one condition on several."""
    return [_explained(reasons, lang, config_file, ()) for reasons in _by_run(failures)]


def explain(failure: Failure, lang: Lang, config_file: str = "loganalyzer.toml") -> Explained:
    """Render all parts of ``failure``."""
    return _explained((failure,), lang, config_file, ())


def _explained(reasons: Sequence[Failure], lang: Lang, config_file: str, others: Sequence[str]) -> Explained:
    """Render the conditions that one run does not meet as one failure."""
    first = next((f for f in reasons if f.outcome is not None and f.series), reasons[0])
    diagnosis, outcome = first.diagnosis, next((f.outcome for f in reasons if f.outcome is not None), None)
    numbers = [_readable_numbers(f, lang) for f in reasons]
    expected = [messages.ui("gate", f"expected.{f.code}", lang, **n) for f, n in zip(reasons, numbers, strict=True)]
    found = [messages.ui("gate", f"found.{f.code}", lang, **n) for f, n in zip(reasons, numbers, strict=True)]
    said = messages.ui("gate", "and_expected", lang).join(dict.fromkeys(expected))
    result = messages.listed([*dict.fromkeys(found)], lang)
    if outcome is not None and diagnosis is not None:
        result = messages.pair(result, messages.sentence(outcome, diagnosis.run, lang), lang)
    fix = _first_fix(diagnosis, outcome, lang) if outcome is not None and diagnosis is not None else ""
    return Explained(
        what=messages.pair(term_safe(first.run, 200), _checks(reasons, lang), lang),
        where=term_safe(_where(first, lang), 400),
        expected=term_safe(said, 500),
        found=term_safe(result, 900),
        fix=fix,
        ignore=messages.ui("gate", "ignore_how", lang, place=term_safe(config_file, 200)),
        snippet=ignore_text.snippet(reasons, others, lang),
        severity=max((f.severity for f in reasons), key=lambda severity: severity.rank),
        run=first.run,
    )


def _checks(reasons: Sequence[Failure], lang: Lang) -> str:
    """The names of the checks as a person reads them, each with the id that an ignore takes: "発散（diverging）"."""
    return messages.listed(list(dict.fromkeys(_check(f, lang) for f in reasons)), lang)


def _check(failure: Failure, lang: Lang) -> str:
    named = f"check.{_WORDS.get(failure.code, failure.check)}"
    own = failure.code in _WORDS or failure.check in CHECKS
    word = messages.ui("gate", named, lang) if own else messages.title(failure.check, lang)
    plain = word.lower().replace(" ", "-") == failure.check.lower()
    return failure.check if plain else messages.aside(word, lang, failure.check)


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
    """Render the gate's result in one sentence: how many runs fail, and how many of them are newly bad."""
    if not analysis.runs and not result.failures:
        return messages.ui("gate", "no_runs", lang)
    if result.failures:
        return messages.ui("gate", "failed", lang, what=messages.listed(_failed(analysis, result, lang), lang))
    if result.strict and (result.unread or result.partly_read):
        return messages.ui("gate", "not_read", lang)
    if not result.gates:
        key = "no_gate_one" if len(analysis.runs) == 1 else "no_gate"
        return messages.ui("gate", key, lang, count=len(analysis.runs))
    passed = messages.ui("gate", "passed_one" if len(analysis.runs) == 1 else "passed", lang, count=len(analysis.runs))
    if begun := sum(f.code == "bad-at-first" for f in result.warnings):
        passed = messages.ui("gate", "passed_first_one" if begun == 1 else "passed_first", lang, count=begun)
    lost = len(result.unread) + len(result.partly_read)
    return messages.ui("gate", "passed_unread", lang, passed=passed, count=lost) if lost else passed


def _failed(analysis: Analysis, result: GateResult, lang: Lang) -> list[str]:
    """How many runs fail, with how many of them are newly bad, and how many conditions that are those of no run."""
    runs, said = result.failed_runs, []
    if runs:
        news = ""
        if analysis.trend is not None and analysis.trend.last is not None:
            fresh = sum(run in analysis.trend.fresh for run in runs)
            news = messages.ui("gate", "failed_new" if fresh else "failed_none_new", lang, count=fresh)
        key = "failed_run" if len(runs) == 1 else "failed_runs"
        said.append(messages.aside(messages.ui("gate", key, lang, count=len(runs)), lang, news))
    if others := sum(f.diagnosis is None for f in result.failures):
        key = f"failed_condition{'' if others == 1 else 's'}{'_besides' if runs else ''}"
        said.append(messages.ui("gate", key, lang, count=others))
    return said


def more(left: Sequence[Explained], lang: Lang) -> str:
    """How many failures are not shown; "" for none."""
    count = sum(e.count for e in left)
    return messages.ui("gate", "more", lang, count=count) if count else ""


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
    if text := more(told[limit:], lang):
        yield f"  {text}"
    compared = _compared(result, lang)
    for line in compared[:limit]:
        yield from broken(line, "  ", "    ")
    if len(compared) > limit:
        yield "  " + messages.ui("gate", "more", lang, count=len(compared) - limit)
    # runs that are known as bad stand in a line of the history
    warned = explain_all([f for f in result.warnings if not f.known], analysis, lang, result.config_file, brief=True)
    for e in warned[:limit]:
        yield from broken(e.one_line(lang), "  ! ", "    ")
    if text := more(warned[limit:], lang):
        yield f"  {text}"
    for ignored in result.ignored[:limit]:
        about = messages.pair(ignored.failure.check, ignored_because(ignored, lang), lang)
        text = messages.pair(term_safe(ignored.failure.run, 200), about, lang)
        yield from broken(text, "  – ", "    ")
    for note in ignore_notes(result, lang):
        yield from broken(note, "  ! ", "    ")


def _compared(result: GateResult, lang: Lang) -> list[str]:
    """Render each metric with its baseline in one line, the worse ones first; those that are the same in one line."""
    lines = []
    same = [c for c in result.comparisons if c.held and c.now == c.baseline]
    changed = [c for c in result.comparisons if not (c.held and c.now == c.baseline)]
    for c in sorted(changed, key=lambda c: (c.held, c.run, c.metric)):
        now = "–" if c.now is None else messages.number(c.now)
        difference = "–" if c.now is None else messages.signed(c.now - c.baseline)
        numbers = (messages.number(c.baseline), now, difference, messages.number(c.allowed))
        labels = (messages.ui("gate", k, lang) for k in ("baseline", "now", "difference", "allowed"))
        values = messages.listed([f"{label} {number}" for label, number in zip(labels, numbers, strict=True)], lang)
        lines.append(f"{'=' if c.held else '✗'} {term_safe(f'{c.run}: {c.metric}', 200)}: {values}")
    if same:
        names = messages.listed([term_safe(f"{c.run} {c.metric}", 60) for c in same[:MOST_SAME]], lang)
        key = "unchanged" if len(same) <= MOST_SAME else "unchanged_more"
        lines.append(f"= {messages.ui('gate', key, lang, count=len(same), names=names, more=len(same) - MOST_SAME)}")
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
    return messages.listed(parts, lang)
