"""Real trainings of ``sample_runs/train.py``: its scenarios and its seeded faults, over many seeds.

The made runs are kept in a git-ignored folder, named by what they were made from, so that only the first call trains.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.synthetic.family import Example, Truth
from loganalyzer.model.run import Run, Series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trainer.config import Config

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "benchmarks" / ".cache" / "trainings"
BATCHES = "train_loss_step"


def examples(seeds: range, seconds: float = 1e9) -> tuple[list[Example], list[str]]:
    """Every scenario for every seed, within a budget of time; and the names of those that were not made."""
    made, missing = [], []
    stop = time.monotonic() + seconds
    for name, truth, config in _scenarios(seeds):
        columns = _history(name, config, time.monotonic() < stop)
        if columns is None:
            missing.append(f"{name} seed {config.seed}")
            continue
        settings = {**config.hyper_parameters(), "evals_per_epoch": config.evals_per_epoch}
        made.append(Example(_run(name, columns, settings), truth, name, config.seed))
    return made, missing


def _scenarios(seeds: range) -> Iterator[tuple[str, Truth, Config]]:
    folder = str(ROOT / "sample_runs")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    from trainer.scenarios import SCENARIOS

    for seed in seeds:
        for scenario in SCENARIOS.values():
            if scenario.config.framework != "torch":  # Keras: the same curves, ten times slower to make
                continue
            truth = Truth(tuple(scenario.expected), (scenario.kind,) if scenario.kind else ())
            yield scenario.name, truth, replace(scenario.config, seed=seed, device="cpu")


def _history(name: str, config: Config, may_train: bool) -> dict[str, list[float]] | None:
    """The logged series, from the cache or by training; None if neither."""
    key = hashlib.sha256(json.dumps(asdict(config), sort_keys=True, default=str).encode()).hexdigest()[:12]
    path = CACHE / f"{name}-{config.seed}-{key}.json"
    if path.exists():
        return dict(json.loads(path.read_text()))
    if not may_train:
        return None
    from trainer.data import DataUnavailable
    from trainer.loop import train

    try:
        result = train(config)
    except DataUnavailable:
        return None
    columns = {k: [float(v) for v in values] for k, values in result.history.items()}
    CACHE.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(columns))
    return columns


def _run(name: str, columns: dict[str, list[float]], settings: dict[str, int | float | str | bool]) -> Run:
    """The run as an epoch log; where single batches were logged too, rows sit at the batch after which they came."""
    rows = max(len(v) for k, v in columns.items() if k != BATCHES)
    batches = len(columns.get(BATCHES, ()))
    per_row = max(1, batches // rows)
    series = {
        column: Series(
            column,
            np.arange(1, len(values) + 1, dtype=np.int64) * (1 if column == BATCHES else per_row),
            np.asarray(values, dtype=np.float64),
        )
        for column, values in columns.items()
    }
    unit = "step" if batches or int(settings.get("evals_per_epoch", 1)) > 1 else "epoch"
    logged = {k: v for k, v in settings.items() if k != "evals_per_epoch"}
    return Run(name, (name,), "trained", series, hyperparameters=logged, step_unit=unit)
