"""Diverging: the training objective became NaN or infinite, or went up and stayed up.

What it sees
    A training objective (validation where training is not logged) that ends as NaN or infinity (``non-finite``), or
    well above its best: by degrees (``rising``), or at one blow or only towards the end (``blow-up``).

Why it matters
    The updates have become larger than the model can follow. Everything after the turn is lost, and usually the cause
    (a learning rate too large, no clipping, anomalous data) is there from the first step.

How it is measured
    Non-finite: it ends as NaN, infinity or a number of ``absurd`` and more, or fewer than ``recovered`` of the points
    from the first such one on are finite. Where the values before it had climbed already, that is marked, too.
    Rise: the end level (median of the last points) lies above the best smoothed level by more than ``z`` standard
    errors of the noise before the departure, and by more than ``share`` of the scale of what was gained; and after the
    departure at least ``stays`` of the points stay up (by half of the rise, or by ``share``), or they climb to the end.
    A rise of {EXPLOSION} times the range of everything before it is large whatever was gained.
    No gain: a curve that never gained counts when it ends above its start by more than its noise and twice ``share`` of
    its range, when it climbs all the way, or when it lies orders of magnitude higher (a positive loss, in logarithms).
    Last third: it also counts when it lies above the start by far more than the noise of the first third and its own
    swings, however the curve went before.
    In a log of fewer than {small_sample.SMALL_SAMPLE} points a rise must also exceed what so few values of noise with a
    memory may do by chance. Where the learning rate restarts in cycles, only the ends of cycles are compared.
    ``blow-up``: half of the rise came within 3 % of the run, or nearly all of it at the very end, or the curve left its
    good level in the second half and ends above its start. Else ``rising``.

When it is silent
    Fewer than five values without a NaN among them; a spike that comes back; a rise that a learning-rate restart
    explains; a level from which the curve had come down {levels.RECURRING} times, the first fall included
    (oscillating); a validation curve that rises while training does not, or, without a training curve, ends below where
    it began (that is overfitting); ups and downs below the start of a positive loss that had gained less than
    ``little`` of it (that is a plateau).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, parabola
from loganalyzer.features.levels import ENOUGH_BEFORE_TURN, RECURRING, count_returns, noise_before, scale
from loganalyzer.features.small_sample import SMALL_SAMPLE, change_over_noise
from loganalyzer.features.view import View
from loganalyzer.model.outcome import (
    Evidence,
    Number,
    Outcome,
    Severity,
    Status,
    Verdict,
    by_name,
    found,
    not_applicable,
    passed,
)
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import limit


@dataclass(frozen=True)
class Limits:
    """Limits of this rule."""

    z: float = limit(4.0, "the rise in standard errors of the noise", 1.0, 20.0)
    share: float = limit(0.25, "the rise as a share of the scale of the gain", 0.05, 2.0)
    stays: float = limit(0.66, "share of the points after the departure that stay up", 0.3, 1.0)
    little: float = limit(0.10, "gain as a share of a positive start value that is too little to be lost", 0.0, 0.5)
    absurd: float = limit(1e30, "a number of this size or more counts as infinite", 1e6, 1e300)
    recovered: float = limit(
        0.5, "share of finite points after the first bad one from which a run counts as recovered", 0.0, 1.0
    )


EXPLOSION = 10.0
"""A rise of so many times the range of everything before it is an explosion."""
FIXES = (
    "lr-down-10x",
    "clip-gradients",
    "warm-up",
    "reduce-on-plateau",
    "normalise-inputs",
    "check-outliers",
    "smaller-model",
)


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the training objective, or on validation where training is not logged."""
    curve = view.main
    if curve is None:
        return not_applicable()
    bad = ~curve.finite | (np.abs(np.where(curve.finite, curve.raw, 0.0)) >= limits.absurd)
    if bad.any():
        first = int(np.argmax(bad))
        if bad[-1] or arrays.share(~bad[first:]) < limits.recovered:
            return _non_finite(curve, bad, first, _climb(curve, first, limits))
    steady = view.steady(curve)
    if steady.count < 5:
        return passed()
    return _rise(steady, limits, alone=view.train is None)


def _climb(curve: Curve, first: int, limits: Limits) -> int | None:
    """The step from which the values before index ``first`` rose and did not come back; None if they did not."""
    before = curve.only(np.arange(len(curve.raw)) < first)
    rise = _rise(before, limits, alone=False) if before.count >= 20 else None
    return int(rise.numbers["at"]) if rise is not None and rise.status is Status.FOUND else None


def _non_finite(curve: Curve, bad: np.ndarray, first: int, climb: int | None) -> Outcome:
    good = np.flatnonzero(~bad[:first])
    numbers: dict[str, Number] = {
        "at": int(curve.steps[first]),
        "series": curve.name,
        "count": int(bad.sum()),
        "total": len(bad),
        "value": by_name(float(curve.raw[first])),
        "last": float(curve.raw[good[-1]]) if len(good) else math.nan,
        "last_at": int(curve.steps[good[-1]] if len(good) else curve.steps[0]),
    }
    evidence = Evidence(curve.name, int(curve.steps[first]), int(curve.steps[np.flatnonzero(bad)[-1]]), "point", "bad")
    marks: tuple[Evidence, ...] = (evidence,)
    if climb is not None:
        numbers["climb"] = climb
        marks = (Evidence(curve.name, climb, climb, "line", "climb"), evidence)
    exploded = "exploded" if math.isfinite(curve.raw[first]) else "non-finite"
    variant = exploded if len(good) else "all-non-finite"
    return found(
        Severity.ERROR,
        score=0.99,
        kind="non-finite",
        variant=variant,
        numbers=numbers,
        evidence=marks,
        fixes=("lr-down-10x", "clip-gradients", "check-numerics", "normalise-inputs", "warm-up", "loss-scaling"),
    )


def _rise(curve: Curve, limits: Limits, alone: bool) -> Outcome:
    y, smooth = curve.reduced.values, curve.smooth
    whole = scale(curve)
    spread = curve.value_range
    departed, best_at = _departure(curve, whole)
    # the noise before the run left its good level: the rise itself must not count as noise
    calm = noise_before(curve, departed)
    if len(curve.reduced) >= 8 and curve.gain <= 0.02 * spread:
        half = y[: min(len(curve.reduced) // 2, departed) if departed >= 8 else len(curve.reduced) // 2]
        # of the calmer first half, whatever the second does
        calm = max(
            arrays.spread(arrays.differences(half)) / math.sqrt(2.0),
            arrays.spread(half - parabola(curve.reduced.x[: len(half)], half)),
        )
    never_gained = curve.gain <= max(4 * calm, 0.02 * spread)
    if never_gained and departed >= 3 and len(curve.reduced) >= SMALL_SAMPLE:
        calm = max(calm, arrays.spread(y[:departed]))
    after = y[departed:]
    count = max(1, min(curve.end_count, max(3, len(after) // 2), len(after)))
    end = arrays.median(y[-count:])
    rise = end - float(smooth[best_at])
    error = calm * math.sqrt(min(1.0, 1.57 * (1 + curve.lag1) / ((1 - curve.lag1) * count))) if count else calm
    error = math.hypot(error, calm / 2)
    z = rise / error if error > 0 else (math.inf if rise > 0 else 0.0)
    share = rise / whole if whole > 0 else math.inf
    if never_gained:
        share = (end - curve.start) / spread / 2.0 if spread > 0 else 0.0
        # an exponential rise is nearly all in its last points; that it rises throughout says as much
        if end > curve.start and len(curve.reduced) >= 8:
            share = max(
                share, limits.share * arrays.kendall(y) / max(0.6, 3.5 * arrays.kendall_error(len(curve.reduced)))
            )
    # a loss that climbs in steps is up from the first of them that counts as lost
    high = min(0.5 * rise, max(limits.share * whole, 4.0 * calm))
    seen = float(y[: max(1, departed)].max() - smooth[best_at])
    if departed >= 2 and rise > EXPLOSION * seen:
        share = max(share, limits.share * rise / (EXPLOSION * seen)) if seen > 0 else share
        high = seen  # of an explosion all is up that lies above everything before it, however small beside its end
    up = arrays.share(after > smooth[best_at] + high) if len(after) and rise > 0 else 0.0
    margin = min(z / limits.z, share / limits.share)
    if margin > arrays.FAR and len(after) >= 8 and up < limits.stays:
        up = max(up, arrays.kendall(after))  # what climbs to the end has not come back, however late most of it came
    enough = min(3, max(2, len(curve.reduced) // 10))
    margin = min(margin, (up / limits.stays) ** 4)
    if alone and end < curve.start:
        # validation alone that turned, but is below where it began: overfitting or divergence
        margin = min(margin, 0.8)
    if margin > arrays.FAR and count_returns(curve, float(smooth[best_at]), end) >= RECURRING:
        margin = min(margin, 0.8)
    little = bool((y > 0).all()) and curve.sign > 0 and curve.gain < limits.little * curve.start
    if little and end < curve.start:
        margin = min(margin, 0.8)  # ups and downs within a gain that hardly was one are a plateau's
    above = _above_start(curve, limits)
    if above > margin:
        # a swinging loss may touch anything; what counts is from where on it no longer comes back to its start
        margin, departed = above, _leaves_start(curve)
        after = y[departed:]
    if margin > arrays.FAR and len(curve.reduced) < SMALL_SAMPLE:
        margin = min(margin, change_over_noise(rise, y[:departed], y, count, curve.point_sigma * 1e-3))
    margin = max(margin, _orders_above(curve, limits) if never_gained else 0.0)
    confidence = arrays.sigmoid_margin(margin)
    if len(after) < enough:
        confidence = min(confidence, 0.45)
    if margin < 1.0 or confidence < 0.5:
        return passed(score=min(confidence, 0.49))
    sudden = _suddenness(curve, departed, rise, float(smooth[best_at]))
    late = arrays.median(y[-max(3, len(curve.reduced) // 3) :]) - float(smooth[best_at])
    concentrated = late < 0.1 * rise or (end > curve.start and departed > len(curve.reduced) // 2)
    kind = "blow-up" if sudden or concentrated else "rising"
    # the last value that was still as good as the best within its noise; an exponential rise is long invisible
    quiet = min(calm, noise_before(curve, best_at)) if best_at >= ENOUGH_BEFORE_TURN else calm
    good = np.flatnonzero(smooth <= float(smooth[best_at]) + min(0.3 * rise, max(4.0 * quiet, 0.01 * whole)))
    start = int(curve.reduced.steps[min(int(good[-1]) + 1 if len(good) else departed, len(curve.reduced) - 1)])
    numbers: dict[str, Number] = {
        "best": curve.as_logged(float(smooth[best_at])),
        "best_at": int(curve.reduced.steps[best_at]),
        "end": curve.as_logged(end),
        "at": start,
        "start": curve.as_logged(curve.start),
        "lost": min(share, 9.99),
        "z": z,
        "length": int(curve.reduced.steps[-1]) - start,
        "series": curve.name,
        "factor": end / curve.start if curve.start > 0 else 0.0,
    }
    # "never fell below its start" must hold to the letter: beside a huge rise any fall looks small
    never = curve.best >= curve.start - 0.02 * min(spread, abs(curve.start))
    variant = "never" if never else "blow-up" if end > curve.start else "rising"
    evidence = (
        Evidence(
            curve.name,
            int(curve.reduced.steps[best_at]),
            int(curve.reduced.steps[best_at]),
            "point",
            "best",
            value=curve.as_logged(float(smooth[best_at])),
        ),
        Evidence(curve.name, start, int(curve.reduced.steps[-1]), "span", "rising"),
    )
    return found(
        Severity.ERROR,
        score=confidence,
        kind=kind,
        variant=variant,
        numbers=numbers,
        evidence=evidence,
        fixes=FIXES,
    )


def _suddenness(curve: Curve, departed: int, rise: float, level: float) -> bool:
    """True when half of the rise came within 3 % of the run (or two values) after the departure."""
    first = max(0, departed - 2)
    width = max(2, len(curve.reduced) * 3 // 100) + 2
    return (
        bool((curve.reduced.values[first : first + width] > level + 0.5 * rise).any())
        and departed > len(curve.reduced) // 20
    )


def _above_start(curve: Curve, limits: Limits) -> float:
    """Margin for a run whose last third lies above where it began, by far more than the noise of its first third."""
    y = curve.reduced.values
    if len(curve.reduced) < 12:
        return 0.0
    early, late = y[: len(curve.reduced) // 3], y[-(len(curve.reduced) // 3) :]
    x = curve.reduced.x[: len(curve.reduced) // 3]
    slow = arrays.spread(early - parabola(x, early))
    noise = max(arrays.spread(arrays.differences(early)) / math.sqrt(2.0), slow, 1e-12 * curve.value_range)
    level = max(curve.start, arrays.median(early[: max(3, len(early) // 4)]))
    rise = arrays.median(late) - level
    if rise <= 0 or noise <= 0:
        return 0.0
    up = arrays.share(late > level + 0.1 * rise)
    late_noise = 0.5 * arrays.spread(late)
    return min(rise / noise / limits.z, rise / max(late_noise, 1e-300), (up / limits.stays) ** 4)


def _orders_above(curve: Curve, limits: Limits) -> float:
    """Margin for a positive loss that lies orders of magnitude above its start, whose noise grows with it.

    Measured in logarithms: the level of the later half over the first value, by the spread of that half.
    """
    y = curve.reduced.values
    if len(curve.reduced) < 5 or curve.sign < 0 or not bool((y > 0).all()):
        return 0.0
    over = np.log(y[len(curve.reduced) // 2 :] / y[0])
    level = arrays.median(over)
    noise = arrays.deviation(over)
    up = arrays.share(y[1:] > y[0] * math.sqrt(EXPLOSION))
    z = level / noise if noise > 0 else math.inf
    return min(level / math.log(EXPLOSION), z / limits.z, (up / limits.stays) ** 4)


def _leaves_start(curve: Curve) -> int:
    """Index (reduced) from which the running median stays above the start."""
    slow = arrays.running_median(curve.reduced.values, max(3, len(curve.reduced) // 8) | 1)
    low = np.flatnonzero(slow <= curve.start)
    return min(int(low[-1]) + 1 if len(low) else 0, len(curve.reduced) - 1)


def _departure(curve: Curve, whole: float) -> tuple[int, int]:
    """Index (reduced) of the first value of the last excursion above the good level, and of the best before it."""
    best_at = curve.best_index
    level = float(curve.smooth[best_at])
    end = arrays.median(curve.reduced.values[-min(3, len(curve.reduced)) :])
    bar = level + max(0.3 * (end - level), 0.1 * whole)
    slow = arrays.running_median(
        curve.reduced.values, max(3, len(curve.reduced) // 8) | 1
    )  # one lucky value is no return
    low = np.flatnonzero(slow <= bar)
    departed = int(low[-1]) + 1 if len(low) else 0
    return min(departed, len(curve.reduced) - 1), best_at


RULE = Rule(
    "diverging",
    Limits(),
    check,
    requires=frozenset({"objective"}),
    optional=frozenset({"train", "validation"}),
    verdict=Verdict.DIVERGING,
)
