"""Outputs that are certain of every answer: each wrong one costs the most that the loss can charge."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from loganalyzer.features.accuracy import UnitMetric, accuracy_curves, on_training, on_validation
from loganalyzer.features.curve import Curve, MetricCurves
from loganalyzer.model.record import Record

DEAREST = (
    *(-math.log(eps) for eps in (1e-6, 1e-7, float(np.finfo(np.float32).eps), 1e-8, 1e-10, 1e-12, 1e-15)),
    -math.log(float(np.finfo(np.float64).eps)),
    100.0,
)
"""What one wrong answer costs at most, in nats, where probabilities are kept this far from 0 and 1 (Keras 1e-7, scikit-learn
the precision of the number) or logarithms above -100 (PyTorch's binary cross-entropy)."""
NEAR = 0.005
"""The cost of a wrong answer is the dearest one within this share of it; accuracies are rounded."""
FEWEST, SHARE = 3, 0.5
"""So many values at the end, and that share of all, must say so."""
LEAST_WRONG = 0.02
"""With fewer wrong answers than this share, the cost of one is lost in the digits of the accuracy."""


class Saturated(Record):
    """``series`` of the loss, its last ``value``, the last ``accuracy`` (0..1), and what a wrong answer ``costs`` (nats)."""

    series: str
    value: float
    accuracy: float
    costs: float
    since: int
    last: int


def saturated(train: Curve | None, validation: Curve | None, metrics: Sequence[MetricCurves]) -> Saturated | None:
    """The loss, of training or validation, that is the dearest cost of a wrong answer times their share; None without one.

    Such a loss is that of certain answers only: probabilities of exactly 0 and 1 behind the clipping.
    """
    for loss, on in ((train, on_training), (validation, on_validation)):
        for own in accuracy_curves(metrics, on, FEWEST) if loss is not None and loss.sign > 0 else ():
            found = _certain(loss, own) if loss is not None else None
            if found is not None:
                return found
    return None


def _certain(loss: Curve, own: UnitMetric) -> Saturated | None:
    steps, of_loss, of_accuracy = np.intersect1d(loss.finite_steps, own.curve.finite_steps, return_indices=True)
    fewest = max(FEWEST, math.ceil(SHARE * len(steps)))
    if len(steps) < fewest:
        return None
    values = loss.values[of_loss][-fewest:]
    right = -own.curve.values[of_accuracy][-fewest:] / own.unit
    wrong = 1.0 - right
    if float(wrong.min()) < LEAST_WRONG:
        return None
    costs = loss.as_logged(1.0) * values / wrong
    for dearest in DEAREST:
        if bool((np.abs(costs - dearest) <= NEAR * dearest).all()):
            value, since, last = loss.as_logged(float(values[-1])), int(steps[-fewest]), int(steps[-1])
            return Saturated(loss.name, value, float(right[-1]), dearest, since, last)
    return None
