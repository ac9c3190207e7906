"""The order in which every output lists runs: what needs attention first."""

from __future__ import annotations

from collections.abc import Iterable

from loganalyzer.model.outcome import Verdict
from loganalyzer.model.report import Diagnosis

_URGENCY = {v: i for i, v in enumerate(Verdict)}


def worst_first(runs: Iterable[Diagnosis]) -> list[Diagnosis]:
    """Worst severity first, then by verdict, confidence and name."""

    def key(d: Diagnosis) -> tuple[int, int, int, float, str]:
        severity = d.worst.rank if d.worst else 0
        return (not d.needs_attention, -severity, _URGENCY[d.verdict], -d.confidence, d.id)

    return sorted(runs, key=key)
