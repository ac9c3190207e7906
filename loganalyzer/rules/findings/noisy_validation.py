"""Noisy or tiny validation set: validation swings, training does not.

What it sees
    A validation objective whose swings are a sizeable share of its gain and several times those of training, or a
    validation accuracy that moves in steps of 1/n for a small n.

Why it matters
    The best epoch is then chosen by luck, and small differences between runs mean nothing.

How it is measured
    Noisy: the robust deviation about the trend exceeds ``share`` of the scale of the gain and ``ratio`` times that of
    training, while training itself stays below ``share``; without a training log validation alone counts, and the
    sentence says so. Tiny, swings or not: fewer than ``tiny`` samples. Their
    number is estimated from the smallest step of an accuracy of twelve evaluations or more: all values are multiples of
    1/n.

When it is silent
    When training swings as much (oscillating), for validation noise below ``share`` of the gain, and where validation
    gained nothing significant, unless the set is tiny. With fewer than 12 evaluations, in range tests, and when
    validation ends as NaN.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import accuracy_like, unit_metric
from loganalyzer.features.levels import scale, significance
from loganalyzer.features.oscillation import oscillation
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.model.run import Floats
from loganalyzer.rules.base import ANY, Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    share: float = limit(0.06, "deviation of validation as a share of the scale of its gain", 0.01, 1.0)
    ratio: float = limit(2.0, "deviation of validation over that of training", 1.0, 20.0)
    tiny: float = limit(200, "a validation set of fewer samples is tiny", 2, 10000)


def check(view: View, limits: Limits) -> Outcome:
    """Compare the swings of validation and training."""
    held_out, train = view.validation, view.train
    if held_out is None or held_out.count < 12:
        return not_applicable()
    rates = view.rates
    if held_out.ends_non_finite or (rates is not None and rates.range_test):
        return passed()
    samples = _samples(view)
    if (
        max(held_out.sigma, held_out.point_sigma) < 0.3 * limits.share * scale(held_out)
        and not 0 < samples < limits.tiny
    ):
        return passed()
    swings = oscillation(view.steady(held_out))
    numbers: dict[str, Number] = {"series": held_out.name, "share": swings.share, "samples": samples}
    calm = oscillation(view.steady(train)).share if train is not None and train.count >= 12 else 0.0
    noisy = (
        swings.count >= 8
        and swings.share > max(limits.share, limits.ratio * calm)
        and calm < limits.share
        and significance(held_out) > 4
    )
    tiny = 0 < samples < limits.tiny
    if not noisy and not tiny:
        return passed()
    low, high = sorted(held_out.logged.nearest(held_out.as_logged(level)) for level in (swings.low, swings.high))
    numbers |= {"low": low, "high": high}
    variant = "both" if noisy and tiny else "tiny" if tiny else "found"
    if noisy and train is None:
        variant = "alone-both" if tiny else "alone"
    score = arrays.sigmoid_margin(swings.share / limits.share) if noisy else 0.75
    evidence = (
        Evidence(
            held_out.name,
            swings.first,
            swings.last,
            "band",
            "noise",
            low=low,
            high=high,
        ),
    )
    return found(
        Severity.INFO,
        score=score,
        variant=variant,
        numbers=numbers,
        evidence=evidence,
        fixes=("more-validation-data", "keep-best-checkpoint", "weight-averaging"),
    )


def _samples(view: View) -> int:
    """Size of the validation set as the steps of an accuracy show it; 0 if they do not."""
    named = (unit_metric(m.validation, 12) for m in view.metrics if accuracy_like(m.name))
    own = next((metric for metric in named if metric is not None), None)
    return _denominator(np.sort(np.abs(own.curve.values) / own.unit)) if own is not None else 0


def _denominator(ordered: Floats) -> int:
    """The n (at most 2000) of which all values, in ascending order, are n-ths; 0 where there is none."""
    gaps = arrays.differences(ordered)
    apart = gaps > 0
    if np.count_nonzero(apart) < 3:
        return 0
    step = float(gaps[apart].min())
    if step < 1e-4:
        return 0
    n = round(1.0 / step)
    off = np.abs(ordered * n - np.round(ordered * n))
    return n if 4 <= n <= 2000 and float(off.max()) < 0.02 else 0


RULE = Rule(
    "noisy-validation",
    Limits(),
    check,
    requires=frozenset({"validation"}),
    optional=frozenset({"train", "metric", "learning_rate"}),
    variants=("found", "tiny", "both", "alone", "alone-both"),
    fixes=("more-validation-data", "keep-best-checkpoint", "weight-averaging"),
    points_at=("data",),
    quotes=(
        Quote("low", ANY),
        Quote("high", ANY),
    ),
)
