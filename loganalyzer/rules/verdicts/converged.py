"""Converged: it gained clearly, settled, and validation ends near its best.

What it sees
    A run in which the objective fell by far more than its noise, moves little in its last third, and ends near its
    best level.

Why it matters
    Nothing has to be repaired. What remains is a question of cost (was the end of the run needed?) and of quality
    (would another model or more data reach a lower floor?).

How it is measured
    The objective (validation where it is logged) gained, and {levels.KEPT_GAIN:pct} of the gain or more is left at the
    end. How sure that is grows with the gain in standard errors; below ``z`` of them the confidence is low. The
    confidence falls with the share of the gain that is lost at the end, or that was still being gained in the last
    third, and where the last third has fewer than {FEWEST_LATE} values; the sentence says so. It falls, too, where
    validation has too few values to be judged and these end above their best by {RISES:pct} of what training
    gained. Where the learning rate cycles, only the ends of cycles are compared. An agent's return that stands at the
    most that its environment gives (see return-at-ceiling) has converged, whether it rose within this log or not. So has
    one that came to another stage (a stretch of one level, by least squares, each change paid for), more than
    {course.APART:g} deviation of single returns better, kept most of that through {course.LASTING:pct} of the values or
    more, and is clearly nearer to a rise that was over by {ramp.OVER_BY:pct} of them than to one that goes on to the end;
    what single episodes gave, few outcomes far apart, says little. Where
    nine in ten values of the last third differ by more than {WIDE:pct} of what was gained, the sentence names their level
    and where they lie: the best and the last one are luck. An accuracy (of validation where it is logged) that ends less
    than {HALF:pct} of the way from guessing (from none right where the number of classes is not known) to all right is
    named: that a curve has settled does not say that it settled where it should.

When it is silent
    A return of which means of many episodes show no change of level, or that was better in one short burst only, still
    rises, fell back to where it began, or ends, for more than {course.HELD:pct} of its values, {course.SLIPPED:pct} of its
    gain or more below the best level it had held. Without a gain, with fewer than five values, where fewer than
    {small_sample.SMALL_SAMPLE} values, of training too, fell no further than noise with a memory may by chance, and where
    less than {levels.KEPT_GAIN:pct} of the gain is left at the end. Where training ends above its own best, having climbed by
    {levels.CLEARLY_UP:pct} of the scale of
    its gain or more. Where the last third hops: the median step from value to value, less for many values, exceeds
    {HOPPING:pct} of that scale (of its level, if that is more). Where fewer than {small_sample.HANDFUL} values of training
    alone all lie within one epoch, as the log counts them. A validation accuracy of {accuracy.GOOD_ACCURACY:pct} or
    more from its first value to its end, beside training that learned what was left, comes near, though it gained
    nothing. Where the objective ends as NaN or infinity. The other
    verdicts come first where they hold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import (
    GOOD_ACCURACY,
    UnitMetric,
    accuracy_curves,
    accuracy_like,
    on_validation,
    validation_first,
)
from loganalyzer.features.course import came_to_rest, nothing_gained, passing_gain, slipped, unlearned
from loganalyzer.features.curve import Curve
from loganalyzer.features.guessing import class_count
from loganalyzer.features.known_ceiling import known_ceiling
from loganalyzer.features.last_third import final_third
from loganalyzer.features.levels import (
    KEPT_GAIN,
    SETTLED_FALL,
    fell_significantly,
    hops,
    level_gain,
    retained_gain,
    scale,
    significance,
    turned_up,
    turning_point,
)
from loganalyzer.features.one_epoch import within_one_epoch
from loganalyzer.features.ramp import climb
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, Verdict, found, not_applicable, passed
from loganalyzer.model.role import Task
from loganalyzer.model.run import Floats
from loganalyzer.model.traits import Domain
from loganalyzer.roles.task import traits
from loganalyzer.rules.base import ANY, FIRST, LAST, Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit

FEWEST_LATE = 3
"""Fewer values in the last third do not show whether a curve has settled."""
UNSEEN = 0.6
"""The score of a run whose last third has too few values, as a share of what it would be with more."""
STILL_COMING = 2.0
"""So many times the share of its gain that came in its last third takes off the score of a run that is not sure to gain."""
RISES = 0.1
"""A few evaluations that end above their best by this share of what training gained may be a turn."""
MOST = 0.97
"""The most score of a gain, however far beyond its noise."""
HOPPING = 0.25
"""A last third whose level is unsure by this share of the scale of the gain has not settled."""
RESTS, MOVES = 0.65, 0.15
"""The least score of a return that came to rest, whatever single episodes did; the most of one that has not."""
NO_REST = (nothing_gained, passing_gain, unlearned, slipped)
"""What a return did that has come to no rest."""
RESTLESS = 0.4
"""The most score of a run whose last third hops, whose training turned up, or that is a handful of values of one epoch."""
ENOUGH_TO_SCATTER, WIDE = 20, 0.3
"""So many late values, nine in ten of which differ by up to this share of the gain or more, are told by their level."""
GOOD_THROUGHOUT, FEWEST_THROUGHOUT = 0.3, 8
"""The score of a validation that had nothing to gain; so many values of an accuracy show where it stands."""
AT_CEILING = 0.9
"""The score of a return that cannot become higher."""
STANDS_OUT = 2.0
"""A fall over the last third of fewer standard errors is not mentioned."""


HALF = 0.5
"""An accuracy that ends below this share of the way from guessing to all right is far from it."""
LOW: Mapping[str, str] = {"found": "low", "improving": "improving-low", "scattered": "scattered-low"}
"""The variants that name such an accuracy, by those that do not."""
AT_LOW_ACCURACY = frozenset(LOW.values())


class Limits(LimitSet):
    """Limits of this rule."""

    z: float = limit(4.0, "the gain in standard errors below which the confidence is low", 1.0, 20.0)


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the judged objective."""
    curve = view.objective
    if curve is None or curve.count < 3:
        return not_applicable()
    if known_ceiling(view) is not None:
        solved: dict[str, Number] = {"series": curve.name, "end": curve.logged.last.value}
        return found(Severity.INFO, score=AT_CEILING, variant="ceiling", numbers=solved)
    whole, curve = curve, view.steady(curve)
    if curve.count < 3:
        return not_applicable()
    z = significance(curve)
    near = arrays.sigmoid_margin(z / limits.z if math.isfinite(z) else 100.0)
    turn, last, log = turning_point(curve), final_third(curve), curve.logged
    numbers: dict[str, Number] = {
        "series": curve.name,
        "start": log.first.value,
        "best": log.best.value,
        "at": log.best.step,
        "end": log.last.value,
        "last": int(curve.reduced.steps[-1]),
        "lost": max(0.0, min(turn.share, 9.99)),
        "drop": max(0.0, min(1.0, last.drop / curve.gain)) if curve.gain > 0 else 0.0,
        "z": min(z, 1e6),
    }
    level = level_gain(curve)
    learned = (
        (curve.gain > 0 or level.fell(limits.z))
        and curve.count >= 5
        and any(c is not None and fell_significantly(c) for c in (curve, view.main))
    )
    left = retained_gain(curve)
    if left < KEPT_GAIN and level.fell(limits.z):
        left = level.kept  # a first value of noisy batches may lie anywhere
    agent = view.task is Task.REINFORCEMENT
    if agent and (climb(whole) > 0 or any(is_so(whole) for is_so in NO_REST)):
        return passed(score=min(near, MOVES), numbers=numbers)
    rests = agent and came_to_rest(whole)
    if rests:
        near = max(near, RESTS)
    elif not learned or left < KEPT_GAIN:
        kept = min(1.0, max(0.0, left / KEPT_GAIN)) * max(0.0, 1.0 - STILL_COMING * max(0.0, last.share))
        score = max(min(near, RESTLESS) * kept, GOOD_THROUGHOUT if _good_throughout(view, limits) else 0.0)
        return passed(score=score, numbers=numbers)
    if not math.isfinite(whole.raw[-1]):
        return passed(numbers=numbers)
    main = view.main
    turned = main is not None and turned_up(view.steady(main))
    if not rests and (hops(curve) > HOPPING or turned or within_one_epoch(view)):
        return passed(score=min(near, RESTLESS), numbers=numbers)
    settled = 1.0 - _doubt(last.share - 0.02) - _doubt(turn.share - 0.05)
    variant = "improving" if last.share > SETTLED_FALL and last.z > STANDS_OUT else "found"
    band = _band(whole) if variant == "found" else None
    if band is not None:
        variant = "scattered"
        numbers |= {"level": whole.as_logged(whole.end), "low": min(band), "high": max(band)}
    if int((whole.reduced.x >= 2 / 3).sum()) < FEWEST_LATE:
        settled *= UNSEEN
        variant = "unseen"
    if _a_few_evaluations_rise(curve, view):
        settled *= UNSEEN
    low = _low_accuracy(view) if variant in LOW else None
    if low is not None:
        variant = LOW[variant]
        numbers |= {"metric": low.curve.name, "reached": low.curve.logged.last.value}
    best = Evidence(curve.name, log.best.step, log.best.step, "point", "best", value=log.best.value)
    return found(Severity.INFO, score=min(near, MOST) * settled, variant=variant, numbers=numbers, evidence=(best,))


def _good_throughout(view: View, limits: Limits) -> bool:
    """True where validation was good from its first value on and stayed there while training learned what was left."""
    main, held_out = view.main, view.validation
    if main is None or held_out is None or main is held_out:
        return False
    learned = significance(main) > limits.z and retained_gain(main) >= KEPT_GAIN
    own = next(accuracy_curves(view.metrics, on_validation, FEWEST_THROUGHOUT), None)
    return learned and own is not None and min(own.start, own.end) >= GOOD_ACCURACY


def _low_accuracy(view: View) -> UnitMetric | None:
    """The accuracy that ends far from all right, on validation data where it is logged there; None where none does.

    Of the next token there is often no telling: half right is much for a language model.
    """
    own = next(accuracy_curves(view.metrics, validation_first, FEWEST_THROUGHOUT), None)
    if own is None or not accuracy_like(own.name) or not own.curve.count:
        return None
    losses = [c for c in (view.train, view.validation) if c is not None]
    classes = class_count(view.hyperparameters, losses, view.metrics)
    guess = 1.0 / classes if classes else 0.0
    if max(own.end, own.last) >= guess + HALF * (1.0 - guess):
        return None
    return own if classes or traits(view.run).domain is not Domain.LANGUAGE_MODEL else None


def _band(curve: Curve) -> tuple[float, float] | None:
    """Two logged values between which nearly all of the last third lie, where they scatter so widely beside the gain that
    the best and the last one are luck; else None."""
    late = np.sort(_late(curve))
    if len(late) < ENOUGH_TO_SCATTER:
        return None
    rare = len(late) // 20
    low, high = float(late[rare]), float(late[len(late) - 1 - rare])
    if high - low <= WIDE * (curve.start - curve.end):
        return None
    return curve.logged.nearest(curve.as_logged(low)), curve.logged.nearest(curve.as_logged(high))


def _late(curve: Curve) -> Floats:
    """The finite values of the last third, as single as the log has them: a return is judged by means of many."""
    if curve.source is None:
        return curve.values[curve.x >= 2 / 3]
    steps, values = curve.source.steps, curve.source.values
    late = steps >= steps[0] + (steps[-1] - steps[0]) * 2 / 3
    return np.asarray(values[late & np.isfinite(values)] / curve.unit * curve.sign)


def _a_few_evaluations_rise(curve: Curve, view: View) -> bool:
    """True where validation has too few values to be judged, and these end above their best by much of what was gained."""
    held_out = view.validation
    if held_out is None or held_out.name == curve.name or held_out.count < 2:
        return False
    return float(held_out.values[-1] - held_out.values.min()) > RISES * scale(curve)


def _doubt(share: float) -> float:
    """What a share of the gain that was lost at the end, or was still coming, takes off the score."""
    return min(0.4, 2.0 * max(0.0, share))


RULE = Rule(
    "converged",
    Limits(),
    check,
    requires=frozenset({"objective"}),
    optional=frozenset({"run", "train", "validation", "metric", "reward", "hyperparameters"}),
    verdict=Verdict.CONVERGED,
    variants=("found", "improving", "scattered", "unseen", "ceiling", *LOW.values()),
    quotes=(
        Quote("start", FIRST),
        Quote("best", "at"),
        Quote("end", LAST),
        Quote("low", ANY),
        Quote("high", ANY),
        Quote("reached", LAST, "metric"),
    ),
)
