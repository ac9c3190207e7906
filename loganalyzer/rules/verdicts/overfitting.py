"""Overfitting: validation turned up while training went on improving.

What it sees
    A validation objective whose end level is worse than its best by more than noise and by a share of what it had
    gained, while the training objective went on falling or stayed at its floor.

Why it matters
    From the turning point on, the model learns what is particular to the training data. The checkpoint at the turn is
    better than the last one.

How it is measured
    Best = the lowest running median; end = median of the last tenth. The rise in standard errors, times Kendall's tau
    (noise with a long memory wanders, overfitting climbs), must exceed ``z``, with the noise measured about a slow
    trend (point-to-point noise is several times too small for smoothed logs); for a rise of {levels.LARGE_RISE:pct} of
    the scale of the gain or more, about its level of before the turn, so that the turn itself is no noise. It must
    exceed ``share`` of the scale of the gain (down to half of it the further it lies beyond ``sure`` standard errors),
    be a trend (tau above ``tau``, three values or more after the best), and the training objective must end no higher
    than it was at the turn. Where validation was best at its start, the scale is that of the training objective's gain.
    Without a training objective the confidence is lower. Where the learning rate cycles, only the ends of cycles are
    compared. Without a validation loss the main metric on validation data is judged.
    Strength, by the share of the gain that was lost: mild; moderate from ``moderate`` on, or when the main metric lost
    that share of its own gain; severe from ``severe`` on, unless the metric goes on improving (Prechelt, 1998, calls
    the rise the generalisation loss; here it is in units of gain, not of the loss, so that offset and sign do not
    matter).

When it is silent
    A constant gap between training and validation (that is no turn), a level from which validation had come down
    {levels.RECURRING} times, the first fall included, an uptick within noise, a rise that training shares (diverging),
    runs in which neither objective learned, and answers no better than guessing (accuracy at chance, one class for
    every sample, or a poor training accuracy that ends where it began). A loss that rises while accuracy still
    improves, by more than ``metric_gain`` of its gain after the turn, is over-confidence, another finding, as long as
    ``held`` of what the loss had gained is left.
"""

from __future__ import annotations

from dataclasses import dataclass

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import (
    accuracy_stayed_poor,
    at_chance,
    constant_prediction,
    validation_at_chance,
)
from loganalyzer.features.curve import Curve, MetricCurves
from loganalyzer.features.levels import (
    KEPT_GAIN,
    RECURRING,
    count_returns,
    fell_significantly,
    noise_before,
    retained_gain,
    scale,
    turning_point,
)
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, Verdict, found, not_applicable, passed
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import limit


@dataclass(frozen=True)
class Limits:
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
    held: float = limit(KEPT_GAIN, "share of the gain that must be left for it to be over-confidence only", 0.0, 1.0)


FIXES = (
    "early-stopping",
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
    train = view.train
    curve = view.validation if view.has("validation") else _validation_metric(view.metrics)
    if curve is None or curve.count < 5:
        return not_applicable()
    curve = view.steady(curve)
    if curve.count < 5:
        return passed()
    noise = noise_before(curve, curve.best_index)
    if not _learned(curve, noise, train):
        return passed()
    t = turning_point(curve)
    share = t.share
    if curve.gain <= 6 * noise and train is not None:
        # validation was best where it began: what training gained is the measure of what was lost
        share = min(share, t.rise / scale(train)) if scale(train) > 0 else 0.0
        if t.rise < 6 * noise:
            share = 0.0
    margin = min(
        t.z * t.tau / limits.z, share / _needed(t.z, limits), 1.0 + t.tau - limits.tau if t.after >= 3 else 0.0
    )
    train_fell, train_now, train_then = _training(view.steady(train) if train is not None else None, t.step)
    if not train_fell:
        margin = min(margin, 0.7)
    if margin > arrays.FAR and count_returns(curve, t.best, t.end) >= RECURRING:
        margin = min(margin, 0.7)
    improves = margin > 0.85 and _metric_still_improves(view.metrics, t.step, limits)
    if improves and retained_gain(curve) >= limits.held:
        margin = 0.85
    if margin > arrays.FAR and (_guesses(train or curve, view.metrics) or validation_at_chance(curve, view.metrics)):
        return passed()
    confidence = arrays.sigmoid_margin(margin)
    if train is None:
        confidence *= 0.85
    if margin < 1.0:
        return passed(score=min(confidence, 0.49))
    lost = t.rise / curve.gain if curve.gain > 6 * noise else share
    worst = max(lost, _lost_by_metric(view.metrics))
    kind = "severe" if lost >= limits.severe and not improves else "moderate" if worst >= limits.moderate else "mild"
    last = int(curve.reduced.steps[-1])
    _, reach = view.reach
    numbers: dict[str, Number] = {
        "best": curve.as_logged(t.best),
        "at": t.step,
        "end": curve.as_logged(t.end),
        "lost": lost,
        "z": t.z,
        "last": last,
        "length": last - t.step,
        "series": curve.name,
        "wasted": float(max(0.0, last - t.step) / reach),
        "train_then": train_then,
        "train_end": train_now,
    }
    evidence = (
        Evidence(curve.name, t.step, t.step, "point", "best", value=curve.as_logged(t.best)),
        Evidence(curve.name, t.step, last, "span", "rising"),
    )
    severity = Severity.ERROR if kind == "severe" else Severity.WARNING
    return found(
        severity,
        score=max(confidence, 0.5),
        kind=kind,
        variant="found" if train is not None else "alone",
        numbers=numbers,
        evidence=evidence,
        fixes=FIXES,
    )


def _validation_metric(metrics: tuple[MetricCurves, ...]) -> Curve | None:
    """The main metric on validation data, where no validation loss is logged."""
    return next((m.validation for m in metrics if m.validation is not None), None)


def _needed(z: float, limits: Limits) -> float:
    """The share that must be lost: ``limits.share``, down to half of it the more clearly the rise stands out of noise."""
    return limits.share * (0.5 + 0.5 * min(1.0, limits.sure / z)) if z > 0 else limits.share


def _guesses(curve: Curve, metrics: tuple[MetricCurves, ...]) -> bool:
    """True when the answers are no better than guessing to the end: what falls in the loss is no learning by heart."""
    return bool(
        at_chance(curve, metrics, once_better=True)
        or constant_prediction(curve, metrics) is not None
        or accuracy_stayed_poor(metrics)
    )


def _learned(curve: Curve, noise: float, train: Curve | None) -> bool:
    """True when validation, or at least training, had gained far more than its noise: there was something to lose."""
    if curve.gain > 6 * noise and fell_significantly(curve):
        return True
    return train is not None and train.count >= 5 and train.gain > 10 * train.sigma and fell_significantly(train)


def _training(train: Curve | None, step: int) -> tuple[bool, float, float]:
    """Whether training ended no worse than it was when validation turned; its level at the end and at the turn."""
    if train is None or train.count < 3:
        return True, 0.0, 0.0
    then, now = train.value_at(step), train.end
    return now <= then + 2 * train.sigma + 0.05 * scale(train), train.as_logged(now), train.as_logged(then)


def _metric_still_improves(metrics: tuple[MetricCurves, ...], step: int, limits: Limits) -> bool:
    """True when the main validation metric went on improving clearly after the objective had turned."""
    for metric in metrics[:1]:
        curve = metric.validation
        if curve is None or curve.count < 5:
            continue
        later = curve.value_at(step) - curve.end
        return curve.gain > 0 and later > max(
            limits.metric_gain * curve.gain, 2 * curve.standard_error(curve.end_count)
        )
    return False


def _lost_by_metric(metrics: tuple[MetricCurves, ...]) -> float:
    """Share of its gain that the main validation metric lost after its best, where that is beyond its noise."""
    for metric in metrics[:1]:
        curve = metric.validation
        if curve is None or curve.count < 5 or curve.gain <= 6 * curve.sigma:
            continue
        t = turning_point(curve)
        return t.rise / curve.gain if t.z > 4 and t.tau > 0.2 else 0.0
    return 0.0


RULE = Rule(
    "overfitting",
    Limits(),
    check,
    requires=frozenset({"objective"}),
    optional=frozenset({"train", "validation", "metric"}),
    verdict=Verdict.OVERFITTING,
)
