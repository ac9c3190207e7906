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
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    explained: float = limit(0.35, "share of the residual variance that the folded profile explains", 0.1, 1.0)
    alike: float = limit(0.5, "correlation of neighbouring epochs", 0.1, 1.0)


def check(view: View, limits: Limits) -> Outcome:
    """Fold the residual at the epoch's length."""
    curve, roles = view.train, view.roles
    if curve is None or curve.count < 24:
        return not_applicable()
    rates = view.rates
    if rates is not None and rates.cyclic:
        return passed()
    period = _values_per_epoch(roles.epoch, curve.count)
    if period == 0:
        return not_applicable()
    y = curve.values[-6000:]
    residual = (
        y - arrays.running_median(y, 2 * (len(y) // 8) + 1)
        if len(y) <= 1500
        else y - np.interp(np.arange(len(y)), np.linspace(0, len(y) - 1, 24), arrays.block_medians(y, 24))
    )
    if period < 8 or len(residual) < 3 * period:
        return passed()
    count = len(residual) // period
    folded = residual[-count * period :].reshape(count, period)
    profile = folded.mean(axis=0)
    total = float(folded.var())
    explained = float(profile.var()) / total if total > 0 else 0.0
    explained -= (1 - explained) / count  # what pure noise would give
    alike = float(np.median([_corr(folded[i], folded[i + 1]) for i in range(count - 1)]))
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


def _values_per_epoch(epoch: object, points: int) -> int:
    values = getattr(epoch, "values", None)
    if values is None or len(values) < 3:
        return 0
    if bool((values == np.floor(values)).all()):
        turns = np.flatnonzero(np.diff(values) > 0) + 1
        share = len(values) / points
        return round(float(np.median(np.diff(turns))) / share) if len(turns) >= 3 else 0
    spent = float(values[-1] - values[0])
    return round((points - 1) / spent) if spent >= 2.5 else 0


def _corr(a: np.ndarray, b: np.ndarray) -> float:
    x, y = a - a.mean(), b - b.mean()
    power = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / power if power > 0 else 0.0


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
