"""Two analyses compared, as strict JSON: schema ``loganalyzer-diff/1``, in ``diff_schema.json`` next to this file."""

from __future__ import annotations

from typing import Any

from loganalyzer.model.changes import RunChange, RunState, ValueChange
from loganalyzer.model.verdicts import with_kind
from loganalyzer.reports.diff import Compared
from loganalyzer.reports.json import dumps, strict

SCHEMA = "loganalyzer-diff/1"


def render(compared: Compared) -> str:
    """Render the comparison; a value that is missing or not finite is null."""
    changes = compared.changes
    document = {
        "schema": SCHEMA,
        "before": compared.before,
        "now": compared.now,
        "tolerance": compared.tolerance,
        "runs": [_pair(pair) for pair in changes.pairs],
        "only_before": [_run(run) for run in changes.gone],
        "only_now": [_run(run) for run in changes.new],
    }
    return dumps(strict(document), indent=1) + "\n"


def _pair(pair: RunChange) -> dict[str, Any]:
    return {
        "id": pair.now.id,
        "id_before": pair.before.id,
        "way": pair.way,
        "verdict": {"before": _verdict(pair.before), "now": _verdict(pair.now), "way": pair.verdict},
        "best": _value(pair.best),
        "end": _value(pair.end),
        "settings": [{"name": one.name, "before": one.before, "now": one.now} for one in pair.settings],
    }


def _run(run: RunState) -> dict[str, Any]:
    best = run.best
    return {
        "id": run.id,
        "verdict": _verdict(run),
        "best": {"series": best.series, "value": best.value} if best is not None else None,
    }


def _verdict(run: RunState) -> str:
    return with_kind(run.verdict, run.kind)


def _value(change: ValueChange | None) -> dict[str, Any] | None:
    if change is None:
        return None
    return {
        "series": change.series,
        "before": change.before,
        "now": change.now,
        "difference": change.difference,
        "way": change.way,
    }
