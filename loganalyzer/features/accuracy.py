"""Is this loss, or this accuracy, what guessing would give?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, MetricCurves, per_curve
from loganalyzer.features.levels import significance
from loganalyzer.features.slow_rise import rises_slowly
from loganalyzer.model.record import Record

NAMES = frozenset({
    "accuracy", "acc", "acc1", "top1", "top 1", "acc top1", "acc 1", "prec 1", "correct", "balanced accuracy",
    "categorical accuracy", "sparse categorical accuracy", "binary accuracy",
})  # fmt: skip
"""Metrics on the scale 0 (none right) .. 1 (all right) on which guessing gives 1/K; besides all that end in "accuracy"."""

OVERLAPS = frozenset("dice mdice iou miou jaccard f1".split())
"""Words of metrics of overlap on the scale 0 .. 1: guessing gives no certain number, but learning moves them."""

CHANCE_TOLERANCE = 0.03
"""A loss is at ln K, and an accuracy at 1/K, when it lies within this share of it (plus 0.01)."""

LITTLE_LEARNED = 0.1
"""Share of the way from guessing to perfect that is next to nothing."""

GOOD_ACCURACY = 0.85
"""An accuracy from which on a run that begins there is no beginner."""

ERROR_RATES = frozenset({"error rate", "top1 err", "top1 error", "wer", "cer", "per"})
"""Metrics that count what is wrong: of answers, words, characters, phones."""

OVER_ALL = 1.02
"""A metric of which all are right may be logged as a little more than 1 (means of rounded numbers); it is no percent."""

ALMOST_ONE = 0.95
"""A metric whose highest value lies between this and 1 is logged on the scale 0..1."""

CEILING = 0.995
"""A training accuracy from which on there is nothing left to learn from the training data."""

BELOW_THE_LEAST = 0.8
"""A loss below this share of the least that an accuracy allows was measured on other data."""

MANY, MOST_CLASSES, BY_LUCK = 50, 100_000, 2.0
"""Of so many classes a batch may have none right, or so many times as many as guessing gives."""

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


def many_classes(loss: float, accuracy: float) -> int:
    """About how many classes it takes to be as wrong by guessing, where there are so many that a batch may have none right;
    0 if the accuracy is better than luck explains, or the classes are few."""
    if not math.log(MANY) <= loss <= math.log(MOST_CLASSES):
        return 0
    k = float(f"{math.exp(loss):.2g}")
    return int(k) if 0.0 <= accuracy <= BY_LUCK / k else 0


def accuracy_like(name: str) -> bool:
    """True for metrics on the scale 0 (none) .. 1 (perfect) on which guessing gives 1/K."""
    return name in NAMES or name.endswith("accuracy")


def overlap_like(name: str) -> bool:
    """True for metrics of overlap on the scale 0 (none) .. 1 (perfect)."""
    return not OVERLAPS.isdisjoint(name.split())


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


def logged_errors(right: Curve, metrics: Sequence[MetricCurves]) -> Curve | None:
    """The error rate that ``right`` was made of, as the log has it; None for an accuracy that was logged itself."""
    logged = (own for metric in metrics if metric.name in ERROR_RATES for own in (metric.train, metric.validation))
    return next((own for own in logged if own is not None and own.name == right.name), None)


@per_curve
def unit_scale(curve: Curve) -> float:
    """1 for a metric logged as 0..1, 100 for one logged in percent, 0 when it is on neither scale."""
    if curve.count == 0:
        return 0.0
    low, high = float(curve.raw[curve.finite].min()), float(curve.raw[curve.finite].max())
    if low < -1e-6:
        return 0.0
    if high <= OVER_ALL:
        return 1.0
    return 100.0 if high <= 100.0 + 1e-6 else 0.0


class UnitMetric(NamedTuple):
    """A metric on the scale 0 (none right) .. 1 (all right): ``curve`` over ``unit``; ``name`` is the metric's."""

    curve: Curve
    unit: float
    name: str = ""

    @property
    def start(self) -> float:
        """Its level at the start, 0..1."""
        return self.curve.as_logged(self.curve.start) / self.unit

    @property
    def end(self) -> float:
        """Its level at the end, 0..1."""
        return self.curve.as_logged(self.curve.end) / self.unit

    @property
    def last(self) -> float:
        """Its last logged value, 0..1."""
        return self.curve.logged.last.value / self.unit

    @property
    def best(self) -> float:
        """Its best smoothed level, 0..1."""
        return self.curve.as_logged(self.curve.best) / self.unit

    @property
    def rise(self) -> float:
        """By how much it is better at the end than at the start."""
        return (self.curve.start - self.curve.end) / self.unit

    @property
    def repeats(self) -> bool:
        """True when most values are the very same as the last one."""
        y = self.curve.values
        return int(np.count_nonzero(y == y[-1])) >= SAME_SHARE * self.curve.count

    def mostly_within(self, distance: float) -> bool:
        """True when most values lie within ``distance`` (on the scale 0..1) of the last one."""
        y = self.curve.values
        return arrays.share(np.abs(y - y[-1]) <= distance * self.unit) >= SAME_SHARE


def unit_metric(curve: Curve | None, fewest: int, name: str = "") -> UnitMetric | None:
    """``curve`` on the scale 0..1; None with fewer than ``fewest`` values, and where it is on no such scale."""
    if curve is None or curve.count < fewest:
        return None
    unit = unit_scale(curve)
    return UnitMetric(curve, unit, name) if unit else None


def accuracy_curves(metrics: Sequence[MetricCurves], pick: Pick, fewest: int) -> Iterator[UnitMetric]:
    """Of each accuracy among ``metrics`` the curve that ``pick`` takes, on 0..1 and with ``fewest`` values or more."""
    for metric in accuracies(metrics):
        own = unit_metric(pick(metric), fewest, metric.name)
        if own is not None:
            yield own


Pick = Callable[[MetricCurves], Curve | None]


def on_training(metric: MetricCurves) -> Curve | None:
    """The metric on training data."""
    return metric.train


def on_validation(metric: MetricCurves) -> Curve | None:
    """The metric on validation data."""
    return metric.validation


def training_first(metric: MetricCurves) -> Curve | None:
    """The metric on training data, on validation data where training is not logged."""
    return metric.train if metric.train is not None else metric.validation


def validation_first(metric: MetricCurves) -> Curve | None:
    """The metric on validation data, on training data where validation is not logged."""
    return metric.validation if metric.validation is not None else metric.train


def at_chance(curve: Curve, metrics: Sequence[MetricCurves], *, once_better: bool = False) -> tuple[int, float] | None:
    """(K, accuracy) when loss and accuracy both end at what guessing among K classes gives.

    An accuracy that was clearly better before does not count unless ``once_better``: that run collapsed.
    """
    loss = curve.as_logged(curve.end)
    for own in accuracy_curves(metrics, training_first, 3):
        accuracy = own.end
        k = classes_of(loss, accuracy)
        if k and (once_better or own.best < 1.0 / k + 0.5 * (1 - 1.0 / k) * 0.3):
            return k, accuracy
        k = many_classes(loss, accuracy) if curve.gain < LITTLE_LEARNED * abs(curve.start) else 0
        if k:
            return k, accuracy
        # 0.5 on the scale 0..1 may be one in two hundred, in percent: where the loss or the accuracy went nowhere
        k = classes_of(loss, accuracy / 100.0) if own.unit == 1.0 and not _on_unit_scale(metrics) else 0
        if k and (curve.gain < LITTLE_LEARNED * abs(curve.start) or 0.5 <= accuracy / max(own.start, 1e-9) <= 2.0):
            return k, accuracy / 100.0
    return None


def _on_unit_scale(metrics: Sequence[MetricCurves]) -> bool:
    """True where some metric of which more is better all but reaches 1: the metrics of this log are no percent."""
    curves = (own for m in metrics if m.direction == "max" for own in (m.train, m.validation) if own is not None)
    return any(own.count and ALMOST_ONE <= float(own.raw[own.finite].max()) <= OVER_ALL for own in curves)


def validation_at_chance(curve: Curve, metrics: Sequence[MetricCurves]) -> tuple[int, float] | None:
    """(K, accuracy) when the validation objective ``curve`` and its accuracy end at what guessing gives or worse, and
    the training accuracy is hardly better: what little falls in the training loss are single samples, no rule."""
    if curve.sign < 0:
        return None
    loss = curve.as_logged(curve.end)
    for metric in accuracies(metrics):
        own, train = unit_metric(metric.validation, 5), unit_metric(metric.train, 3)
        if own is None or train is None or train.end >= 1 / 2 + LITTLE_LEARNED / 2:
            continue  # no number of classes makes that little
        k = classes_of(loss, own.end)
        little = 1 / k + LITTLE_LEARNED * (1 - 1 / k) if k else 0.0
        if k and loss >= 0.99 * math.log(k) and own.best <= little and train.end < little:
            return k, own.end
    return None


def good_from_start(curve: Curve, metrics: Sequence[MetricCurves]) -> bool:
    """True when the run began where there was little left to gain, as a fine-tuning from a good start does.

    Its accuracy was high from the first value and did not rise, and the positive loss lost next to nothing.
    """
    if curve.sign < 0 or curve.count == 0 or curve.gain > LITTLE_LEARNED / 2 * curve.start:
        return False
    if not bool((curve.values > 0).all()):
        return False
    own = next(accuracy_curves(metrics, validation_first, 3), None)
    if own is None:
        return False
    return own.start > GOOD_ACCURACY and own.best - own.start < LITTLE_LEARNED * (1 - own.start) + 0.01


def of_other_data(loss: Curve, own: UnitMetric) -> bool:
    """True for an accuracy that was not measured on the data of the ``loss``: that is too low for so many wrong answers.

    The cross-entropy (in nats) of calibrated answers is at least 2 ln 2 times the share that is wrong (Hellman and Raviv,
    Probability of error, equivocation, and the Chernoff bound, IEEE Trans. Inf. Theory, 1970). A loss that begins below
    that already is none, and says nothing.
    """
    if not loss.positive or loss.sign < 0:
        return False
    least = 2.0 * math.log(2.0)
    begins, ends = least * (1.0 - own.start), least * (1.0 - own.end)
    return loss.start > begins and loss.end < BELOW_THE_LEAST * ends


def at_ceiling(curve: Curve, metrics: Sequence[MetricCurves]) -> bool:
    """True when ``curve`` is itself an accuracy on training data that ends at its ceiling: standing still is its best."""
    own = next((o for o in accuracy_curves(metrics, on_training, 1) if o.curve.name == curve.name), None)
    return own is not None and own.end >= CEILING


class StuckAccuracy(Record):
    """A metric that never moved: the share right (0..1), the series, and whether that counts errors."""

    right: float
    series: str
    errors: bool


def stuck_accuracy(metrics: Sequence[MetricCurves]) -> StuckAccuracy | None:
    """The accuracy when validation accuracy is the same number nearly everywhere after the start (one class always).

    So is an overlap (Dice, IoU, F1) of validation data that never moves."""
    scores = [
        s for m in metrics if overlap_like(m.name) and (s := unit_metric(validation_first(m), 8, m.name)) is not None
    ]
    never = next((s for s in scores if not s.curve.values.any()), None)
    if never is not None:
        return StuckAccuracy(0.0, never.curve.name, errors=False)
    # the very same number everywhere is a setting printed beside the scores, such as a threshold of overlap
    moving = (s for s in scores if s.curve.value_range > 0)
    unlearned = [m for m in metrics if (own := unit_metric(m.train, 8)) is None or abs(own.rise) < LITTLE_LEARNED]
    for own in (*accuracy_curves(unlearned, validation_first, 8), *moving):
        curve, unit = own.curve, own.unit
        rest = curve.values[1:] / unit
        level = arrays.median(rest)
        still = arrays.share(np.abs(rest - level) <= 0.005) >= SAME_SHARE and not rises_slowly(curve.values)
        # never right is the share of no class: exact matches of texts, or an accuracy of a regression
        if still and 0.0 < abs(level) <= 0.6 and abs(level + curve.raw[curve.finite][0] / unit) < 0.1:
            return StuckAccuracy(-level if curve.sign < 0 else level, curve.name, own.name in ERROR_RATES)
    return None


def constant_prediction(curve: Curve, metrics: Sequence[MetricCurves]) -> float | None:
    """The accuracy of a classifier that gives every sample the same class, where that is what the log shows.

    An accuracy stands still to the last digit once the first values are over, and the training loss is no lower
    than the entropy of that share: knowing the shares alone gives as much (Cover and Thomas, Elements of information
    theory, 2006, chapter 2).
    """
    for metric in accuracies(metrics):
        long = [own for own in (metric.train, metric.validation) if own is not None and own.count >= 8]
        given = [own for own in (unit_metric(c, 8) for c in long) if own is not None]
        if not given or len(given) < len(long) or not any(own.repeats for own in given):
            continue
        shares = [own.end for own in given]
        # a handful of validation samples may change sides while the training accuracy stands
        near = all(own.mostly_within(0.02) for own in given)
        if (
            near
            and min(shares) > 0
            and max(shares) < 0.95
            and curve.sign > 0
            and curve.end >= 0.97 * least_entropy(shares[0])
        ):
            return shares[-1]
    return None


def near_constant_prediction(curve: Curve, metrics: Sequence[MetricCurves]) -> float | None:
    """The accuracy where both accuracies stand still to the end while the training loss still moved.

    Weaker than ``constant_prediction``: the loss may lie somewhat below the entropy of the share, so that the run has
    learned a ranking of the samples, but no answer that differs.
    """
    if curve.sign < 0 or not curve.gain > LITTLE_LEARNED * curve.start:
        return None
    for metric in accuracies(metrics):
        train, held_out = unit_metric(metric.train, 10), unit_metric(metric.validation, 10)
        if metric.name == "balanced accuracy" or train is None or held_out is None:
            continue
        if not (train.repeats and held_out.repeats):
            continue
        low, high = sorted((train.end, held_out.end))
        if low > 0.5 and high < 1.0 and curve.end >= 0.8 * entropy(train.end):
            return held_out.end
    return None


def entropy(share: float) -> float:
    """Entropy in nats of two classes, the larger of which has this share; more classes have more. ``share`` 0..1."""
    return -sum(p * math.log(p) for p in (share, 1.0 - share) if p > 0)


def least_entropy(share: float) -> float:
    """The least entropy in nats of classes the largest of which has this share; ``share`` 0..1."""
    return entropy(share) if share >= 0.5 else -math.log(share)


def accuracy_stayed_poor(metrics: Sequence[MetricCurves]) -> bool:
    """True when the training accuracy is logged, poor, and ends where it began: nothing was learned by heart either.

    One of exactly 0 was not measured rightly and says nothing."""
    own = next(accuracy_curves(metrics, on_training, 5), None)
    return own is not None and 0.0 < own.end < 0.5 and abs(own.rise) < 0.05


def accuracy_rose(metrics: Sequence[MetricCurves]) -> bool:
    """True when an accuracy clearly rose: training then learned, whatever the loss looks like."""
    return any(
        own.end > 0.75 or (own.rise > 0.15 and significance(own.curve) > 6)
        for own in accuracy_curves(metrics, training_first, 5)
    )
