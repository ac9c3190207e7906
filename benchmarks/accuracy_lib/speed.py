"""How long one diagnosis takes."""

from __future__ import annotations

import time
from multiprocessing import get_context

import numpy as np

from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.model.run import Run, Series

BATCHES = 5
NAMES = ("train_loss", "val_loss", "train_acc", "val_acc", "lr", "grad_norm")


def sample(n: int, seed: int = 0) -> Run:
    """A healthy run of ``n`` points in each of six series."""
    rng = np.random.default_rng(seed)
    steps = np.arange(n, dtype=np.int64)
    t = steps / n
    fall = np.exp(-t / 0.1)
    columns = (
        0.3 + fall + 0.01 * rng.standard_normal(n),
        0.35 + fall + 0.01 * rng.standard_normal(n),
        0.95 - 0.8 * fall + 0.005 * rng.standard_normal(n),
        0.93 - 0.8 * fall + 0.005 * rng.standard_normal(n),
        0.05 * (1 + np.cos(np.pi * t)),
        1 + 0.2 * np.abs(rng.standard_normal(n)),
    )
    series = {name: Series(name, steps, values) for name, values in zip(NAMES, columns, strict=True)}
    return Run("speed", ("speed",), "synthetic", series, step_unit="step")


def milliseconds(n: int, repeats: int) -> float:
    """The processor time of one diagnosis over fresh runs, in a process of its own; nothing is cached between them.

    The median of ``repeats`` runs, the best of ``BATCHES`` such medians: what is slower was the machine's (a shared host
    changes its speed by half within minutes), as ``timeit`` has it.
    """
    with get_context("spawn").Pool(1) as alone:
        return float(min(alone.apply(_median, (n, repeats, batch)) for batch in range(BATCHES)))


def _median(n: int, repeats: int, batch: int) -> float:
    diagnose(sample(min(n, 100)))  # imports
    times = []
    for seed in range(repeats):
        run = sample(n, batch * repeats + seed)
        start = time.process_time()  # what else the machine does is not our time
        diagnose(run)
        times.append(time.process_time() - start)
    return 1000.0 * float(np.median(times))
