"""One prescription trial: a sick training is judged, treated as the tool ranked it, trained and judged again."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from loganalyzer import engine
from loganalyzer.model.outcome import Status, Verdict
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Run, Series

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "sample_runs"))
from trainer import Config, Result, train
from trainer.fixes import FIXES

TRIED = 3
"""How many of the fixes are tried, in the order in which the report shows them."""
SAME = 0.02
"""Validation values within this share of each other are no change."""


@dataclass(frozen=True)
class Trial:
    """What one fix did to one sick run; ``outcome`` is cured, better, no change, worse or changed nothing."""

    scenario: str
    seed: int
    rule: str
    verdict: str
    rank: int
    fix: str
    outcome: str
    after: str


def run_of(name: str, result: Result) -> Run:
    """A finished training as a run, as a reader gives it: epochs counted from 1, hyper-parameters beside it."""
    series = {}
    for column, values in result.history.items():
        if column != "train_loss_step" and len(values):
            y = np.asarray(values, dtype=np.float64)
            series[column] = Series(column, np.arange(1, len(y) + 1, dtype=np.int64), y)
    return Run(name, (f"{name}.csv",), "trainer", series, dict(result.config.hyper_parameters()), step_unit="epoch")


def judged(name: str, config: Config) -> tuple[Diagnosis, float]:
    """Train, judge, and give the best validation value too (lower is better)."""
    result = train(replace(config, device="cpu", log_steps=False))
    return engine.diagnose(run_of(name, result)), quality(result)


def quality(result: Result) -> float:
    """The best validation value of a run, lower is better: error rate or 1 - R squared, comparable over losses."""
    for column in ("val_acc", "val_r2"):
        values = np.asarray(result.history.get(column, ()), dtype=np.float64)
        finite = values[np.isfinite(values)]
        if len(finite):
            return 1.0 - float(finite.max())
    return math.inf


def prescribed(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    """(rule, fix) that the report puts first: the deciding finding's fixes in order, only those that a trainer can do."""
    chosen: list[tuple[str, str]] = []
    for outcome in diagnosis.outcomes:
        if outcome.status is not Status.FOUND or outcome.rule != diagnosis.deciding:
            continue
        chosen.extend((outcome.rule, fix) for fix in outcome.fixes if fix in FIXES)
    return chosen


def trials(scenario: str, config: Config, seed: int, fixes: Sequence[str] | None = None) -> list[Trial]:
    """All trials of one sick run; empty if the tool finds it converged or prescribes nothing that can be tried."""
    own = replace(config, seed=seed)
    before, sick = judged(scenario, own)
    if before.verdict in (Verdict.CONVERGED, Verdict.INCONCLUSIVE):
        return []
    wanted = prescribed(before)
    if fixes is not None:
        wanted = [(before.deciding, fix) for fix in fixes]
    done = []
    for rank, (rule, fix) in enumerate(wanted if fixes is not None else wanted[:TRIED], start=1):
        treated = FIXES[fix](own)
        if treated == own:
            done.append(
                Trial(scenario, seed, rule, before.verdict.value, rank, fix, "changed nothing", before.verdict.value)
            )
            continue
        try:
            after, value = judged(scenario, treated)
        except (ValueError, RuntimeError):
            done.append(Trial(scenario, seed, rule, before.verdict.value, rank, fix, "not possible", ""))
            continue
        done.append(
            Trial(
                scenario,
                seed,
                rule,
                before.verdict.value,
                rank,
                fix,
                classified(after, value, sick),
                after.verdict.value,
            )
        )
    return done


def classified(after: Diagnosis, value: float, sick: float) -> str:
    """cured: converged, and validation not worse than the best sick epoch; else by the validation value alone."""
    margin = max(0.005, SAME * sick) if math.isfinite(sick) else 0.0
    if after.verdict is Verdict.CONVERGED and value <= sick + margin:
        return "cured"
    if value < sick - margin:
        return "better"
    return "no change" if value <= sick + margin else "worse"
