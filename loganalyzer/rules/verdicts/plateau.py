"""Plateau: the training hardly learned.

What it sees
    A constant loss (``constant``); a loss or accuracy that never left its start or the chance level
    (``never-learned``); a small gain early on and nothing since, or one number repeated to the end (``stalled``).

Why it matters
    Time is being spent without learning. The cause is nearly always technical: the learning rate is off by orders of
    magnitude, gradients vanish, labels or inputs are wrong, or the loss does not reach the weights.
    Raise the rate where it is far below the usual one of the optimizer (SGD 0.01, Adam 0.001), where the loss creeps
    down evenly, or where the schedule or a warm-up left hardly any of it. Lower it where it is above what is usual
    (SGD 0.1, Adam 0.01), where the loss jumped in the first steps and has stood still since, or where every input gets
    the same answer. Where neither holds, the rate is not the first suspect: print a batch, and overfit one.

How it is measured
    Constant: the range is at most ``constant`` of the size of the values.
    Same number (``stalled``): over at least ``frozen`` of the run, up to its end, the very same value is logged
    although the log has finer digits, and the loss was there within the first twentieth.
    Chance (``never-learned``): the training objective ends at ln K and accuracy at 1/K for one K (in percent, too,
    where one of them went nowhere), and accuracy was never clearly better; or validation ends so while training
    accuracy is hardly better than chance; or the loss lies within {guessing.CLOSE:pct} of ln K throughout and
    accuracy at 1 - 1/K ({guessing.FEWEST_OUTPUTS:int} classes or more): it counts outputs, not samples. Without an
    accuracy, a loss that lies at ln K (K as set, else 2 or 10) from {guessing.AT_REST:pct} of the run on. Of
    {accuracy.MANY} classes and more an accuracy of up to {accuracy.BY_LUCK:g}/K is that of guessing, 0 too, beside a
    loss that moved by less than {accuracy.LITTLE_LEARNED:pct} of itself.
    One class (``never-learned``): {accuracy.SAME_SHARE:pct} of the values of an accuracy are the very same number,
    below 95%, the other split's lie within two points of its end, and the training loss is no lower than the least
    entropy of classes the largest of which has that share.
    Accuracy stands (``never-learned``; ``stalled`` where the loss clearly fell): {accuracy.SAME_SHARE:pct} of the
    values of accuracy (validation's where logged) lie within half a point of one level, at most 60% and within ten
    points of the first value, unless the training accuracy rose, or it gained {slow_rise.SLOW:pct} of its own level by a
    trend, or the loss fell far and lies far below what that accuracy allows. Rates of errors count as what is missing.
    So does an overlap (Dice, IoU, F1) that never moves, or that is 0 to the end, and a metric on which guessing
    gives one number whatever the data are (area under the ROC curve, R2, kappa, correlations), where
    all its curves stay within {known_chance.NEAR} of that after the first third.
    No gain (``never-learned``): the gain is below ``z`` standard errors of the noise, small and not held, or one
    burst of {course.PASSING:pct} of a return's values or less. With fewer than {small_sample.HANDFUL} values that is never
    sure. A positive loss that gained less than {levels.NEXT_TO_NOTHING:pct} of itself crept, however surely it
    fell, and so did one that came to rest within {hidden_fall.NEAR_START:pct} of its start.
    Stalled: 80% of the gain came in the first ``early`` of the run, and it is below ``small`` of a positive start
    value.

When it is silent
    A flat stretch after a large gain (converged), a flat first part before the fall, a training accuracy that stands at
    its ceiling ({accuracy.CEILING:pct} or more), a loss that is exactly 0 over the last {frozen.AT_ZERO:pct} of its
    points, a return at the most that its environment gives, and an accuracy of exactly 0, which is the share of no class.
    One number or one class where the learning rate had decayed below {rates.SPENT:pct} of its peak. No gain: where the
    loss fell steadily, or rose (diverging), or its last third lies {hidden_fall.APART} deviations of both below its first, or
    it takes off at its end, or the level of its first twentieth fell by ``small`` and ``z`` standard errors or from
    twentieth to twentieth (Kendall's tau below {levels.LEVEL_BY_LEVEL}), or
    accuracy clearly rose, or validation gained {never_left.SURE} times ``z`` and kept {levels.KEPT_GAIN:pct} of it (not less
    than {levels.NEXT_TO_NOTHING:pct} of a positive loss), or fewer than {small_sample.HANDFUL} values scatter so
    widely that a fall by {small_sample.HIDDEN:pct} of their level might be chance, or a return rose throughout (Kendall's
    tau beyond {hidden_fall.TREND} standard errors), came to a better level and kept it, or got worse all along. Stalled: where
    accuracy clearly rose, the last third still falls, the last two thirds creep down without a way back (Kendall's tau below
    {hidden_fall.ONE_WAY_DOWN}), or the rate was lowered after the curve had come to rest. Neither of these two
    beside a divergence or periodic swings, and no gain not beside overfitting. A run that learned and ended as NaN, and a
    floor that is high only by a guess: without accuracy, target or sibling runs nothing says where the floor should be.
    In logs that begin late everything but chance, frozen and constant values: how they began is not in them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import (
    SAME_SHARE,
    accuracy_rose,
    at_ceiling,
    at_chance,
    constant_prediction,
    least_entropy,
    stuck_accuracy,
    validation_at_chance,
)
from loganalyzer.features.course import lasting_gain, passing_gain
from loganalyzer.features.curve import Curve
from loganalyzer.features.frozen import first_step_of_last, frozen_share, rests_at_zero
from loganalyzer.features.guessing import outputs_counted, rests_at_guessing
from loganalyzer.features.hidden_fall import (
    ONE_WAY,
    TREND,
    crept,
    falls_one_way,
    still_falls,
)
from loganalyzer.features.known_ceiling import known_ceiling
from loganalyzer.features.known_chance import metric_at_known_chance
from loganalyzer.features.levels import (
    flat_from,
    reached,
    retained_gain,
    significance,
)
from loganalyzer.features.never_left import EXCUSED, WITHOUT_A_TRACE, never_margin, validation_learned
from loganalyzer.features.small_sample import HANDFUL, hides_half
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, Verdict, found, not_applicable, passed
from loganalyzer.model.role import Task
from loganalyzer.model.traits import Domain
from loganalyzer.roles.task import traits
from loganalyzer.rules.base import FIRST, LAST, Quote, Rule, Suppression
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    z: float = limit(4.0, "the least gain in standard errors", 1.0, 20.0)
    early: float = limit(0.25, "share of the run by which a stalled run had most of its gain", 0.02, 0.6)
    small: float = limit(0.15, "gain of a stalled run as a share of its positive start value", 0.01, 0.5)
    frozen: float = limit(0.6, "share of the run, up to its end, over which the very same value is logged", 0.3, 1.0)
    constant: float = limit(1e-6, "range of a constant loss as a share of its size", 0.0, 1e-2)


FAR_FROM_FLAT = 0.5
"""The most margin of a curve with a trend that is not flat by its gain."""
NEARLY = 0.45
"""The most score of a loss so noisy that its few values would not show a fall by half."""
BY_LEVEL = 0.8
"""The score of a loss that lies at what guessing gives, where no accuracy says that it is one."""
BY_NOISE = 0.87
"""The most score of values that did not leave their noise, without a metric that says the same."""
CREPT = 0.75
"""The score of a loss that moved by next to nothing: of a loss with a large constant part that might be all there is."""
BY_A_HANDFUL = 0.7
"""The most score of a handful of values that did not leave their noise."""
FIXES = (
    "overfit-one-batch", "lr-up-10x", "lr-down-10x", "lr-range-test", "check-labels-inputs",
    "check-training-loop", "fix-loss", "he-init", "batch-norm", "relu-activation", "use-adam", "normalise-inputs",
    "simple-start",
)  # fmt: skip
CONSTANT_FIXES = (
    "check-gradients", "fix-loss", "overfit-one-batch", "check-training-loop", "check-labels-inputs",
    "relu-activation",
)  # fmt: skip
"""For a loss that is the same to its last digit: it does not depend on the weights, whatever the steps."""


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the training objective, or on validation where training is not logged."""
    curve = view.main
    if curve is None or curve.count < 3:
        return not_applicable()
    if at_ceiling(curve, view.metrics) or known_ceiling(view) is not None or rests_at_zero(curve):
        return passed()
    if curve.value_range <= limits.constant * float(np.abs(curve.reduced.values).max()):
        return _plateau(curve, "constant", score=0.97, numbers={"value": curve.logged.last.value})
    if curve.count < 5:
        return passed()
    frozen = frozen_share(curve)
    if frozen >= limits.frozen and not _rate_is_spent(view, curve, frozen):
        value, since = curve.logged.last.value, first_step_of_last(curve, frozen)
        numbers: dict[str, Number] = {"value": value, "share": frozen, "since": since}
        return _plateau(curve, "stalled", variant="frozen", score=0.9, numbers=numbers)
    if curve.ends_non_finite and significance(curve) > limits.z:
        return passed()  # it learned; what its answers are after a NaN is no plateau
    curve = view.steady(curve)
    if view.run.begins_at is not None:
        return _by_chance(curve, view) or passed()  # an excerpt: how it began is not in it
    return _guesses(curve, view) or _stuck(curve, view) or _tells_nothing(curve, view) or _flat(curve, view, limits)


def _by_chance(curve: Curve, view: View) -> Outcome | None:
    """The finding that loss and accuracy are those of guessing; None if they are not."""
    chance = at_chance(curve, view.metrics)
    if chance is not None:
        return _at_chance(curve, *chance, score=0.93)
    rests = rests_at_guessing(curve, view.metrics, view.hyperparameters)
    if rests is not None and traits(view.run).domain is not Domain.LANGUAGE_MODEL:
        numbers: dict[str, Number] = {"classes": rests.classes, "guess": rests.guess}
        return _plateau(curve, "never-learned", variant="guess", score=BY_LEVEL, numbers=numbers)
    counted = outputs_counted(curve, view.metrics)
    if counted is not None:
        return _at_chance(curve, *counted, score=0.88, variant="outputs")
    judged = view.objective
    if judged is not None and judged is not curve:
        chance = validation_at_chance(judged, view.metrics)
        if chance is not None:
            return _at_chance(judged, *chance, score=0.85)
    return None


def _guesses(curve: Curve, view: View) -> Outcome | None:
    """The finding that the answers are those of guessing, or one and the same for every sample; None if they are not."""
    chance = _by_chance(curve, view)
    if chance is not None:
        return chance
    if _rate_is_spent(view, curve, SAME_SHARE):
        return None  # weights that no longer move give the same answers whatever they have learned
    share = constant_prediction(curve, view.metrics)
    if share is None:
        return None
    return _plateau(curve, "never-learned", variant="one-class", score=0.9, numbers={"accuracy": share})


def _at_chance(curve: Curve, classes: int, accuracy: float, score: float, variant: str = "chance") -> Outcome:
    numbers: dict[str, Number] = {"classes": classes, "accuracy": accuracy}
    return _plateau(curve, "never-learned", variant=variant, score=score, numbers=numbers)


def _stuck(curve: Curve, view: View) -> Outcome | None:
    """The finding that the accuracy never moved, though the loss may have fallen; None if it did."""
    held_out = view.validation
    if held_out is not None and held_out.ends_non_finite and not curve.ends_non_finite:
        return None  # an evaluation that gives NaN gives no accuracy either
    stuck = stuck_accuracy(view.metrics)
    if stuck is None or retained_gain(curve) >= 2.0:
        return None
    if stuck.right > 0 and not stuck.errors and _contradicts(curve, stuck.right):
        return None
    return _plateau(
        curve,
        _kind(curve),
        variant="errors" if stuck.errors else "accuracy" if stuck.right > 0 else "zero",
        score=0.85,
        numbers={"accuracy": stuck.right, "rate": 1.0 - stuck.right, "metric": stuck.series},
    )


def _contradicts(curve: Curve, right: float) -> bool:
    """True for a loss that fell by half and lies far below what the share ``right`` allows: they measure different things."""
    return curve.positive and 2 * curve.end < min(curve.start, least_entropy(right))


def _kind(curve: Curve) -> str:
    """What a metric that never moved makes of the run: ``stalled`` where the loss clearly fell nevertheless."""
    fell = significance(curve) > 10 and curve.gain > 0.05 * abs(curve.start)
    return "stalled" if fell else "never-learned"


def _tells_nothing(curve: Curve, view: View) -> Outcome | None:
    """The finding that a metric stays at what guessing gives, whatever the loss does; None if none does."""
    known = metric_at_known_chance(curve, view.metrics)
    if known is None:
        return None
    numbers: dict[str, Number] = {"metric": known.series, "reached": known.level, "chance": known.chance}
    return _plateau(curve, _kind(curve), variant="known-chance", score=0.8, numbers=numbers)


def _flat(curve: Curve, view: View, limits: Limits) -> Outcome:
    """The finding that the loss never fell beyond its noise, or stalled early; that it passed otherwise."""
    learned = accuracy_rose(view.metrics)
    margin = never_margin(curve, view.objective, limits, learned=learned)
    # single returns are throws of dice: that ever more of them come out better is all that shows of what was learned
    by_trend = margin < 1.0 or view.task is Task.REINFORCEMENT
    if by_trend and arrays.kendall(curve.reduced.values) < -TREND * arrays.kendall_error(len(curve.reduced)):
        margin = min(margin, FAR_FROM_FLAT)
    if view.task is Task.REINFORCEMENT:
        margin = _of_return(curve, margin)
    score = arrays.sigmoid_margin(margin)
    # a rise is no flat line
    if margin >= 1.0 and not (curve.end > curve.start and arrays.kendall(curve.reduced.values) > ONE_WAY):
        if hides_half(curve.reduced.values, of_returns=view.task is Task.REINFORCEMENT):
            return passed(score=min(score, NEARLY))
        score = min(score, BY_A_HANDFUL if len(curve.reduced) < HANDFUL else BY_NOISE)
        return _plateau(curve, "never-learned", variant="never", score=score)
    if crept(curve) and not learned and not validation_learned(view.objective, curve, limits):
        numbers: dict[str, Number] = {"gain": curve.gain / curve.start}
        return _plateau(curve, "never-learned", variant="crept", score=CREPT, numbers=numbers)
    return _stalled(curve, view, limits, score, learned)


def _of_return(curve: Curve, margin: float) -> float:
    """``margin`` of a return by its stages: one that came to another level or went down all along is not flat, whatever
    single episodes give; one that only a burst lifted is."""
    if passing_gain(curve):
        return max(margin, WITHOUT_A_TRACE)
    worse = curve.end > curve.start and arrays.kendall(curve.reduced.values) > ONE_WAY
    if worse or lasting_gain(curve):
        return min(margin, FAR_FROM_FLAT)
    return margin


def _rate_is_spent(view: View, curve: Curve, frozen: float) -> bool:
    """True when the learning rate had decayed to nothing where the loss stood still, which is then no wonder."""
    return view.rates is not None and view.rates.spent_at(first_step_of_last(curve, 0.5 * frozen))


def _stalled(curve: Curve, view: View, limits: Limits, near: float, learned: bool) -> Outcome:
    """The finding that little was gained, and early; that it passed otherwise (``near``: how near it was to "never")."""
    when = reached(curve, 0.8)
    share = curve.gain / curve.start if curve.positive and curve.start > 0 else math.inf
    margin = min(limits.small / share if share > 0 else math.inf, (limits.early / max(when, 0.01)) ** 0.5)
    creeps = still_falls(curve) or (view.objective is not None and falls_one_way(view.objective))
    if margin > EXCUSED and (learned or _dropped_when_flat(curve, view) or creeps):
        margin = EXCUSED
    score = arrays.sigmoid_margin(margin)
    if margin < 1.0:
        return passed(score=max(near, score))
    first, best = curve.logged.first.value, curve.logged.best.value
    gain = (first - best) / first if first > 0 else share
    return _plateau(curve, "stalled", score=min(0.9, score), numbers={"gain": gain, "when": when})


def _dropped_when_flat(curve: Curve, view: View) -> bool:
    """True when the learning rate was lowered after the curve had come to rest, as one should try."""
    drops = view.rates.drops if view.rates is not None else ()
    first, span = view.reach
    flat = max(flat_from(curve), 0.02) if drops else 0.0
    return any((step - first) / span > flat for step in drops)


def _plateau(
    curve: Curve, kind: str, *, score: float, variant: str = "", numbers: Mapping[str, Number] | None = None
) -> Outcome:
    first, last = int(curve.reduced.steps[0]), int(curve.reduced.steps[-1])
    log = curve.logged
    own: dict[str, Number] = {
        "series": curve.name,
        "start": log.first.value,
        "end": log.last.value,
        "level": curve.as_logged(curve.end),
        "best": log.best.value,
        "at": log.best.step,
        "from": first,
        "last": last,
        "length": last - first,
        "points": curve.count,
    }
    return found(
        Severity.WARNING if kind == "stalled" else Severity.ERROR,
        score=score,
        kind=kind,
        variant=variant or kind,
        numbers={**own, **(numbers or {})},
        evidence=(Evidence(curve.name, first, last, "span", "flat"),),
        fixes=CONSTANT_FIXES if kind == "constant" else FIXES,
    )


RULE = Rule(
    "plateau",
    Limits(),
    check,
    requires=frozenset({"objective"}),
    optional=frozenset({"validation", "metric", "learning_rate", "run", "reward", "hyperparameters"}),
    verdict=Verdict.PLATEAU,
    kinds=("never-learned", "stalled", "constant"),
    variants=(
        "constant",
        "chance",
        "guess",
        "outputs",
        "one-class",
        "accuracy",
        "zero",
        "errors",
        "known-chance",
        "never",
        "crept",
        "frozen",
        "stalled",
    ),
    return_fixes=("rl-exploration", "longer-training", "lr-down-3x", "check-training-loop", "several-seeds"),
    fixes=(*FIXES, "check-gradients"),
    # a curve that climbed away or swings in a rhythm is not flat: a gain that seems small there was compared with the
    # climb or swing itself as noise
    suppressed_by=(
        Suppression("diverging", by_kinds=("rising", "blow-up"), variants=("never", "crept", "stalled")),
        Suppression("oscillating", by_kinds=("periodic",), variants=("never", "crept", "stalled")),
        Suppression("overfitting", variants=("never", "crept")),
    ),
    quotes=(
        Quote("start", FIRST),
        Quote("best", "at"),
        Quote("end", LAST),
        Quote("value", LAST),
    ),
)
