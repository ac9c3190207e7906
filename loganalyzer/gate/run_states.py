"""What is compared of a run, out of a diagnosis or out of a report of ``--json``."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from loganalyzer.model.changes import RunState
from loganalyzer.model.errors import ConfigError
from loganalyzer.model.report import Best, Diagnosis
from loganalyzer.model.run import Detail
from loganalyzer.model.verdicts import Verdict, current, with_kind

REPORTS = ("loganalyzer/1", "loganalyzer/2")
"""Schemas of --json: the previous one and the current one."""


def of_diagnosis(diagnosis: Diagnosis, *, running: bool = False) -> RunState:
    """Return the state of a run that was just judged."""
    return RunState(
        id=diagnosis.id,
        verdict=diagnosis.verdict,
        kind=diagnosis.kind,
        confidence=round(diagnosis.probability, 3),
        best=diagnosis.best,
        direction=diagnosis.objective.direction,
        end=diagnosis.end.value if diagnosis.end is not None else None,
        settings=dict(diagnosis.hyperparameters),
        settings_hash=hash_of(diagnosis.hyperparameters),
        running=running,
    )


def of_report(text: str, where: str) -> tuple[RunState, ...]:
    """Return the states of the runs in a report of ``--json``. Raises ConfigError for anything else."""
    try:
        document: Any = json.loads(text)
        if document["schema"] not in REPORTS:
            schema = document["schema"]
            raise ConfigError(
                "{file} is a file of schema {schema!r}, not a report of --json", file=where, schema=schema
            )
        return tuple(_of_run(run) for run in document["runs"])
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise ConfigError("{file} is no report of --json ({reason})", file=where, reason=reason) from error


def verdict_of(run: Mapping[str, Any]) -> tuple[Verdict, str]:
    """Return the verdict and kind of a run in a file, under their current names. Raises ValueError for an unknown one."""
    verdict, _, kind = current(with_kind(Verdict(run["verdict"]), run.get("kind") or "")).partition(":")
    return Verdict(verdict), kind


def hash_of(settings: Mapping[str, Detail]) -> str:
    """Return 16 hexadecimal digits that stand for the settings of a run; "" for none."""
    if not settings:
        return ""
    text = json.dumps(dict(settings), sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _of_run(run: Mapping[str, Any]) -> RunState:
    verdict, kind = verdict_of(run)
    best, end = run.get("best"), run.get("end")
    settings = {str(name): value for name, value in dict(run.get("hyperparameters") or {}).items()}
    return RunState(
        id=str(run["id"]),
        verdict=verdict,
        kind=kind,
        confidence=float(run.get("confidence") or 0.0),
        best=Best(str(best["series"]), int(best["step"]), number(best["value"]))
        if best and best.get("series")
        else None,
        direction=run["objective"]["direction"],
        end=number(end["value"]) if end else None,
        settings=settings,
        settings_hash=hash_of(settings),
    )


def number(value: Any) -> float:
    """Return a number of a document; NaN for null, which stands for what is not finite."""
    return math.nan if value is None else float(value)
