"""Validation better than training: usually harmless, in a known order of causes.

What it sees
    A validation objective that is better than the training one over most of the run, by more than noise; or the very
    same numbers in both.

Why it matters
    The causes, most likely first: dropout, augmentation or regularisation terms count in the training loss only; the
    training loss is averaged while the model still improves, half an epoch behind; validation is easier or small; and
    last, a leak. Identical numbers mean that the same data were logged twice.

How it is measured
    Validation is shifted back by half an evaluation, for training is averaged over the time before it. It must then be
    better by more than ``z`` standard errors at ``share`` of the evaluations or more, typically by 2% of what training
    gained. Logged hyper-parameters that explain it (dropout, augmentation, mixup, label smoothing, weight decay) are
    named. The very same numbers, to rounding, are reported before all else.

When it is silent
    When the half-evaluation shift explains it, where training never gained, and for runs of fewer than 8 evaluations.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Outcome, Severity, found, not_applicable, passed
from loganalyzer.model.run import Floats
from loganalyzer.roles.hyperparameters import find, is_on
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet, limit

EXPLAIN = ("dropout", "augmentation", "label_smoothing", "weight_decay")
"""Hyper-parameters that make training look worse than validation."""


class Limits(LimitSet):
    """Limits of this rule."""

    share: float = limit(0.6, "share of the evaluations at which validation is better", 0.3, 1.0)
    z: float = limit(4.0, "by how many standard errors", 1.0, 20.0)


def check(view: View, limits: Limits) -> Outcome:
    """Compare the two objectives evaluation by evaluation."""
    train, held_out = view.train, view.validation
    if train is None or held_out is None or train.count < 8 or held_out.count < 8 or train.gain <= 0:
        return not_applicable()
    first, last = int(held_out.finite_steps[0]), int(held_out.finite_steps[-1])
    evidence = (Evidence(held_out.name, first, last, "span", "better"),)
    if _same(train.values, held_out.values) and train.value_range > 0:
        return found(
            Severity.WARNING,
            score=0.95,
            kind="identical",
            variant="identical",
            numbers={"series": held_out.name, "train": train.name},
            evidence=evidence,
            fixes=("check-eval-mode", "check-leak"),
        )
    share, margin = advantage(train, held_out, limits.z)
    if share < limits.share or margin < 0.02 * train.gain:
        return passed()
    settings = view.hyperparameters
    known = [name for meaning in EXPLAIN for name, value in find(settings, meaning) if is_on(value)]
    return found(
        Severity.INFO,
        score=0.8,
        kind="explained" if known else "",
        variant="known" if known else "found",
        numbers={
            "series": held_out.name,
            "share": share,
            "train": train.as_logged(train.end),
            "validation": held_out.as_logged(held_out.end),
            "known": ", ".join(known),
        },
        evidence=evidence,
        fixes=("check-eval-mode", "less-dropout", "more-validation-data", "check-leak"),
    )


def advantage(train: Curve, held_out: Curve, z: float) -> tuple[float, float]:
    """The share of the evaluations at which validation is better by ``z`` standard errors, and by how much there."""
    # validation is measured at the end of what training is averaged over: half an evaluation earlier is fair
    x = held_out.reduced.x
    fair = np.interp(x - 0.5 / max(1, len(x) - 1), x, held_out.smooth)
    there = np.interp(x, train.reduced.x, train.smooth)
    better = fair < there - z * (train.standard_error(3) + held_out.standard_error(3))
    return arrays.share(better), arrays.median((there - fair)[better]) if better.any() else 0.0


def _same(train: Floats, held_out: Floats) -> bool:
    """True for the very same numbers, but for rounding."""
    return len(train) == len(held_out) and bool((np.abs(train - held_out) <= 1e-7 * np.abs(held_out)).all())


RULE = Rule(
    "validation-better-than-train",
    Limits(),
    check,
    requires=frozenset({"train", "validation"}),
    optional=frozenset({"hyperparameters"}),
    kinds=("explained", "identical"),
    variants=("found", "known", "identical"),
    fixes=("check-eval-mode", "less-dropout", "more-validation-data", "check-leak"),
)
