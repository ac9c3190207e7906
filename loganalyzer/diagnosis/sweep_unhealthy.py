"""Sweeps in which no run is healthy: the best value of an early epoch recommends no learning rate, a lower one may."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from loganalyzer.diagnosis.sweep_findings import signed
from loganalyzer.model.outcome import Number, Severity
from loganalyzer.model.report import Diagnosis, SweepFinding
from loganalyzer.model.verdicts import Verdict
from loganalyzer.roles.hyperparameters import is_number

NONE_HEALTHY, LOWER, ALL_DIVERGE = UNRECOMMENDED = (
    "sweep-none-healthy", "sweep-none-healthy-lower", "sweep-all-diverge",
)  # fmt: skip
"""Findings after which no rate of the sweep is recommended."""
UNHEALTHY = frozenset((Verdict.DIVERGING, Verdict.OVERFITTING, Verdict.OSCILLATING))
"""Verdicts of runs that lost what they had gained; how good they were for a while says little about their settings."""
BELOW = (3.0, 10.0)
"""The rates to try lie so many times below the lowest."""


def none_healthy(members: Sequence[Diagnosis], rate: str, direction: str) -> SweepFinding | None:
    """Whether every run diverges, overfits or oscillates, whatever its ``rate`` (the name of the setting).

    Where the lowest rate did the least harm, which is to end best, or all of them diverge, the numbers hold lower ones:
    ``low`` and ``lowest``. None where a run is healthy, or fewer than two rates were tried.
    """
    if any(d.verdict not in UNHEALTHY for d in members):
        return None
    ends: dict[float, list[float]] = defaultdict(list)
    for d in members:
        value = d.hyperparameters.get(rate)
        if is_number(value) and value > 0:
            ends[float(value)].append(_end(d, direction))
    if len(ends) < 2:
        return None
    least, *others = sorted(ends)
    numbers: dict[str, Number] = {"name": rate, "tried": len(ends), "least": least}
    lower: dict[str, Number] = dict(zip(("low", "lowest"), (_rounded(least / times) for times in BELOW), strict=True))
    if all(d.verdict is Verdict.DIVERGING for d in members):
        return SweepFinding(ALL_DIVERGE, Severity.WARNING, numbers | lower)
    if max(ends[least]) < min(end for other in others for end in ends[other]):
        return SweepFinding(LOWER, Severity.WARNING, numbers | lower)
    return SweepFinding(NONE_HEALTHY, Severity.WARNING, numbers)


def _end(d: Diagnosis, direction: str) -> float:
    """The last value as a loss, infinite where it is no number."""
    return signed(d.end.value, direction) if d.end is not None and math.isfinite(d.end.value) else math.inf


def _rounded(value: float) -> float:
    return float(f"{value:.1g}")
