"""Noise about any trend is no oscillation; every run has its own seed (benchmarks/noise_alarms.py runs thousands)."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.noise_alarms import COLOURS, TRENDS, alarms, make
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.model.run import Run, Series
from loganalyzer.model.verdicts import Verdict

RUNS = 300


def test_noise_is_not_called_oscillating() -> None:
    counts, which = alarms(range(10_000, 10_000 + RUNS))
    assert len(which) <= RUNS // 100, (counts, which)  # it was a third of them


def test_the_curves_are_of_all_kinds() -> None:
    runs = [make(seed) for seed in range(60)]
    assert {words for _, words in runs} == {f"{trend}, {colour}" for trend in TRENDS for colour in COLOURS}
    lengths = [len(run.series["train_loss"]) for run, _ in runs]
    assert min(lengths) < 50 and max(lengths) > 1500


@pytest.mark.parametrize("seed", range(12))
def test_swings_are_found_under_noise(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(150, 2000))
    x = np.linspace(0.0, 1.0, n)
    knots = np.interp(x, np.linspace(0, 1, 25), rng.uniform(0.3, 1.0, 25) * np.where(np.arange(25) % 2, 1, -1))
    y = np.exp(-x / 0.05) + 2.0 + 0.4 * knots * np.clip(10 * x, 0, 1) + rng.uniform(0.02, 0.15) * rng.standard_normal(n)
    run = Run("r", ("r.csv",), "csv", {"train_loss": Series("train_loss", np.arange(n), y)})
    assert diagnose(run).verdict is Verdict.OSCILLATING
