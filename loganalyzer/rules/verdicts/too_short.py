"""Too short: not enough points for a verdict.

What it sees
    An objective with fewer than ``points`` finite values (and no NaN that says it all).

Why it matters
    Two or three numbers have no noise level, no trend and no turning point. A confident word about them would be a
    guess.

How it is measured
    Finite values of the longest objective, training or validation; in reinforcement learning of the return. Of
    {first_to_last.FEWEST} points and more it is told where they did not get better (by {first_to_last.CHANGED:pct} of
    the first one) or lost {first_to_last.LOST:pct} of what they had gained.
    Of a log that begins late it is told where loss and accuracy are what guessing gives, or the loss is within
    {CLOSE:pct} of ln K for the K classes of the settings.

When it is silent
    When the objective ends as NaN or infinity: that is diverging after two points already. For adversarial runs, which
    have their own card.
"""

from __future__ import annotations

import math

from loganalyzer.features.accuracy import at_chance
from loganalyzer.features.curve import Curve
from loganalyzer.features.first_to_last import direction
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Number, Outcome, Severity, Verdict, found, not_applicable, passed
from loganalyzer.model.role import Task
from loganalyzer.roles.hyperparameters import is_number, plain
from loganalyzer.rules.base import FIRST, LAST, Abstention, Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit
from loganalyzer.rules.more_points import AT_CHANCE, FIXES, for_more_points

CLASSES, MOST_CLASSES = ("numclasses", "nclasses", "classes", "nclass"), 10**7
"""What the number of classes is called in the settings; more of them there are not."""
CLOSE = 0.01
"""A loss this near to ln K, as a share of it, is that of guessing among K classes."""
SCORE = 0.74
"""Of the logs of other people that looked too short, a third held more than was read."""


class Limits(LimitSet):
    """Limits of this rule."""

    points: float = limit(5, "finite points of the objective below which there is no verdict", 3, 50)


def check(view: View, limits: Limits) -> Outcome:
    """Count the finite points of the longest objective."""
    curves = [c for c in (view.main, view.objective) if c is not None]
    longest = max(curves, key=lambda c: c.count)
    main = view.main
    if longest.count >= limits.points or (main is not None and len(main.raw) and not main.finite[-1]):
        return passed()
    if view.task is Task.ADVERSARIAL:
        return not_applicable()
    numbers: dict[str, Number] = {"points": longest.count, "needed": int(limits.points), "series": longest.name}
    guessing = _guessing(longest, view)
    if guessing is not None:
        own = {**numbers, "classes": guessing, "end": longest.logged.last.value, "at": int(longest.finite_steps[-1])}
        return found(
            Severity.WARNING, score=SCORE, variant="chance", numbers=own, fixes=(*AT_CHANCE, *for_more_points(view))
        )
    variant = direction(longest)
    if variant != "found":
        numbers |= {"start": longest.logged.first.value, "end": longest.logged.last.value}
    return found(Severity.INFO, score=SCORE, variant=variant, numbers=numbers, fixes=for_more_points(view))


def _guessing(curve: Curve, view: View) -> int | None:
    """The number of classes, where a log that begins late shows what guessing among them gives; else None."""
    if view.run.begins_at is None:
        return None
    classes = at_chance(curve, view.metrics)
    if classes is not None:
        return classes[0]
    told = (value for name, value in view.run.hyperparameters.items() if plain(name) in CLASSES)
    known = next(
        (int(value) for value in told if is_number(value) and value == int(value) and 2 <= value <= MOST_CLASSES), 0
    )
    level = math.log(known) if known else 0.0
    return known if known and curve.sign > 0 and abs(curve.end - level) <= CLOSE * level else None


RULE = Rule(
    "too-short",
    Limits(),
    check,
    requires=frozenset({"objective"}),
    optional=frozenset({"validation", "run", "metric"}),
    verdict=Verdict.INCONCLUSIVE,
    abstains=Abstention.NO_DATA,
    kinds=("too-short",),
    variants=("found", "flat", "rising", "chance"),
    fixes=tuple(dict.fromkeys((*AT_CHANCE, *FIXES))),
    quotes=(Quote("start", FIRST), Quote("end", LAST), Quote("end", "at")),
)
