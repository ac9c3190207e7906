"""Asks other linters of training logs about runs; started by ``peers.py`` in an environment that has them.

Uses the standard library and the peers only. One JSON object a line comes in ({"id", "series": {role: [steps,
values]}}, roles train, val, lr, norm) and goes out ({"id", peer: {"verdict", "findings"}}). The verdict is what the
peer's first finding stands for, in the peer's own order, the most severe first; a silent peer says "converged".
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Lines = Mapping[str, tuple[list[int], list[float]]]
MEANS = {
    "losslint": {
        "nan_inf": "diverging",
        "divergence": "diverging",
        "overfit_onset": "overfitting",
        "stagnation": "plateau",
    },
    "runmedic": {
        "non_finite": "diverging",
        "divergence": "diverging",
        "overfitting": "overfitting",
        "no_learning": "plateau",
    },
    "trainproof": {
        "TP-NAN": "diverging",
        "TP-DIVERGE": "diverging",
        "TP-OVERFIT": "overfitting",
        "TP-FLAT": "plateau",
        "TP-DEAD-RUN": "plateau",
    },
    "trainspotter": {"divergence": "diverging", "overfitting": "overfitting", "plateau": "plateau"},
}
SEVERITY = {"error": 0, "critical": 0, "fail": 0, "warning": 1, "warn": 1, "info": 2}


def losslint(lines: Lines) -> list[tuple[str, str]]:
    from losslint.checks import run_all_checks
    from losslint.parsing import RunLog

    steps = sorted({s for steps, _ in lines.values() for s in steps})
    place = {s: i for i, s in enumerate(steps)}
    series: dict[str, list[float | None]] = {}
    for role, name in (("train", "loss"), ("val", "eval_loss")):
        if role in lines:
            column: list[float | None] = [None] * len(steps)
            for step, value in zip(*lines[role], strict=True):
                column[place[step]] = value
            series[name] = column
    return [(f.severity, f.check) for f in run_all_checks(RunLog(steps, series, Path("run")))]


def runmedic(lines: Lines) -> list[tuple[str, str]]:
    from runmedic.checks import run_checks
    from runmedic.model import Run
    from runmedic.roles import detect

    run = Run("run", "csv", "run.csv")
    for role, name in (("train", "train_loss"), ("val", "val_loss"), ("lr", "lr"), ("norm", "grad_norm")):
        for step, value in zip(*lines.get(role, ([], [])), strict=True):
            run.get(name).add(step, value)
    run.finalize()
    return [(f.severity, f.check) for f in run_checks(run, detect(run))]


def trainproof(lines: Lines) -> list[tuple[str, str]]:
    from trainproof.epoch import check_records

    records: dict[int, dict[str, float]] = {}
    for role, name in (("train", "loss"), ("val", "eval_loss"), ("lr", "lr"), ("norm", "grad_norm")):
        for step, value in zip(*lines.get(role, ([], [])), strict=True):
            records.setdefault(step, {"step": step})[name] = value
    answer = check_records([records[s] for s in sorted(records)])
    return [(f["level"].lower(), f["id"]) for f in answer["findings"]]


def trainspotter(lines: Lines) -> list[tuple[str, str]]:
    from trainspotter import Run, run_all

    run = Run()
    for role, name in (("train", "train/loss"), ("val", "eval/loss"), ("lr", "lr"), ("norm", "grad_norm")):
        for step, value in zip(*lines.get(role, ([], [])), strict=True):
            run.add_point(name, step, value)
    return [(str(getattr(f.severity, "value", f.severity)).lower(), f.detector) for f in run_all(run)]


PEERS: dict[str, Callable[[Lines], list[tuple[str, str]]]] = {
    "losslint": losslint,
    "runmedic": runmedic,
    "trainproof": trainproof,
    "trainspotter": trainspotter,
}


def answer(name: str, lines: Lines) -> dict[str, Any]:
    """The verdict and the findings of one peer; a peer that fails says so."""
    try:
        found = PEERS[name](lines)
    except Exception as error:  # another's fault, counted and shown
        return {"verdict": "failed", "findings": [f"{type(error).__name__}: {error}"[:100]]}
    found.sort(key=lambda f: SEVERITY.get(f[0], 3))
    verdict = next((MEANS[name][check] for _, check in found if check in MEANS[name]), "converged")
    return {"verdict": verdict, "findings": [check for _, check in found]}


def main() -> None:
    """Answer every line of the input."""
    names = [name for name in PEERS if importlib.util.find_spec(name)]
    for line in sys.stdin:
        case = json.loads(line)
        lines = {role: (steps, values) for role, (steps, values) in case["series"].items()}
        print(json.dumps({"id": case["id"], **{name: answer(name, lines) for name in names}}), flush=True)


if __name__ == "__main__":
    main()
