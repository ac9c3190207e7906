"""Is this loss, or this accuracy, what guessing would give?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, MetricCurves, per_curve
from loganalyzer.features.levels import significance

CHANCE_TOLERANCE = 0.03
"""A loss is at ln K, and an accuracy at 1/K, when it lies within this share of it (plus 0.01)."""

LITTLE_LEARNED = 0.1
"""Share of the way from guessing to perfect that is next to nothing."""

GOOD_ACCURACY = 0.85
"""An accuracy from which on a run that begins there is no beginner."""

ERROR_RATES = frozenset({"error rate", "top1 err", "top1 error", "wer", "cer", "per"})
"""Metrics that count what is wrong: of answers, words, characters, phones."""

SAME_SHARE = 0.8
"""Share of the values that must be the very same for an accuracy to stand still."""


def classes_of(loss: float, accuracy: float) -> int:
    """The number of classes K for which guessing gives this loss (ln K) and this accuracy (1/K) at once; 0 if none."""
    if not (1e-5 < accuracy <= 0.6 and loss > 0):
        return 0
    for k in {max(2, math.floor(1 / accuracy)), max(2, math.ceil(1 / accuracy)), max(2, round(1 / accuracy))}:
        if (
            abs(accuracy - 1 / k) <= 0.01 + 2 * CHANCE_TOLERANCE / k
            and abs(loss - math.log(k)) <= CHANCE_TOLERANCE * math.log(k) + 0.01
        ):
            return k
    k = round(math.exp(loss)) if loss < 10 else 0
    if k >= 2 and abs(loss - math.log(k)) <= 0.01 and abs(accuracy - 1 / k) <= 0.25 / k:
        return k
    return 0


def accuracy_like(name: str) -> bool:
    """True for metrics on the scale 0 (none) .. 1 (perfect) on which guessing gives 1/K."""
    return name in {
        "accuracy",
        "acc",
        "acc1",
        "top1",
        "top 1",
        "acc top1",
        "acc 1",
        "prec 1",
        "correct",
        "balanced accuracy",
        "categorical accuracy",
        "sparse categorical accuracy",
        "binary accuracy",
    } or name.endswith("accuracy")


def accuracies(metrics: Sequence[MetricCurves]) -> Iterator[MetricCurves]:
    """The metrics on the scale 0 (none right) .. 1 (all right): accuracies, and error rates as what is missing to 1."""
    for metric in metrics:
        if accuracy_like(metric.name):
            yield metric
        elif metric.name in ERROR_RATES:
            kept = [None if own is None else as_accuracy(own) for own in (metric.train, metric.validation)]
            yield MetricCurves(metric.name, "max", *kept)


@per_curve
def as_accuracy(errors: Curve) -> Curve | None:
    """An error rate as the share that was right, at least 0 (a word error rate may exceed 1); None off both scales."""
    high = float(np.abs(errors.raw[errors.finite]).max(initial=0.0))
    if errors.count == 0 or high > 200.0 or float(errors.values.max()) * errors.sign < 0:
        return None
    right = np.maximum(1.0 - errors.raw / (1.0 if high <= 2.0 else 100.0), 0.0)
    return Curve(errors.name, errors.steps, right, -1.0, errors.origin, errors.span, errors.wall_times)


@per_curve
def unit_scale(curve: Curve) -> float:
    """1 for a metric logged as 0..1, 100 for one logged in percent, 0 when it is on neither scale."""
    if curve.count == 0:
        return 0.0
    low, high = float(curve.raw[curve.finite].min()), float(curve.raw[curve.finite].max())
    if low < -1e-6:
        return 0.0
    if high <= 1.0 + 1e-6:
        return 1.0
    return 100.0 if high <= 100.0 + 1e-6 else 0.0


def at_chance(curve: Curve, metrics: Sequence[MetricCurves], *, once_better: bool = False) -> tuple[int, float] | None:
    """(K, accuracy) when loss and accuracy both end at what guessing among K classes gives.

    An accuracy that was clearly better before does not count unless ``once_better``: that run collapsed.
    """
    for metric in accuracies(metrics):
        own = metric.train or metric.validation
        if own is None or own.count < 3:
            continue
        unit = unit_scale(own)
        if unit == 0:
            continue
        accuracy = own.as_logged(own.end) / unit
        k = classes_of(curve.as_logged(curve.end), accuracy)
        if k and (once_better or own.as_logged(own.best) / unit < 1.0 / k + 0.5 * (1 - 1.0 / k) * 0.3):
            return k, accuracy
        k = classes_of(curve.as_logged(curve.end), accuracy / 100.0) if unit == 1.0 else 0
        # where the loss or the accuracy went nowhere, 0.5 is one in two hundred, in percent
        stands = (
            curve.gain < LITTLE_LEARNED * abs(curve.start)
            or 0.5 <= accuracy / max(own.as_logged(own.start), 1e-9) <= 2.0
        )
        if k and stands:
            return k, accuracy / 100.0
    return None


def validation_at_chance(curve: Curve, metrics: Sequence[MetricCurves]) -> tuple[int, float] | None:
    """(K, accuracy) when the validation objective ``curve`` and its accuracy end at what guessing gives or worse, and
    the training accuracy is hardly better: what little falls in the training loss are single samples, no rule."""
    if curve.sign < 0:
        return None
    for metric in accuracies(metrics):
        own = metric.validation
        train = metric.train
        if own is None or own.count < 5 or unit_scale(own) == 0:
            continue
        if train is None or train.count < 3 or unit_scale(train) == 0:
            continue
        learned = train.as_logged(train.end) / unit_scale(train)
        if learned >= 1 / 2 + LITTLE_LEARNED / 2:  # no number of classes makes that little
            continue
        accuracy, loss = own.as_logged(own.end) / unit_scale(own), curve.as_logged(curve.end)
        k = classes_of(loss, accuracy)
        little = 1 / k + LITTLE_LEARNED * (1 - 1 / k) if k else 0.0
        if (
            k
            and loss >= 0.99 * math.log(k)
            and own.as_logged(own.best) / unit_scale(own) <= little
            and learned < little
        ):
            return k, accuracy
    return None


def good_from_start(curve: Curve, metrics: Sequence[MetricCurves]) -> bool:
    """True when the run began where there was little left to gain, as a fine-tuning from a good start does.

    Its accuracy was high from the first value and did not rise, and the positive loss lost next to nothing.
    """
    if (
        curve.sign < 0
        or curve.count == 0
        or not bool((curve.values > 0).all())
        or curve.gain > LITTLE_LEARNED / 2 * curve.start
    ):
        return False
    for metric in accuracies(metrics):
        own = metric.validation or metric.train
        if own is not None and own.count >= 3 and unit_scale(own) > 0:
            first, best = own.as_logged(own.start) / unit_scale(own), own.as_logged(own.best) / unit_scale(own)
            return first > GOOD_ACCURACY and best - first < LITTLE_LEARNED * (1 - first) + 0.01
    return False


@dataclass(frozen=True)
class StuckAccuracy:
    """A metric that never moved: the share right (0..1), the series, and whether that counts errors."""

    right: float
    series: str
    errors: bool


def stuck_accuracy(metrics: Sequence[MetricCurves]) -> StuckAccuracy | None:
    """The accuracy when validation accuracy is the same number nearly everywhere after the start (one class always)."""
    for metric in accuracies(metrics):
        own = metric.validation or metric.train
        if own is None or own.count < 8 or unit_scale(own) == 0:
            continue
        unit = unit_scale(own)
        rest = own.values[1:] / unit
        level = arrays.median(rest)
        if (
            arrays.share(np.abs(rest - level) <= 0.005) >= SAME_SHARE
            and abs(level) <= 0.6
            and abs(level + own.raw[own.finite][0] / unit) < 0.1
        ):
            return StuckAccuracy(-level if own.sign < 0 else level, own.name, metric.name in ERROR_RATES)
    return None


def constant_prediction(curve: Curve, metrics: Sequence[MetricCurves]) -> float | None:
    """The accuracy of a classifier that gives every sample the same class, where that is what the log shows.

    An accuracy stands still to the last digit once the first values are over, and the training loss is no lower
    than the entropy of that share: knowing the shares alone gives as much (Cover and Thomas, Elements of information
    theory, 2006, chapter 2).
    """
    for metric in accuracies(metrics):
        given = [own for own in (metric.train, metric.validation) if own is not None and own.count >= 8]
        if not given or any(unit_scale(own) == 0 for own in given):
            continue
        if all(np.count_nonzero(own.values == own.values[-1]) < SAME_SHARE * own.count for own in given):
            continue
        shares = [own.as_logged(own.end) / unit_scale(own) for own in given]
        # a handful of validation samples may change sides while the training accuracy stands
        near = all(
            arrays.share(np.abs(own.values - own.values[-1]) <= 0.02 * unit_scale(own)) >= SAME_SHARE for own in given
        )
        if near and max(shares) < 0.95 and curve.sign > 0 and curve.end >= 0.97 * entropy(shares[0]):
            return shares[-1]
    return None


def near_constant_prediction(curve: Curve, metrics: Sequence[MetricCurves]) -> float | None:
    """The accuracy where both accuracies stand still to the end while the training loss still moved.

    Weaker than ``constant_prediction``: the loss may lie somewhat below the entropy of the share, so that the run has
    learned a ranking of the samples, but no answer that differs.
    """
    for metric in accuracies(metrics):
        train, held_out = metric.train, metric.validation
        if metric.name == "balanced accuracy" or train is None or held_out is None:
            continue
        given = (train, held_out)
        if any(own.count < 10 or unit_scale(own) == 0 for own in given) or curve.sign < 0:
            continue
        if any(np.count_nonzero(own.values == own.values[-1]) < SAME_SHARE * own.count for own in given):
            continue
        shares = [own.as_logged(own.end) / unit_scale(own) for own in given]
        moved = curve.gain > LITTLE_LEARNED * curve.start
        if moved and min(shares) > 0.5 and max(shares) < 1.0 and curve.end >= 0.8 * entropy(shares[0]):
            return shares[1]
    return None


def entropy(share: float) -> float:
    """Entropy in nats of two classes, the larger of which has this share; more classes have more. ``share`` 0..1."""
    return -sum(p * math.log(p) for p in (share, 1.0 - share) if p > 0)


def accuracy_stayed_poor(metrics: Sequence[MetricCurves]) -> bool:
    """True when the training accuracy is logged, poor, and ends where it began: nothing was learned by heart either."""
    for metric in accuracies(metrics):
        own = metric.train
        if own is None or own.count < 5 or unit_scale(own) == 0:
            continue
        unit = unit_scale(own)
        end = own.as_logged(own.end) / unit
        return end < 0.5 and abs(own.start - own.end) / unit < 0.05
    return False


def accuracy_rose(metrics: Sequence[MetricCurves]) -> bool:
    """True when an accuracy clearly rose: training then learned, whatever the loss looks like."""
    for metric in accuracies(metrics):
        own = metric.train or metric.validation
        if own is None or own.count < 5 or unit_scale(own) == 0:
            continue
        unit = unit_scale(own)
        if own.as_logged(own.end) / unit > 0.75:
            return True
        rise = (own.start - own.end) / unit
        if rise > 0.15 and significance(own) > 6:
            return True
    return False
