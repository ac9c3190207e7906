"""Self-play: the return is that of a game against oneself, which says nothing of how well it is played.

What it sees
    A run of reinforcement learning whose opponent learns as well.

Why it matters
    Whoever plays against a copy of itself wins half of the games, on the first day and on the last. The return stays
    where it is however much is learned; a rating against fixed opponents tells.

How it is measured
    Names that say so (self-play, Elo); or a return of wins and losses alone (only -1, 0 and 1, both -1 and 1 among
    them, {FEWEST} values or more), whose means stay within ``level`` of zero throughout.

When it is silent
    For all other runs, also those of a game against a fixed opponent, whose return leaves zero.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features.view import View
from loganalyzer.model.outcome import Number, Outcome, Severity, Verdict, found, passed
from loganalyzer.model.role import Task
from loganalyzer.model.run import Series
from loganalyzer.roles.words import words_of
from loganalyzer.rules.base import Abstention, Rule
from loganalyzer.rules.limits import LimitSet, limit

FEWEST = 100
"""So many games show whether wins and losses balance."""
MEANS = 10
"""The level of a return of wins and losses is looked at in so many parts of the run."""


class Limits(LimitSet):
    """Limits of this rule."""

    level: float = limit(0.3, "largest mean return (win 1, loss -1) of a game between equals", 0.05, 0.9)


def check(view: View, limits: Limits) -> Outcome:
    """Does the run play against itself?"""
    if view.task is not Task.REINFORCEMENT:
        return passed()
    reward = view.roles.reward
    named = any(_is_named(name) for name in view.run.series)
    if not named and not (reward is not None and _is_balanced(reward, limits)):
        return passed()
    numbers: dict[str, Number] = {
        "series": reward.name if reward is not None else ", ".join(sorted(view.run.series)[:3])
    }
    return found(Severity.INFO, score=0.9, numbers=numbers, fixes=("log-evaluation-return",))


def _is_named(name: str) -> bool:
    words = words_of(name)
    return "selfplay" in words or "elo" in words or ("self" in words and "play" in words)


def _is_balanced(reward: Series, limits: Limits) -> bool:
    values = reward.values[np.isfinite(reward.values)]
    if len(values) < FEWEST or not np.isin(values, (-1.0, 0.0, 1.0)).all() or values.min() != -1 or values.max() != 1:
        return False
    return all(abs(float(part.mean())) < limits.level for part in np.array_split(values, MEANS))


RULE = Rule(
    "self-play",
    Limits(),
    check,
    requires=frozenset({"run"}),
    verdict=Verdict.INCONCLUSIVE,
    abstains=Abstention.OTHER_TASK,
    kinds=("self-play",),
    fixes=("log-evaluation-return",),
)
