"""No objective: the log holds nothing that can be called a loss or a main metric.

What it sees
    A log without training or validation loss and without a metric that could stand in for it; a run of reinforcement
    learning without a return, whose losses do not tell how good the policy is.

Why it matters
    Without an objective there is nothing to judge. Usually the names are unusual, and one line of configuration helps.

How it is measured
    By names (the table of roles) and the user's ``[roles]``.

When it is silent
    As soon as one objective is known; and for adversarial runs, which have their own card.
"""

from __future__ import annotations

from loganalyzer.features.view import View
from loganalyzer.model.outcome import Outcome, Severity, Verdict, found, passed
from loganalyzer.model.role import Task
from loganalyzer.rules.base import Abstention, Rule
from loganalyzer.rules.limits import LimitSet


class Limits(LimitSet):
    """This rule has no limits."""


def check(view: View, _limits: Limits) -> Outcome:
    """Is there an objective?"""
    if view.has("objective") or view.task is Task.ADVERSARIAL or view.has("reward"):
        return passed()
    names = sorted(view.run.series)
    agent = view.task is Task.REINFORCEMENT
    shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    return found(
        Severity.INFO,
        score=0.95,
        variant="no-reward" if agent else "found" if names else "empty",
        numbers={"count": len(names), "names": shown},
        fixes=("log-evaluation-return", "name-roles") if agent else ("log-losses", "name-roles"),
    )


RULE = Rule(
    "no-objective",
    Limits(),
    check,
    requires=frozenset({"run"}),
    verdict=Verdict.INCONCLUSIVE,
    abstains=Abstention.NO_DATA,
    kinds=("no-objective",),
    variants=("found", "empty", "no-reward"),
    fixes=("log-losses", "log-evaluation-return", "name-roles"),
)
