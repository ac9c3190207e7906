"""Underfitting: it learned, but not enough.

What it sees
    ``undertrained``: the judged objective was still clearly improving when the run stopped. ``high-floor``: it was not,
    but the training data themselves are fitted poorly, and validation is no worse than training.

Why it matters
    More of the same (time, or a higher learning rate) still helps an undertrained run; a high floor needs more
    capacity, less regularisation or better inputs instead.

How it is measured
    Undertrained: over the last third (the last half of five or six values) the objective (validation where it is
    logged) fell by more than ``share`` of the scale of the gain, with Kendall's tau below -``tau``, by ``z``
    standard errors times tau (slow noise drifts, learning falls), at a pace of at least ``pace`` of the third
    before, and its last 15% still fell at ``closing`` of that slope (at less than {NEARLY_CLOSED:pct} of it,
    however little noise there is, it takes {SLOWED} times ``share``). Where noise hides that, the last two thirds
    are judged as one: they fell by ``z`` standard errors, with tau below -``tau``, the last third by {STEADY_SHARE}
    times ``share`` and at {STEADY_PACE:pct} of the pace of the third before. Once the learning rate has decayed
    below 2% of its peak it takes ``finished`` times the share: such a decay makes every run fall to its end. Where no
    rate says so, a fall that became faster and has come to rest within the newest {last_third.LANDING:pct} (below
    {last_third.LANDED:pct} of the slope of the last third, seen in {last_third.FEWEST_LANDED:int} values or more) ended with its
    schedule. A curve that stood still (it may have fallen before) and takes off after
    {take_off.LATE:pct} of the run, far out of its noise and gaining {take_off.MOST:pct} or more of all that it gained
    since it stood, is undertrained as long as its newest values go on; so is a
    return to which a ramp that rises to the end is nearer, by {CLIMBS:g} squares of the deviation, than any that was over by
    {ramp.OVER_BY:pct} of the values; so are
    fewer than {steady_fall.HANDFUL} values each of which is better than the one before, whose last step, or all further
    ones together where they go on as the last two did, is {ONE_BY_ONE:pct} of the gain or more. Where the rate
    cycles, only the ends of cycles are compared.
    High floor: training accuracy or R2 ends below ``poor``, at most ``gap`` above validation, having risen by three
    standard errors and kept {COLLAPSED:pct} of that. Accuracy counts on the scale from where it began (at most one
    half) to 1; where validation does better, its value counts, for training was then measured under harder conditions.
    Without an accuracy, a loss that began within {guessing.BEGINS:pct} of ln K (K as set, else 2 or 10) and came to rest
    above {guessing.HARDLY_BELOW:pct} of it answers hardly better than by guessing.

When it is silent
    A floor without reference (no accuracy, no R2, no beginning at what guessing gives) is not called high, nor one
    whose metric never rose (plateau) or collapsed, nor one whose loss is too low for its accuracy (below
    {accuracy.BELOW_THE_LEAST:pct} of 2 ln 2 times what is wrong, having begun above): that accuracy is of other data.
    Training that falls on while validation has settled is not undertrained, nor a run that began good: accuracy above
    {accuracy.GOOD_ACCURACY:pct} from the first value on, and next to nothing left to gain; or one whose accuracy on
    held-out data, overlap or mean average precision came from below that and has lain at {learned_all.NEXT_TO_ALL:pct}
    or more all through the last third; or, where it is not measured on held-out data, whose training accuracy ends
    there beside a loss of which {learned_all.NEXT_TO_NONE:pct} or less is left. A positive loss that gained less than
    {levels.NEXT_TO_NOTHING:pct} of itself is not improving, and a floor from which training, validation or the metric
    turned up again is none, nor one that training of {small_sample.HANDFUL} values or more has not come to, falling on
    while validation has settled. Fewer than five points, a loss that ends as NaN, and a return at the most that its
    environment gives.
"""

from __future__ import annotations

import math

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import (
    UnitMetric,
    accuracies,
    good_from_start,
    of_other_data,
    unit_metric,
)
from loganalyzer.features.course import ever_better
from loganalyzer.features.curve import Curve, MetricCurves
from loganalyzer.features.guessing import hardly_better
from loganalyzer.features.known_ceiling import known_ceiling
from loganalyzer.features.last_third import FinalThird, final_third
from loganalyzer.features.learned_all import learned_all
from loganalyzer.features.levels import (
    SETTLED_FALL,
    hardly_moved,
    retained_gain,
    significance,
    turned_up,
)
from loganalyzer.features.ramp import climb
from loganalyzer.features.small_sample import HANDFUL
from loganalyzer.features.steady_fall import SteadyFall, expected_of_a_handful, steady_fall
from loganalyzer.features.take_off import MOST, OUT_OF_NOISE, TakeOff, take_off
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, Verdict, found, not_applicable, passed
from loganalyzer.model.role import Task
from loganalyzer.model.traits import Domain
from loganalyzer.roles.task import traits
from loganalyzer.rules.base import FIRST, LAST, Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    share: float = limit(0.08, "improvement over the last third as a share of the scale of the gain", 0.01, 0.5)
    z: float = limit(4.0, "the same in standard errors, times how monotone it falls (Kendall's tau)", 1.0, 20.0)
    tau: float = limit(0.6, "how monotone the last third falls (Kendall's tau)", 0.2, 1.0)
    pace: float = limit(0.15, "improvement of the last third over that of the third before", 0.0, 1.0)
    closing: float = limit(0.35, "slope of the last 15% over that of the last third", 0.0, 1.0)
    finished: float = limit(
        3.0, "how many times that share it takes once the learning rate has decayed to nothing", 1.0, 10.0
    )
    poor: float = limit(
        0.62, "training accuracy (chance = 0, perfect = 1) or R2 below which a floor is high", 0.05, 0.95
    )
    gap: float = limit(0.10, "validation accuracy below training accuracy by more than this is a gap", 0.0, 0.5)


EXCUSED = 0.8
"""The most margin of a run that began good or came to rest at its end, or of a floor that only training lies at."""
STEADY_SHARE, STEADY_PACE = 1.6, 0.45
"""A fall that only the last two thirds together show must be so many times as large, and keep this share of the pace."""
SLOWED, NEARLY_CLOSED = 1.6, 0.5
"""A fall that slowed down to this share of its slope within the last third must be so many times as large."""
CLIMBS, AT_REST = 4.0, 8.0
"""So much nearer to a return is a ramp that rises to the end, or one that was over before, where that is no chance."""
NEARLY = 0.95
"""The margin of a return that got better from stage to stage and may or may not have come to rest."""
ONE_BY_ONE = 0.08
"""What a handful of values that all fell let expect, as a share of the gain, from which on they still improve."""
HARDLY = 0.7
"""The score of a loss that came to rest at what guessing gives, where no accuracy says that it is one."""
COLLAPSED = 0.5
"""A metric that holds less of its gain than this at the end has not settled at a floor: it fell."""
LONGER = ("longer-training", "lr-up-3x", "lr-up-10x", "use-adam", "batch-norm", "larger-batch-lr", "simple-start")
CAPACITY = (
    "wider-model",
    "less-dropout",
    "less-weight-decay",
    "longer-training",
    "lr-up-3x",
    "better-features",
    "transfer-learning",
    "simple-start",
)


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the judged objective, then on the training metric."""
    curve = view.objective
    if curve is None or curve.count < 5:
        return not_applicable()
    if curve.ends_non_finite or known_ceiling(view) is not None:
        return passed()
    curve = view.steady(curve)
    if curve.count < 5:
        return passed()
    late, rates = final_third(curve), view.rates
    decayed = rates is not None and rates.peak > 0 and rates.last < 0.02 * rates.peak and not rates.cyclic
    margin = undertrained_margin(late, limits, decayed=decayed)
    if late.share / limits.share > arrays.FAR and margin < 1.0:
        margin = max(margin, steady_margin(late, steady_fall(curve), limits, decayed=decayed))
    if margin < 1.0 and not decayed:
        margin = max(margin, take_off_margin(take_off(curve)), expected_of_a_handful(curve) / ONE_BY_ONE)
    if margin > EXCUSED and (
        good_from_start(curve, view.metrics) or learned_all(curve, view.metrics) or hardly_moved(curve)
    ):
        margin = EXCUSED
    if view.task is Task.REINFORCEMENT:
        margin = _of_return(curve, margin)
    if late.landed:
        margin = min(margin, EXCUSED)
    score = arrays.sigmoid_margin(margin)
    if margin >= 1.0:
        return _undertrained(curve, late, score, "schedule" if decayed else "undertrained")
    main = view.main
    if turned_up(curve) or (main is not None and turned_up(view.steady(main))):
        return passed(score=score)  # a floor is where a curve rests
    return _high_floor(view, curve, limits) or _hardly_better(view, curve, limits) or passed(score=score)


def _of_return(curve: Curve, margin: float) -> float:
    """``margin`` of a return, for which its nearest ramp speaks; a lasting rise that may be over comes near."""
    rises = climb(curve)
    if rises > 0:
        return max(margin, rises / CLIMBS, NEARLY if ever_better(curve) else 0.0)
    return min(margin, EXCUSED) if rises < -AT_REST else margin


def undertrained_margin(late: FinalThird, limits: Limits, *, decayed: bool) -> float:
    """How clearly the last third still fell (1: as clearly as the limits ask for); ``decayed``: the rate did."""
    # a rate that decays to nothing makes every run fall to its end; only a large fall then says that it was too short
    least = limits.share * (limits.finished if decayed else SLOWED if late.closing < NEARLY_CLOSED else 1.0)
    return min(
        late.share / least,
        -late.z * late.tau / limits.z,
        max(0.0, -late.tau) / limits.tau,
        late.pace / limits.pace,
        late.may_close / limits.closing,
    )


def steady_margin(late: FinalThird, whole: SteadyFall, limits: Limits, *, decayed: bool) -> float:
    """The same of a fall that noise hides in the last third: it must be larger, and have hardly slowed down."""
    least = STEADY_SHARE * limits.share * (limits.finished if decayed else 1.0)
    return min(
        late.share / least,
        whole.z / limits.z,
        max(0.0, -whole.tau) / limits.tau,
        late.pace / STEADY_PACE,
        late.may_close / limits.closing,
    )


def take_off_margin(late: TakeOff) -> float:
    """How clearly a curve that stood still takes off at its end (1: just so)."""
    return late.z / OUT_OF_NOISE if late.late >= MOST else 0.0


def _undertrained(curve: Curve, late: FinalThird, score: float, variant: str) -> Outcome:
    log = curve.logged
    then, last = log.at(curve.step_at(2 / 3)), log.last
    level_then, level_now = curve.value_at(then.step), float(curve.smooth[-1])
    # values of noisy batches need not show what their level does
    shown = (then.value - last.value) * curve.sign > 0.5 * (level_then - level_now) * curve.unit
    return found(
        Severity.WARNING,
        score=score,
        kind="undertrained",
        variant=variant if shown else f"{variant}-level",
        numbers={
            "series": curve.name,
            "drop": min(1.0, late.drop / curve.gain) if curve.gain > 0 else 1.0,
            "at": then.step,
            "last": last.step,
            "then": then.value,
            "end": last.value,
            "level_then": curve.as_logged(level_then),
            "level_end": curve.as_logged(level_now),
            "pace": min(late.pace, 1.0),
        },
        evidence=(Evidence(curve.name, then.step, last.step, "span", "falling"),),
        fixes=LONGER,
    )


def _high_floor(view: View, curve: Curve, limits: Limits) -> Outcome | None:
    train = view.train
    settled = final_third(curve).share <= SETTLED_FALL
    falls_on = settled and train is not None and train.name != curve.name and _falls_on(view.steady(train), limits)
    for metric in view.metrics:
        known = _quality(metric, view.train)
        if known is None:
            continue
        quality, gap = known
        margin = min(limits.poor / quality if quality > 0 else math.inf, 2.0)
        if gap > limits.gap or falls_on:
            margin = min(margin, EXCUSED)
        if margin < 1.0:
            return None
        own = metric.train
        if own is None or significance(own) < 3 or retained_gain(own) < COLLAPSED or turned_up(own):
            continue
        numbers: dict[str, Number] = {
            "series": curve.name,
            "metric": own.name,
            "value": own.logged.last.value,
            "end": curve.logged.last.value,
            "gap": gap,
            "quality": quality,
        }
        evidence = (
            Evidence(own.name, int(own.reduced.steps[-own.end_count]), int(own.reduced.steps[-1]), "span", "floor"),
        )
        return found(
            Severity.WARNING,
            score=min(0.85, arrays.sigmoid_margin(margin) + 0.1),
            kind="high-floor",
            variant="high-floor",
            numbers=numbers,
            evidence=evidence,
            fixes=CAPACITY,
        )
    return None


def _hardly_better(view: View, curve: Curve, limits: Limits) -> Outcome | None:
    """The finding that the loss came to rest where it began, at what guessing gives; None where it fell further."""
    train = view.train if view.train is not None else curve
    if final_third(curve).share > limits.share:
        return None
    known = hardly_better(train, view.metrics, view.hyperparameters)
    if known is None or traits(view.run).domain is Domain.LANGUAGE_MODEL:
        return None
    log, last = train.logged, int(train.reduced.steps[-1])
    numbers: dict[str, Number] = {
        "series": train.name,
        "start": log.first.value,
        "end": log.last.value,
        "classes": known.classes,
        "guess": known.guess,
    }
    return found(
        Severity.WARNING,
        score=HARDLY,
        kind="high-floor",
        variant="guessing",
        numbers=numbers,
        evidence=(Evidence(train.name, int(train.reduced.steps[-train.end_count]), last, "span", "floor"),),
        fixes=CAPACITY,
    )


def _falls_on(train: Curve, limits: Limits) -> bool:
    """True for training that has come to no floor yet: it falls on while validation does not."""
    late = final_third(train)
    return train.count >= HANDFUL and late.share > SETTLED_FALL and late.tau < -limits.tau and late.z > limits.z


def _quality(metric: MetricCurves, loss: Curve | None) -> tuple[float, float] | None:
    """How well the training data are fitted (0 chance .. 1 perfect), and by how much validation is worse; if known."""
    known = metric if metric.name == "r2" else next(accuracies((metric,)), None)
    if known is None or known.train is None or known.train.count < 3:
        return None
    own = UnitMetric(known.train, 1.0) if metric.name == "r2" else unit_metric(known.train, 3)
    if own is None or (metric.name != "r2" and loss is not None and of_other_data(loss, own)):
        return None
    gap, held_out = 0.0, known.validation
    if held_out is not None and held_out.count >= 3:
        gap = own.end - UnitMetric(held_out, own.unit).end
    if metric.name == "r2":
        return own.end, gap
    chance = max(0.0, min(0.5, own.start))
    # better on validation: training was measured under harder conditions (dropout, augmentation, wrong labels)
    return (max(own.end, own.end - gap) - chance) / (1 - chance), gap


RULE = Rule(
    "underfitting",
    Limits(),
    check,
    requires=frozenset({"objective"}),
    optional=frozenset({"run", "train", "metric", "learning_rate", "reward", "hyperparameters"}),
    verdict=Verdict.UNDERFITTING,
    kinds=("undertrained", "high-floor"),
    variants=("undertrained", "undertrained-level", "schedule", "schedule-level", "high-floor", "guessing"),
    return_fixes=("longer-training", "several-seeds"),
    fixes=(
        "longer-training",
        "lr-up-3x",
        "lr-up-10x",
        "use-adam",
        "batch-norm",
        "larger-batch-lr",
        "wider-model",
        "less-dropout",
        "less-weight-decay",
        "better-features",
        "transfer-learning",
        "simple-start",
    ),
    quotes=(
        Quote("start", FIRST),
        Quote("then", "at"),
        Quote("end", LAST),
        Quote("value", LAST, "metric"),
    ),
)
