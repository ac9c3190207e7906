"""The order in which every output lists runs: what needs attention first."""

from __future__ import annotations

import re
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


def natural(name: str) -> tuple[tuple[int, float, str], ...]:
    """Sort key of a name in which numbers count as numbers: run2 comes before run10, lr_0.25 before lr_0.5."""
    parts = re.findall(r"[0-9]{1,15}(?:\.[0-9]{1,15})?|[0-9]+|[^0-9]+", name)
    return tuple((0, float(part), "") if part[0] in "0123456789" else (1, 0.0, part) for part in parts)
