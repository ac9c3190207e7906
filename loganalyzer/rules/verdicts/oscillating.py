"""Oscillating: after the start the training objective keeps swinging by a sizeable share of what it gained.

What it sees
    Swings about the slow trend in the last two thirds of the run: ``periodic`` (one period, steady) or ``erratic``.

Why it matters
    The steps are too large for the curvature: the run circles around a better point without reaching it. Half the
    learning rate, or a decaying one, usually turns the swings into progress.

How it is measured
    The robust deviation about a slow trend (a cubic, outliers drawn in) must exceed ``share`` of the scale of the gain,
    and it must be more than the noise of mini-batches, however large that is. Swings are periodic when the
    autocorrelation has a second positive lobe above ``lobe`` (and above what shuffled values show) and the periods are
    even (Thornhill's r above ``regular``). Irregular swings count where means of blocks still move together more than
    those of noise whose neighbours correlate by {oscillation.NOISE_MEMORY}, came up {RETURNS} times or more, and exceed
    ``share``; or where a held-out set confirms them: its steps correlate with those of training by {TOGETHER}
    or more; or its loss and its metric move together as closely, while it swings about as much as training (more than
    {ALIKE:pct}) and by more than ``share``; or it swings {WIDER} times as much and by more than {LARGE:pct} of what
    training gained. And the run must
    have learned: nine in ten settled values lie below the start by half the swing; or the swings of a positive loss
    exceed ``wild`` of its level, whatever was gained. Where the learning rate cycles, only the ends of cycles are
    compared; a shift of the level is taken out first. A return whose swings have a rhythm (or a second lobe {CLEARLY}
    times as high) may come back to where it began. Without a rhythm a return swings when in its relapses it lost, added
    up, ``relapses`` times what it had gained: each by {relapses.LOST:pct} or more from stage to stage (stretches of one
    level, by least squares, each change paid for), from a level of at least {relapses.WORTH_LOSING:pct} of the whole gain,
    the last one in the last third; one that falls back to its very start does so {relapses.OFTEN} times or more, or
    {relapses.TWICE} times where it gained {relapses.CLEAR:g} deviations of single values. Of a running mean of episodes (its
    steps show of how many) values one such window apart are compared.

When it is silent
    White or shortly correlated noise that no held-out set shares, fewer than ``points`` settled points, swings within the
    last digit printed, swings that a
    cyclic learning rate explains, a rhythm that is the order of the batches in each epoch, swings of the validation
    curve only (noisy validation), irregular swings of training of which validation shows less than {CALM:pct} (then it
    is the data that change, as in a curriculum), lone spikes, loss and accuracy at chance, and runs that hardly gained
    (plateau): of a positive loss less than ``little`` of its start, unless the swings are periodic or wild. Irregular
    swings beside a divergence are the climb itself.
"""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import at_chance
from loganalyzer.features.course import slipped
from loganalyzer.features.curve import Curve
from loganalyzer.features.epoch_pattern import epoch_pattern
from loganalyzer.features.levels import retained_gain, scale
from loganalyzer.features.oscillation import (
    SETTLED_FROM,
    Oscillation,
    lasting_swings,
    oscillation,
    oscillation_beside_shift,
)
from loganalyzer.features.relapses import relapses
from loganalyzer.features.shared_swings import co_movement
from loganalyzer.features.spikes import level_shift
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Outcome, Severity, Verdict, found, not_applicable, passed
from loganalyzer.model.role import Task
from loganalyzer.rules.base import ANY, Quote, Rule, Suppression
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    share: float = limit(0.10, "deviation of the swings as a share of the scale of the gain", 0.02, 1.0)
    lobe: float = limit(0.3, "height of the second lobe of the autocorrelation of periodic swings", 0.1, 1.0)
    regular: float = limit(1.0, "Thornhill's regularity of periodic swings", 0.3, 10.0)
    wild: float = limit(
        0.15, "deviation as a share of the level of a positive loss that counts without any gain", 0.1, 2.0
    )
    little: float = limit(
        0.15, "a gain below this share of a positive start value is too little to swing about", 0.0, 0.5
    )
    relapses: float = limit(1.3, "how many times over a return lost what it had gained, in all its relapses", 0.5, 10.0)
    points: float = limit(16, "settled points needed", 8, 1000)


NOTHING_LEARNED = 0.2
"""The most score of swings of a run that neither learned nor swings wildly."""
NEARLY = 0.45
"""The most score of swings that are just too small, or that validation does not share."""
CALM = 0.1
"""Validation that swings by less than this share of what training does, does not swing with it."""
ENOUGH = 12
"""So many settled values of validation show whether it does."""
RETURNS = 3
"""Swings that came up so often are no way down, up or both."""
TOGETHER = 0.5
"""Validation whose steps have this rank correlation with those of training moves with it."""
ALIKE = 0.8
"""Noise of training batches is not seen on validation; swings of the weights are, by at least so much of their size."""
WIDER = 2
"""Validation, always on the same data, is less noisy than training; more than so many times its swings are no noise."""
LARGE = 0.35
"""Such swings of validation must exceed this share of the scale of what training gained."""
SEEN_TO_RELAPSE = 0.68
"""The most score of a return that comes and goes without any rhythm."""
CLEARLY = 1.7
"""So many times as high a second lobe must be where two or three periods are all there is."""
NOISE = 0.6
"""The most margin of swings that may be the noise of mini-batches, however large."""
NO_MORE_THAN_NOISE = 0.04
"""The most score of swings that may be noise alone: they come near nothing."""
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
    swings = oscillation(curve)
    relapsed = relapses(curve).lost / limits.relapses if view.task is Task.REINFORCEMENT else 0.0
    if relapsed >= 1.0 and swings.amplitude > 0:
        share = (swings.high - swings.low) / curve.gain if curve.gain > 0 else 0.0
        return _oscillating(curve, swings, share, min(SEEN_TO_RELAPSE, arrays.sigmoid_margin(relapsed)), periodic=False)
    if view.task is Task.REINFORCEMENT and slipped(curve):
        return passed(score=NEARLY)
    digit = curve.resolution if math.isfinite(curve.resolution) else 0.0
    if swings.count < limits.points or swings.amplitude <= digit:
        return passed()  # a last digit that comes and goes is rounding
    periodic, margin = _margin(swings, limits)
    shift = level_shift(curve) if margin >= 1.0 and not periodic else None
    if shift is not None:
        swings = oscillation_beside_shift(curve, shift.step)
        _, margin = _margin(swings, limits)
    if margin > NOISE and not periodic:
        margin = _beyond_noise(view, curve, swings, margin, None if shift is None else shift.step, limits)
    score = arrays.sigmoid_margin(margin) if margin > NOISE else NO_MORE_THAN_NOISE
    if margin < arrays.FAR:
        return passed(score=score)
    if at_chance(curve, view.metrics):
        return passed()
    pattern = epoch_pattern(curve, view.roles.epoch) if periodic else None
    if pattern is not None and pattern.certain:
        return passed(score=NO_MORE_THAN_NOISE)  # batches in the same order: the rhythm is that of the data
    learned = has_learned(curve, swings, limits, periodic=periodic)
    if view.task is Task.REINFORCEMENT and (periodic or _nearly_periodic(swings, limits)):
        # a policy that gains and loses its return in turn comes back to where it began
        learned = curve.gain > swings.amplitude
    if not (learned or is_wild(curve, swings, limits)):
        return passed(score=min(score, NOTHING_LEARNED))
    if margin < 1.0 or (not periodic and _validation_is_calm(view, swings)):
        return passed(score=min(score, NEARLY))
    share = (swings.high - swings.low) / curve.gain if learned and curve.gain > 0 else 0.0
    return _oscillating(curve, swings, share, score, periodic=periodic)


def has_learned(curve: Curve, swings: Oscillation, limits: Limits, *, periodic: bool) -> bool:
    """True when the swings are those of a run that had left its start: most values lie below it by half the swing."""
    if curve.positive and not periodic and curve.gain < limits.little * curve.start:
        return False  # swings about a level that was hardly left are the noise of a plateau
    settled = np.sort(curve.reduced.values[curve.reduced.x > SETTLED_FROM])
    usually_below = float(settled[int(0.9 * (len(settled) - 1))])
    return curve.start - usually_below > 0.5 * swings.amplitude and retained_gain(curve) > -0.5


def is_wild(curve: Curve, swings: Oscillation, limits: Limits) -> bool:
    """True for swings as large as the loss itself: no noise about a flat start, whatever was gained."""
    return curve.positive and swings.amplitude > limits.wild * arrays.median(curve.reduced.values)


def _oscillating(curve: Curve, swings: Oscillation, share: float, score: float, *, periodic: bool) -> Outcome:
    kind = "periodic" if periodic else "erratic"
    low, high = sorted(curve.logged.nearest(curve.as_logged(level)) for level in (swings.low, swings.high))
    return found(
        Severity.WARNING,
        score=score,
        kind=kind,
        variant="wild" if share <= 0 else kind if share <= 1 else f"{kind}-beyond",
        numbers={
            "low": low,
            "high": high,
            "share": min(share, 9.99),
            "at": swings.first,
            "series": curve.name,
            "period": max(1, round(swings.period)) if periodic else 0,
            "length": swings.last - swings.first,
            "amplitude": swings.amplitude,
        },
        evidence=(Evidence(curve.name, swings.first, swings.last, "band", "swing", low=low, high=high),),
        fixes=FIXES,
    )


def _validation_is_calm(view: View, swings: Oscillation) -> bool:
    """True when the swings of training leave no trace on validation: then it is the data that change.

    A harder stage of a curriculum, other batches: weights that are thrown about would show on validation, too.
    """
    held_out = view.objective
    if held_out is None or held_out is view.main:
        return False
    own = oscillation(view.steady(held_out))
    return own.count >= ENOUGH and own.share < CALM * swings.share


def _beyond_noise(
    view: View, curve: Curve, swings: Oscillation, margin: float, shift: int | None, limits: Limits
) -> float:
    """``margin`` of swings that are more than the noise of mini-batches, as far as they are.

    They are where they last longer than noise remembers and come again, or where a held-out set shows them, too: it
    moves with training, or it swings by far more.
    """
    if _is_shared(view, curve, swings, limits):
        return margin
    slow, rises = lasting_swings(curve, shift)
    whole = scale(curve)
    lasting = slow / whole / limits.share if rises >= RETURNS and whole > 0 else 0.0
    return min(margin, max(lasting, NOISE))


def _is_shared(view: View, curve: Curve, swings: Oscillation, limits: Limits) -> bool:
    """True when a held-out set moves with training, or in itself, or swings by far more than training does."""
    metrics = [view.steady(m.validation) for m in view.metrics if m.validation is not None]
    objective = view.objective if view.objective is not view.main else None
    held_out = None if objective is None else view.steady(objective)
    others = [c for c in ([held_out] if held_out is not None else []) + metrics if c.count >= ENOUGH]
    if any(oscillation(c).share > limits.share and co_movement(curve, c) >= TOGETHER for c in others):
        return True  # what a calm held-out set shares is no more than its own swings
    if held_out is None or held_out.count < ENOUGH:
        return False
    own = oscillation(held_out)
    alike = own.amplitude > ALIKE * swings.amplitude and own.share > limits.share
    if alike and any(co_movement(held_out, c) >= TOGETHER for c in metrics):
        return True  # loss and metric of one set are two measures of the same weights
    return own.amplitude > WIDER * swings.amplitude and own.amplitude > LARGE * scale(curve)


def _margin(swings: Oscillation, limits: Limits) -> tuple[bool, float]:
    """Whether the swings have a rhythm; how far they are beyond what noise may do."""
    periodic = (
        swings.lobe > limits.lobe and swings.rhythmic > 1.0 and swings.regularity > limits.regular and swings.period > 0
    )
    return periodic, swings.share / limits.share


def _nearly_periodic(swings: Oscillation, limits: Limits) -> bool:
    """Whether there is a rhythm of too few periods to say whether they are even, but a very clear one."""
    return swings.lobe > CLEARLY * limits.lobe and swings.rhythmic > 1.0


RULE = Rule(
    "oscillating",
    Limits(),
    check,
    requires=frozenset({"objective"}),
    optional=frozenset({"metric", "run"}),
    verdict=Verdict.OSCILLATING,
    kinds=("periodic", "erratic"),
    variants=("erratic", "erratic-beyond", "periodic", "periodic-beyond", "wild"),
    return_fixes=("rl-trust-region", "lr-down-3x", "log-evaluation-return", "several-seeds"),
    fixes=FIXES,
    # a climb measured about a slow trend looks like a swing
    suppressed_by=(Suppression("diverging", by_kinds=("rising", "blow-up"), kinds=("erratic",)),),
    quotes=(
        Quote("low", ANY),
        Quote("high", ANY),
    ),
)
