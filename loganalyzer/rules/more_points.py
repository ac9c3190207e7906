"""How a log of too few points gets more of them, for every rule that asks for them: closer points, or more epochs."""

from __future__ import annotations

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import accuracy_curves, on_training, on_validation
from loganalyzer.features.curve import Curve
from loganalyzer.features.first_to_last import FEWEST, direction
from loganalyzer.features.view import View
from loganalyzer.model.role import Task

TO_LOOK_AT = ("overfit-one-batch", "check-labels-inputs", "check-training-loop")
RISING = ("check-labels-inputs", "shuffle", "check-training-loop", "overfit-one-batch")
"""What costs minutes and tells more than further epochs do, where the loss has not fallen so far, or has risen."""
LATE = ("log-more-often", "check-labels-inputs", "check-training-loop")
"""The same of a log that begins late: what the beginning was like is asked for first."""
WORSENING = ("lr-down-10x", "keep-best-checkpoint", "log-more-often")
"""Of a log that begins late and in which the loss rises: most often the steps were too large, and better weights were there."""
JUMPING = ("lr-down-10x", "early-stopping", "match-evaluation")
"""Where training gets better and validation leaps, or is far from its best at the end: longer training does not help that."""
GOOD = 0.95
"""A score from which an easy task is learned, however little its loss still moves."""
FAR = 0.25
"""Validation that lost this share of its range since its best is far from it."""
AT_CHANCE = ("lr-down-10x", "he-init", "check-labels-inputs", "overfit-one-batch")
"""What to change about a run that still guesses long after it began."""
PERFECT = ("check-labels-inputs", "check-leak")
"""Where every answer is right from the first point on: one class, or the answer among the inputs."""
FIXES = (*RISING, *WORSENING, *JUMPING, "check-leak", "longer-training", "log-validation")
"""Every fix that may be named here."""


def for_more_points(view: View) -> tuple[str, ...]:
    """The fixes that bring more points to the objective, the most helpful first.

    Where every step (epoch) of the run's own count has its point, only more of them help; where points lie apart, closer ones
    do. A run is asked to go on only where it got better so far, and where its log does not begin late: it may be long then.
    Validation is asked for where none is logged.
    """
    curve = view.main if view.main is not None else view.objective
    apart = curve is not None and curve.count > 1 and arrays.median(arrays.differences(curve.finite_steps)) > 1
    validation = () if view.has("validation") else ("log-validation",)
    if perfect_at_once(view):
        return (*PERFECT, *(() if view.has("validation") else ("log-validation",)))
    late = view.run.begins_at is not None
    if view.task is Task.REINFORCEMENT:
        return ("log-more-often",) if late else ("log-more-often", "longer-training") if apart else ("longer-training",)
    if curve is not None and (went := _direction(curve)) != "found" and not _good_throughout(view):
        if late:
            several = curve.count > FEWEST  # of two values either may be the stray one
            return WORSENING if went == "rising" and several else (*LATE, *validation)
        return (*(RISING if went == "rising" else TO_LOOK_AT), *(("log-more-often",) if apart else ()), *validation)
    if late:
        return ("log-more-often", *validation)
    if _validation_is_far(view):
        return JUMPING
    return ("log-more-often", *validation, "longer-training") if apart else ("longer-training", *validation)


def _validation_is_far(view: View) -> bool:
    """Whether validation ends far above its best level, by a share of all that it moved."""
    held_out = view.validation
    if held_out is None or held_out is view.main or held_out.count <= FEWEST or held_out.value_range <= 0:
        return False
    return float(held_out.values[-1] - held_out.values.min()) > FAR * held_out.value_range


def perfect_at_once(view: View) -> bool:
    """Whether a score of which 1 is the most (or 100, an accuracy) stands at exactly that from its first or second point on."""
    scores = (own for m in view.metrics if m.direction == "max" for own in (m.train, m.validation) if own is not None)
    percent = (
        own.curve for pick in (on_training, on_validation) for own in accuracy_curves(view.metrics, pick, FEWEST)
    )
    return any(own.count >= FEWEST and bool((own.raw[1:] == 1.0).all()) for own in scores) or any(
        bool((own.raw[1:] == 100.0).all()) for own in percent
    )


def _good_throughout(view: View) -> bool:
    """Whether a score of which 1 is the most is near it at each of several points: nothing says that the code cannot learn."""
    scores = (own for m in view.metrics if m.direction == "max" for own in (m.train, m.validation) if own is not None)
    return any(own.count >= FEWEST and bool((own.raw >= GOOD).all() and (own.raw <= 1.0).all()) for own in scores)


def _direction(curve: Curve) -> str:
    """Where the curve went; one that is exactly 0 throughout is flat, however few its values: no loss begins at its floor."""
    return "flat" if curve.count and not curve.values.any() else direction(curve)
