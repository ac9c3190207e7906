"""Conditions on metrics: find the series for a name, compute one statistic of its curve, check its bounds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from loganalyzer.config.settings import MetricBound, Stat
from loganalyzer.model.gate_result import Failure
from loganalyzer.model.outcome import Severity
from loganalyzer.model.record import Record
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.role import Role
from loganalyzer.model.run import Series
from loganalyzer.roles.assign import role_of, words_of


class Measured(Record):
    """One statistic of one curve: ``value`` may be NaN; ``step`` is its step (the last one for a mean)."""

    series: str
    value: float
    step: int


def find_series(diagnosis: Diagnosis, name: str) -> Series | None:
    """Find the series ``name``: by exact name, else by another spelling, else by what it measures ("val/accuracy" for
    ``epoch_val_acc``); None where there is none, or where the meaning is not unique.
    """
    series = diagnosis.run.series
    if name in series:
        return series[name]
    spelled = words_of(name)
    same = [s for n, s in series.items() if words_of(n) == spelled]
    if len(same) == 1:
        return same[0]
    wanted = role_of(name)
    by_name = {n: diagnosis.roles.by_name.get(n) or role_of(n) for n in series}
    meant = [series[n] for n, role in by_name.items() if _meaning(role) == _meaning(wanted) and wanted.metric]
    return meant[0] if len(meant) == 1 else None


def _meaning(role: Role) -> tuple[str, str, str]:
    """Normalise a name to what the series measures and on which data; "acc" and "accuracy" are equal."""
    return role.quantity, role.split, re.sub(r"\bacc\b", "accuracy", role.metric)


def direction_of(diagnosis: Diagnosis, series: str) -> str:
    """ "min" or "max", the better direction; "" if unknown."""
    role = diagnosis.roles.by_name.get(series) or role_of(series)
    if series in (diagnosis.objective.train, diagnosis.objective.validation):
        return diagnosis.objective.direction
    return role.direction


def measure(series: Series, stat: Stat, direction: str) -> Measured:
    """Compute ``stat`` of the curve: "best" over finite values, "last" as logged, "mean-last-10pct" and "median" of values.

    An empty curve, or one without a finite value for "best", measures NaN.
    """
    values, steps = series.values, series.steps
    if not len(values):
        return Measured(series.name, math.nan, 0)
    last = int(steps[-1])
    if stat == "last":
        return Measured(series.name, float(values[-1]), last)
    if stat == "mean-last-10pct":
        return Measured(series.name, float(np.mean(values[-max(1, len(values) // 10) :])), last)
    if stat == "median":
        return Measured(series.name, float(np.median(values)), last)
    finite = np.flatnonzero(np.isfinite(values))
    if not len(finite):
        return Measured(series.name, math.nan, last)
    pick = np.argmin if direction == "min" else np.argmax
    at = int(finite[pick(values[finite])])
    return Measured(series.name, float(values[at]), int(steps[at]))


def check_bounds(runs: Sequence[Diagnosis], glob: str, bounds: Mapping[str, MetricBound]) -> Iterator[Failure]:
    """Check ``runs`` against ``bounds`` by metric; a metric that a run does not have is a failure."""
    for name, bound in bounds.items():
        if bound.level == "off":
            continue
        severity = Severity(bound.level)
        fails = bound.level == "error"
        measured: list[tuple[Diagnosis, Measured]] = []
        for diagnosis in runs:
            series = find_series(diagnosis, name)
            if series is None:
                named = {"metric": name}
                yield Failure(diagnosis.id, "metrics", severity, "missing", named, diagnosis, fails=fails)
                continue
            better = direction_of(diagnosis, series.name) or ("max" if bound.min is not None else "min")
            measured.append((diagnosis, measure(series, bound.stat, better)))
        if bound.aggregate == "each":
            for diagnosis, m in measured:
                if not _within(m.value, bound):
                    numbers = _numbers(name, bound, m.value)
                    yield Failure(
                        diagnosis.id,
                        "metrics",
                        severity,
                        _code(bound),
                        numbers,
                        diagnosis,
                        None,
                        m.series,
                        m.step,
                        fails,
                    )
        elif measured:
            value = _aggregated([m.value for _, m in measured], bound)
            if not _within(value, bound):
                listed = ", ".join(f"{d.id} {m.value:.6g}" for d, m in measured[:20])
                more: dict[str, float | str] = {"aggregate": bound.aggregate, "count": len(measured), "values": listed}
                combined = {**_numbers(name, bound, value), **more}
                yield Failure(
                    glob, "metrics", severity, f"aggregate-{_code(bound)}", combined, series=name, fails=fails
                )


def _within(value: float, bound: MetricBound) -> bool:
    # neither NaN nor infinity is within any bounds: no metric is infinitely good
    return (
        math.isfinite(value) and (bound.min is None or value >= bound.min) and (bound.max is None or value <= bound.max)
    )


def _aggregated(values: list[float], bound: MetricBound) -> float:
    values = [v if math.isfinite(v) else math.nan for v in values]
    if bound.aggregate == "mean":
        return float(np.mean(values))
    if bound.aggregate == "median":
        return float(np.median(values))
    finite = [v for v in values if math.isfinite(v)]
    if len(finite) < len(values):
        return math.nan if bound.aggregate == "worst" or len(finite) == 0 else _aggregated(finite, bound)

    def beyond(value: float) -> float:
        return max(
            bound.min - value if bound.min is not None else -math.inf,
            value - bound.max if bound.max is not None else -math.inf,
        )

    return max(values, key=beyond) if bound.aggregate == "worst" else min(values, key=beyond)


def _code(bound: MetricBound) -> str:
    return "between" if bound.min is not None and bound.max is not None else "min" if bound.min is not None else "max"


def _numbers(name: str, bound: MetricBound, value: float) -> dict[str, float | str]:
    numbers: dict[str, float | str] = {"metric": name, "stat": bound.stat, "value": value}
    if bound.min is not None:
        numbers["min"] = bound.min
    if bound.max is not None:
        numbers["max"] = bound.max
    return numbers
