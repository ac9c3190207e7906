"""The analysis as strict JSON (no NaN tokens), schema ``loganalyzer/2`` in ``json_schema.json`` next to this file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from loganalyzer import messages
from loganalyzer.diagnosis.failure_groups import FailureGroup, failure_groups
from loganalyzer.model.history import Trend
from loganalyzer.model.outcome import Outcome, Status
from loganalyzer.model.prescription import Prescription
from loganalyzer.model.report import Analysis, Diagnosis, Group
from loganalyzer.model.run import Note, PassedOver
from loganalyzer.model.sweep import Answer, Cell, Conditions
from loganalyzer.model.verdicts import with_kind
from loganalyzer.model.version import VERSION
from loganalyzer.reports import sweep_text
from loganalyzer.reports.order import worst_first
from loganalyzer.reports.registry import RenderRequest
from loganalyzer.reports.summary import actions

SCHEMA = "loganalyzer/2"
LISTS = ("runs", "groups", "failure_groups", "unread", "passed_over")


def render(analysis: Analysis, *, lang: messages.Lang = "en", version: str = "") -> str:
    """Render the whole analysis as one JSON document, a run per line; same input, same bytes."""
    document = as_dict(analysis, lang=lang, version=version)
    parts = [f"{dumps(name)}: {_lines(value) if name in LISTS else dumps(value)}" for name, value in document.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def document(request: RenderRequest) -> str:
    """The output ``--json``."""
    return render(request.analysis, lang=request.lang, version=VERSION)


def _lines(items: list[Any]) -> str:
    return "[\n" + ",\n".join(map(dumps, items)) + "\n]" if items else "[]"


def dumps(value: Any, indent: int | None = None) -> str:
    """Serialise as strict JSON: ASCII only, lone surrogates of undecodable file names escaped."""
    try:  # fast path: most documents are strict already
        return json.dumps(value, allow_nan=False, ensure_ascii=True, indent=indent)
    except (ValueError, TypeError):
        return json.dumps(strict(value), allow_nan=False, ensure_ascii=True, indent=indent)


def as_dict(analysis: Analysis, *, lang: messages.Lang = "en", version: str = "") -> dict[str, Any]:
    """Convert the document to Python data."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "loganalyzer", "version": version, "lang": lang},
        "runs": [run_dict(d, lang) for d in analysis.runs],
        "groups": [group_dict(g, lang) for g in analysis.groups],
        "failure_groups": [
            _failure_group(g, lang)
            for g in failure_groups((d for d in worst_first(analysis.runs) if d.needs_attention), analysis.runs)
        ],
        "unread": [
            {"file": u.file, "reason": messages.note(u.note, lang), "expected": u.expected} for u in analysis.unread
        ],
        "passed_over": [_passed_over(kind, lang) for kind in analysis.passed_over],
        "history": _history(analysis.trend) if analysis.trend is not None else None,
    }


def _history(trend: Trend) -> dict[str, Any]:
    """Convert what is different since the last analysis."""
    last = trend.last
    return {
        "last": {"time": last.time, "commit": last.commit or None} if last is not None else None,
        "earlier": trend.earlier,
        "changed": [
            {
                "run": pair.now.id,
                "before": with_kind(pair.before.verdict, pair.before.kind),
                "now": with_kind(pair.now.verdict, pair.now.kind),
                "way": pair.verdict,
            }
            for pair in trend.changes.pairs
            if pair.verdict != "same"
        ],
        "new": [run.id for run in trend.changes.new],
        "gone": [run.id for run in trend.changes.gone],
        "newly_bad": list(trend.fresh),
        "bad_since": dict(trend.bad_since),
        "best": {run: list(values) for run, values in trend.best.items()},
    }


def _passed_over(kind: PassedOver, lang: messages.Lang) -> dict[str, Any]:
    return {
        "code": kind.code,
        "reason": messages.note(Note(kind.code), lang),
        "suffix": kind.suffix,
        "count": kind.count,
        "files": list(kind.files),
    }


def run_dict(diagnosis: Diagnosis, lang: messages.Lang) -> dict[str, Any]:
    """Convert one run to Python data."""
    best, end = diagnosis.best, diagnosis.end
    return {
        "id": diagnosis.id,
        "files": list(diagnosis.files),
        "reader": diagnosis.run.reader,
        "verdict": diagnosis.verdict.value,
        "kind": diagnosis.kind or None,
        "confidence": round(diagnosis.probability, 3),
        "probabilities": {v.value: round(p, 4) for v, p in diagnosis.probabilities.items()},
        "headline": messages.headline(diagnosis, lang),
        "points": diagnosis.run.points,
        "step_unit": diagnosis.run.step_unit or None,
        "begins_at": diagnosis.run.begins_at,
        "planned_steps": diagnosis.run.planned,
        "objective": {
            "train": diagnosis.objective.train,
            "validation": diagnosis.objective.validation,
            "direction": diagnosis.objective.direction,
        },
        "best": {"series": best.series, "step": best.step, "value": best.value} if best else None,
        "end": {"series": end.series, "step": end.step, "value": end.value} if end else None,
        "wasted": diagnosis.wasted,
        "cause": _cause(diagnosis, lang),
        "findings": [
            _finding(o, diagnosis, lang) for o in diagnosis.outcomes if o.status in (Status.FOUND, Status.BROKEN)
        ],
        "prescription": [_action(p, diagnosis, lang) for p in diagnosis.actions],
        "checked": {
            status.value: sorted(o.rule for o in diagnosis.outcomes if o.status is status)
            for status in (Status.PASS, Status.NOT_APPLICABLE)
        },
        "hyperparameters": dict(diagnosis.hyperparameters),
        "notes": [messages.note(n, lang) for n in diagnosis.notes],
    }


def _cause(diagnosis: Diagnosis, lang: messages.Lang) -> dict[str, Any] | None:
    """Convert the likely cause; ``check`` tells within minutes whether it is so."""
    cause = messages.likely_cause(diagnosis, lang)
    return {"finding": cause.finding, "text": cause.text, "check": cause.check} if cause is not None else None


def _action(item: Prescription, diagnosis: Diagnosis, lang: messages.Lang) -> dict[str, Any]:
    """Convert one of the things to do next; ``set`` is what to change in the settings."""
    keep = item.keep
    because = next((o for o in diagnosis.findings if o.rule == item.because), None)
    return {
        "fix": item.fix,
        "text": messages.prescription(item, diagnosis, lang).text,
        "set": [{"name": c.name, "meaning": c.meaning, "from": c.old, "to": c.new} for c in item.changes],
        "keep": {"series": keep.series, "step": keep.step, "value": keep.value} if keep is not None else None,
        "because": {"finding": item.because, "evidence": _evidence(because) if because is not None else []},
        "expected": [
            {"what": e.what, "amount": e.amount, "on": e.on, "low": e.low, "high": e.high} for e in item.expected
        ],
    }


def _evidence(outcome: Outcome) -> list[dict[str, Any]]:
    return [{"series": e.series, "first": e.first, "last": e.last} for e in outcome.evidence]


def _finding(outcome: Outcome, diagnosis: Diagnosis, lang: messages.Lang) -> dict[str, Any]:
    found = outcome.status is Status.FOUND
    return {
        "rule": outcome.rule,
        "status": outcome.status.value,
        "kind": outcome.kind or None,
        "severity": outcome.severity.value,
        "confidence": round(outcome.score, 3),
        "message": messages.sentence(outcome, diagnosis.run, lang) if found else str(outcome.numbers.get("error", "")),
        "evidence": _evidence(outcome),
        "numbers": dict(outcome.numbers),
        "fixes": [
            {**_fix(fix), "trial": messages.trial(outcome.rule, outcome.kind, fix.id, lang) or None}
            for fix in (messages.prescription(diagnosis.prescription(f), diagnosis, lang) for f in outcome.fixes)
        ]
        if found
        else [],
        "cause": outcome.cause or None,
    }


def _fix(fix: messages.Fix) -> dict[str, Any]:
    return {
        "id": fix.id,
        "text": fix.text,
        "why": fix.why,
        "risk": fix.risk or None,
        "code": dict(fix.code),
        "source": fix.source,
    }


def group_dict(group: Group, lang: messages.Lang) -> dict[str, Any]:
    """Convert one sweep to Python data."""
    return {
        "id": group.id,
        "runs": list(group.runs),
        "varies": {k: list(v) for k, v in group.varies.items()},
        "suggested": {k: dict(v) for k, v in group.suggested.items()},
        "findings": [
            {
                "rule": o.id,
                "severity": o.severity.value,
                "message": sweep_text.finding(o, lang),
                "numbers": dict(o.numbers),
                "fixes": [_fix(messages.fix(f, lang)) for f in o.fixes],
            }
            for o in group.findings
        ],
        "answer": _answer(group.answer),
        "series": group.series or None,
        "direction": group.direction,
        "table": [
            {
                "run": m.run,
                "settings": dict(m.settings),
                "seed": m.seed if m.seed != "" else None,
                "verdict": m.verdict.value,
                "score": m.score,
                "failed": m.failed,
            }
            for m in group.table
        ],
    }


def _failure_group(group: FailureGroup, lang: messages.Lang) -> dict[str, Any]:
    """Convert runs with one cause; ``where`` sets them apart from the healthy runs."""
    return {
        "verdict": group.verdict.value,
        "kind": group.kind or None,
        "fix": group.fix or None,
        "action": next(iter(actions(group.runs[0], lang)), None),
        "runs": [d.id for d in group.runs],
        "where": _conditions(group.where),
        "of": group.of or None,
    }


def _answer(answer: Answer | None) -> dict[str, Any] | None:
    """Convert what a sweep says as a whole."""
    if answer is None:
        return None
    return {
        "best": {**_cell(answer.best), "run": answer.best_run, "score": answer.best_score},
        "corners": [
            {"where": _conditions(c.where), "failed": list(c.failed), "count": c.count} for c in answer.corners
        ],
        "stray": list(answer.stray),
        "attention": list(answer.attention),
        "importance": {each.name: round(each.share, 4) for each in answer.importance},
        "next": [{"name": f.name, "values": list(f.values), "reason": f.reason} for f in answer.further],
        "cells": [_cell(cell) for cell in answer.cells],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "settings": {c.name: c.value for c in cell.where},
        "count": len(cell.runs),
        "failed": cell.failed,
        "mean": cell.mean,
        "sd": cell.sd,
    }


def _conditions(where: Conditions) -> list[dict[str, Any]]:
    return [{"name": c.name, "comparison": c.comparison, "value": c.value} for c in where]


def strict(value: Any) -> Any:
    """Convert ``value`` to plain JSON types: numpy scalars unwrapped, non-finite numbers as None."""
    if isinstance(value, Mapping):
        return {str(k): strict(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [strict(v) for v in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
