"""Loss spikes: sudden jumps of the training loss.

What it sees
    Jumps far above the local noise: some that came back (``recovered``), many that come ever closer
    (``rising-frequency``), some together with one of the gradient norm, or a step to a new level that stays
    (``level-shift``).

Why it matters
    A lone spike that comes back within a few hundred steps is harmless. Rising frequency, or spikes with exploding
    gradients, come before divergence. A level shift means that something changed: data, batch, loss, or a resume.

How it is measured
    The residual about a running median must exceed 8 robust deviations and 5% of the scale of the gain, rise above the
    stretch before and the one after by {spikes.LOCAL} times their own scatter, and come back within 5% of the run; the
    first 3% of the run are left out. Rising: of ``many`` spikes or more, the later third holds at least ``more`` times
    those of the first third, and the difference exceeds ``sure`` standard errors of such counts. With the gradient: its
    norm lies six robust deviations above its median within one logged value of the spike. Level shift, looked for where
    there is no spike: the medians of a twentieth of the run before and after differ by more than a tenth of the scale
    of the gain and five standard errors, most of it between two neighbouring values, and the rise stays at
    a level: what follows scatters by less than {RESTING:pct} of it.

When it is silent
    Fewer than 20 values, cyclic learning rates and range tests, transients within 2% of the run after a resume, and
    level shifts that are the flank of a rhythm. Beside a divergence that began with it, no spike came back.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.features.oscillation import PERIODIC_LOBE, oscillation
from loganalyzer.features.spikes import Shift, Spike, level_shift, spikes
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Quote, Rule, Suppression
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    more: float = limit(
        3.0, "spikes of the last third over those of the first when they become more frequent", 1.5, 20.0
    )
    sure: float = limit(2.4, "the same difference in standard errors of counts", 0.0, 10.0)
    many: float = limit(6, "spikes from which their frequency is judged", 3, 100)


FEWEST_OF_LEVEL = 3
"""So many values show that a loss rests at a new level."""
RESTING = 0.25
"""Values that scatter by less than this share of the step before them lie at one level."""
FIXES = ("clip-gradients", "warm-up", "lr-down-3x", "skip-bad-batches", "check-outliers", "larger-batch")


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the training objective."""
    curve = view.main
    if curve is None or curve.count < 20:
        return not_applicable()
    rates = view.rates
    if rates is not None and (rates.cyclic or rates.range_test):
        return passed()
    _, span = view.reach
    resumed = view.run.restarts
    lone = [s for s in spikes(curve) if not any(0 <= s.step - r <= 0.02 * span for r in resumed)]
    if not lone:
        shift = level_shift(curve)
        if shift is not None and oscillation(curve).lobe > PERIODIC_LOBE:
            shift = None  # the flank of a rhythm
        if shift is not None and not _rests(curve, shift):
            shift = None  # one step of a climb that goes on
        return _shifted(curve, shift) if shift is not None else passed()
    early = sum(s.x < 1 / 3 for s in lone)
    late = sum(s.x >= 2 / 3 for s in lone)
    rising = len(lone) >= limits.many and late >= limits.more * max(1, early)
    rising = rising and late - early >= limits.sure * math.sqrt(late + early)
    together = _with_gradient(lone, view.gradient_norm)
    return found(
        Severity.WARNING if rising else Severity.INFO,
        score=0.9,
        kind="rising-frequency" if rising else "recovered",
        variant="rising" if rising else "co-spike" if together else "many" if len(lone) > 1 else "found",
        numbers={**_highest(curve, lone), "together": together, "early": early, "late": late},
        evidence=tuple(
            Evidence(curve.name, s.step, s.last, "point", "spike", value=float(curve.raw[curve.finite][s.index]))
            for s in sorted(lone, key=lambda s: -s.height)[:8]
        ),
        fixes=FIXES,
    )


def _rests(curve: Curve, shift: Shift) -> bool:
    """True when what follows the shift is a level: it scatters by little beside the shift."""
    after = curve.values[curve.finite_steps >= shift.step]
    return len(after) >= FEWEST_OF_LEVEL and arrays.spread(after) < RESTING * shift.size


def _highest(curve: Curve, lone: Sequence[Spike]) -> dict[str, Number]:
    top = max(lone, key=lambda s: s.height)
    return {
        "series": curve.name,
        "count": len(lone),
        "at": top.step,
        "height": top.height * curve.unit,
        "z": min(top.z, 9999.0),
        "value": float(curve.raw[curve.finite][top.index]),
        "back": max(1, top.last - top.step),
    }


def _shifted(curve: Curve, shift: Shift) -> Outcome:
    numbers: dict[str, Number] = {
        "series": curve.name,
        "at": shift.step,
        "height": shift.size * curve.unit,
        "z": min(shift.z, 9999.0),
    }
    evidence = (Evidence(curve.name, shift.step, shift.step, "line", "shift"),)
    return found(
        Severity.INFO,
        score=0.8,
        kind="level-shift",
        variant="shift",
        numbers=numbers,
        evidence=evidence,
        fixes=("check-interruptions", "check-labels-inputs", "lr-down-3x", "clip-gradients"),
    )


def _with_gradient(lone: list[Spike], norm: Curve | None) -> int:
    """How many of the spikes coincide with a jump of the gradient norm."""
    if norm is None or norm.count < 20:
        return 0
    values, steps = np.log(np.maximum(np.abs(norm.values), 1e-30)), norm.finite_steps
    middle = arrays.median(values)
    deviation = arrays.spread(values) or 1e-9
    count = 0
    for spike in lone:
        i = int(np.searchsorted(steps, spike.step))
        near = values[max(0, i - 1) : i + 2]
        count += bool(len(near) and float(near.max()) - middle > 6 * deviation)
    return count


RULE = Rule(
    "loss-spikes",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"objective"}),
    optional=frozenset({"learning_rate", "gradient_norm", "run"}),
    kinds=("recovered", "level-shift", "rising-frequency"),
    variants=("found", "many", "rising", "co-spike", "shift"),
    fixes=(*FIXES, "check-interruptions", "check-labels-inputs"),
    explained_by=("diverging", "learning-rate-too-high"),
    # where the climb began with the spike, nothing came back
    suppressed_by=(Suppression("diverging", by_kinds=("rising", "blow-up"), kinds=("recovered",), from_onset=True),),
    quotes=(Quote("value", "at"),),
)
