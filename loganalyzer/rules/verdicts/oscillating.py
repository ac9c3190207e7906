"""Oscillating: after the start the training objective keeps swinging by a sizeable share of what it gained.

What it sees
    Swings about the slow trend in the last two thirds of the run: ``periodic`` (one period, steady) or ``erratic``.

Why it matters
    The steps are too large for the curvature: the run circles around a better point without reaching it. Half the
    learning rate, or a decaying one, usually turns the swings into progress.

How it is measured
    The robust deviation about a slow trend (a cubic, outliers drawn in) must exceed ``share`` of the scale of the gain.
    White noise must exceed ``white`` of it, since the noise of single mini-batches is white, too; in between, the
    correlation of neighbours decides. Swings are periodic when the autocorrelation has a second positive lobe above
    ``lobe`` and the periods are even (Thornhill's r above ``regular``). And the run must have learned: nine in ten
    settled values lie below the start by half the swing; or the swings of a positive loss exceed ``wild`` of its level,
    whatever was gained. Where the learning rate cycles, only the ends of cycles are compared; a shift of the level is
    taken out first.

When it is silent
    Fewer than ``points`` settled points, swings that a cyclic learning rate explains, swings of the validation curve
    only (noisy validation), irregular swings of training of which validation shows less than {CALM:pct} (then it is the
    data that change, as in a curriculum), lone spikes, loss and accuracy at chance, and runs that hardly gained
    (plateau): of a positive loss less than ``little`` of its start, unless the swings are periodic or wild. Irregular
    swings beside a divergence are the climb itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import at_chance
from loganalyzer.features.levels import retained_gain
from loganalyzer.features.oscillation import SETTLED_FROM, Oscillation, oscillation, oscillation_beside_shift
from loganalyzer.features.spikes import level_shift
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, Verdict, found, not_applicable, passed
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import limit


@dataclass(frozen=True)
class Limits:
    """Limits of this rule."""

    share: float = limit(
        0.10, "deviation of coloured or periodic swings as a share of the scale of the gain", 0.02, 1.0
    )
    white: float = limit(0.16, "the same for white swings", 0.02, 1.0)
    lobe: float = limit(0.3, "height of the second lobe of the autocorrelation of periodic swings", 0.1, 1.0)
    regular: float = limit(1.0, "Thornhill's regularity of periodic swings", 0.3, 10.0)
    wild: float = limit(
        0.15, "deviation as a share of the level of a positive loss that counts without any gain", 0.1, 2.0
    )
    little: float = limit(
        0.15, "a gain below this share of a positive start value is too little to swing about", 0.0, 0.5
    )
    points: float = limit(16, "settled points needed", 8, 1000)


FAR = 0.2
"""A margin so far below the threshold of 1 that nothing else can matter."""
CALM = 0.1
"""Validation that swings by less than this share of what training does, does not swing with it."""
ENOUGH = 12
"""So many settled values of validation show whether it does."""
FIXES = (
    "lr-half",
    "lr-down-10x",
    "reduce-on-plateau",
    "cosine-schedule",
    "larger-batch",
    "momentum-0.9",
    "step-schedule",
    "clip-gradients",
    "weight-averaging",
    "use-adamw",
)


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the training objective, or on validation where training is not logged."""
    curve = view.main
    if curve is None or curve.count < 8:
        return not_applicable()
    curve = view.steady(curve)
    s = oscillation(curve)
    if s.count < limits.points or s.amplitude <= 0:
        return passed()
    periodic, margin = _margin(s, limits)
    shift = level_shift(curve) if margin >= 1.0 and not periodic else None
    if shift is not None:
        _, margin = _margin(oscillation_beside_shift(curve, shift.step), limits)
    confidence = arrays.sigmoid_margin(margin)
    if margin < FAR:
        return passed(score=confidence)
    if at_chance(curve, view.metrics):
        return passed()
    settled = np.sort(curve.reduced.values[curve.reduced.x > SETTLED_FROM])
    usually_below = float(settled[int(0.9 * (len(settled) - 1))])
    learned = curve.start - usually_below > 0.5 * s.amplitude and retained_gain(curve) > -0.5
    positive = bool((curve.reduced.values > 0).all()) and curve.sign > 0
    if positive and not periodic and curve.gain < limits.little * curve.start:
        learned = False  # swings about a level that was hardly left are the noise of a plateau
    # swings as large as the loss itself are no noise about a flat start, whatever was gained
    wild = positive and s.amplitude > limits.wild * arrays.median(curve.reduced.values)
    if not (learned or wild):
        return passed(score=min(confidence, 0.2))
    if margin < 1.0:
        return passed(score=min(confidence, 0.45))
    if not periodic and _validation_is_calm(view, s):
        return passed(score=min(confidence, 0.45))
    kind = "periodic" if periodic else "erratic"
    share = (s.high - s.low) / curve.gain if learned and curve.gain > 0 else 0.0
    numbers: dict[str, Number] = {
        "low": min(curve.as_logged(s.low), curve.as_logged(s.high)),
        "high": max(curve.as_logged(s.low), curve.as_logged(s.high)),
        "share": min(share, 9.99),
        "at": s.first,
        "series": curve.name,
        "period": max(1, round(s.period)) if periodic else 0,
        "length": s.last - s.first,
        "amplitude": s.amplitude,
    }
    evidence = (
        Evidence(curve.name, s.first, s.last, "band", "swing", low=float(numbers["low"]), high=float(numbers["high"])),
    )
    return found(
        Severity.WARNING,
        score=confidence,
        kind=kind,
        variant=kind if share > 0 else "wild",
        numbers=numbers,
        evidence=evidence,
        fixes=FIXES,
    )


def _validation_is_calm(view: View, s: Oscillation) -> bool:
    """True when the swings ``s`` of training leave no trace on validation: then it is the data that change.

    A harder stage of a curriculum, other batches: weights that are thrown about would show on validation, too.
    """
    held_out = view.objective
    if held_out is None or held_out is view.main:
        return False
    own = oscillation(view.steady(held_out))
    return own.count >= ENOUGH and own.share < CALM * s.share


def _margin(s: Oscillation, limits: Limits) -> tuple[bool, float]:
    """Whether the swings have a rhythm; how far they are beyond what noise may do."""
    periodic = s.lobe > limits.lobe and s.regularity > limits.regular and s.period > 0
    colour = min(1.0, max(0.0, s.lag1 / 0.5))
    threshold = limits.share if periodic else limits.white + (limits.share - limits.white) * colour
    return periodic, s.share / threshold


RULE = Rule(
    "oscillating",
    Limits(),
    check,
    requires=frozenset({"objective"}),
    optional=frozenset({"metric"}),
    verdict=Verdict.OSCILLATING,
)
