"""Make the runs of this folder again: `python sample_runs/make_samples.py [OUT]`, half a minute on one CPU core.

Every run is one command line of train.py, written into its info.toml; the same versions give the same numbers.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from train import main as train_main
from trainer import info as sample_info

HERE = Path(os.path.relpath(Path(__file__).parent))

RUNS: dict[str, str] = {
    "converged-plain": "--format tensorboard",
    "converged-step-decay": "--format csv",
    "converged-cosine": "--format keras-csv",
    "converged-warm-restarts": "--format tensorboard",
    "converged-small-validation": "--format csv",
    "converged-dropout": "--format keras",
    "converged-regression": "--format csv",
    "converged-negative-loss": "--format tensorboard",
    "converged-keras": "--format keras-tensorboard",
    "overfitting-mild": "--format csv",
    "overfitting-moderate": "--format tensorboard,csv,keras",
    "overfitting-severe": "--format tensorboard",
    "overfitting-tabular": "--format keras-csv",
    "overfitting-keras": "--format keras-tensorboard",
    "oscillating-momentum": "--format csv",
    "oscillating-sorted-data": "--format csv",
    "oscillating-large-rate": "--format tensorboard",
    "oscillating-small-batch": "--format keras",
    "plateau-zero-init": "--format tensorboard",
    "plateau-sigmoid-stack": "--format csv",
    "plateau-stalled": "--format keras-csv",
    "plateau-constant": "--format csv",
    "plateau-keras-softmax-of-one": "--format keras",
    "underfitting-slow": "--format tensorboard",
    "underfitting-short-regression": "--format csv",
    "underfitting-small-model": "--format keras-tensorboard",
    "underfitting-weight-decay": "--format csv",
    "underfitting-keras": "--format keras-csv",
    "diverging-nan": "--format tensorboard",
    "diverging-rising": "--format csv",
    "diverging-blow-up": "--format keras",
    "diverging-at-once": "--format csv",
    "inconclusive-too-short": "--format tensorboard",
    "inconclusive-no-objective": "--format csv",
    "inconclusive-range-test": "--format tensorboard",
    "fault-few-epochs": "--format tensorboard --log-steps",
}
"""Run folder (the scenario of the same name) -> how it is logged."""

SWEEP: dict[str, tuple[str, str, str]] = {
    "0.0001": ("underfitting", "undertrained", "Far too slow: the losses fall in a straight line to the end."),
    "0.001": ("underfitting", "undertrained", "Still slow: the losses are falling at the last epoch."),
    "0.01": ("converged", "", "Settled, a little above what the next rate reaches."),
    "0.1": ("converged", "", "The best of the five: settled at the lowest validation loss."),
    "1.0": ("diverging", "non-finite", "Far too large: the loss explodes and turns into NaN."),
}
"""Learning rate -> verdict, kind, what to see. All else is the training that the faults are put into."""


def make(out: Path = HERE) -> None:
    """Make every run below `out`."""
    for name, how in RUNS.items():
        _train(f"--scenario {name} {how} --device cpu --out {out}")
    for rate, (verdict, kind, see) in SWEEP.items():
        name = f"lr-sweep/lr_{rate}"
        _train(f"--scenario healthy --lr {rate} --epochs 30 --format csv --device cpu --name {name} --out {out}")
        _expect(out / name, verdict, kind, see)


def _train(arguments: str) -> None:
    if train_main(arguments.split()):
        raise SystemExit(f"not made: {arguments}")


def _expect(folder: Path, verdict: str, kind: str, see: str) -> None:
    """Write the verdict that a changed scenario should get into its info.toml."""
    path = folder / "info.toml"

    kind_line = f'kind = "{kind}"\n' if kind else ""
    expected = f'expected = ["{verdict}"]\n{kind_line}see = "{see}"\n'
    sample_info.write(folder, path.read_text(encoding="utf-8").replace("changed = true\n", expected))


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
