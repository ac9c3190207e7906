"""Reinforcement learning: the reward counts, the losses do not.

What it sees
    A run with rewards or returns, or with the usual signals of policy training, and no validation loss.

Why it matters
    Targets move as the policy moves: a rising value loss can be a good sign. The six verdicts do not apply; the reward
    curve still tells whether the policy improved and whether it collapsed.

How it is measured
    The reward rose when its gain is at least four standard errors and more than twice its noise; it was still rising
    when the last third brought more than 5 % of the scale of the gain, by more than four standard errors. ``collapse``:
    the end level lies below the best by more than ``collapse`` of the scale of the gain, and gain and loss both exceed
    six times the noise from point to point. With fewer than five rewards only their absence is told.

When it is silent
    For all other runs.
"""

from __future__ import annotations

from dataclasses import dataclass

from loganalyzer.features.levels import final_third, significance, turning_point
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, Verdict, found, passed
from loganalyzer.model.role import Task
from loganalyzer.rules.base import Abstention, Rule
from loganalyzer.rules.limits import limit


@dataclass(frozen=True)
class Limits:
    """Limits of this rule."""

    collapse: float = limit(0.25, "share of the gained reward that is lost at the end in a collapse", 0.05, 1.0)


def check(view: View, limits: Limits) -> Outcome:
    """Recognise the task and read the reward."""
    if view.task is not Task.REINFORCEMENT:
        return passed()
    curve = view.reward
    if curve is None or curve.count < 5:
        return found(Severity.INFO, score=0.9, variant="no-reward", fixes=("log-evaluation-return", "several-seeds"))
    turn, last = turning_point(curve), final_third(curve)
    numbers: dict[str, Number] = {
        "series": curve.name,
        "start": curve.as_logged(curve.start),
        "best": curve.as_logged(turn.best),
        "at": turn.step,
        "end": curve.as_logged(curve.end),
        "lost": min(turn.share, 9.99),
    }
    evidence: tuple[Evidence, ...] = (
        Evidence(curve.name, turn.step, turn.step, "point", "best", value=curve.as_logged(turn.best)),
    )
    fixes: tuple[str, ...] = ("several-seeds", "log-evaluation-return")
    variant, severity = "found", Severity.INFO
    calm = max(curve.point_sigma, 1e-300)
    collapsed = curve.gain > 6 * calm and turn.rise > 6 * calm and turn.share > limits.collapse and turn.after >= 3
    if not collapsed and (significance(curve) < 4 or curve.gain <= 2 * curve.sigma):
        variant, severity, fixes = "flat", Severity.WARNING, ("lr-down-3x", "rl-exploration", "several-seeds")
    elif collapsed:
        variant, severity, fixes = (
            "collapse",
            Severity.WARNING,
            ("lr-down-3x", "rl-trust-region", "keep-best-checkpoint", "several-seeds"),
        )
        evidence = (*evidence, Evidence(curve.name, turn.step, int(curve.steps[-1]), "span", "falling"))
    elif last.share > 0.05 and last.z > 4:
        variant, fixes = "improving", ("longer-training", "several-seeds")
    return found(
        severity,
        score=0.9,
        variant=variant,
        numbers=numbers,
        evidence=evidence,
        fixes=fixes,
    )


RULE = Rule(
    "reinforcement",
    Limits(),
    check,
    requires=frozenset({"run"}),
    optional=frozenset({"reward"}),
    verdict=Verdict.INCONCLUSIVE,
    abstains=Abstention.OTHER_TASK,
    kinds=("reinforcement",),
    variants=("found", "improving", "flat", "collapse", "no-reward"),
    fixes=(
        "several-seeds",
        "log-evaluation-return",
        "lr-down-3x",
        "rl-exploration",
        "rl-trust-region",
        "keep-best-checkpoint",
        "longer-training",
    ),
)
