"""How much more training would probably bring: several learning-curve models, and an honest range.

Models (Domhan et al., 2015, and the plain line): the line through the last fifth, an exponential approach to a floor, a
power law, and an inverse-log law. Each is fitted to the part of the curve after its fast start; their range is widened
by how wrong the same models would have been about the last part of this very log, and by its noise.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

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


class Places(Record, eq=False):
    """What the fits need of the places ``x`` (float64[n], 0..1) alone; runs of one length have it in common.

    Of the places from ``early`` on, m of them: ``weights`` float64[m], the ``moved`` shapes about their means
    (float64[rows of _shapes, m]), their ``power`` (float64[rows]), and what each shape came to at the end (``settled``).
    """

    x: Floats
    early: int
    weights: Floats
    moved: Floats
    power: Floats
    settled: tuple[float, ...]


@lru_cache(maxsize=64)
def _places(across: bytes, share: float) -> Places | None:
    """Those of the places ``across`` the run (the bytes of float64[n]) up to this ``share`` of it; None if there are too few."""
    places = np.frombuffer(across)
    x = places[: int(np.count_nonzero(places <= share * places[-1]))]
    early = int(np.count_nonzero(x <= 0.3 * x[-1]))
    if len(x) - early < 6:
        return None
    fitted = x[early:]
    weights, shapes = fitted / np.add.reduce(fitted), _shapes(fitted)
    moved = shapes - (shapes @ weights)[:, None]
    settled = tuple(arrays.median(row[-max(3, len(fitted) // 10) :]) for row in shapes)
    return Places(x, early, weights, moved, (moved * moved) @ weights, settled)


class Points(Record, eq=False):
    """At most 60 block medians of the reduced curve (``y``: float64[n]); ``across``: their places, 0..1, as bytes."""

    across: bytes
    y: Floats


def outlook(curve: Curve, more: float) -> Outlook | None:
    """The range for the level after ``more`` of the run again; None where the log does not allow it."""
    points, fit = _points(curve), _fit_of(curve)
    if points is None or fit is None:
        return None
    ends = fit.answers(1.0 + more)
    past = _hindsight(points, more)
    noise = curve.standard_error(curve.end_count)
    middle = arrays.median(np.array(ends))
    spread = WIDEN * math.hypot(past, noise)
    low, high = min(*ends, middle - spread), max(*ends, middle + spread)
    return Outlook(more, fit.now, low, middle, high)


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
    return Points(across.tobytes(), y)


def _level(y: Floats) -> float:
    return arrays.median(y[-max(3, len(y) // 10) :])


@per_curve
def _fit_of(curve: Curve) -> Fit | None:
    """The models on the whole of a curve."""
    points = _points(curve)
    places = None if points is None else _places(points.across, 1.0)
    return None if points is None or places is None else _fitted(places, points.y)


class Member(NamedTuple):
    """The best-fitting member of a family ``a + b f(x)``: its row of ``_shapes``, ``b``, and the curve's level and ``f``
    where the curve ended."""

    row: int
    slope: float
    level: float
    settled: float


class Fit(Record):
    """The models on some points: the level at their end (``now``, at ``end`` of 0..1), the ``pace`` (what it gained of
    late), the line on the last fifth (``slope`` through ``x_mean``, ``y_mean``) and the best of each family."""

    end: float
    now: float
    pace: float
    slope: float
    x_mean: float
    y_mean: float
    members: tuple[Member, ...]

    def answers(self, until: float) -> list[float]:
        """What each model says about the level at ``until`` times the end, none better than twice the pace would give."""
        ahead = until * self.end
        then = _shapes_at(ahead)
        line = self.y_mean + self.slope * (ahead - self.x_mean)
        moved = (m.level + m.slope * (then[m.row] - m.settled) for m in self.members)
        reach = 2.0 * max(self.pace, 1e-12) * max(1.0, 3.0 * (until - 1.0))
        return [min(max(a, self.now - reach), self.now + reach) for a in (self.now, line, *moved)]


@lru_cache(maxsize=256)
def _shapes_at(x: float) -> list[float]:
    """Every ``f`` of ``_shapes`` at one ``x``; runs of one folder ask for the same."""
    return [float(value) for value in _shapes(np.array([x]))[:, 0]]


def _fitted(places: Places, y: Floats) -> Fit:
    """The models on the values ``y`` at ``places``."""
    now, third = _level(y), len(y) // 3
    pace = abs(arrays.median(y[-2 * third : -third]) - now) if third >= 2 else arrays.extent(y)
    return Fit(float(places.x[-1]), now, pace, *_line(places.x, y), _best(places, y[places.early :]))


def _line(x: Floats, y: Floats) -> tuple[float, float, float]:
    """The straight line on the last fifth: its slope, and a point of it."""
    count = max(4, len(y) // 5)
    xs, ys = x[-count:], y[-count:]
    x_mean, y_mean = (float(np.add.reduce(side)) / count for side in (xs, ys))  # several times faster than ``mean``
    centred = xs - x_mean
    return float(centred @ (ys - y_mean)) / float(centred @ centred), x_mean, y_mean


def _best(places: Places, y: Floats) -> tuple[Member, ...]:
    """The best-fitting member of each family; at the end the level is known, they say how it moves from there."""
    weights, moved = places.weights, places.moved
    above = y - float(weights @ y)
    usable = places.power > 1e-18
    slopes = (moved * above) @ weights / np.where(usable, places.power, 1.0)
    residuals = (above - slopes[:, None] * moved) ** 2 @ weights
    residuals[~(usable & (residuals < np.inf))] = np.inf
    level = arrays.median(y[-max(3, len(y) // 10) :])
    rows = [range(len(residuals))[family][int(residuals[family].argmin())] for family in FAMILIES]
    return tuple(Member(row, float(slopes[row]), level, places.settled[row]) for row in rows if residuals[row] < np.inf)


def _hindsight(points: Points, more: float) -> float:
    """How far the models were off on the last part of this log, asked from before it."""
    misses = []
    for share in (1.0 / (1.0 + more), 0.5 + 0.5 / (1.0 + more)):
        seen = _places(points.across, share)
        if seen is not None and FEWEST <= len(seen.x) < len(points.y) - 1:
            answers = _fitted(seen, points.y[: len(seen.x)]).answers(1.0 / share)
            misses.append(abs(arrays.median(np.array(answers)) - _level(points.y)))
    return max(misses, default=0.0)
