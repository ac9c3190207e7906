"""The epoch that a log of steps names beside a step."""

from __future__ import annotations

import numpy as np

from loganalyzer.features.view import View


def epoch_at(view: View, step: int) -> float | None:
    """The epoch at ``step``, as the log counts it; None for a run that counts epochs itself, or logs none."""
    series = view.roles.epoch
    if view.run.step_unit == "epoch" or series is None or not len(series.steps):
        return None
    place = int(np.searchsorted(series.steps, step, side="right")) - 1
    value = float(series.values[max(0, place)])
    return value if np.isfinite(value) else None
