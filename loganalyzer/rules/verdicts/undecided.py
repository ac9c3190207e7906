"""Undecided: there are points enough, and they fit no verdict.

What it sees
    An objective of which no rule can say that it diverged, turned, swings, stands still, goes on falling or settled.

Why it matters
    A verdict that the points do not carry would be a guess. Most such curves lie on a borderline: a gain hardly larger
    than the noise, or a turn hardly larger than the gain.

How it is measured
    Asked last, and only where no other rule decides: the curve neither gained, nor turned, nor stayed where it was
    beyond its noise. The verdict whose rule came nearest is given then, with the probability that so near a one is
    right; the run is left without a verdict only where none came near. Of a log that begins late, the step at which it
    does is named, and no verdict given: a curve at rest may have learned before. Nor is one given of a validation that
    ends as NaN or infinity, or of fewer than {small_sample.HANDFUL} values of a positive loss that scatter so widely
    that a fall by {small_sample.HIDDEN:pct} of their level might be chance (of a return, a change by that share), or of as
    few of training alone that all lie within one epoch.

When it is silent
    Wherever another rule decides, also one that says why there is no verdict (too few points, no objective, a learning-rate
    range test, adversarial training, self-play).
"""

from __future__ import annotations

import math

from loganalyzer.features.accuracy import at_chance
from loganalyzer.features.curve import Curve
from loganalyzer.features.one_epoch import within_one_epoch
from loganalyzer.features.small_sample import hides_half
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Number, Outcome, Severity, Verdict, found, not_applicable
from loganalyzer.model.role import Task
from loganalyzer.rules.base import FIRST, LAST, Abstention, Quote, Rule
from loganalyzer.rules.limits import LimitSet
from loganalyzer.rules.more_points import AT_CHANCE, FIXES, for_more_points

SCORE = 0.3
TOO_NOISY = "too-noisy"
"""The variant of a handful of values that scatter too widely to come near a verdict."""
TOO_NOISY_RETURN = "too-noisy-return"
"""That of as few returns of reinforcement learning."""
ONE_EPOCH = "one-epoch"
"""The variant of a handful of training losses that all lie within one epoch."""


class Limits(LimitSet):
    """This rule has no limits."""


def check(view: View, _limits: Limits) -> Outcome:
    """Name the objective and its number of points."""
    curve = view.objective
    if curve is None:
        return not_applicable()
    numbers: dict[str, Number] = {"series": curve.name, "points": curve.count}
    if curve.count:
        numbers |= {"start": curve.logged.first.value, "end": curve.logged.last.value}
    late = view.run.begins_at
    if late is not None:
        own: dict[str, Number] = {**numbers, "at": late}
        return found(Severity.INFO, score=SCORE, variant="excerpt", numbers=own, fixes=_of_excerpt(curve, view))
    if curve.count and not math.isfinite(curve.raw[-1]):
        return found(Severity.INFO, score=SCORE, variant="lost", numbers=numbers, fixes=("match-evaluation",))
    if within_one_epoch(view):
        return found(Severity.INFO, score=SCORE, variant=ONE_EPOCH, numbers=numbers, fixes=for_more_points(view))
    curves = [c for c in (view.main, curve) if c is not None]
    returns = view.task is Task.REINFORCEMENT
    if all(hides_half(c.reduced.values, of_returns=returns) for c in curves):
        variant = TOO_NOISY_RETURN if returns else TOO_NOISY
        return found(Severity.INFO, score=SCORE, variant=variant, numbers=numbers, fixes=for_more_points(view))
    return found(Severity.INFO, score=SCORE, variant="found", numbers=numbers, fixes=for_more_points(view))


def _of_excerpt(curve: Curve, view: View) -> tuple[str, ...]:
    """What to do about a log that begins late: where its values are those of guessing, what keeps a model from learning."""
    return (*AT_CHANCE, "log-more-often") if at_chance(curve, view.metrics) is not None else for_more_points(view)


RULE = Rule(
    "undecided",
    Limits(),
    check,
    requires=frozenset({"objective"}),
    optional=frozenset({"run", "validation", "metric"}),
    verdict=Verdict.INCONCLUSIVE,
    abstains=Abstention.UNDECIDED,
    kinds=("undecided",),
    variants=("found", "excerpt", "lost", TOO_NOISY, TOO_NOISY_RETURN, ONE_EPOCH),
    fixes=tuple(dict.fromkeys((*AT_CHANCE, *FIXES, "match-evaluation"))),
    quotes=(
        Quote("start", FIRST),
        Quote("end", LAST),
    ),
)
