"""Logging gaps: gaps in time or steps, restarts, and slow stretches.

What it sees
    A pause between two points far longer than usual, steps that were skipped, and later sessions that took over.

Why it matters
    A pause is lost time; a resume without the optimizer's state costs a transient; a gap hides what happened in it.

How it is measured
    In this order, the first that holds is reported: a clock gap above ten times the median and ``pause`` seconds; the last
    tenth (of 30 intervals or more) slower than the run's median by more than ``slower``; a single wide step gap, above
    ``skip`` times the median; restarts as the reader found them.

When it is silent
    On evenly logged runs, where a tenth of the step gaps are wide, and with fewer than ten values. Runs without clock
    times are only checked for steps and restarts.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    pause: float = limit(1800.0, "seconds without a point that count as a pause", 1.0, 1e6)
    skip: float = limit(8.0, "step gap over the median gap", 2.0, 1000.0)
    slower: float = limit(1.5, "time per step of the last tenth over the median", 1.1, 20.0)


def check(view: View, limits: Limits) -> Outcome:
    """Look at the clock first, then at steps and restarts."""
    curve = view.main
    if curve is None or len(curve.steps) < 10:
        return not_applicable()
    restarts = view.run.restarts
    steps = arrays.differences(curve.steps)
    clock = _clock(curve, limits)
    if clock is not None:
        return clock
    usual = arrays.median(steps)
    widest = int(np.argmax(steps))
    uneven = steps[widest] > limits.skip * usual and arrays.share(steps > 2 * usual) < 0.1
    if uneven:
        first, last = int(curve.steps[widest]), int(curve.steps[widest + 1])
        numbers: dict[str, Number] = {"from": first, "to": last, "length": last - first, "series": curve.name}
        return _found("hole", numbers, Evidence(curve.name, first, last, "span", "hole"))
    if restarts:
        numbers = {"count": len(restarts), "at": restarts[0], "series": curve.name}
        return _found("resumed", numbers, Evidence(curve.name, restarts[0], restarts[0], "line", "resumed"))
    return passed()


def _clock(curve: Curve, limits: Limits) -> Outcome | None:
    if curve.wall_times is None or not np.isfinite(curve.wall_times).all():
        return None
    took = arrays.differences(curve.wall_times)
    usual = arrays.median(took)
    longest = int(np.argmax(took))
    if took[longest] > max(10 * usual, limits.pause):
        first, last = int(curve.steps[longest]), int(curve.steps[longest + 1])
        numbers: dict[str, Number] = {"from": first, "to": last, "seconds": float(took[longest]), "series": curve.name}
        return _found("pause", numbers, Evidence(curve.name, first, last, "span", "pause"))
    per_step = took / np.maximum(arrays.differences(curve.steps), 1)
    middle = arrays.median(per_step)
    tail = per_step[-max(5, len(per_step) // 10) :]
    if len(per_step) >= 30 and middle > 1e-6 and arrays.median(tail) > limits.slower * middle:
        numbers = {
            "times": arrays.median(tail) / middle,
            "series": curve.name,
            "at": int(curve.steps[-len(tail)]),
        }
        return _found(
            "slower",
            numbers,
            Evidence(curve.name, int(curve.steps[-len(tail)]), int(curve.steps[-1]), "span", "slower"),
        )
    return None


def _found(variant: str, numbers: dict[str, Number], evidence: Evidence) -> Outcome:
    return found(
        Severity.INFO,
        score=0.9,
        kind=variant,
        variant=variant,
        numbers=numbers,
        evidence=(evidence,),
        fixes=("check-interruptions",),
    )


RULE = Rule(
    "logging-gaps",
    Limits(),
    check,
    requires=frozenset({"objective"}),
    optional=frozenset({"run", "wall_time"}),
    kinds=("pause", "hole", "resumed", "slower"),
    variants=("pause", "hole", "resumed", "slower"),
    fixes=("check-interruptions",),
)
