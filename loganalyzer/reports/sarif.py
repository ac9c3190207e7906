"""SARIF 2.1.0 (OASIS standard), for code-scanning views: one result for each failure, warning and ignored failure.

Without a gate there is one for each run that needs attention.

Logs are rarely part of a repository, and viewers drop results without a place in it; so a result points at ``anchor``
(the configuration, or the training script) and names the log file as a related, logical location.
"""

from __future__ import annotations

import hashlib
from typing import Any

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.gate_result import Failure, Ignored
from loganalyzer.model.outcome import Severity
from loganalyzer.model.version import VERSION
from loganalyzer.reports import gate_text
from loganalyzer.reports.json import dumps
from loganalyzer.reports.registry import RenderRequest
from loganalyzer.reports.reported import reported
from loganalyzer.reports.safe import term_safe
from loganalyzer.rules.registry import load_rules

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.INFO: "note", Severity.WARNING: "warning", Severity.ERROR: "error"}
MAX_RESULTS, MAX_TEXT = 5_000, 1_024


def render(request: RenderRequest) -> str:
    """Render one SARIF log with one run; the request's anchor is a path relative to the repository."""
    gate_result, lang = request.gate, request.lang
    place = request.anchor or gate_result.config_file
    found = [(f, None) for f in reported(request.analysis, gate_result)]
    everything: list[tuple[Failure, Ignored | None]] = [*found, *((i.failure, i) for i in gate_result.ignored)]
    kept = everything[:MAX_RESULTS]
    titles = {r.id: messages.title(r.id, lang) for r in load_rules()}
    ids = sorted({f.check for f, _ in kept})
    unread = [
        {"level": "error", "message": {"text": _cut(f"{u.file}: {messages.note(u.note, lang)}")}}
        for u in gate_result.unread
    ]
    invocation: dict[str, Any] = {"executionSuccessful": not unread, "toolExecutionNotifications": unread[:MAX_RESULTS]}
    driver: dict[str, Any] = {
        "name": "analyze-logs",
        "version": VERSION,
        "rules": [{"id": i, "name": i, "shortDescription": {"text": titles.get(i, i)}} for i in ids],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": [_result(f, i, ids.index(f.check), place, lang, gate_result.config_file) for f, i in kept],
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def fingerprint(failure: Failure) -> str:
    """Return a fingerprint of the condition and the run, independent of values: a small drift is no new problem."""
    parts = (failure.run, failure.check, failure.code, str(failure.numbers.get("metric", "")))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def uri(path: str) -> str:
    """Convert a relative path to a URI reference."""
    from urllib.parse import quote

    return quote(path.replace("\\", "/").lstrip("/").encode("utf-8", "surrogateescape"), safe="/-._~") or "."


def _result(
    failure: Failure, ignored: Ignored | None, index: int, anchor: str, lang: Lang, config_file: str
) -> dict[str, Any]:
    e = gate_text.explain(failure, lang, config_file)
    logical = {"fullyQualifiedName": _cut(term_safe(failure.run, 200)), "kind": "module"}
    result: dict[str, Any] = {
        "ruleId": failure.check,
        "ruleIndex": index,
        "level": LEVELS[failure.severity],
        "message": {"text": _cut(_text(failure, e, lang))},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": uri(anchor)}, "region": {"startLine": 1}},
                "logicalLocations": [logical],
            }
        ],
        "partialFingerprints": {"analyzeLogs/v1": fingerprint(failure)},
    }
    if ignored is not None:
        result["suppressions"] = [{"kind": "external", "justification": _cut(ignored.reason)}]
    return result


def _text(failure: Failure, e: gate_text.Explained, lang: Lang) -> str:
    """What was expected and found, where, and what to do next."""
    where, fix = (messages.ui("gate", label, lang) for label in ("where", "fix_label"))
    said = [gate_text.one_line(failure, lang), messages.pair(where, e.where, lang)]
    said += [messages.pair(fix, e.fix, lang)] if e.fix else []
    return messages.remarks([text.rstrip(".。") for text in said], lang)


def _cut(text: str) -> str:
    return term_safe(text, MAX_TEXT - 24)
