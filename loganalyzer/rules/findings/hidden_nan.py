"""Hidden NaN: a loss that reads exactly 0 where NaN was filtered out of the log.

What it sees
    A training loss that suddenly is exactly 0.0 while the gradient norm is not, or while validation is NaN or no better
    than at first.

Why it matters
    Some trainers replace NaN and infinity by 0 or by a running average before logging (Hugging Face Trainer:
    ``logging_nan_inf_filter``). The log then shows a perfect number for a broken run.

How it is measured
    From the first zero on at least ``share`` of the training values, and three or more, are exactly 0.0; the zeros
    begin the log or follow a value above 5% of the largest; and one of: a gradient norm above 0 or NaN there, a
    validation loss that is NaN or infinite there or ends no better than it began. It is a possibility, not a proof.
    Only zeros are looked for: an average in the place of NaN reads like a settled loss.

When it is silent
    A loss that reaches zero gradually or is negative somewhere, and logs without gradient norm and validation.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    share: float = limit(0.8, "share of exact zeros after the first one", 0.1, 1.0)


def check(view: View, limits: Limits) -> Outcome:
    """Look for exact zeros that something contradicts."""
    train = view.train
    if train is None or train.count < 3:
        return not_applicable()
    zero = train.raw == 0.0
    if not zero.any() or not (train.raw[train.finite] >= 0).all():
        return passed()
    first = int(np.argmax(zero))
    if arrays.share(zero[first:]) < limits.share or zero[first:].sum() < 3:
        return passed()
    step = int(train.steps[first])
    # a NaN just before the zeros is as sudden as a large value
    sudden = first == 0 or not float(train.raw[first - 1]) <= 0.05 * float(train.raw[train.finite].max())
    witness = ""
    norm, held_out = view.gradient_norm, view.validation
    if norm is not None:
        later = norm.raw[norm.steps >= step]
        if len(later) and (np.isnan(later).any() or np.nanmedian(later) > 0):
            witness = norm.name
    if held_out is not None and not witness:
        later = held_out.raw[held_out.steps >= step]
        if len(later) and (
            not np.isfinite(later).all()
            or (sudden and held_out.count >= 3 and held_out.end >= held_out.start - held_out.sigma)
        ):
            witness = held_out.name
    if not witness or not sudden:
        return passed()
    numbers: dict[str, Number] = {
        "series": train.name,
        "at": step,
        "share": arrays.share(zero[first:]),
        "witness": witness,
    }
    evidence = (Evidence(train.name, step, int(train.steps[-1]), "span", "zeros"),)
    return found(
        Severity.WARNING,
        score=0.75,
        variant="found",
        numbers=numbers,
        evidence=evidence,
        fixes=("show-nan", "lr-down-10x", "loss-scaling", "check-numerics"),
    )


RULE = Rule(
    "hidden-nan",
    Limits(),
    check,
    requires=frozenset({"train"}),
    optional=frozenset({"gradient_norm", "validation"}),
    fixes=("show-nan", "lr-down-10x", "loss-scaling", "check-numerics"),
    points_at=("loss",),
)
