"""The merged configuration as text: for ``--show-config``, and as the document that the JSON Schema describes."""

from __future__ import annotations

import json
from typing import Any

from loganalyzer.config.fit import quoted
from loganalyzer.config.settings import MetricBound, Settings
from loganalyzer.config.tables import leaves


def show(settings: Settings) -> str:
    """The merged configuration as lines ``key = value  # where it comes from``, for ``--show-config``."""
    values = dict(leaves(settings_as_dict(settings)))
    lines = []
    for path, value in sorted(values.items()):
        if value in ({}, []) and _origin(settings, path) == "default":
            continue
        dotted = ".".join(quoted(p) for p in path)
        lines.append(f"{dotted} = {json.dumps(value, ensure_ascii=True)}  # {_origin(settings, path)}")
    return "\n".join(lines)


def settings_as_dict(settings: Settings) -> dict[str, Any]:
    """The settings as they would stand in the file (JSON types)."""

    def bound(b: MetricBound) -> dict[str, Any]:
        return {
            k: v
            for k, v in (
                ("min", b.min),
                ("max", b.max),
                ("stat", b.stat),
                ("level", b.level),
                ("aggregate", b.aggregate),
            )
            if v is not None
        }

    blocks = []
    for r in settings.runs:
        block: dict[str, Any] = {"runs": r.runs}
        if r.fail_on is not None:
            block["fail-on"] = list(r.fail_on)
        if r.expect:
            block["expect"] = list(r.expect)
        if r.min_steps is not None:
            block["min-steps"] = r.min_steps
        if r.metrics:
            block["metrics"] = {b.name: bound(b) for b in r.metrics}
        blocks.append(block)
    m, base = settings.mail, settings.baseline
    mail = {
        "to": list(m.to),
        "from": m.sender,
        "smtp": m.smtp,
        "password-file": m.password_file,
        "ca-file": m.ca_file,
        "insecure": m.insecure,
        "required": m.required,
        "retry-seconds": m.retry_seconds,
        "attach": m.attach,
        "attach-limit-mb": m.attach_limit_mb,
        "when": m.when,
        "title": m.title or None,
        "report-url": m.report_url or None,
    }
    document: dict[str, Any] = {
        "preset": settings.preset,
        "fail-on": list(settings.fail_on),
        "strict": settings.strict,
        "allow-empty": settings.allow_empty,
        "allow-running": settings.allow_running,
        "settled-minutes": settings.settled_minutes,
        "require-runs": settings.require_runs,
        "min-steps": settings.min_steps,
        "lang": settings.lang,
        "severities": {k: v.value for k, v in settings.severities.items()},
        "limits": {k: dict(v) for k, v in settings.limits.items()},
        "roles": dict(settings.roles),
        "gate": {"metrics": {b.name: bound(b) for b in settings.metrics}, "runs": blocks},
        "ignore": [
            {k: v for k, v in (("rule", i.rule), ("runs", i.runs), ("reason", i.reason), ("expires", i.expires)) if v}
            for i in settings.ignores
        ],
        "baseline": {
            "path": base.path,
            "tolerance": base.tolerance,
            "metrics": {
                b.name: {
                    k: v
                    for k, v in (("tolerance", b.relative), ("tolerance-absolute", b.absolute), ("level", b.level))
                    if v is not None
                }
                for b in base.metrics
            },
        },
        "mail": mail,
    }
    cleaned: dict[str, Any] = _without_nothing(document)
    return cleaned


def _origin(settings: Settings, path: tuple[str, ...]) -> str:
    return settings.origins.get("\0".join(path), "default")


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_nothing(v) for k, v in value.items() if v is not None}
    return value
