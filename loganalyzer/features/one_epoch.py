"""Whether a handful of training losses all lie within one epoch, as the log counts them: too little to have settled."""

from __future__ import annotations

import numpy as np

from loganalyzer.features.small_sample import HANDFUL
from loganalyzer.features.view import View
from loganalyzer.model.role import Task


def within_one_epoch(view: View) -> bool:
    """True where fewer than ``HANDFUL`` values of training alone have one and the same epoch beside them.

    Each value is of batches that had not been seen before, of a pass that may have ended anywhere: how the curve goes on
    over the epochs is not in them.
    """
    series, curve = view.roles.epoch, view.main
    if series is None or curve is None or view.validation is not None or view.task is not Task.SUPERVISED:
        return False
    epochs = series.values[np.isfinite(series.values)]
    return 2 <= curve.count < HANDFUL and len(epochs) >= curve.count and bool((epochs == epochs[0]).all())
