"""JUnit XML: one test case for each run and rule, so that Jenkins, GitLab and the others show what failed where.

``failure`` = a condition of the gate does not hold, ``skipped`` = ignored with a reason, ``error`` = unreadable file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.gate_result import Failure, GateResult
from loganalyzer.model.outcome import Status
from loganalyzer.model.report import Diagnosis
from loganalyzer.reports import gate_text
from loganalyzer.reports.registry import RenderRequest
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import first_action

# characters that XML 1.0 forbids, even escaped
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(request: RenderRequest) -> str:
    """Render the whole analysis as one ``testsuites`` document; same input, same bytes (no times, no host names)."""
    analysis, gate_result, lang = request.analysis, request.gate, request.lang
    suites = [_suite(d.id, list(_cases(d, gate_result, lang))) for d in analysis.runs]
    known = {d.id for d in analysis.runs}
    others = _others(gate_result, known, lang)
    if others:
        suites.append(_suite("gate", others))
    unread = [
        _case("unread", u.file, f"<error message={_attr(messages.note(u.note, lang))}/>") for u in gate_result.unread
    ]
    if unread:
        suites.append(_suite("unread", unread))
    tests, failures, errors = (sum(n) for n in zip(*(s[1] for s in suites), strict=True)) if suites else (0, 0, 0)
    head = f'<testsuites name="analyze-logs" tests="{tests}" failures="{failures}" errors="{errors}">'
    body = "".join(s[0] for s in suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{body}</testsuites>\n'


def _others(result: GateResult, known: set[str], lang: Lang) -> list[str]:
    """Return the cases of conditions on several runs (a glob, a number of runs), ignored ones included, with unique names."""
    seen: dict[tuple[str, str], int] = {}

    def named(failure: Failure) -> str:
        number = seen[failure.run, failure.check] = seen.get((failure.run, failure.check), 0) + 1
        return failure.check if number == 1 else f"{failure.check} {number}"

    cases = [_failed(f, named(f), f.run, lang, result.config_file) for f in result.failures if f.run not in known]
    for item in (i for i in result.ignored if i.failure.run not in known):
        reason = gate_text.ignored_because(item, lang)
        cases.append(_case(item.failure.run, named(item.failure), f"<skipped message={_attr(reason)}/>"))
    return cases


def _suite(name: str, cases: list[str]) -> tuple[str, tuple[int, int, int]]:
    failures, errors, skipped = (sum(f"<{tag} " in c for c in cases) for tag in ("failure", "error", "skipped"))
    attributes = f'name={_attr(name)} tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="{skipped}"'
    text = f"<testsuite {attributes}>\n{''.join(cases)}</testsuite>\n"
    return text, (len(cases), failures, errors)


def _cases(diagnosis: Diagnosis, result: GateResult, lang: Lang) -> Iterator[str]:
    failures = result.failures_of(diagnosis.id)
    ignored = {i.failure.check: i for i in result.ignored if i.failure.run == diagnosis.id}
    told: dict[str, int] = {}
    for failure in failures:
        number = told[failure.check] = told.get(failure.check, 0) + 1
        # viewers drop a second case of the same name
        name = failure.check if number == 1 else f"{failure.check} {number}"
        yield _failed(failure, name, diagnosis.id, lang, result.config_file)
    for outcome in diagnosis.outcomes:
        if outcome.rule in told:
            continue
        if outcome.rule in ignored:
            reason = gate_text.ignored_because(ignored[outcome.rule], lang)
            yield _case(diagnosis.id, outcome.rule, f"<skipped message={_attr(reason)}/>")
        elif outcome.status is Status.BROKEN:
            yield _case(diagnosis.id, outcome.rule, f"<error message={_attr(str(outcome.numbers.get('error', '')))}/>")
        elif outcome.status is Status.FOUND:
            said = messages.sentence(outcome, diagnosis.run, lang)
            if outcome.rule == diagnosis.deciding and (action := first_action(diagnosis, lang)):
                said += "\n" + messages.pair(messages.ui("gate", "fix_label", lang), action, lang)
            yield _case(diagnosis.id, outcome.rule, f"<system-out>{_text(said)}</system-out>")
        elif outcome.status is Status.PASS:
            yield _case(diagnosis.id, outcome.rule, "")
    for check, item in ignored.items():
        if all(check != o.rule for o in diagnosis.outcomes):
            reason = gate_text.ignored_because(item, lang)
            yield _case(diagnosis.id, check, f"<skipped message={_attr(reason)}/>")
    if diagnosis.id in result.partly_read:
        yield _case(diagnosis.id, "read", f"<error message={_attr(messages.ui('gate', 'partly_read', lang))}/>")


def _failed(failure: Failure, name: str, run: str, lang: Lang, config_file: str) -> str:
    e = gate_text.explain(failure, lang, config_file)
    labels = ("where", "expected_label", "found_label", "fix_label", "ignore_label")
    parts = zip(labels, (e.where, e.expected, e.found, e.fix, e.ignore), strict=True)
    told = [messages.pair(messages.ui("gate", label, lang), part, lang) for label, part in parts if part]
    body = "\n".join([*told, *e.snippet])
    message = f"{e.expected} / {e.found}"
    return _case(run, name, f"<failure type={_attr(failure.check)} message={_attr(message)}>{_text(body)}</failure>")


def _case(classname: str, name: str, inside: str) -> str:
    head = f"<testcase classname={_attr(classname)} name={_attr(name)}"
    return f"{head}>{inside}</testcase>\n" if inside else f"{head}/>\n"


def _attr(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", term_safe(text, 1000)))


def _text(text: str) -> str:
    lines = "\n".join(term_safe(line) for line in text.split("\n"))
    return escape(_NOT_XML.sub("\ufffd", lines))
