"""Return at its ceiling: every evaluation reaches the most that the environment gives.

What it sees
    An agent's return that stands at the highest value of a well-known environment to the end of the run.

Why it matters
    The task is solved, and nothing is wrong. A loss of a value function that grows or swings beside it follows its own moving
    targets and does not measure success; a mean over all episodes so far lags behind what the agent does.

How it is measured
    The last {FEWEST:int} values or more are equal, none was higher, and they are a known ceiling ({CEILINGS}). Of a mean over
    all episodes so far (it says so in its name and rises ever more slowly) the returns between its values are worked
    out first, and count as equal within {NEAR:pct}.

When it is silent
    Other constant returns: a policy that never meets a reward has them, too.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.model.role import Task
from loganalyzer.model.run import Floats, Ints
from loganalyzer.roles.words import words_of
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet

FEWEST = 4
"""So many values at the ceiling are no lucky episode."""
CEILINGS = (200.0, 500.0)
"""The most that an episode of CartPole gives, in its versions 0 and 1 (Gymnasium's documentation)."""
NEAR = 0.005
"""Rounding of a mean with two decimals, once it is taken apart."""
MEANS = frozenset("average avg mean running".split())


class Limits(LimitSet):
    """This rule has no limits."""


def check(view: View, _limits: Limits) -> Outcome:
    """Look at the last values of the return, then at what a mean so far is made of."""
    reward = view.reward
    if view.task is not Task.REINFORCEMENT or reward is None or reward.count < FEWEST:
        return not_applicable()
    steps, values = reward.finite_steps, reward.raw[reward.finite]
    variant, ceiling = "found", _ceiling(values, 0.0)
    if not ceiling and not MEANS.isdisjoint(words_of(reward.name)):
        variant, ceiling = "mean", _ceiling(_taken_apart(steps, values), NEAR)
    if not ceiling:
        return passed()
    numbers: dict[str, Number] = {"series": reward.name, "ceiling": ceiling, "end": float(values[-1])}
    mark = Evidence(reward.name, int(steps[-FEWEST]), int(steps[-1]), "span", "ceiling")
    return found(Severity.INFO, score=0.9, variant=variant, numbers=numbers, evidence=(mark,))


def _ceiling(values: Floats, near: float) -> float:
    """The known ceiling at which the last values stand; 0.0 where they do not, or some are higher."""
    last = values[-FEWEST:]
    fits = (c for c in CEILINGS if len(last) == FEWEST and (np.abs(last - c) <= near * c).all())
    ceiling = next(fits, 0.0)
    return ceiling if ceiling and values.max() <= ceiling * (1 + near) else 0.0


def _taken_apart(steps: Ints, values: Floats) -> Floats:
    """The mean between one value and the next of a mean over all steps so far."""
    sums = steps * values
    return np.asarray(np.diff(sums) / np.diff(steps), dtype=float)


RULE = Rule(
    "return-at-ceiling",
    Limits(),
    check,
    requires=frozenset({"reward"}),
    variants=("found", "mean"),
    causes=("found", "mean"),
)
