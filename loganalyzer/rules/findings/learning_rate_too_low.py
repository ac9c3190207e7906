"""Learning rate too low: smooth, slow, and far from done.

What it sees
    A training objective that falls steadily with hardly any noise and is still on its way when the run stops, or that
    creeps without getting anywhere.

Why it matters
    The run pays full price for small steps. Ten times the rate often costs nothing but the courage to set it.

How it is measured
    Three conditions at once: still falling in the last third (by more than ``share`` of the scale of the gain and three
    standard errors, Kendall's tau below -0.7), a pace of at least ``pace`` of that of the third before, and
    point-to-point noise of at most ``calm`` of that fall. The rate's number alone never counts.
    A run that gained next to nothing (less than eight standard errors, or 2% of its start) creeps: in place of the
    share it must have fallen all along (tau of the whole curve below -0.8).

When it is silent
    On swinging or settled curves, and where most of the gain came at once and a stand followed; when the rate ended
    below a tenth of its peak, cycles, or is tested over a range; when validation has turned or does not fall itself; in
    runs that began good; with a NaN in the log, and with fewer than eight values.
"""

from __future__ import annotations

import math

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import good_from_start
from loganalyzer.features.curve import Curve
from loganalyzer.features.last_third import final_third
from loganalyzer.features.levels import reached, scale, significance, turning_point
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import FIRST, LAST, Lead, Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    share: float = limit(0.05, "fall over the last third as a share of the scale of the gain", 0.005, 0.5)
    pace: float = limit(0.4, "pace of the last third over that of the third before", 0.1, 1.0)
    calm: float = limit(0.25, "point-to-point noise over the fall of the last third", 0.01, 1.0)


FIXES = ("lr-up-10x", "lr-range-test", "use-adam", "one-cycle", "longer-training", "larger-batch-lr", "lr-search")


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the training objective; validation has a veto."""
    curve, rates = view.main, view.rates
    if curve is None or curve.count < 8 or (rates is not None and (rates.range_test or rates.cyclic)):
        return not_applicable()
    if not curve.finite.all() or good_from_start(curve, view.metrics):
        return passed()
    if rates is not None and rates.peak > 0 and rates.last < 0.1 * rates.peak:
        return passed()
    margin, variant = _margin(curve, limits)
    held_out = view.validation
    if held_out is not None and held_out.count >= 8 and held_out is not curve:
        own = final_third(held_out)
        turn = turning_point(held_out)
        if (turn.z > 3 and turn.share > 0.03) or own.tau > -0.4:
            margin = min(margin, 0.7)
    if margin < 1.0:
        return passed(numbers={"margin": margin})
    last = final_third(curve)
    numbers: dict[str, Number] = {
        "series": curve.name,
        "drop": min(1.0, last.drop / curve.gain) if curve.gain > 0 else 1.0,
        "half": reached(curve, 0.5),
        "start": curve.logged.first.value,
        "end": curve.logged.last.value,
        "rate": rates.last if rates is not None else 0.0,
    }
    evidence = (Evidence(curve.name, curve.step_at(2 / 3), int(curve.reduced.steps[-1]), "span", "falling"),)
    return found(
        Severity.WARNING,
        score=arrays.sigmoid_margin(margin, 2.0),
        kind=variant,
        variant=variant,
        numbers=numbers,
        evidence=evidence,
        fixes=FIXES,
    )


def _margin(curve: Curve, limits: Limits) -> tuple[float, str]:
    last = final_third(curve)
    fall = max(last.drop, 0.0)
    noise = curve.point_sigma
    calm = limits.calm * fall / noise if noise > 0 else (math.inf if fall > 0 else 0.0)
    steady = min(-last.tau / 0.7, last.pace / limits.pace, calm, last.z / 3)
    if last.pace > 1.5 and reached(curve, 0.5) < 0.1:
        steady = min(steady, 0.7)  # most came at once, then a stand, then a fall: noise with a long memory
    if significance(curve) < 8 or curve.gain < 0.02 * abs(curve.start):
        # it creeps: monotone, hardly anything gained
        return min(steady, -arrays.kendall(curve.reduced.values) / 0.8), "creeping"
    return min(steady, last.share / limits.share if scale(curve) > 0 else 0.0), "found"


RULE = Rule(
    "learning-rate-too-low",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"objective"}),
    optional=frozenset({"learning_rate", "metric", "validation"}),
    kinds=("found", "creeping"),
    variants=("found", "creeping"),
    fixes=FIXES,
    leads=(Lead("lr-up-10x", of=("plateau", "loss-never-decreases")),),
    points_at=("learning_rate",),
    quotes=(
        Quote("start", FIRST),
        Quote("end", LAST),
    ),
)
