"""An accuracy that was gained and lost again: the witness of a collapse that a loss may hide."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import UnitMetric, accuracy_curves, training_first
from loganalyzer.features.curve import Curve, MetricCurves
from loganalyzer.features.levels import scale
from loganalyzer.features.rise import Rise, measure_rise
from loganalyzer.model.record import Record

WORTH_LOSING = 0.1
"""An accuracy that never rose by so much (on the scale 0..1) cannot collapse."""
MOSTLY_LOST = 0.5
"""An accuracy that lost this share of what it had gained has collapsed."""
IN_THE_MEAN = 0.5
"""The mean since then must have lost this share of that, too."""
STILL_FALLING = 0.1
"""A loss that fell by this share of its scale since the best accuracy contradicts a collapse."""
LONG_ENOUGH = 10
"""So many values of an accuracy show whether it stays down."""
SEEN_DOWN = 3
"""With fewer values below its level a collapse is a last value that was measured otherwise (on a rest of the data)."""
UNTRAINED = 0.5
"""What guessing gives at most, where a log begins with an accuracy that was good already."""


FEWEST_ZEROS, SUDDEN = 3, 0.05
"""So many zeros behind a value above this share of the largest: numbers in place of NaN, not a loss that fell."""


class Collapse(Record):
    """An accuracy that collapsed: the metric, its rise (lower is better there) and the share of what it had that it lost.

    ``held`` is the share of the values since its departure that stay in the lower half.
    """

    metric: UnitMetric
    rise: Rise
    lost: float
    held: float

    @property
    def margin(self) -> float:
        """The share lost against the least that is a collapse (1: just that)."""
        return self.lost / MOSTLY_LOST


def accuracy_collapse(loss: Curve, metrics: Sequence[MetricCurves]) -> Collapse | None:
    """The collapse of an accuracy (training's where it is logged) beside which ``loss`` did not fall; None without one."""
    for own in accuracy_curves(metrics, training_first, LONG_ENOUGH):
        curve, had = own.curve, _had(own)
        if had < WORTH_LOSING * own.unit or _most_lost(curve) < MOSTLY_LOST * had:
            continue
        rise = measure_rise(curve)
        lost = rise.height / had
        if lost < MOSTLY_LOST or _fell_since(loss, int(curve.reduced.steps[rise.best_at])):
            continue
        after = curve.reduced.values[rise.departed :]
        if len(after) < SEEN_DOWN:
            continue
        if _mean_lost(curve, rise) < IN_THE_MEAN * MOSTLY_LOST * had:
            continue
        held = arrays.share(after > rise.best + 0.5 * rise.height)
        return Collapse(own, rise, lost, held)
    return None


def _had(own: UnitMetric) -> float:
    """What there is to lose: the gain, or, of an accuracy that began good, what it was better than guessing at best."""
    gain = own.curve.gain
    return gain if gain >= WORTH_LOSING * own.unit else (own.best - UNTRAINED) * own.unit


def _mean_lost(curve: Curve, rise: Rise) -> float:
    """By how much the mean since the departure lies above the mean about the best level.

    An accuracy of few samples takes few values (of one sample, 0 and 1): its medians jump where its mean hardly moves.
    """
    y, width = curve.reduced.values, max(2, len(curve.reduced) // 40)
    about_best = y[max(0, rise.best_at - width) : rise.best_at + width + 1]
    return float(y[rise.departed :].mean() - about_best.mean())


def _most_lost(curve: Curve) -> float:
    """No rise to the end is higher than this; it costs nothing to know."""
    values = curve.reduced.values
    return float(values[-max(1, curve.end_count) :].max() - values.min())


def _fell_since(loss: Curve, step: int) -> bool:
    """True when ``loss`` fell clearly after ``step``, and not to exactly 0 from one value to the next."""
    if _is_zero_at_once(loss):
        return False
    fall = loss.value_at(step) - loss.end
    return fall > max(3.0 * loss.standard_error(loss.end_count), STILL_FALLING * scale(loss))


def _is_zero_at_once(loss: Curve) -> bool:
    """True for a loss that is exactly 0 to the end from a value on before which it was nowhere near."""
    zero = loss.raw == 0.0
    if not zero[-FEWEST_ZEROS:].all() or zero.all():
        return False
    before = loss.raw[: len(zero) - int(np.argmin(zero[::-1]))]
    return not abs(float(before[-1])) <= SUDDEN * float(np.nanmax(np.abs(before)))
