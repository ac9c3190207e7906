"""One prescription trial: a sick training is judged, treated as the tool ranked it, trained and judged again."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.model.outcome import Status, Verdict
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Run, Series

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "sample_runs"))
from trainer import Config, Result, next_run, train
from trainer.fixes import FIXES
from trainer.scenario import Scenario
from trainer.writers import make

__all__ = [
    "Config", "Scenario", "Trial", "classified", "config_of", "judged", "make", "next_run", "one_thread", "prescribed", "quality",
    "scenarios", "train", "trials",
]  # fmt: skip

TRIED = 3
"""How many of the fixes are tried, in the order in which the report shows them."""
UNSEEN = frozenset({"fix-labels", "check-labels-inputs", "fix-loss"})
"""Fixes of faults that no setting tells: where the fault is absent, following the advice finds nothing. The others
are left out where the settings say that the run does so already (``momentum = 0.9``): nobody would try them."""
SAME = 0.02
"""Validation values within this share of each other are no change."""


@dataclass(frozen=True)
class Trial:
    """What one fix did to one sick run; ``outcome`` is cured, better, no change or worse."""

    scenario: str
    seed: int
    rule: str
    verdict: str
    kind: str
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
    return diagnose(run_of(name, result)), quality(result)


def quality(result: Result) -> float:
    """The best validation value of a run, lower is better: error rate or 1 - R squared, comparable over losses."""
    for column in ("val_acc", "val_r2"):
        values = np.asarray(result.history.get(column, ()), dtype=np.float64)
        finite = values[np.isfinite(values)]
        if len(finite):
            return 1.0 - float(finite.max())
    return math.inf


def prescribed(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    """(rule, fix) as the report ranks them: the deciding finding's fixes, only those that a trainer can do."""
    chosen: list[tuple[str, str]] = []
    for outcome in diagnosis.outcomes:
        if outcome.status is not Status.FOUND or outcome.rule != diagnosis.deciding:
            continue
        chosen.extend((outcome.rule, fix) for fix in outcome.fixes if fix in FIXES)
    return chosen


def scenarios() -> list[Scenario]:
    """The trainer's scenarios."""
    from trainer import SCENARIOS

    return list(SCENARIOS.values()) if isinstance(SCENARIOS, dict) else list(SCENARIOS)


def config_of(name: str) -> Config:
    """The configuration of a scenario. Raises StopIteration for an unknown one."""
    return next(s.config for s in scenarios() if s.name == name)


def one_thread() -> None:
    """Keep the processes of a pool from fighting over the cores."""
    import torch

    torch.set_num_threads(1)


def trials(scenario: str, config: Config, seed: int, candidates: Mapping[str, str] | None = None) -> list[Trial]:
    """All trials of one sick run; empty if the tool finds it converged or prescribes nothing that can be tried.

    The fixes are those of the report, in its order; or ``candidates`` by verdict, separated by spaces.
    """
    own = replace(config, seed=seed)
    before, sick = judged(scenario, own)
    if before.verdict in (Verdict.CONVERGED, Verdict.INCONCLUSIVE):
        return []
    wanted = prescribed(before)
    if candidates is not None:
        wanted = [(before.deciding, fix) for fix in candidates.get(before.verdict.value, "").split()]
    done: list[Trial] = []
    for rule, fix in wanted:
        if candidates is None and len(done) == TRIED:
            break
        treated = FIXES[fix](own)
        if treated == own and candidates is None and fix not in UNSEEN:
            continue  # learning counts it: of a run without settings nobody knows what it does already
        after, value = judged(scenario, treated) if treated != own else (before, sick)
        outcome = classified(after, value, sick)
        rank = len(done) + 1
        done.append(
            Trial(scenario, seed, rule, before.verdict.value, before.kind, rank, fix, outcome, after.verdict.value)
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
