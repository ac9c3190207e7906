"""JUnit XML: a test case for each run, so that Jenkins, GitLab and the others follow it from build to build.

``failure`` = conditions of the gate that the run does not meet, ``skipped`` = all of these are ignored with a reason,
``error`` = a file that cannot be read or a rule that failed; any other run has passed. Conditions on several runs are cases of
the suite ``gate``.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.gate_result import Failure, GateResult, Ignored
from loganalyzer.model.outcome import Status
from loganalyzer.model.report import Analysis, Diagnosis
from loganalyzer.model.verdicts import with_kind
from loganalyzer.model.version import VERSION
from loganalyzer.reports import gate_text
from loganalyzer.reports.registry import RenderRequest
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import first_action

# characters that XML 1.0 forbids, even escaped
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(request: RenderRequest) -> str:
    """Render the analysis as one ``testsuites`` document; same input, same bytes: all times are those of the logs."""
    analysis, result, lang = request.analysis, request.gate, request.lang
    suites = []
    if analysis.runs:
        suites.append(_suite("runs", [_of_run(d, result, lang) for d in analysis.runs], _about(analysis, result)))
    if others := _of_several(result, {d.id for d in analysis.runs}, lang):
        suites.append(_suite("gate", others))
    if unread := [_case("unread", u.file, _tag("error", messages.note(u.note, lang))) for u in result.unread]:
        suites.append(_suite("unread", unread))
    tests, failures, errors = (sum(n) for n in zip(*(s[1] for s in suites), strict=True)) if suites else (0, 0, 0)
    head = f'<testsuites name="analyze-logs" tests="{tests}" failures="{failures}" errors="{errors}">'
    body = "".join(s[0] for s in suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{body}</testsuites>\n'


def _about(analysis: Analysis, result: GateResult) -> tuple[str, str]:
    """Attributes and properties of the suite of all runs: when the last of them was logged, verdicts, conditions."""
    ends = [last for d in analysis.runs if (last := _times(d)[1]) is not None]
    at = f" timestamp={_attr(_iso(max(ends)))}" if ends else ""
    verdicts = Counter(d.verdict.value for d in analysis.runs)
    values = {"tool": f"analyze-logs {VERSION}", **({"fail-on": ",".join(result.fail_on)} if result.fail_on else {})}
    values |= {f"verdict.{name}": str(count) for name, count in sorted(verdicts.items())}
    lines = "".join(f"<property name={_attr(name)} value={_attr(value)}/>" for name, value in values.items())
    return at, f"<properties>{lines}</properties>\n"


def _of_run(d: Diagnosis, result: GateResult, lang: Lang) -> str:
    """The case of a run: why it fails or is skipped, or what it came to."""
    failures = result.failures_of(d.id)
    ignored = [i for i in result.ignored if i.failure.run == d.id]
    broken = [f"{o.rule}: {o.numbers.get('error', '')}" for o in d.outcomes if o.status is Status.BROKEN]
    damaged = [messages.ui("gate", "partly_read", lang)] if d.id in result.partly_read else []
    if failures:
        inside = _failed(failures, lang, result.config_file)
    elif broken or damaged:
        inside = _tag("error", messages.remarks([*damaged, *broken], lang))
    elif ignored:
        inside = _tag("skipped", _reasons(ignored, lang))
    else:
        inside = ""
    first, last = _times(d)
    return _case("runs", d.id, inside + _said(d, lang), None if first is None or last is None else last - first)


def _said(d: Diagnosis, lang: Lang) -> str:
    """Verdict, what happened, what to do next, and the settings, as the output of the case."""
    settings = " ".join(f"{name}={messages.typed(value)}" for name, value in sorted(d.hyperparameters.items()))
    lines = [
        with_kind(d.verdict, d.kind),
        messages.pair(messages.verdict(d.verdict, lang), messages.headline(d, lang), lang),
    ]
    if action := first_action(d, lang):
        lines.append(messages.pair(messages.ui("gate", "fix_label", lang), action, lang))
    return f"<system-out>{_text(chr(10).join([*lines, *([settings] if settings else [])]))}</system-out>"


def _of_several(result: GateResult, known: set[str], lang: Lang) -> list[str]:
    """Return the cases of conditions on several runs (a glob, a number of runs), ignored ones included, with unique names."""
    seen: dict[tuple[str, str], int] = {}

    def named(failure: Failure) -> str:
        number = seen[failure.run, failure.check] = seen.get((failure.run, failure.check), 0) + 1
        return failure.check if number == 1 else f"{failure.check} {number}"

    cases = [
        _case(f.run, named(f), _failed([f], lang, result.config_file)) for f in result.failures if f.run not in known
    ]
    for item in (i for i in result.ignored if i.failure.run not in known):
        cases.append(_case(item.failure.run, named(item.failure), _tag("skipped", _reasons([item], lang))))
    return cases


def _suite(name: str, cases: list[str], about: tuple[str, str] = ("", "")) -> tuple[str, tuple[int, int, int]]:
    failures, errors, skipped = (sum(f"<{tag} " in c for c in cases) for tag in ("failure", "error", "skipped"))
    attributes = f'name={_attr(name)} tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="{skipped}"'
    text = f"<testsuite {attributes}{about[0]}>\n{about[1]}{''.join(cases)}</testsuite>\n"
    return text, (len(cases), failures, errors)


def _failed(failures: Sequence[Failure], lang: Lang, config_file: str) -> str:
    """All conditions that do not hold in one element: viewers show the first of several only."""
    explained = gate_text.explain_run(failures, lang, config_file)
    labels = ("where", "expected_label", "found_label", "fix_label", "ignore_label")
    bodies = []
    for e in explained:
        parts = zip(labels, (e.where, e.expected, e.found, e.fix, e.ignore), strict=True)
        told = [messages.pair(messages.ui("gate", label, lang), part, lang) for label, part in parts if part]
        bodies.append("\n".join([e.what, *told, *e.snippet]))
    said = messages.remarks([f"{e.expected} / {e.found}" for e in explained], lang)
    checks = ", ".join(dict.fromkeys(f.check for f in failures))
    return f"<failure type={_attr(checks)} message={_attr(said)}>{_text((2 * chr(10)).join(bodies))}</failure>"


def _reasons(ignored: Iterable[Ignored], lang: Lang) -> str:
    return messages.remarks(list(dict.fromkeys(gate_text.ignored_because(i, lang) for i in ignored)), lang)


def _times(d: Diagnosis) -> tuple[float | None, float | None]:
    """When the run's first and last value were logged, in seconds since the epoch; None where the log has no times."""
    spans = [s.wall_times for s in d.run.series.values() if s.wall_times is not None and len(s.wall_times)]
    finite = np.concatenate(spans) if spans else np.array([])
    finite = finite[np.isfinite(finite) & (finite > 0) & (finite < 1e11)]
    return (float(finite.min()), float(finite.max())) if len(finite) else (None, None)


def _iso(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _tag(name: str, message: str) -> str:
    return f"<{name} message={_attr(message)}/>"


def _case(classname: str, name: str, inside: str, seconds: float | None = None) -> str:
    time = "" if seconds is None else f' time="{seconds:.3f}"'
    head = f"<testcase classname={_attr(classname)} name={_attr(name)}{time}"
    return f"{head}>{inside}</testcase>\n" if inside else f"{head}/>\n"


def _attr(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", term_safe(text, 1000)))


def _text(text: str) -> str:
    lines = "\n".join(term_safe(line) for line in text.split("\n"))
    return escape(_NOT_XML.sub("\ufffd", lines))
