"""Gradient norm: vanishing, exploding, or cut by clipping.

What it sees
    The logged norm of the gradients: its level over the run, its extremes, and a flat top.

Why it matters
    A norm that dies while the loss is high means that nothing is learned any more. One that grows by orders of
    magnitude comes before divergence. A flat top says how often clipping acted; acting on most updates, the limit has
    become the learning rate.

How it is measured
    Vanishing: the last tenth's median is below ``vanished`` of the first tenth's, or below ``dead``, and the loss
    (where logged) had gained little: less than eight standard errors or 15% of its start. Exploding: it is above
    ``exploded`` times the early one, or the norm ends as NaN or infinity. Clipped: at least ``clipped`` of ten values
    or more equal the maximum within 0.1%. Only the first of exploding, vanishing and clipped is reported. Whether the log
    was written before or after clipping is not known.

When it is silent
    Without a logged norm or with fewer than five values of it; a norm that falls because the loss has reached its
    floor; one that never changes; in a learning-rate range test.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.features.levels import significance
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    vanished: float = limit(1e-3, "late norm over early norm when it has vanished", 1e-9, 0.1)
    exploded: float = limit(100.0, "late norm over early norm when it has exploded", 5.0, 1e9)
    clipped: float = limit(0.2, "share of values at the maximum that says clipping", 0.02, 1.0)
    dead: float = limit(1e-7, "a norm below this is as good as none (as in the debuggers' rules)", 0.0, 1e-3)


ALMOST = 0.999
"""A norm of this share of the largest one is as large."""
NON_FINITE = ("clip-gradients", "lr-down-10x", "loss-scaling", "check-numerics")
EXPLODING = ("clip-gradients", "lr-down-10x", "warm-up", "batch-norm")
VANISHING = ("relu-activation", "he-init", "batch-norm", "check-gradients", "lr-up-10x", "use-adam")
CLIPPED = ("looser-clipping", "lr-down-3x", "log-gradient-norm")


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the gradient norm."""
    norm, curve = view.gradient_norm, view.main
    if norm is None or len(norm.raw) < 5 or (view.rates is not None and view.rates.range_test):
        return not_applicable()
    if norm.count < 5 or not norm.finite[-1]:
        return _non_finite(norm)
    values = np.abs(norm.values)
    width = max(3, len(values) // 10)
    early, late = arrays.median(values[:width]), arrays.median(values[-width:])
    first, last = int(norm.finite_steps[0]), int(norm.finite_steps[-1])
    times = late / early if early > 0 else 0.0
    numbers: dict[str, Number] = {"series": norm.name, "early": early, "late": late, "times": times, "at": first}
    whole = Evidence(norm.name, first, last, "span", "norm")
    if early > 0 and late > limits.exploded * early:
        return _found("exploding", numbers, whole, fixes=EXPLODING)
    if (late < limits.vanished * early or late < limits.dead) and (curve is None or _hardly_learned(curve)):
        return _found("vanishing", numbers, whole, fixes=VANISHING)
    top = float(values.max())
    share = arrays.share(values >= ALMOST * top) if top > 0 else 0.0
    if len(values) < 10 or share < limits.clipped or float(values.min()) >= ALMOST * top:
        return passed()
    variant = "clipped-most" if share > 0.5 else "clipped"
    clipped: dict[str, Number] = {**numbers, "top": top, "share": share}
    return _found("clipped", clipped, whole, variant=variant, severity=Severity.INFO, fixes=CLIPPED)


def _hardly_learned(curve: Curve) -> bool:
    """True when the objective gained next to nothing: vanished gradients of a run that learned are its end."""
    return curve.count >= 5 and (significance(curve) < 8 or curve.gain < 0.15 * abs(curve.start))


def _non_finite(norm: Curve) -> Outcome:
    bad = int(norm.steps[int(np.argmax(~norm.finite))]) if not norm.finite.all() else int(norm.steps[0])
    mark = Evidence(norm.name, bad, bad, "point", "bad")
    return _found("exploding", {"series": norm.name, "at": bad}, mark, variant="non-finite", fixes=NON_FINITE)


def _found(
    kind: str,
    numbers: Mapping[str, Number],
    evidence: Evidence,
    *,
    fixes: tuple[str, ...],
    variant: str = "",
    severity: Severity = Severity.WARNING,
) -> Outcome:
    return found(
        severity,
        score=0.85,
        kind=kind,
        variant=variant or kind,
        numbers=numbers,
        evidence=(evidence,),
        fixes=fixes,
    )


RULE = Rule(
    "gradient-norm",
    Limits(),
    check,
    requires=frozenset({"gradient_norm"}),
    optional=frozenset({"objective", "learning_rate"}),
    kinds=("exploding", "vanishing", "clipped"),
    variants=("vanishing", "exploding", "non-finite", "clipped", "clipped-most"),
    fixes=(
        "clip-gradients",
        "lr-down-10x",
        "loss-scaling",
        "check-numerics",
        "warm-up",
        "batch-norm",
        "relu-activation",
        "he-init",
        "check-gradients",
        "lr-up-10x",
        "use-adam",
        "looser-clipping",
        "lr-down-3x",
        "log-gradient-norm",
    ),
    explained_by=("diverging", "plateau"),
    points_at=("optimizer",),
)
