"""GitLab Code Quality: a flat list of issues, each with a fingerprint independent of values."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.gate_result import Failure
from loganalyzer.model.outcome import Severity
from loganalyzer.reports import gate_text
from loganalyzer.reports.json import dumps
from loganalyzer.reports.registry import RenderRequest
from loganalyzer.reports.reported import reported
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.sarif import fingerprint
from loganalyzer.roles.secrets import hidden_path

SEVERITIES = {Severity.INFO: "info", Severity.WARNING: "minor", Severity.ERROR: "critical"}


def render(request: RenderRequest) -> str:
    """Render what is reported and the unreadable files as a JSON array."""
    analysis, gate_result, lang = request.analysis, request.gate, request.lang
    issues = [_issue(f, lang, analysis.roots) for f in reported(analysis, gate_result)]
    for unread in gate_result.unread:
        failure = Failure(unread.file, "unread", Severity.ERROR, "missing")
        text = term_safe(f"{unread.file}: {messages.note(unread.note, lang)}", 1000)
        issues.append(_entry(text, "unread", fingerprint(failure), "major", _path(unread.file, analysis.roots)))
    seen: dict[str, int] = {}
    for issue in issues:
        mark = issue["fingerprint"]
        seen[mark] = number = seen.get(mark, 0) + 1
        if number > 1:  # two bounds on one metric: GitLab keeps one issue of a fingerprint
            issue["fingerprint"] = hashlib.sha256(f"{mark} {number}".encode()).hexdigest()[:32]
    return dumps(issues, indent=1) + "\n"


def _path(file: str, roots: Sequence[str]) -> str:
    """Return the file's path in the repository: below the one relative folder that was analysed."""
    root = roots[0] if len(roots) == 1 else ""
    if not root or root.startswith(("/", "..")) or "://" in root or root == file or root.endswith(f"/{file}"):
        return file
    return hidden_path(str(PurePosixPath(root, file)))


def _issue(failure: Failure, lang: Lang, roots: Sequence[str]) -> dict[str, Any]:
    files = failure.diagnosis.files if failure.diagnosis is not None else ()
    text = term_safe(gate_text.one_line(failure, lang), 1000)
    path = _path(files[0], roots) if files else failure.run
    return _entry(text, failure.check, fingerprint(failure), SEVERITIES[failure.severity], path)


def _entry(text: str, check: str, mark: str, severity: str, path: str) -> dict[str, Any]:
    shown = term_safe(path, 400).lstrip("/") or "."
    return {
        "description": text,
        "check_name": check,
        "fingerprint": mark,
        "severity": severity,
        "location": {"path": shown, "lines": {"begin": 1}},
    }
