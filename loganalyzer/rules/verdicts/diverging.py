"""Diverging: the training objective became NaN or infinite, or went up and stayed up.

What it sees
    A training objective (validation where training is not logged) that ends as NaN or infinity (``non-finite``), or
    well above its best: by degrees (``rising``), or at one blow or only towards the end (``blow-up``).

Why it matters
    The updates have become larger than the model can follow. Everything after the turn is lost, and usually the cause
    (a learning rate too large, no clipping, anomalous data) is there from the first step.

How it is measured
    Non-finite: it ends as NaN, infinity or a number of ``absurd`` and more, or fewer than ``recovered`` of the points
    from the first such one on are finite, or up to the last one where these come by turns to the end. Where the values
    before it had climbed already, that is marked, too. So does validation beside a training curve that stays finite: no
    number of such a run says how good the model is.
    Rise: the end level (median of the last points) lies above the best smoothed level by more than ``z`` standard
    errors of the noise before the departure (or of the good level itself, where that scatters more), and by more than
    ``share`` of the scale of what was gained; and after the departure at least ``stays`` of the points stay up
    (by half of the rise, or by ``share``), or they climb to the end.
    Above a best level that only the first tenth of the run had, the level since must lie {LUCKY} deviations of its values.
    A rise of {EXPLOSION} times the range of everything before it is large whatever was gained; a positive loss that ends
    above {EXPLOSION} times its start is measured in logarithms, too.
    No gain: a curve that never gained counts when it ends above its start by more than its noise and twice ``share`` of
    its range, when it climbs all the way, or when it lies orders of magnitude higher (a positive loss, in logarithms). So
    does a positive loss that was thrown up at once: {above_start.NEARLY_ALL:pct} of its values lie far above the first,
    the later half {above_start.FAR_UP:g} times as high and more, and no deviation of these reaches down to it, unless
    validation fell; of {above_start.FEWEST_ON_A_LEVEL} to {above_start.ENOUGH_TO_SCATTER} values only onto a level that
    hardly scatters and does not come down.
    In reinforcement learning the return is judged, higher being better; a loss of the policy counts when it ends as NaN.
    Last third: it also counts when it lies above the start by far more than the noise of the first third and its own
    swings, however the curve went before.
    A return falls into stages, each of one level (least squares, each change paid for): one that had held a better stage
    than its first for more than {course.PASSING:pct} of its values and ends where it began has lost it, however widely
    single episodes scatter.
    Accuracy: one that had risen by {accuracy_collapse.WORTH_LOSING:pct} or more of all right answers and lost
    {accuracy_collapse.MOSTLY_LOST:pct} of that (its mean {accuracy_collapse.IN_THE_MEAN:pct} as much), by ``z`` standard
    errors and to stay, while the loss did not fall: a
    loss that came down from a huge first value may look level where all was lost.
    In a log of fewer than {small_sample.SMALL_SAMPLE} points a rise must also exceed what so few values of noise with a
    memory may do by chance. Where the learning rate restarts in cycles, only the ends of cycles are compared.
    ``blow-up``: half of the rise came within 3% of the run, or nearly all of it at the very end, or the curve left its
    good level in the second half and ends above its start. Else ``rising``.

When it is silent
    Fewer than five values without a NaN among them; a spike that comes back; a return that was better in one burst only, of
    {course.PASSING:pct} of its values or less (luck); a rise that a learning-rate restart
    explains; a level from which the curve had come down {levels.RECURRING} times, the first fall included, or
    {relapses.OFTEN} relapses after which it came back (oscillating); a rise of training while validation, seen
    {validation_beside.SEEN_AFTER} times or more since, stays near its best; a validation curve that rises while
    training does not, or without a training curve, by less than orders of magnitude (that is overfitting); ups and
    downs below the start of a positive loss that had gained less than ``little`` of it, a positive loss that, but for
    the highest and the lowest {STRAY:pct} of its values, stayed within ``little`` of where it began, and one that moved
    by less than {accuracy.LITTLE_LEARNED:pct} of itself and ends, with its accuracy, where guessing ends (that is a
    plateau).
"""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.above_start import above_start, orders_above, thrown_up
from loganalyzer.features.accuracy import LITTLE_LEARNED, at_chance, logged_errors
from loganalyzer.features.accuracy_collapse import accuracy_collapse
from loganalyzer.features.course import passing_gain, unlearned
from loganalyzer.features.curve import Curve
from loganalyzer.features.epochs_beside import epoch_at
from loganalyzer.features.interrupted import kind_of_bad, to_the_end
from loganalyzer.features.levels import RECURRING, count_returns
from loganalyzer.features.relapses import OFTEN, relapses
from loganalyzer.features.rise import (
    EXPLOSION,
    OUT_OF_NOISE,
    STRAY,
    Rise,
    creeps,
    kind_of,
    measure_rise,
    onset_of,
    stays_above,
)
from loganalyzer.features.small_sample import SMALL_SAMPLE, change_over_noise
from loganalyzer.features.validation_beside import validation_fell, validation_stays
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
from loganalyzer.model.record import replace
from loganalyzer.model.role import Task
from loganalyzer.rules.base import FIRST, LAST, Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit
from loganalyzer.rules.numeric_fixes import LASTING, NOW_AND_THEN


class Limits(LimitSet):
    """Limits of this rule."""

    z: float = limit(4.0, "the rise in standard errors of the noise", 1.0, 20.0)
    share: float = limit(0.25, "the rise as a share of the scale of the gain", 0.05, 2.0)
    stays: float = limit(0.66, "share of the points after the departure that stay up", 0.3, 1.0)
    little: float = limit(0.10, "gain as a share of a positive start value that is too little to be lost", 0.0, 0.5)
    absurd: float = limit(1e30, "a number of this size or more counts as infinite", 1e6, 1e300)
    recovered: float = limit(
        0.5, "share of finite points after the first bad one from which a run counts as recovered", 0.0, 1.0
    )


EXCUSED = 0.8
"""The most margin of a rise that another rule explains."""
NOT_SHARED = 0.4
"""The score of a rise of training that validation does not share."""
HARDLY_SEEN = 0.45
"""The most score of a rise that only a point or two show."""
LUCKY_START, FLAT_SINCE, LUCKY = 0.1, 0.2, 4.0
"""A best level within this share of the run, beside values since that do not climb by this tau, must lie so many
deviations of single ones below them."""
STAGE_LOST = 0.65
"""The score of a return whose last stage has lost what it had gained, however widely single episodes scatter."""
ENOUGH_AFTER = 8
"""So many values after the departure show whether they climb to the end."""
FIXES = (
    "lr-down-10x", "clip-gradients", "warm-up", "reduce-on-plateau", "normalise-inputs", "check-outliers", "smaller-model",
    "simple-start",
)  # fmt: skip
GAINED_BEFORE = ("lr-down-10x", "keep-best-checkpoint", *FIXES[1:])
"""Where a run had learned before it left its best level, the weights from before are kept."""
MOST_LOST = 9.99
"""The most that is given as the share of its gain that a curve lost."""
OF_EVALUATION = ("match-evaluation", "check-numerics", "lr-down-10x")
"""Where training is finite, the rate is not the first suspect."""
OF_EVALUATION_SCORE = 0.9
"""NaN of validation alone may be the evaluation's fault."""


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the training objective, or on validation where training is not logged."""
    for loss in view.policy_losses:
        if loss.ends_non_finite:
            bad = loss.unusable(limits.absurd)
            return _dated(_non_finite(loss, bad, int(np.argmax(bad)), None), view)
    curve = view.main
    if curve is None:
        return not_applicable()
    bad = curve.unusable(limits.absurd)
    if bad.any():
        first = int(np.argmax(bad))
        if to_the_end(bad, limits.recovered):
            return _dated(_non_finite(curve, bad, first, _climb(curve, first, limits)), view)
    lost = _lost_validation(view, limits) if curve is view.train else None
    steady = view.steady(curve)
    if steady.count < 5:
        return lost or passed()
    if _at_chance(steady, view):
        return lost or _collapsed(steady, view, limits) or passed()
    learned = validation_fell(view, limits.z)
    risen = _judge_rise(steady, limits, alone=curve is view.validation, start_known=not learned)
    if learned and risen.status is Status.FOUND and validation_stays(view, int(risen.numbers["at"])):
        risen = passed(score=NOT_SHARED)
    if view.task is Task.REINFORCEMENT:
        risen = _of_return(steady, risen)
    return risen if risen.status is Status.FOUND else lost or _collapsed(steady, view, limits) or risen


def _of_return(curve: Curve, risen: Outcome) -> Outcome:
    """``risen`` of a return: what one short burst had gained by luck is no loss, what a stage had and lost to stay is one."""
    if passing_gain(curve):
        return passed(score=NOT_SHARED)
    if risen.status is Status.FOUND or not unlearned(curve) or relapses(curve).count >= OFTEN:
        return risen
    rise = measure_rise(curve)
    return _risen(curve, rise, rise.departed, STAGE_LOST)


def _lost_validation(view: View, limits: Limits) -> Outcome | None:
    """The finding that validation became NaN or infinite and stayed so while training is finite; None if it did not."""
    held_out = view.validation
    bad = held_out.unusable(limits.absurd) if held_out is not None else np.zeros(0, bool)
    if held_out is None or not bad.any():
        return None
    first = int(np.argmax(bad))
    if not to_the_end(bad, limits.recovered):
        return None
    answer = _non_finite(held_out, bad, first, None)
    return replace(answer, score=OF_EVALUATION_SCORE, variant="validation", fixes=OF_EVALUATION)


def _at_chance(curve: Curve, view: View) -> bool:
    """True for a loss that hardly moved and ends where guessing ends: what little it rose is a plateau's."""
    y = np.sort(curve.reduced.values)
    tail = int(STRAY * len(y))  # single batches of a noisy loss stray far from its level
    hardly = curve.positive and float(y[len(y) - 1 - tail] - y[tail]) < LITTLE_LEARNED * curve.start
    return hardly and at_chance(curve, view.metrics, once_better=True) is not None


def _collapsed(curve: Curve, view: View, limits: Limits) -> Outcome | None:
    """The finding that accuracy collapsed while the loss did not fall, however level it lies beside its first value."""
    collapse = accuracy_collapse(curve, view.metrics)
    if collapse is None:
        return None
    metric, rise = collapse.metric.curve, collapse.rise
    margin = min(rise.z / limits.z, collapse.margin, (collapse.held / limits.stays) ** 4)
    if margin < 1.0 or count_returns(metric, rise.best, rise.end) >= RECURRING:
        return None
    score = arrays.sigmoid_margin(margin)
    if (errors := logged_errors(metric, view.metrics)) is not None:
        return _risen(errors, measure_rise(errors), rise.departed, score, variant="errors")
    return _risen(metric, rise, rise.departed, score, variant="accuracy")


def _climb(curve: Curve, first: int, limits: Limits) -> int | None:
    """The step from which the values before index ``first`` rose and did not come back; None if they did not."""
    before = curve.only(np.arange(len(curve.raw)) < first)
    climb = _judge_rise(before, limits, alone=False) if before.count >= 20 else None
    return int(climb.numbers["at"]) if climb is not None and climb.status is Status.FOUND else None


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
    variant = kind_of_bad(float(curve.raw[first]), bad, first)
    return found(
        Severity.ERROR,
        score=0.99,
        kind="non-finite",
        variant=variant,
        numbers=numbers,
        evidence=marks,
        fixes=NOW_AND_THEN if variant == "now-and-then" else LASTING,
    )


def _dated(outcome: Outcome, view: View) -> Outcome:
    """``outcome`` with the epoch of its step, where the log counts steps and names epochs beside them."""
    at = outcome.numbers.get("at")
    epoch = epoch_at(view, at) if isinstance(at, int) else None
    return outcome if epoch is None else replace(outcome, numbers={**outcome.numbers, "at_epoch": epoch})


def share_lost(curve: Curve, rise: Rise, limits: Limits) -> float:
    """The rise as a share of the scale of the gain; of a curve that never gained, of its range and how it climbs."""
    share = rise.height / rise.scale if rise.scale > 0 else math.inf
    if rise.never_gained:
        share = (rise.end - curve.start) / curve.value_range / 2.0 if curve.value_range > 0 else 0.0
        if rise.end > curve.start and len(curve.reduced) >= 8:
            # an exponential rise is nearly all in its last points; that it rises throughout says as much
            climbs = max(0.6, 3.5 * arrays.kendall_error(len(curve.reduced)))
            share = max(share, limits.share * arrays.kendall(curve.reduced.values) / climbs)
    if rise.exploded and rise.seen > 0:
        share = max(share, limits.share * rise.height / (EXPLOSION * rise.seen))
    return share


def margin_of(curve: Curve, rise: Rise, share: float, limits: Limits) -> float:
    """The rise against its limits (1: as large as they ask for): its noise, its share, and whether it stays."""
    margin = min(rise.z / limits.z, share / limits.share)
    after = curve.reduced.values[rise.departed :]
    # a loss that climbs in steps is up from the first of them that counts as lost; of an explosion all is up that lies
    # above everything before it, however small beside its end
    least = min(0.5 * rise.height, max(limits.share * rise.scale, OUT_OF_NOISE * rise.noise))
    up = arrays.share(after > rise.best + (rise.seen if rise.exploded else least)) if rise.height > 0 else 0.0
    if margin > arrays.FAR and len(after) >= ENOUGH_AFTER and up < limits.stays:
        up = max(up, arrays.kendall(after))  # what climbs to the end has not come back, however late most of it came
    if rise.departed < LUCKY_START * len(curve.reduced) and arrays.kendall(after) < FLAT_SINCE:
        # the first values may be low by luck: the noise of what lies level since says by how much
        noise = arrays.step_sigma(after)
        margin = min(margin, rise.height / (LUCKY * noise)) if noise > 0 else margin
    return min(margin, (up / limits.stays) ** 4)


def excused(curve: Curve, rise: Rise, limits: Limits, *, alone: bool) -> bool:
    """True for a rise that is another verdict's; ``alone`` where ``curve`` is validation without a training curve."""
    if alone:
        return True  # of validation whose training nobody logged, overfitting is by far the likelier
    if curve.positive and rise.end < curve.start and curve.gain < limits.little * curve.start:
        return True  # ups and downs within a gain that hardly was one are a plateau's
    return count_returns(curve, rise.best, rise.end) >= RECURRING or relapses(curve).count >= OFTEN


def _judge_rise(curve: Curve, limits: Limits, *, alone: bool, start_known: bool = True) -> Outcome:
    rise, margin, departed = _margin(curve, limits, alone=alone, start_known=start_known)
    if curve.positive and rise.end > EXPLOSION * curve.start:
        # beside the end of an exponential rise its first values are nothing: in logarithms they are not
        _, in_logs, left = _margin(curve.in_logarithms, limits, alone=False, start_known=start_known)
        if in_logs >= 1.0:
            margin, departed = max(margin, in_logs), min(departed, left)
    score = arrays.sigmoid_margin(margin)
    if len(curve.reduced) - departed < min(3, max(2, len(curve.reduced) // 10)):
        score = min(score, HARDLY_SEEN)
    return passed(score=score) if margin < 1.0 or score < 0.5 else _risen(curve, rise, departed, score)


def _margin(curve: Curve, limits: Limits, *, alone: bool, start_known: bool) -> tuple[Rise, float, int]:
    """The rise, its margin (1: as large as the limits ask for) and the index from which it was up."""
    rise = measure_rise(curve)
    y, departed = curve.reduced.values, rise.departed
    share = share_lost(curve, rise, limits)
    margin = margin_of(curve, rise, share, limits)
    if margin > EXCUSED and excused(curve, rise, limits, alone=alone):
        margin = EXCUSED
    above = 0.0 if alone else above_start(curve, limits.z, limits.stays)
    if above > margin:
        # a swinging loss may touch anything; what counts is from where on it no longer comes back to its start
        margin, departed = above, stays_above(curve, curve.start)
    if margin > EXCUSED and creeps(curve, rise, limits.little):
        margin = EXCUSED
    if margin > arrays.FAR and len(y) < SMALL_SAMPLE:
        floor = curve.point_sigma * 1e-3
        margin = min(margin, change_over_noise(rise.height, y[:departed], y, rise.count, floor))
    if rise.never_gained:
        margin = max(
            margin, orders_above(curve, limits.z, limits.stays), thrown_up(curve) if start_known and not alone else 0.0
        )
    return rise, margin, departed


def _risen(curve: Curve, rise: Rise, departed: int, score: float, variant: str = "") -> Outcome:
    onset, log = onset_of(curve, rise, departed), curve.logged
    first, best, last = log.first, log.best, log.last
    gain = abs(first.value - best.value)
    numbers: dict[str, Number] = {
        "best": best.value,
        "best_at": best.step,
        "end": last.value,
        "at": onset,
        "start": first.value,
        "lost": min(MOST_LOST, abs(last.value - best.value) / gain) if gain > 0 else MOST_LOST,
        "z": rise.z,
        "length": last.step - onset,
        "series": curve.name,
        "factor": last.value / first.value if first.value > 0 else 0.0,
    }
    worse_than_start = (last.value - first.value) * curve.sign >= 0
    kind = kind_of(curve, rise, departed)
    return found(
        Severity.ERROR,
        score=score,
        kind=kind,
        variant=variant or ("never" if first == best else "blow-up" if worse_than_start else "rising"),
        numbers=numbers,
        evidence=(
            Evidence(curve.name, best.step, best.step, "point", "best", value=best.value),
            Evidence(curve.name, onset, last.step, "span", "rising"),
        ),
        fixes=GAINED_BEFORE if kind == "blow-up" and not rise.never_gained else FIXES,
    )


VARIANTS = (
    "rising", "blow-up", "never", "accuracy", "errors", "non-finite", "now-and-then", "exploded",
    "all-non-finite", "validation",
)  # fmt: skip
RULE = Rule(
    "diverging",
    Limits(),
    check,
    requires=frozenset({"run"}),
    optional=frozenset({"objective", "train", "validation", "metric", "policy_losses"}),
    verdict=Verdict.DIVERGING,
    kinds=("non-finite", "rising", "blow-up"),
    variants=VARIANTS,
    return_fixes=("keep-best-checkpoint", "rl-trust-region", "lr-down-3x", "several-seeds"),
    fixes=(*GAINED_BEFORE, "check-labels-inputs", "check-numerics", "loss-scaling", "match-evaluation"),
    for_any_task=("non-finite",),
    quotes=(
        Quote("start", FIRST),
        Quote("best", "best_at"),
        Quote("end", LAST),
        Quote("value", "at"),
        Quote("last", "last_at"),
    ),
)
