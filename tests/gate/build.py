"""Diagnoses made by hand: the gate judges what it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from loganalyzer.config.load import load
from loganalyzer.config.settings import Settings
from loganalyzer.model.outcome import Evidence, Outcome, Severity, Status, Verdict
from loganalyzer.model.report import Analysis, Diagnosis, Objective
from loganalyzer.model.run import Run, Series
from loganalyzer.roles.assign import roles

CURVE = (3.0, 2.0, 1.0, 1.5)


def diagnosis(
    run: str = "a",
    verdict: str = "overfitting",
    kind: str = "",
    severity: str = "warning",
    series: Mapping[str, Sequence[float]] | None = None,
) -> Diagnosis:
    """One run with the finding that gave its verdict."""
    curves = (
        series if series is not None else {"train/loss": CURVE, "val/loss": CURVE, "val/accuracy": (0.1, 0.5, 0.8, 0.7)}
    )
    named = {n: Series(n, np.arange(1, len(v) + 1), np.array(v, dtype=float)) for n, v in curves.items()}
    logged = Run(run, (f"{run}/log.csv",), "csv", named, step_unit="epoch")
    numbers = {"series": "val/loss", "best": 1.0, "at": 3, "end": 1.5, "lost": 0.25, "last": 4, "length": 1}
    fixes = ("early-stopping",) if verdict != "converged" else ()
    evidence = (Evidence("val/loss", 3, 4),)
    found = Outcome(verdict, Status.FOUND, Severity(severity), 0.9, kind, "", numbers, evidence, fixes)
    deciding = verdict if verdict != "inconclusive" else "too-short"
    outcomes = (found if verdict != "inconclusive" else Outcome("too-short", Status.FOUND, Severity(severity), 0.9),)
    outcomes = (*outcomes, Outcome("loss-spikes", Status.PASS))
    return Diagnosis(
        logged,
        roles(logged),
        Verdict(verdict),
        kind,
        0.9,
        deciding,
        Objective("train/loss", "val/loss", "min"),
        None,
        outcomes,
    )


def analysis(*runs: Diagnosis, **others: Any) -> Analysis:
    """Several runs."""
    return Analysis(("runs",), runs, **others)


def settings(document: Mapping[str, Any] | None = None) -> Settings:
    """A configuration from dotted keys."""
    return load(command_line=document or {}, environment={})
