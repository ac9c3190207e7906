"""Metrics on which guessing gives the same number whatever the data are: an area under the ROC curve of 0.5, an R2 of 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import accuracy_like
from loganalyzer.features.curve import Curve, MetricCurves
from loganalyzer.model.record import Record

LEVELS: Mapping[str, float] = {
    "auc": 0.5,
    "auroc": 0.5,
    "roc auc": 0.5,
    "auc roc": 0.5,
    "rewards accuracies": 0.5,
    "r2": 0.0,
    "mcc": 0.0,
    "kappa": 0.0,
    "pearson": 0.0,
    "pearsonr": 0.0,
    "spearman": 0.0,
    "spearmanr": 0.0,
    "correlation": 0.0,
}
"""What guessing gives, on the scale on which 1 is perfect."""
NEAR = 0.03
"""A metric within this distance of what guessing gives tells nothing from nothing."""
NEVER_BEYOND = 0.06
"""One that was further from it once the first third was over had learned something."""
ENOUGH = 8
"""So many values show that it stays there."""
LEARNED = 0.5
"""Training that came this far from guessing to perfect has learned something."""
BY_HEART = 0.5
"""A training loss that fell below this share of its start learned something, if only by heart."""


class KnownChance(Record):
    """A metric at what guessing gives: its series, its level at the end and what guessing gives (1: perfect)."""

    series: str
    level: float
    chance: float


def metric_at_known_chance(train: Curve, metrics: Sequence[MetricCurves]) -> KnownChance | None:
    """The metric whose curves, of training and of validation data, all stay at what guessing gives; None without one.

    ``train`` is the training objective: where it fell far and the metric of the training data is not logged, validation
    alone does not say that nothing was learned.
    """
    for metric in metrics:
        chance = _chance(metric)
        curves = [c for c in (metric.validation, metric.train) if c is not None and c.count >= 3]
        if chance is None or not curves or curves[0].count < ENOUGH or not all(_stays(c, chance) for c in curves):
            continue
        if metric.train is None and train.positive and train.end < BY_HEART * train.start:
            continue
        return KnownChance(curves[0].name, curves[0].as_logged(curves[0].end) / _unit(curves[0], chance), chance)
    return None


def useless_on_validation(train: Curve, metrics: Sequence[MetricCurves]) -> KnownChance | None:
    """The metric that on validation data never got beyond what guessing gives while training learned; None without one."""
    for metric in metrics:
        held_out, chance = metric.validation, _chance(metric)
        if chance is None or held_out is None or held_out.count < ENOUGH or held_out.ends_non_finite:
            continue
        unit = _unit(held_out, chance)
        later = -held_out.reduced.values[held_out.reduced.x >= 1.0 / 3.0] / unit - chance
        never = len(later) > 0 and arrays.median(later) <= NEAR and arrays.share(later <= NEVER_BEYOND) >= 0.9
        own = metric.train
        if own is not None and own.count >= 3:
            learned = own.as_logged(own.end) / _unit(own, chance) - chance >= LEARNED * (1.0 - chance)
        else:
            learned = train.positive and train.end < BY_HEART * train.start
        if never and learned and not train.ends_non_finite:
            return KnownChance(held_out.name, held_out.as_logged(held_out.end) / unit, chance)
    return None


def _chance(metric: MetricCurves) -> float | None:
    """What guessing gives; a so-called accuracy that falls below 0 is a score of the kind of R2."""
    if metric.name not in LEVELS and accuracy_like(metric.name) and metric.validation is not None:
        scores = -metric.validation.reduced.values
        return 0.0 if len(scores) and float(scores.min()) < 0.0 and float(scores.max()) <= 1.0 else None
    return LEVELS.get(metric.name)


def _unit(curve: Curve, chance: float) -> float:
    """100 for an area or a share logged in percent, else 1; a metric that may fall below 0 has no upper end to tell by."""
    return 100.0 if chance > 0.0 and float(-curve.values.min()) > 2.0 else 1.0


def _stays(curve: Curve, chance: float) -> bool:
    away = np.abs(-curve.reduced.values[curve.reduced.x >= 1.0 / 3.0] / _unit(curve, chance) - chance)
    return len(away) > 0 and arrays.median(away) <= NEAR and arrays.share(away <= NEVER_BEYOND) >= 0.9
