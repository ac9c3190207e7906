"""Policy drift: a policy moves ever further from its reference, or answers ever longer, and its return stays.

What it sees
    Fine-tuning by rewards (GRPO, PPO from human feedback) in which the KL divergence from the reference model, or the
    length of the answers, goes on rising over the last half of the run while the return no longer does.

Why it matters
    A policy that pays with distance and gets no return for it forgets what the model could do before, or learns to
    please the reward in ways that nobody wants: long answers are the best known.

How it is measured
    Over the last half, the KL or the length rises by more than ``rise`` of its level in the middle, steadily (Kendall's
    tau above ``tau``), and the return gains less than {FLAT:pct} of the scale of its whole gain.

When it is silent
    While the return still rises, for fewer than {FEWEST} values of either, and where neither is logged. The KL of one
    update ("approx_kl") and the length of an environment's episodes are no drift.
"""

from __future__ import annotations

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.features.levels import scale
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Outcome, Severity, found, not_applicable, passed
from loganalyzer.roles.words import words_of
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet, limit

FEWEST = 16
"""Half of so many values show a trend."""
FLAT = 0.1
"""A return that gained less than this share in the last half is flat there."""


class Limits(LimitSet):
    """Limits of this rule."""

    rise: float = limit(
        0.25, "rise of KL or length over the last half as a share of its level in the middle", 0.05, 5.0
    )
    tau: float = limit(0.4, "how steadily it rises there (Kendall's tau)", 0.1, 0.95)


def check(view: View, limits: Limits) -> Outcome:
    """Does the distance or the length rise while the return stands?"""
    reward = view.objective
    if reward is None or reward.count < FEWEST or not view.drift:
        return not_applicable()
    middle, end = _levels(reward)
    if middle - end > FLAT * scale(reward):  # lower is better: it still gains
        return passed()
    for curve in view.drift:
        if curve.count < FEWEST:
            continue
        before, now = _levels(curve)
        tau = arrays.kendall(curve.reduced.values[len(curve.reduced) // 2 :])
        if before > 0 and now - before > limits.rise * before and tau > limits.tau:
            return _drifted(curve, reward, before, now)
    return passed()


def _levels(curve: Curve) -> tuple[float, float]:
    """The level in the middle of the run and at its end: medians of a sixth of the values each."""
    y, n = curve.reduced.values, len(curve.reduced)
    width = max(3, n // 6)
    return arrays.median(y[n // 2 - width // 2 : n // 2 - width // 2 + width]), arrays.median(y[-width:])


def _drifted(curve: Curve, reward: Curve, before: float, now: float) -> Outcome:
    first, last = curve.step_at(0.5), int(curve.reduced.steps[-1])
    return found(
        Severity.WARNING,
        score=0.8,
        variant="kl" if "kl" in words_of(curve.name) else "length",
        numbers={
            "series": curve.name,
            "then": curve.as_logged(before),
            "now": curve.as_logged(now),
            "at": first,
            "reward": reward.name,
            "level": reward.as_logged(reward.end),
        },
        evidence=(Evidence(curve.name, first, last, "span", "rising"),),
        fixes=("rl-trust-region", "keep-best-checkpoint", "log-evaluation-return"),
    )


RULE = Rule(
    "policy-drift",
    Limits(),
    check,
    requires=frozenset({"objective", "drift"}),
    variants=("kl", "length"),
    fixes=("rl-trust-region", "keep-best-checkpoint", "log-evaluation-return"),
)
