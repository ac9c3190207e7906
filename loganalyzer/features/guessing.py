"""What guessing evenly among K classes costs, ln K, and whether validation ever did better."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import accuracies, accuracy_curves, classes_of, training_first, unit_scale
from loganalyzer.features.curve import Curve, MetricCurves
from loganalyzer.model.record import Record
from loganalyzer.model.run import Detail
from loganalyzer.roles.hyperparameters import number

MOST_CLASSES = 1e6
WITHIN = 0.02
"""A loss that comes below ln K by this share of it or less may owe that to noise."""
BELOW = 0.8
"""Training that came below this share of ln K answers better than by guessing."""
STANDING, MOST_STANDING, STANDS = 8, 10, 0.1
"""So many values of an accuracy that all lie within this share of 1/K, K up to ten, say what K is."""
ENOUGH = 5
"""So many values of validation show that it never does."""


MOST_CREPT, CLOSE = 0.02, 0.005
"""A loss that gained no more than this share of itself and ends this close to ln K is that of guessing."""
FEWEST_OUTPUTS, BELOW_SHARE, ABOVE_SHARE = 5, 0.02, 0.005
"""From so many classes on, an accuracy between these distances below and above 1 - 1/K is no chance."""


USUAL_CLASSES = (2, 10)
"""Numbers of classes so common that a first loss of ln K tells them, without an accuracy."""
BEGINS, HARDLY_BELOW = 0.01, 0.95
"""A loss that begins within the first share of ln K, and ends above the second, is hardly better than guessing."""
MOST_ORDER = 0.5
"""Values that fall in order (Kendall's tau) still move."""
AT_REST, STRAYS = 0.2, 0.03
"""From this share of a run on, nine in ten values of a loss at the level of guessing lie within the second share of it."""
NO_ENTROPY = re.compile(r"mse|mae|rmse|huber|(?<![a-z])l[12](?![a-z])|dice|elbo|reward|policy|critic|value")
"""Names of losses that have nothing to do with ln K."""


class NoBetterThanGuessing(Record):
    """``classes`` K, and ``guess``: the loss of guessing evenly among them, ln K."""

    classes: int
    guess: float


def class_count(settings: Mapping[str, Detail], losses: Sequence[Curve], metrics: Sequence[MetricCurves]) -> int:
    """How many classes there are: as set, or by a first loss and a first accuracy that are those of guessing, or an
    accuracy that never leaves 1/K; 0 if unknown."""
    own = number(settings, "classes")
    if own is not None:
        return round(own.value) if 2 <= own.value <= MOST_CLASSES and own.value == round(own.value) else 0
    firsts = [c.logged.first.value for c in losses if c.count]
    for curve, unit in _on_a_scale(metrics):
        known = (classes_of(first, curve.logged.first.value / unit) for first in firsts)
        if found := next((k for k in known if k), 0) or _by_standing(curve, unit):
            return found
    return 0


def _on_a_scale(metrics: Sequence[MetricCurves]) -> Iterator[tuple[Curve, float]]:
    """The accuracies, of training first, each with the value of all right on its scale (1 or 100)."""
    for metric in accuracies(metrics):
        for curve in (metric.train, metric.validation):
            unit = unit_scale(curve) if curve is not None and curve.count else 0.0
            if curve is not None and unit > 0:
                yield curve, unit


def _by_standing(accuracy: Curve, unit: float) -> int:
    """K where an accuracy lies at 1/K from its first value to its last one; 0 where it does not."""
    right = -accuracy.values / unit
    middle = arrays.median(right) if len(right) >= STANDING else 0.0
    classes = round(1.0 / middle) if middle > 0 else 0
    if not 2 <= classes <= MOST_STANDING:
        return 0
    return classes if bool((np.abs(right - 1.0 / classes) <= STANDS / classes).all()) else 0


def never_beat_guessing(
    held_out: Curve, train: Curve, metrics: Sequence[MetricCurves], settings: Mapping[str, Detail]
) -> NoBetterThanGuessing | None:
    """The guess that validation of a classifier never beat, while training did; None where it did, or K is not known."""
    if not held_out.positive or held_out.count < ENOUGH or next(accuracies(metrics), None) is None:
        return None
    classes = class_count(settings, (train, held_out), metrics)
    if classes < 2:
        return None
    guess = math.log(classes)
    learned = train.positive and not train.ends_non_finite and train.end < BELOW * guess
    if not learned or float(held_out.values.min()) < (1.0 - WITHIN) * guess or held_out.end < guess:
        return None
    return NoBetterThanGuessing(classes, guess)


def outputs_counted(loss: Curve, metrics: Sequence[MetricCurves]) -> tuple[int, float] | None:
    """(K, accuracy) where the loss never left that of guessing among K classes and the accuracy is 1 - 1/K: it counts each
    of the K outputs, of which all but one are rightly 0, and not the samples. None where it does not."""
    if not loss.positive or loss.count < ENOUGH or loss.gain > MOST_CREPT * loss.start:
        return None
    classes = round(math.exp(min(loss.end, math.log(MOST_CLASSES))))
    if classes < FEWEST_OUTPUTS or abs(loss.as_logged(loss.end) - math.log(classes)) > CLOSE * math.log(classes):
        return None
    most = 1.0 - 1.0 / classes
    near = (own.end for own in accuracy_curves(metrics, training_first, 3))
    found = next((right for right in near if most - BELOW_SHARE <= right <= most + ABOVE_SHARE), None)
    return None if found is None else (classes, found)


def rests_at_guessing(
    loss: Curve, metrics: Sequence[MetricCurves], settings: Mapping[str, Detail]
) -> NoBetterThanGuessing | None:
    """The guess at which a loss lies all along once its first values are over, wherever they threw it from, where no
    accuracy tells more; None where it lies elsewhere or still moves."""
    later = loss.reduced.values[loss.reduced.x >= AT_REST] if loss.count >= ENOUGH else np.zeros(0)
    if len(later) < ENOUGH or arrays.kendall(later) < -MOST_ORDER:
        return None
    for known in _guesses(loss, metrics, settings):
        away = np.abs(later * loss.unit - known.guess)
        near = abs(arrays.median(later) * loss.unit - known.guess) <= CLOSE * known.guess
        if near and arrays.share(away <= STRAYS * known.guess) >= 0.9:
            return known
    return None


def hardly_better(
    loss: Curve, metrics: Sequence[MetricCurves], settings: Mapping[str, Detail]
) -> NoBetterThanGuessing | None:
    """The guess that a loss began at and never got far below, where no accuracy tells more; None where it did.

    A curve that settles there looks finished; what it settled at is what knowing the shares of the classes gives.
    """
    if loss.count < ENOUGH:
        return None
    first, end = loss.logged.first.value, loss.as_logged(loss.end)
    for known in _guesses(loss, metrics, settings):
        if abs(first - known.guess) <= BEGINS * known.guess and end >= HARDLY_BELOW * known.guess:
            return known
    return None


def _guesses(
    loss: Curve, metrics: Sequence[MetricCurves], settings: Mapping[str, Detail]
) -> Iterator[NoBetterThanGuessing]:
    """What guessing costs for the number of classes that is known, else for usual ones; nothing where an accuracy is logged
    or the loss has nothing to do with classes."""
    if not loss.positive or next(accuracies(metrics), None) or NO_ENTROPY.search(loss.name.lower()):
        return
    known = class_count(settings, (loss,), metrics)
    for classes in (known,) if known > 1 else USUAL_CLASSES:
        yield NoBetterThanGuessing(classes, math.log(classes))
