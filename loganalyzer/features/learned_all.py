"""Has the run learned all that there is to learn, so that more training brings next to nothing?"""

from __future__ import annotations

from collections.abc import Sequence

from loganalyzer.features.accuracy import (
    GOOD_ACCURACY,
    accuracies,
    accuracy_curves,
    on_validation,
    overlap_like,
    unit_metric,
    validation_first,
)
from loganalyzer.features.curve import Curve, MetricCurves

NEXT_TO_ALL, FEWEST_AT_CEILING = 0.985, 12
"""A quality of held-out data from which on more training brings next to nothing; so many values of it show that."""

NEXT_TO_NONE = 0.05
"""The share of its start that is left of a loss whose training data are all learned."""


def learned_all(curve: Curve, metrics: Sequence[MetricCurves]) -> bool:
    """True when an accuracy on held-out data, or an overlap or a mean average precision, came from afar and has lain at its
    ceiling all through the last third: more is not to be had."""
    if _fits_all_training(curve, metrics):
        return True
    named = (m for m in metrics if overlap_like(m.name) or m.name.startswith("map"))
    scores = (unit_metric(validation_first(m), FEWEST_AT_CEILING, m.name) for m in named)
    for own in (*accuracy_curves(metrics, on_validation, FEWEST_AT_CEILING), *scores):
        if own is None or own.curve.sign > 0:
            continue
        right = -own.curve.values / own.unit
        late = right[own.curve.x >= 2.0 / 3.0]
        if len(late) >= 3 and float(late.min()) >= NEXT_TO_ALL and float(right.min()) < GOOD_ACCURACY:
            return True
    return False


def _fits_all_training(loss: Curve, metrics: Sequence[MetricCurves]) -> bool:
    """True when only an accuracy on training data is logged, it came from afar to its ceiling, and next to nothing of the
    positive ``loss`` is left: an accuracy of a part (of the regions of an image, most of which are empty) says less."""
    if not loss.positive or loss.end > NEXT_TO_NONE * loss.start:
        return False
    for metric in accuracies(metrics):
        own = unit_metric(metric.train, FEWEST_AT_CEILING, metric.name)
        if own is not None and metric.validation is None and own.curve.sign < 0:
            return own.start < GOOD_ACCURACY and min(own.end, own.last) >= NEXT_TO_ALL
    return False
