"""Epoch-boundary pattern: the loss repeats the same shape in every epoch.

What it sees
    A step-level training loss whose residual, folded at the epoch's length, has a profile of its own. One that drops at
    the boundary and then rises slowly is reported as harmless.

Why it matters
    The same profile in every epoch means that batches come in the same order: data that are sorted or not shuffled. A
    sharp drop at the boundary followed by a slow rise is harmless: samples have just been seen.

How it is measured
    The epoch's length comes from a logged epoch series. Of the last 6000 values, the profile's share of the residual
    variance (less what noise alone would give) must reach ``explained``, and neighbouring epochs must correlate by
    ``alike`` or more.

When it is silent
    Without an epoch series, with fewer than three epochs or eight logged values an epoch, and where the learning rate
    cycles.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.epoch_pattern import ALIKE, EXPLAINED, epoch_pattern, values_per_epoch
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    explained: float = limit(EXPLAINED, "share of the residual variance that the folded profile explains", 0.1, 1.0)
    alike: float = limit(ALIKE, "correlation of neighbouring epochs", 0.1, 1.0)


def check(view: View, limits: Limits) -> Outcome:
    """Fold the residual at the epoch's length."""
    curve, roles = view.train, view.roles
    if curve is None or curve.count < 24:
        return not_applicable()
    rates = view.rates
    if rates is not None and rates.cyclic:
        return passed()
    if values_per_epoch(roles.epoch, curve.count) == 0:
        return not_applicable()
    pattern = epoch_pattern(curve, roles.epoch)
    if pattern is None:
        return passed()
    profile, period, count = pattern.profile, pattern.period, pattern.epochs
    explained, alike = pattern.explained, pattern.alike
    if explained < limits.explained or alike < limits.alike:
        return passed(numbers={"explained": explained, "alike": alike})
    sawtooth = int(np.argmin(profile)) <= period // 8 and arrays.kendall(profile[period // 8 :]) > 0.5
    numbers: dict[str, Number] = {
        "series": curve.name,
        "period": period,
        "explained": explained,
        "alike": alike,
        "epochs": count,
    }
    evidence = (
        Evidence(curve.name, int(curve.finite_steps[-count * period]), int(curve.finite_steps[-1]), "span", "pattern"),
    )
    return found(
        Severity.INFO,
        score=0.8,
        kind="sawtooth" if sawtooth else "order",
        variant="sawtooth" if sawtooth else "found",
        numbers=numbers,
        evidence=evidence,
        fixes=() if sawtooth else ("shuffle", "check-labels-inputs"),
    )


RULE = Rule(
    "epoch-boundary-pattern",
    Limits(),
    check,
    requires=frozenset({"train"}),
    optional=frozenset({"learning_rate", "run"}),
    kinds=("order", "sawtooth"),
    variants=("found", "sawtooth"),
    fixes=("shuffle", "check-labels-inputs"),
    points_at=("data",),
)
