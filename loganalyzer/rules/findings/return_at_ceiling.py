"""Return at its ceiling: every evaluation reaches the most that the environment gives.

What it sees
    An agent's return that stands at the highest value of a well-known environment to the end of the run.

Why it matters
    The task is solved, and nothing is wrong. A loss of a value function that grows or swings beside it follows its own moving
    targets and does not measure success; a mean over all episodes so far lags behind what the agent does.

How it is measured
    The last {known_ceiling.FEWEST:int} values or more are equal, none was higher, and they are a known ceiling
    ({known_ceiling.CEILINGS}). Of a mean over all episodes so far (it says so in its name and rises ever more slowly)
    the returns between its values are worked out first, and count as equal within {known_ceiling.NEAR:pct}.

When it is silent
    Other constant returns: a policy that never meets a reward has them, too.
"""

from __future__ import annotations

from loganalyzer.features.known_ceiling import FEWEST, known_ceiling
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.model.role import Task
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet


class Limits(LimitSet):
    """This rule has no limits."""


def check(view: View, _limits: Limits) -> Outcome:
    """Look at the last values of the return, then at what a mean so far is made of."""
    reward = view.reward
    if view.task is not Task.REINFORCEMENT or reward is None or reward.count < FEWEST:
        return not_applicable()
    known = known_ceiling(view)
    if known is None:
        return passed()
    end = float(reward.raw[reward.finite][-1])
    numbers: dict[str, Number] = {"series": reward.name, "ceiling": known.value, "end": end}
    mark = Evidence(reward.name, int(reward.finite_steps[-FEWEST]), int(reward.finite_steps[-1]), "span", "ceiling")
    variant = "mean" if known.of_mean else "found"
    return found(Severity.INFO, score=0.9, variant=variant, numbers=numbers, evidence=(mark,))


RULE = Rule(
    "return-at-ceiling",
    Limits(),
    check,
    requires=frozenset({"reward"}),
    variants=("found", "mean"),
    causes=("found", "mean"),
)
