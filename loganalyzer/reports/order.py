"""The order in which every output lists runs: what needs attention first."""

from __future__ import annotations

from collections.abc import Iterable

from loganalyzer.model.report import Diagnosis
from loganalyzer.model.verdicts import Verdict

_URGENCY = {v: i for i, v in enumerate(Verdict)}


Urgency = tuple[bool, int, int, float, str]


def urgency(d: Diagnosis) -> Urgency:
    """Sort key, smallest first: needs attention, worst severity, verdict, probability, name."""
    severity = d.worst.rank if d.worst else 0
    return (not d.needs_attention, -severity, _URGENCY[d.verdict], -d.probability, d.id)


def worst_first(runs: Iterable[Diagnosis]) -> list[Diagnosis]:
    """Sort by worst severity, then by verdict, probability and name."""
    return sorted(runs, key=urgency)
