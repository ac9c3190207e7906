"""What the history says about what to do next: a run that did better with the same settings has no setting to blame."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loganalyzer.diagnosis.actions import MOST
from loganalyzer.gate.history import kept_name
from loganalyzer.model.history import Trend
from loganalyzer.model.prescription import Prescription
from loganalyzer.model.record import replace
from loganalyzer.model.report import Diagnosis

FIX, BECAUSE = "what-changed", "history"


def with_history(runs: Sequence[Diagnosis], trend: Trend) -> tuple[Diagnosis, ...]:
    """Return ``runs``; those that are newly bad with the settings they had before begin with looking for what changed."""
    if trend.last is None:
        return tuple(runs)
    alike = {p.now.id for p in trend.changes.pairs if p.now.settings_hash and not p.settings_differ}
    fresh = alike & set(trend.fresh)
    first = _since(trend.last.time[:10])
    return tuple(replace(d, actions=(first, *d.actions)[:MOST]) if kept_name(d.id) in fresh else d for d in runs)


def _since(day: str) -> Prescription:
    """The action; a file may say anything where the day should be, and only a day is repeated."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
        return Prescription(FIX, BECAUSE, variant="since", numbers={"last": day})
    return Prescription(FIX, BECAUSE)
