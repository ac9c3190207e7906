"""The judged curves as some sixty numbers: what the second opinion looks at, beside the rules and unlike them.

Each is a pure number: in units of the curve's noise or of its range, a share, a rank correlation or a logarithm of a
ratio, so that neither the unit of a loss nor that of the steps matters. Where one means nothing (the logarithm of a loss
below zero), it is left out.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from loganalyzer.features.arrays import (
    block_medians,
    deviation,
    difference_sigma,
    kendall,
    lag1,
    median,
    running_median,
)
from loganalyzer.model.role import Metric, Roles, Task

Floats = NDArray[np.float64]
FEWEST = 4
"""Of fewer finite values nothing is described."""
MOST = 1e30
"""What is further from zero counts as not finite: squares must fit."""
BLOCKS = 60
"""Trends and noise are those of so many medians at most."""
LONGEST = 500
"""The level of a longer curve is the median of so many stretches, of a shorter one the running median of a tenth."""
MANY = 4000
"""Of more values the second half is thinned before its scatter is looked at."""


@np.errstate(all="ignore")  # a descriptor that is not finite is left out
def descriptors(roles: Roles) -> dict[str, float]:
    """Numbers by name: of training, of held-out data, of the first metric on both; curves are turned so that less is better."""
    sign = -1.0 if roles.direction == "max" else 1.0
    if roles.task is Task.REINFORCEMENT and roles.reward is not None:
        curves = {"train": -roles.reward.values}
    else:
        curves = {
            name: sign * s.values for name, s in (("train", roles.train), ("held", roles.validation)) if s is not None
        }
    found = {f"{name} {key}": value for name, values in curves.items() for key, value in _of_curve(values).items()}
    for metric in roles.metrics[:1]:
        found |= _of_metric(metric)
    ends = [found.pop(f"{name} log end", None) for name in ("held", "train", "metric held", "metric train")]
    if ends[0] is not None and ends[1] is not None:
        found["gap"] = ends[0] - ends[1]
    return found


def _of_metric(metric: Metric) -> dict[str, float]:
    """The same of a metric, and its level at the end where it may be a share (0..1)."""
    found: dict[str, float] = {}
    for name, series in (("metric train", metric.train), ("metric held", metric.validation)):
        if series is None or not np.isfinite(series.values).any():
            continue
        turned = series.values * (-1.0 if metric.direction == "max" else 1.0)
        found |= {f"{name} {key}": value for key, value in _of_curve(turned).items()}
        known, late = _numbers(series.values), _numbers(series.values[-max(1, len(series) // 10) :])
        if known.min() >= 0 and known.max() <= 1 and len(late):
            found[f"{name} level"] = median(late)
    return found


def _numbers(values: Floats) -> Floats:
    """The values but NaN."""
    return values[~np.isnan(values)]


def _of_curve(values: Floats) -> dict[str, float]:
    """Start, end, best, trends, noise and swings of one curve, in units of its noise or of its range."""
    finite = values[np.abs(values) < MOST]
    found = {"not finite": float(1 - len(finite) / max(1, len(values)))}
    n = len(finite)
    if n < FEWEST:
        return found
    short = block_medians(finite, BLOCKS)
    smooth = block_medians(finite, LONGEST) if n > LONGEST else running_median(finite, n // 10)
    start, end, best = median(finite[: max(1, n // 20)]), median(finite[-max(1, n // 10) :]), float(smooth.min())
    span = _between(finite[:: 1 + n // MANY], 0.02) + 1e-300
    noise = max(difference_sigma(short, 2), 1e-9 * span)
    quarter = short[-max(4, len(short) // 4) :]
    late_change = median(quarter[len(quarter) // 2 :]) - median(quarter[: len(quarter) // 2])
    tail = finite[n // 2 :: 1 + n // MANY]
    rest = _without_line(tail)
    found |= {
        "gain": math.asinh((start - best) / noise),
        "lost": math.asinh((end - best) / noise),
        "lost share": _within((end - best) / (abs(start - best) + noise), 0, 5),
        "best at": int(smooth.argmin()) / max(1, len(smooth) - 1),
        "trend": kendall(short),
        "late trend": kendall(short[-max(4, len(short) // 3) :]),
        "late slope": math.asinh(late_change / noise),
        "late slope share": late_change / span,
        "noise": math.log10(noise / span + 1e-6),
        "swing": math.log10(_between(rest, 0.1) / span + 1e-6),
        "memory": lag1(rest),
        "rise": _within(math.log10((float(finite.max()) - start) / (abs(start - best) + noise) + 1e-3), -3, 6),
    }
    if finite.min() > 0:
        found |= {
            "log fall": _within(_log(max(end, 1e-300) / max(start, 1e-300)), -8, 8),
            "log lost": _within(_log(end / max(best, 1e-300)), 0, 5),
            "log swing": _within(math.log10(deviation(np.log(tail)) + 1e-5), -5, 2),
            "log end": _log(end),
        }
    return {key: value for key, value in found.items() if math.isfinite(value)}


def _log(value: float) -> float:
    """The natural logarithm, that of 0 (what is too small to be written, too) included."""
    return math.log(value) if value > 0 else -math.inf


def _within(value: float, least: float, most: float) -> float:
    return float(min(max(value, least), most))


def _between(values: Floats, tail: float) -> float:
    """How far the values reach once the share ``tail`` of them is left out at either end."""
    ordered, cut = values.copy(), int(tail * (len(values) - 1) + 0.5)
    ordered.sort()
    return float(ordered.item(-1 - cut) - ordered.item(cut))


def _without_line(values: Floats) -> Floats:
    """The values (two or more) less their straight line (least squares)."""
    n = len(values)
    times = np.arange(n, dtype=np.float64) - (n - 1) / 2
    centred = values - float(np.add.reduce(values)) / n
    return np.asarray(centred - float(times @ centred) / (n * (n * n - 1) / 12) * times)
