"""Adversarial training: two losses that play against each other.

What it sees
    A run with a generator and a discriminator (or critic) loss. Names, not shapes, tell.

Why it matters
    The losses of a game do not fall when it goes well, so the six verdicts do not apply. Some signs still say
    something: a discriminator that wins outright leaves the generator without a gradient.

How it is measured
    ``zero``: the generator's loss is 0 (at most {NOTHING:g}) at {SHARE:pct} or more of the values of its second half,
    {LATE:int} or more, the discriminator's is not (which may be 0 where it is a hinge: Lim and Ye, Geometric GAN,
    2017). ``won``: the median size of the discriminator's loss over the last fifth is below ``won`` of that over the
    first fifth, and the generator's loss ends above its start. ``mirror``: both losses swing against each other
    (correlation below ``mirror`` in the second half). Either needs ten values of each loss. A NaN or infinity in one of
    them is reported before all else. Quality metrics (FID and the like) are not judged: log them, and compare runs by
    them.

When it is silent
    For all runs without both losses.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, Verdict, found, passed
from loganalyzer.model.role import Task
from loganalyzer.rules.base import Abstention, Rule
from loganalyzer.rules.limits import LimitSet, limit

NOTHING, SHARE, LATE = 1e-6, 0.8, 5
"""A loss up to this, at that share of its last half and so many values of it, is that of a game which is over."""
OVER = ("gan-balance", "label-smoothing", "lr-down-3x", "log-quality-metric")


class Limits(LimitSet):
    """Limits of this rule."""

    won: float = limit(0.1, "discriminator loss at the end as a share of its early level when it has won", 0.0, 0.9)
    mirror: float = limit(
        -0.6, "correlation of the two losses in the second half when they mirror each other", -1.0, 0.0
    )


def check(view: View, limits: Limits) -> Outcome:
    """Recognise the game and look for its known failures."""
    generator, critic = view.generator, view.discriminator
    if view.task is not Task.ADVERSARIAL or generator is None or critic is None:
        return passed()
    numbers: dict[str, Number] = {"generator": generator.name, "discriminator": critic.name}
    fixes: tuple[str, ...] = ("log-quality-metric",)
    variant, severity = "found", Severity.INFO
    if not generator.finite.all() or not critic.finite.all():
        variant, severity, fixes = "non-finite", Severity.ERROR, ("lr-down-10x", "clip-gradients", "log-quality-metric")
    elif _is_zero(generator) and not _is_zero(critic):
        variant, severity, fixes = "zero", Severity.WARNING, OVER
        numbers |= {"end": critic.logged.last.value}
    elif generator.count >= 10 and critic.count >= 10:
        late = arrays.median(np.abs(critic.reduced.values[-max(3, len(critic.reduced) // 5) :]))
        early = arrays.median(np.abs(critic.reduced.values[: max(3, len(critic.reduced) // 5)]))
        numbers |= {"d_early": early, "d_end": late, "g_end": generator.end, "g_start": generator.start}
        if late < limits.won * early and generator.end > generator.start:
            variant, severity, fixes = (
                "won",
                Severity.WARNING,
                OVER,
            )
        elif _correlation(generator.reduced.values, critic.reduced.values) < limits.mirror:
            variant, fixes = "mirror", ("gan-balance", "lr-half", "log-quality-metric")
    evidence = (Evidence(critic.name, int(critic.steps[0]), int(critic.steps[-1]), "span", "game"),)
    return found(
        severity,
        score=0.9,
        variant=variant,
        numbers=numbers,
        evidence=evidence,
        fixes=fixes,
    )


def _is_zero(own: Curve) -> bool:
    """True for a loss that is 0 nearly all through its second half."""
    late = own.values[-max(LATE, own.count // 2) :]
    return own.count >= LATE and arrays.share(np.abs(late) <= NOTHING) >= SHARE


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    n = min(len(a), len(b))
    x, y = a[-(n // 2) :], b[-(n // 2) :]
    x, y = x - x.mean(), y - y.mean()
    power = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / power if power > 0 else 0.0


RULE = Rule(
    "adversarial",
    Limits(),
    check,
    requires=frozenset({"adversarial"}),
    verdict=Verdict.INCONCLUSIVE,
    abstains=Abstention.OTHER_TASK,
    kinds=("adversarial",),
    variants=("found", "zero", "won", "mirror", "non-finite"),
    fixes=(
        "log-quality-metric",
        "lr-down-10x",
        "clip-gradients",
        "gan-balance",
        "label-smoothing",
        "lr-down-3x",
        "lr-half",
    ),
)
