"""What "worse" means, wherever two analyses are compared: of a verdict, and of a value with a tolerance."""

from __future__ import annotations

import math

from loganalyzer.model.changes import Way
from loganalyzer.model.verdicts import DEGREES, Verdict


def verdict_is_worse(before: Verdict, kind_before: str, now: Verdict, kind: str) -> bool:
    """Return True if the verdict is worse, can no longer be given, or is the same to a higher degree."""
    if now is not before:
        # a run without a verdict may be worse
        return not now.info.judged or now.info.badness > before.info.badness
    degree = {kind: number for number, kind in enumerate(DEGREES)}
    return degree.get(kind, 0) > degree.get(kind_before, 0)


def way_of_verdict(before: Verdict, kind_before: str, now: Verdict, kind: str) -> Way:
    """Return which way a verdict went."""
    if (before, kind_before) == (now, kind):
        return "same"
    if verdict_is_worse(before, kind_before, now, kind):
        return "worse"
    return "better" if verdict_is_worse(now, kind, before, kind_before) else "other"


def worsening(before: float, now: float, direction: str) -> float:
    """Return by how much a value got worse, negative where it got better; NaN where one of them is."""
    return now - before if direction == "min" else before - now


def is_held(before: float, now: float, direction: str, allowed: float) -> bool:
    """Return True if a value is at most ``allowed`` worse than ``before``; a NaN is worse than anything."""
    worse = worsening(before, now, direction)
    # the last digits of a float must not fail a run that repeats its baseline exactly
    return not math.isnan(worse) and worse <= allowed + 1e-12 * abs(before)


def way_of_value(before: float, now: float, direction: str, tolerance: float) -> Way:
    """Return which way a value went; within ``tolerance``, a share of the value before, it is the same."""
    if not (math.isfinite(before) and math.isfinite(now)):
        return "same" if math.isfinite(before) is math.isfinite(now) else "worse" if math.isfinite(before) else "better"
    if not is_held(before, now, direction, abs(before) * tolerance):
        return "worse"
    return "same" if is_held(now, before, direction, abs(before) * tolerance) else "better"
