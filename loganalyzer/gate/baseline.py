"""The baseline: results of earlier runs, and whether the current runs are worse."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from loganalyzer.config.settings import BaselineBound, BaselineSettings
from loganalyzer.gate.metrics import direction_of, find_series, measure
from loganalyzer.gate.run_states import REPORTS, verdict_of
from loganalyzer.gate.worse import is_held, verdict_is_worse, worsening
from loganalyzer.model.errors import ConfigError
from loganalyzer.model.gate_result import Comparison, Failure
from loganalyzer.model.outcome import Severity
from loganalyzer.model.record import Record, field
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.role import Quantity, Split
from loganalyzer.model.verdicts import Verdict, with_kind
from loganalyzer.roles.assign import role_of

SCHEMA = "loganalyzer-baseline/1"
_WAYS = ("min", "max")


class BaselineMetric(Record):
    """Best value of one metric and its direction."""

    value: float
    direction: str


class BaselineRun(Record):
    """One earlier run."""

    id: str
    verdict: Verdict
    kind: str = ""
    metrics: Mapping[str, BaselineMetric] = field(default_factory=dict)


class Baseline(Record):
    """All earlier runs."""

    runs: tuple[BaselineRun, ...]


def of_runs(runs: Iterable[Diagnosis]) -> Baseline:
    """Make a baseline from ``runs``: validation metrics where a run has any, else its training metrics."""
    return Baseline(tuple(BaselineRun(d.id, d.verdict, d.kind, _metrics(d)) for d in sorted(runs, key=lambda d: d.id)))


def best_of(earlier: Baseline, now: Baseline) -> Baseline:
    """The baseline of all runs of both, with the better verdict and the better value of each metric.

    So a baseline that is compared with and rewritten every night never slides: each night may lose the tolerance once,
    not once a night. A metric whose direction has changed is taken as it is now.
    """
    before = {run.id: run for run in earlier.runs}
    runs = {**before, **{run.id: _better(before[run.id], run) if run.id in before else run for run in now.runs}}
    return Baseline(tuple(runs[name] for name in sorted(runs)))


def _better(one: BaselineRun, other: BaselineRun) -> BaselineRun:
    verdict = one if verdict_is_worse(one.verdict, one.kind, other.verdict, other.kind) else other
    metrics = {**one.metrics, **other.metrics}
    for name in one.metrics.keys() & other.metrics.keys():
        old, new = one.metrics[name], other.metrics[name]
        if old.direction == new.direction:
            pick = min if new.direction == "min" else max
            metrics[name] = pick(old, new, key=lambda metric: metric.value)
    return BaselineRun(other.id, verdict.verdict, verdict.kind, metrics)


def to_json(baseline: Baseline) -> str:
    """Serialise for ``--write-baseline``: sorted, without a date, so that the file changes only when results do."""
    runs = {
        run.id: {
            "verdict": run.verdict.value,
            "kind": run.kind,
            "metrics": {n: {"best": m.value, "direction": m.direction} for n, m in sorted(run.metrics.items())},
        }
        for run in baseline.runs
    }
    return json.dumps({"schema": SCHEMA, "runs": runs}, indent=1, sort_keys=True, allow_nan=False) + "\n"


def from_json(text: str, where: str) -> Baseline:
    """Read a file of ``--write-baseline`` or a report of ``--json``. Raises ConfigError for anything else."""
    try:
        document: Any = json.loads(text, object_pairs_hook=_without_doubles)
        schema = document["schema"]
        if schema == SCHEMA:
            runs = [_from_baseline(name, run) for name, run in document["runs"].items()]
        elif schema in REPORTS:
            runs = [_from_report(run) for run in document["runs"]]
        else:
            raise ConfigError("{file} is a file of schema {schema!r}, not a baseline", file=where, schema=schema)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ConfigError(
            "{file} is neither a baseline nor a report of --json ({reason})",
            file=where,
            reason=f"{type(error).__name__}: {error}",
        ) from error
    if not runs:
        raise ConfigError("{file} holds no run to compare with", file=where)
    return Baseline(tuple(sorted(runs, key=lambda r: r.id)))


def compare(
    runs: Sequence[Diagnosis], baseline: Baseline, settings: BaselineSettings
) -> tuple[tuple[Comparison, ...], tuple[Failure, ...]]:
    """Compare each run with the earlier run of the same id (or the only one there is), metric by metric."""
    earlier = {r.id: r for r in baseline.runs}
    comparisons: list[Comparison] = []
    failures: list[Failure] = []
    single = baseline.runs[0] if len(baseline.runs) == 1 else None
    seen = set()
    for diagnosis in runs:
        before = earlier.get(diagnosis.id) or single
        if before is None:
            numbers = {"run": diagnosis.id}
            failures.append(
                Failure(diagnosis.id, "baseline", Severity.WARNING, "run-new", numbers, diagnosis, fails=False)
            )
            continue
        seen.add(before.id)
        if verdict_is_worse(before.verdict, before.kind, diagnosis.verdict, diagnosis.kind):
            numbers = {
                "before": with_kind(before.verdict, before.kind),
                "verdict": with_kind(diagnosis.verdict, diagnosis.kind),
            }
            outcome = next((o for o in diagnosis.findings if o.rule == diagnosis.deciding), None)
            failures.append(
                Failure(diagnosis.id, "baseline", Severity.ERROR, "verdict-worse", numbers, diagnosis, outcome)
            )
        for name, metric, bound in _wanted(before, settings):
            comparison, failure = _one(diagnosis, name, metric, bound, settings.tolerance)
            comparisons.extend([comparison] if comparison else [])
            failures.extend([failure] if failure else [])
    for run in baseline.runs:
        if run.id not in seen:
            failures.append(Failure(run.id, "baseline", Severity.ERROR, "run-missing", {"run": run.id}))
    return tuple(comparisons), tuple(failures)


def _metrics(diagnosis: Diagnosis) -> dict[str, BaselineMetric]:
    by_split: dict[bool, dict[str, BaselineMetric]] = {True: {}, False: {}}
    for name, series in diagnosis.run.series.items():
        role = diagnosis.roles.by_name.get(name) or role_of(name)
        better = direction_of(diagnosis, name)
        if role.quantity not in (Quantity.LOSS, Quantity.METRIC, Quantity.REWARD) or better not in ("min", "max"):
            continue
        value = measure(series, "best", better).value
        if math.isfinite(value):
            by_split[role.split in (Split.VALIDATION, Split.TEST)][name] = BaselineMetric(value, better)
    return by_split[True] or by_split[False]


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Reject duplicate keys in a JSON object. Raises ValueError."""
    together = dict(pairs)
    if len(together) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(n for n in names if names.count(n) > 1)!r} stands there twice")
    return together


def _metric(value: Any, direction: Any) -> BaselineMetric:
    number = float(value)
    if not math.isfinite(number) or direction not in _WAYS:
        raise ValueError(f"a best value of {number} with direction {direction!r} can be compared with nothing")
    return BaselineMetric(number, str(direction))


def _from_baseline(name: str, run: Mapping[str, Any]) -> BaselineRun:
    metrics = {n: _metric(m["best"], m["direction"]) for n, m in run["metrics"].items()}
    return BaselineRun(name, *verdict_of(run), metrics)


def _from_report(run: Mapping[str, Any]) -> BaselineRun:
    best = run.get("best")
    metrics = {}
    if best and best.get("value") is not None and best.get("series"):
        metrics[best["series"]] = _metric(best["value"], run["objective"]["direction"])
    return BaselineRun(run["id"], *verdict_of(run), metrics)


def _wanted(before: BaselineRun, settings: BaselineSettings) -> list[tuple[str, BaselineMetric | None, BaselineBound]]:
    """Select the metrics to compare: those of the configuration, else all of the baseline."""
    if not settings.metrics:
        return [(name, metric, BaselineBound()) for name, metric in sorted(before.metrics.items())]
    return [(name, _named(before, name), b) for name, b in settings.metrics.items() if b.level != "off"]


def _named(before: BaselineRun, name: str) -> BaselineMetric | None:
    if name in before.metrics:
        return before.metrics[name]
    wanted = role_of(name)
    same = [
        m for n, m in before.metrics.items() if (r := role_of(n)).metric == wanted.metric and r.split == wanted.split
    ]
    return same[0] if len(same) == 1 and wanted.metric else None


def _one(
    diagnosis: Diagnosis, name: str, metric: BaselineMetric | None, bound: BaselineBound, tolerance: float
) -> tuple[Comparison | None, Failure | None]:
    severity, fails = Severity(bound.level), bound.level == "error"
    if metric is None:
        numbers: dict[str, float | str] = {"metric": name}
        return None, Failure(diagnosis.id, "baseline", severity, "not-in-baseline", numbers, diagnosis, fails=fails)
    relative = bound.relative if bound.relative is not None else None if bound.absolute is not None else tolerance
    allowed = max(abs(metric.value) * (relative or 0.0), bound.absolute or 0.0)
    series = find_series(diagnosis, name)
    if series is None:
        comparison = Comparison(diagnosis.id, name, metric.value, None, allowed, metric.direction, False)
        numbers = {"metric": name, "before": metric.value}
        return comparison, Failure(diagnosis.id, "baseline", severity, "missing", numbers, diagnosis, fails=fails)
    now = measure(series, "best", metric.direction)
    held = is_held(metric.value, now.value, metric.direction, allowed)
    shown = None if math.isnan(now.value) else now.value
    comparison = Comparison(diagnosis.id, name, metric.value, shown, allowed, metric.direction, held)
    if held:
        return comparison, None
    numbers = {"metric": name, "before": metric.value, "value": now.value, "allowed": allowed}
    numbers["worsening"] = worsening(metric.value, now.value, metric.direction)
    return comparison, Failure(
        diagnosis.id, "baseline", severity, "worse", numbers, diagnosis, None, now.series, now.step, fails
    )
