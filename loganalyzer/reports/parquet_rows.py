"""The rows of the tables ``runs``, ``findings`` and ``groups``, as plain data; needs no library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loganalyzer import messages
from loganalyzer.model.report import Group
from loganalyzer.reports.json import dumps


def of_run(run: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Make the rows of one run from its part of the JSON document."""
    objective, best = run["objective"], run["best"] or {}
    row = {
        "run": run["id"],
        "verdict": run["verdict"],
        "kind": run["kind"],
        "confidence": run["confidence"],
        "severity": _worst(run["findings"]),
        "headline": run["headline"],
        "reader": run["reader"],
        "points": run["points"],
        "step_unit": run["step_unit"],
        "train": objective["train"],
        "validation": objective["validation"],
        "direction": objective["direction"],
        "best_series": best.get("series"),
        "best_step": best.get("step"),
        "best_value": best.get("value"),
        "wasted": run["wasted"],
        "hyperparameters": dumps(run["hyperparameters"]),
        "files": run["files"],
        "notes": run["notes"],
    }
    return {"runs": [row], "findings": [_finding(f, run=run["id"]) for f in run["findings"]]}


def of_group(group: Group, lang: messages.Lang) -> dict[str, list[dict[str, Any]]]:
    """Make the rows of one sweep: its runs in ``groups``, the best first, and its findings in ``findings``."""
    from loganalyzer.reports.json import group_dict

    shown = group_dict(group, lang)
    rows = [
        {
            "group": shown["id"],
            "place": place,
            "run": member["run"],
            "series": shown["series"],
            "direction": shown["direction"],
            "score": member["score"],
            "failed": member["failed"],
            "verdict": member["verdict"],
            "seed": None if member["seed"] is None else str(member["seed"]),
            "settings": dumps(member["settings"]),
        }
        for place, member in enumerate(shown["table"], start=1)
    ]
    return {"groups": rows, "findings": [_finding(f, group=shown["id"]) for f in shown["findings"]]}


def _finding(finding: Mapping[str, Any], *, run: str | None = None, group: str | None = None) -> dict[str, Any]:
    return {
        "run": run,
        "group": group,
        "rule": finding["rule"],
        "kind": finding.get("kind"),
        "status": finding.get("status", "found"),
        "severity": finding["severity"],
        "confidence": finding.get("confidence"),
        "message": finding["message"],
        "cause": finding.get("cause"),
        "fixes": [fix["id"] for fix in finding["fixes"]],
        "numbers": dumps(finding["numbers"]),
    }


def _worst(findings: Sequence[Mapping[str, Any]]) -> str | None:
    ranks = ("info", "warning", "error")
    found = [f["severity"] for f in findings if f["status"] == "found"]
    return max(found, key=ranks.index, default=None)
