"""How much more training would probably bring: several learning-curve models, and an honest range.

Models (Domhan et al., 2015, and the plain line): the line through the last fifth, an exponential approach to a floor, a
power law, and an inverse-log law. Each is fitted to the part of the curve after its fast start; their range is widened
by how wrong the same models would have been about the last part of this very log, and by its noise.
"""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, per_curve
from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats

FEWEST = 12
"""Fewer points than this allow no extrapolation."""
STATED = 0.8
"""The share of ranges that should hold what happens."""
POWERS = (0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0)
RATES = (0.3, 0.6, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0)
WIDEN = 2.3
"""Makes the range hold what happened in ``STATED`` of the cases (measured in benchmarks/beyond.md)."""


_EXPONENTS, _DECAYS = -np.array(POWERS)[:, None], np.array(RATES)[:, None]


def _shapes(x: Floats) -> Floats:
    """Every ``f`` of the models ``a + b f(x)`` at ``x`` (above 0); float64[rows of all ``FAMILIES``, len(x)]."""
    return np.concatenate([x**_EXPONENTS, np.exp(-x * _DECAYS), (1.0 / np.log(20.0 * x + 1.0))[None]])


FAMILIES = (slice(0, len(POWERS)), slice(len(POWERS), len(POWERS) + len(RATES)), slice(-1, None))
"""The rows of ``_shapes`` that are one family, of which only the best-fitting member answers."""


class Outlook(Record):
    """What ``more`` (a share of the run, 0.25 for a quarter) would probably give.

    Levels in the curve's own units, lower is better: ``low`` to ``high`` at the stated share, ``middle`` the median of
    the models, ``now`` the level at the end.
    """

    more: float
    now: float
    low: float
    middle: float
    high: float


class Points(Record, eq=False):
    """At most 60 block medians of the reduced curve over 0..1 (``x``, ``y``: float64[n]), and the ``shapes`` at ``x``."""

    x: Floats
    y: Floats
    shapes: Floats

    def until(self, share: float) -> Points:
        """The points up to this share of the run."""
        count = int(np.count_nonzero(self.x <= share * self.x[-1]))
        return Points(self.x[:count], self.y[:count], self.shapes[:, :count])


def outlook(curve: Curve, more: float) -> Outlook | None:
    """The range for the level after ``more`` of the run again; None where the log does not allow it."""
    points = _points(curve)
    if points is None:
        return None
    ends = _answers(points, 1.0 + more)
    if not ends:
        return None
    now = _level(points.y)
    past = _hindsight(points, more)
    noise = curve.standard_error(curve.end_count)
    middle = arrays.median(np.array(ends))
    spread = WIDEN * math.hypot(past, noise)
    low, high = min(*ends, middle - spread), max(*ends, middle + spread)
    return Outlook(more, now, low, middle, high)


@per_curve
def half_as_much(curve: Curve) -> Outlook | None:
    """The outlook for half of the run again."""
    return outlook(curve, 0.5)


@per_curve
def as_much_again(curve: Curve) -> Outlook | None:
    """The outlook for the whole run again."""
    return outlook(curve, 1.0)


@per_curve
def _points(curve: Curve) -> Points | None:
    """The points of a curve, all of a short one; None if they allow nothing."""
    y = arrays.block_medians(curve.reduced.values, 60)
    x = arrays.block_medians(curve.reduced.x, 60)
    span = float(x[-1] - x[0]) if len(x) > 1 else 0.0
    if span <= 0 or len(y) < FEWEST or not np.isfinite(y).all() or arrays.extent(y) == 0:
        return None
    across = (x - x[0]) / span + 1.0 / len(x)
    return Points(across, y, _shapes(across))


def _level(y: Floats) -> float:
    return arrays.median(y[-max(3, len(y) // 10) :])


def _answers(points: Points, until: float) -> list[float]:
    """What each model says about the level at ``until``, none better than twice the recent pace would give."""
    x, y = points.x, points.y
    now = _level(y)
    early = int(np.count_nonzero(x <= 0.3 * x[-1]))
    if len(y) - early < 6:
        return []
    ahead = until * x[-1:]
    answers = [now, _line(x, y, float(ahead[0])), *_best(x[early:], y[early:], points.shapes[:, early:], ahead)]
    # at the end the level is known: the models say how it moves from there
    third = len(y) // 3
    pace = abs(arrays.median(y[-2 * third : -third]) - now) if third >= 2 else arrays.extent(y)
    reach = 2.0 * max(pace, 1e-12) * max(1.0, 3.0 * (until - 1.0))
    return [min(max(a, now - reach), now + reach) for a in answers]


def _line(x: Floats, y: Floats, ahead: float) -> float:
    """The straight line on the last fifth, at ``ahead``."""
    count = max(4, len(y) // 5)
    xs, ys = x[-count:], y[-count:]
    x_mean, y_mean = np.add.reduce(xs) / count, np.add.reduce(ys) / count  # several times faster than ``mean``
    centred = xs - x_mean
    slope = float(centred @ (ys - y_mean)) / float(centred @ centred)
    return float(y_mean + slope * (ahead - x_mean))


def _best(x: Floats, y: Floats, shapes: Floats, ahead: Floats) -> list[float]:
    """The answers at ``ahead`` of the best-fitting member of each family ``a + b f(x)``, moved to where the curve ended."""
    weights = x / np.add.reduce(x)
    moved = shapes - (shapes @ weights)[:, None]
    above = y - float(weights @ y)
    power = (moved * moved) @ weights
    usable = power > 1e-18
    slopes = (moved * above) @ weights / np.where(usable, power, 1.0)
    residuals = (above - slopes[:, None] * moved) ** 2 @ weights
    residuals[~(usable & (residuals < np.inf))] = np.inf
    count = max(3, len(y) // 10)
    level, then = arrays.median(y[-count:]), _shapes(ahead)[:, 0]
    answers = []
    for family in FAMILIES:
        member = range(len(residuals))[family][int(residuals[family].argmin())]
        if residuals[member] < np.inf:
            gone = float(then[member]) - arrays.median(shapes[member, -count:])
            answers.append(level + float(slopes[member]) * gone)
    return answers


def _hindsight(points: Points, more: float) -> float:
    """How far the models were off on the last part of this log, asked from before it."""
    misses = []
    for share in (1.0 / (1.0 + more), 0.5 + 0.5 / (1.0 + more)):
        seen = points.until(share)
        if not FEWEST <= len(seen.y) < len(points.y) - 1:
            continue
        answers = _answers(seen, 1.0 / share)
        if answers:
            misses.append(abs(arrays.median(np.array(answers)) - _level(points.y)))
    return max(misses, default=0.0)
