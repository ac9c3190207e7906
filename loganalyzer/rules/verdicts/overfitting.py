"""Overfitting: validation turned up while training went on improving.

What it sees
    A validation objective whose end level is worse than its best by more than noise and by a share of what it had
    gained, while the training objective went on falling or stayed at its floor.

Why it matters
    From the turning point on, the model learns what is particular to the training data. The checkpoint at the turn is
    better than the last one.

How it is measured
    Judged by levels: best = the lowest running median, end = median of the last tenth (named are the logged values).
    The rise in standard errors, times Kendall's tau (noise with a long memory wanders, overfitting climbs), must exceed
    ``z``, with the noise measured about a slow trend (point-to-point noise is several times too small for smoothed
    logs); for a rise of {levels.LARGE_RISE:pct} of the scale of the gain or more, about its level of before the turn,
    so that the turn itself is no noise. It must exceed ``share`` of the scale of the gain (down to half of it the
    further it lies beyond ``sure`` standard errors), be a trend (tau above ``tau``, three values or more after the
    best), and the training objective must end no higher than it was at the turn (or below {carried_over.BY_HEART:pct}
    of its start). A curve that jumps at once and stays up, or sinks a little, is judged by level instead: a rise of
    ``level`` of the scale or more, of which the lowest tenth of the later values after the best still holds
    {turn_margins.HELD:pct}, and whose standard errors (of the noise about its levels) times that share exceed
    ``level_z``. Up to {short_turn.FEW} evaluations are judged by their order: they rise one by one from their best on,
    twice or more, by ``level`` of the gain (less the longer they rise; from {short_turn.ENOUGH} values on, of which one
    may fall back, by ``share``) and by ``share`` of that of training, which clearly fell. Without a turn, learning by
    heart shows where training came down to less than {carried_over.BY_HEART:pct} of its start and validation, which
    began at the same level and has come to rest, lacks ``lacking`` or more of what training gained, counted from the
    higher of the two starts (from {carried_over.CLEARLY_LOWER:pct} on where nothing at all arrived). Where validation
    was best at its start, the scale is that of the training objective's gain. Without a training objective the
    confidence is lower. Where the learning rate cycles, only the ends of cycles are compared. Without a validation loss
    the main metric on validation data is judged. Strength, by the share of the gain that was lost: mild; moderate from
    ``moderate`` on, or when the main metric lost that share of its own gain; severe from ``severe`` on, unless the
    metric goes on improving (Prechelt, 1998, calls the rise the generalisation loss; here it is in units of gain, not
    of the loss, so that offset and sign do not matter). A loss that turned by {LEANS:pct} of ``share`` or more is
    confirmed by the main metric on the same data, where that turned by ``moderate`` or more of its own gain. Where
    values scatter too far for levels, ranks decide: of the last third and the best stretch before it,
    {late_level.ABOVE:pct} of the pairs are in this order (and by {late_level.OUT_OF_CHANCE} deviations), the medians
    lie ``level`` of the scale apart, and training ends at its best. Up to {level_above_best.MOST_BY_LEVEL} evaluations
    that were best among their first third and stayed away from there, by {early_best.OUT_OF_SCATTER} deviations of the
    later ones ({early_best.FAR_OUT} of more than {early_best.MANY}) and ``level`` of what training gained, turned, too;
    so did a positive loss that ends {early_best.ORDERS} times above all that it had been. Validation that scatters was
    left behind where it ends {level_above_best.PAST_BEST:pct} of its scale above its best, most late values hold that
    and lie above those before the best or climb, and training since then gained {level_above_best.WENT_ON:pct} of its
    scale or came down to {level_above_best.LEFT:pct} of its level ({level_above_best.LEFT_A_LITTLE:pct} where a
    positive loss ends {level_above_best.MANIFOLD:g} times above its best). Where a metric has a value that guessing
    gives (an area under the ROC curve, R2) and validation never got beyond it while training did, by far, that is
    learning by heart as well; so is a validation loss of a classifier that never came below ln K, the loss of guessing
    among its K classes, where training came below {guessing.BELOW:pct} of it (K as set, by a first loss and a first
    accuracy that are those of guessing, or by an accuracy that stands at 1/K).

When it is silent
    Validation that jumped and repeats one number since (see evaluation-differs), or whose last value, fewer than
    {turn_margins.FEW_SINCE} after the best, came back to {turn_margins.CAME_BACK:pct} of its rise or less. A rise by
    less than {turn_margins.IMMATERIAL:pct} of what training gained. A constant gap between training and validation
    (that is no turn), a level from which validation had come down {levels.RECURRING} times, the first fall included, an
    uptick within noise, a rise that training shares (diverging), runs in which neither objective learned, and answers
    no better than guessing (accuracy at chance, one class for every sample, or a poor training accuracy that ends where
    it began). A loss that rises while accuracy still improves, by more than ``metric_gain`` of its gain after the turn,
    is over-confidence, another finding, as long as ``held`` of what the loss had gained is left."""

from __future__ import annotations

from loganalyzer.features import arrays
from loganalyzer.features.carried_over import lacking_share
from loganalyzer.features.curve import Curve, MetricCurves
from loganalyzer.features.frozen import stuck_since
from loganalyzer.features.level_above_best import level_above_best
from loganalyzer.features.levels import (
    KEPT_GAIN,
    RECURRING,
    TurningPoint,
    count_returns,
    noise_before,
    retained_gain,
    turning_point,
)
from loganalyzer.features.metric_turn import lost_by_metric, metric_still_improves
from loganalyzer.features.short_turn import large_short_turn
from loganalyzer.features.training_since import Training, training_since
from loganalyzer.features.turn_margins import (
    OUT_OF_NOISE,
    came_back,
    had_something_to_lose,
    immaterial,
    level_margin,
    lost_what_training_kept,
    margin_of,
    only_guesses,
    share_lost,
)
from loganalyzer.features.view import View
from loganalyzer.model.outcome import (
    Evidence,
    Number,
    Outcome,
    Severity,
    Status,
    Verdict,
    found,
    not_applicable,
    passed,
)
from loganalyzer.model.verdicts import DEGREES
from loganalyzer.rules.base import FIRST, LAST, Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit
from loganalyzer.rules.no_better_than_guessing import guessed, useless


class Limits(LimitSet):
    """Limits of this rule."""

    z: float = limit(3.5, "the rise in standard errors, times Kendall's tau of what follows the best", 1.0, 20.0)
    share: float = limit(0.10, "the rise as a share of the scale of the gain", 0.01, 1.0)
    sure: float = limit(10.0, "the rise in standard errors from which a smaller share counts too", 4.0, 1e3)
    tau: float = limit(0.2, "Kendall's tau of validation after its best", -1.0, 1.0)
    moderate: float = limit(
        0.15, "share of the gain lost from which overfitting is moderate", 0.05, 2.0, formerly="clear"
    )
    severe: float = limit(0.6, "share of the gain lost from which overfitting is severe", 0.1, 5.0)
    metric_gain: float = limit(
        0.25,
        "share of the validation metric's gain that came after the turn; more makes it over-confidence instead",
        0.0,
        1.0,
    )
    level: float = limit(
        0.25, "the rise as a share of the scale of the gain, where it lies level instead of rising", 0.05, 2.0
    )
    level_z: float = limit(5.0, "such a rise in standard errors, times how well it is held", 1.0, 20.0)
    lacking: float = limit(0.7, "share of what training gained that validation lacks at the end", 0.2, 1.0)
    held: float = limit(KEPT_GAIN, "share of the gain that must be left for it to be over-confidence only", 0.0, 1.0)


NEAREST = 0.25
"""The score of validation that lost what it had gained beside training that kept it, without a turn to be seen."""
BROKEN = 0.3
"""The score of a validation that jumped and repeats one number: what it would have done is not known."""
FEWEST = 4
"""With fewer evaluations nothing can turn."""
ENOUGH = 10
"""So many evaluations of a metric show whether it turned."""
LEANS = 0.5
"""The share of the limit by which a loss must have turned to confirm that its metric did."""
STANDS_OUT = 2.5
"""The same in standard errors."""
SHORT = 1.3
"""The margin of a turn that only a handful of evaluations show, and the most of one that nothing turned in."""
MOST_LOST = 9.99
"""The most that is given as the share of its gain that a curve lost."""
COMPARABLE = 10.0
"""A rise of more than so many times the gain is no share of it."""
UNEXPLAINED = 0.7
"""The most margin of a rise that is no learning by heart: training rose as well, or validation comes and goes."""
OVER_CONFIDENT = 0.85
"""The most margin of a rise in the loss while the metric goes on improving."""
ALONE = 0.85
"""The score of a rise that no training curve stands beside, as a share of what it would be with one."""
FIXES = (
    "early-stopping",
    "keep-best-checkpoint",
    "weight-decay",
    "add-dropout",
    "augment",
    "more-data",
    "smaller-model",
    "reduce-on-plateau",
    "label-smoothing",
    "transfer-learning",
    "fix-labels",
)


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the validation objective."""
    curve = view.validation if view.has("validation") else _validation_metric(view.metrics)
    if curve is None or curve.count < FEWEST:
        return not_applicable()
    curve = view.steady(curve)
    if curve.count < FEWEST:
        return passed()
    if stuck_since(curve):
        return passed(score=BROKEN)  # one number that does not move is no answer of weights that do
    if (guess := guessed(view, FIXES)) is not None:
        return guess
    turned = _turned(curve, view, limits)
    if turned.status is Status.FOUND or came_back(curve):
        return turned
    return (
        useless(view, FIXES)
        or _memorised(curve, view, limits)
        or _shown_by_metric(curve, view, limits)
        or _lies_higher(curve, view, limits)
        or turned
    )


def _lies_higher(curve: Curve, view: View, limits: Limits) -> Outcome | None:
    """The finding that late values lie above an early level, by ranks or by far, beside training that learned."""
    if view.train is None:
        return None
    train = view.steady(view.train)
    seen = level_above_best(curve, train, limits.level)
    if seen is None or only_guesses(curve, view.train, view.metrics):
        return None
    training = training_since(train, seen.turn.step)
    if not training.held or metric_still_improves(view.metrics, seen.turn.step, limits.metric_gain):
        return None
    kind = kind_of(seen.lost, seen.lost, limits, excused=seen.by_ranks and not seen.gained)
    return _overfitted(curve, view, seen.turn, training, seen.lost, kind, seen.score, gained=seen.gained)


def _shown_by_metric(curve: Curve, view: View, limits: Limits) -> Outcome | None:
    """The finding that the main metric turned where the loss ``curve`` leans the same way, if less; None elsewhere.

    Metrics count what is right, losses how sure the answers are: either may be the first to show that a model learns by
    heart. Two weak signs of one set are as good as a strong one; a metric whose loss is at its best is contradicted.
    """
    train, own = view.train, _validation_metric(view.metrics[:1]) if view.has("validation") else None
    if train is None or own is None or own.count < ENOUGH:
        return None
    own, loss = view.steady(own), turning_point(curve)
    if own.count < ENOUGH or loss.share < LEANS * limits.share or loss.z < STANDS_OUT or loss.tau <= 0:
        return None
    turned = _turned(own, view, limits)
    found_more = turned.status is Status.FOUND and turned.kind != "mild"
    return turned if found_more and training_since(view.steady(train), turning_point(own).step).fell else None


def _turned(curve: Curve, view: View, limits: Limits) -> Outcome:
    """The finding that validation turned up; that it passed otherwise."""
    noise = noise_before(curve, curve.best_index)
    turn, short, share, margin = turning_point(curve), None, 0.0, 0.0
    if curve.count >= 5 and had_something_to_lose(curve, noise, view.train):
        share = share_lost(curve, turn, noise, view.train)
        margin = max(margin_of(turn, share, limits), level_margin(curve, turn, share, limits))
    if margin < 1.0:
        short = large_short_turn(curve, view.train, limits.level, limits.share)
    if short is not None:
        turn, share, margin = short, short.share, SHORT
    training = training_since(view.steady(view.train) if view.train is not None else None, turn.step)
    if margin > UNEXPLAINED and (not training.held or count_returns(curve, turn.best, turn.end) >= RECURRING):
        margin = UNEXPLAINED
    back = came_back(curve)
    if back or immaterial(turn, view.train):
        margin = min(margin, UNEXPLAINED)
    improves = margin > OVER_CONFIDENT and metric_still_improves(view.metrics, turn.step, limits.metric_gain)
    if improves and retained_gain(curve) >= limits.held:
        margin = OVER_CONFIDENT
    if margin > arrays.FAR and only_guesses(curve, view.train, view.metrics):
        return passed()
    score = arrays.sigmoid_margin(margin) * (1.0 if view.train is not None else ALONE)
    if margin < 1.0:
        if back:
            return passed(score=min(score, NEAREST))
        leans = training.held and lost_what_training_kept(curve, turn, view.train)
        return passed(
            score=max(score, NEAREST) if leans and not only_guesses(curve, view.train, view.metrics) else score
        )
    gained = short is not None or curve.gain > OUT_OF_NOISE * noise
    lost = turn.rise / curve.gain if gained and curve.gain > 0 else share or turn.share
    kind = kind_of(lost, max(lost, lost_by_metric(view.metrics)), limits, excused=improves)
    return _overfitted(curve, view, turn, training, lost, kind, max(score, 0.5), gained=gained)


def _memorised(curve: Curve, view: View, limits: Limits) -> Outcome | None:
    """The finding that next to nothing of what training learned reached validation; None where it did."""
    train = view.train
    if train is None or train.count < 5 or curve.count < FEWEST:
        return None
    lacking = lacking_share(train, curve)
    if lacking < limits.lacking or only_guesses(curve, view.train, view.metrics):
        return None
    numbers: dict[str, Number] = {
        **_numbers(curve, turning_point(curve), view),
        "lacking": lacking,
        "train": train.name,
        "train_then": train.as_logged(train.start),
        "train_end": train.as_logged(train.end),
    }
    score = arrays.sigmoid_margin(min(lacking / limits.lacking, SHORT))
    worse = (curve.logged.last.value - curve.logged.first.value) * curve.sign > 0
    span = Evidence(curve.name, int(curve.reduced.steps[0]), int(curve.reduced.steps[-1]), "span", "lacking")
    return found(
        Severity.ERROR,
        score=score,
        kind="severe",
        variant="memorised-worse" if worse else "memorised",
        numbers=numbers,
        evidence=(span,),
        fixes=FIXES,
    )


def kind_of(lost: float, worst: float, limits: Limits, *, excused: bool) -> str:
    """How bad it is: by the share of the gain that validation lost, and the most that it or the main metric did.

    ``excused``: the metric went on improving, so that the loss in the objective is not severe.
    """
    if lost >= limits.severe and not excused:
        return "severe"
    return "moderate" if worst >= limits.moderate else "mild"


def _overfitted(
    curve: Curve,
    view: View,
    turn: TurningPoint,
    training: Training,
    lost: float,
    kind: str,
    score: float,
    *,
    gained: bool,
) -> Outcome:
    log = curve.logged
    numbers: dict[str, Number] = {
        **_numbers(curve, turn, view),
        "train": "" if view.train is None else view.train.name,
        "train_then": training.then,
        "train_end": training.end,
    }
    far = not gained or lost > COMPARABLE or log.first == log.best
    worse_than_start = (log.last.value - log.first.value) * curve.sign >= 0
    variant = "far" if far else "worse-than-start" if worse_than_start else "found"
    return found(
        Severity.ERROR if kind == "severe" else Severity.WARNING,
        score=score,
        kind=kind,
        variant=variant + ("-alone" if view.train is None else ""),
        numbers=numbers,
        evidence=(
            Evidence(curve.name, log.best.step, log.best.step, "point", "best", value=log.best.value),
            Evidence(curve.name, log.best.step, log.last.step, "span", "rising"),
        ),
        fixes=FIXES,
    )


def _numbers(curve: Curve, turn: TurningPoint, view: View) -> dict[str, Number]:
    """What every variant of the finding says of ``curve``, in values of the log; ``lost`` is that of its gain."""
    log = curve.logged
    first, best, last = log.first, log.best, log.last
    _, reach = view.reach
    gain = abs(first.value - best.value)
    return {
        "start": first.value,
        "best": best.value,
        "at": best.step,
        "end": last.value,
        "lost": min(MOST_LOST, abs(last.value - best.value) / gain) if gain > 0 else MOST_LOST,
        "z": turn.z,
        "last": last.step,
        "length": last.step - best.step,
        "series": curve.name,
        "wasted": float((last.step - best.step) / reach),
    }


def _validation_metric(metrics: tuple[MetricCurves, ...]) -> Curve | None:
    """The main metric on validation data, where no validation loss is logged."""
    return next((m.validation for m in metrics if m.validation is not None), None)


RULE = Rule(
    "overfitting",
    Limits(),
    check,
    requires=frozenset({"objective"}),
    optional=frozenset({"train", "validation", "metric", "hyperparameters"}),
    verdict=Verdict.OVERFITTING,
    kinds=DEGREES,
    variants=(
        "found",
        "worse-than-start",
        "far",
        "found-alone",
        "worse-than-start-alone",
        "far-alone",
        "memorised",
        "memorised-worse",
        "useless",
        "guessing",
    ),
    fixes=(*FIXES, "check-labels-inputs", "match-evaluation"),
    names_best=True,
    quotes=(
        Quote("start", FIRST),
        Quote("best", "at"),
        Quote("end", LAST),
    ),
)
