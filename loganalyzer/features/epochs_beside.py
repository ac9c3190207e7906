"""The epoch that a log of steps names beside a step."""

from __future__ import annotations

import numpy as np

from loganalyzer.model.run import Run

NAMES = ("epoch", "train/epoch", "trainer/epoch")
"""What a series of epochs is called."""


def epoch_at(run: Run, step: int) -> float | None:
    """The epoch at ``step``, as the log counts it; None for a run that counts epochs itself, or logs none."""
    series = next((run.series[name] for name in NAMES if name in run.series), None)
    if run.step_unit == "epoch" or series is None or not len(series.steps):
        return None
    place = int(np.searchsorted(series.steps, step, side="right")) - 1
    value = float(series.values[max(0, place)])
    return value if np.isfinite(value) else None
