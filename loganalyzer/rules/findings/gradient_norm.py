"""Gradient norm: vanishing, exploding, or cut by clipping.

What it sees
    The logged norm of the gradients: its level over the run, its extremes, and a flat top.

Why it matters
    A norm that dies while the loss is high means that nothing is learned any more. One that grows by orders of
    magnitude comes before divergence. A flat top says how often clipping acted; acting on most updates, the limit has
    become the learning rate.

How it is measured
    Vanishing: the last tenth's median is below ``vanished`` of the first tenth's, or below ``dead``, and the loss
    (where logged) had gained little: less than eight standard errors or 15 % of its start. Exploding: it is above
    ``exploded`` times the early one, or the norm ends as NaN or infinity. Clipped: at least ``clipped`` of ten values
    or more equal the maximum within 0.1 %. Only the first of exploding, vanishing and clipped is told. Whether the log
    was written before or after clipping is not known.

When it is silent
    Without a logged norm or with fewer than five values of it; a norm that falls because the loss has reached its
    floor; one that never changes; in a learning-rate range test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.levels import significance
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import limit


@dataclass(frozen=True)
class Limits:
    """Limits of this rule."""

    vanished: float = limit(1e-3, "late norm over early norm when it has vanished", 1e-9, 0.1)
    exploded: float = limit(100.0, "late norm over early norm when it has exploded", 5.0, 1e9)
    clipped: float = limit(0.2, "share of values at the maximum that says clipping", 0.02, 1.0)
    dead: float = limit(1e-7, "a norm below this is as good as none (as in the debuggers' rules)", 0.0, 1e-3)


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the gradient norm."""
    norm, curve = view.gradient_norm, view.main
    if norm is None or len(norm.raw) < 5 or (view.rates is not None and view.rates.range_test):
        return not_applicable()
    values = np.abs(norm.values)
    numbers: dict[str, Number] = {"series": norm.name}
    if norm.count < 5 or not norm.finite[-1]:
        bad = int(norm.steps[int(np.argmax(~norm.finite))]) if not norm.finite.all() else int(norm.steps[0])
        return _found(
            norm.name,
            "exploding",
            "non-finite",
            {**numbers, "at": bad},
            Evidence(norm.name, bad, bad, "point", "bad"),
            Severity.WARNING,
            ("clip-gradients", "lr-down-10x", "loss-scaling", "check-numerics"),
        )
    early = arrays.median(values[: max(3, len(values) // 10)])
    late = arrays.median(values[-max(3, len(values) // 10) :])
    first, last = int(norm.finite_steps[0]), int(norm.finite_steps[-1])
    numbers |= {"early": early, "late": late, "times": late / early if early > 0 else 0.0, "at": first}
    whole = Evidence(norm.name, first, last, "span", "norm")
    if early > 0 and late > limits.exploded * early:
        return _found(
            norm.name,
            "exploding",
            "exploding",
            numbers,
            whole,
            Severity.WARNING,
            ("clip-gradients", "lr-down-10x", "warm-up", "batch-norm"),
        )
    little = (
        curve is not None and curve.count >= 5 and (significance(curve) < 8 or curve.gain < 0.15 * abs(curve.start))
    )
    stuck = curve is None or little
    if stuck and (late < limits.vanished * early or late < limits.dead):
        return _found(
            norm.name,
            "vanishing",
            "vanishing",
            numbers,
            whole,
            Severity.WARNING,
            ("relu-activation", "he-init", "batch-norm", "check-gradients", "lr-up-10x", "use-adam"),
        )
    top = float(values.max())
    share = arrays.share(values >= 0.999 * top) if top > 0 else 0.0
    if share >= limits.clipped and float(values.min()) < 0.999 * top and len(values) >= 10:
        variant = "clipped-most" if share > 0.5 else "clipped"
        return _found(
            norm.name,
            "clipped",
            variant,
            {**numbers, "top": top, "share": share},
            whole,
            Severity.INFO,
            ("looser-clipping", "lr-down-3x", "log-gradient-norm"),
        )
    return passed()


def _found(
    series: str,
    kind: str,
    variant: str,
    numbers: dict[str, Number],
    evidence: Evidence,
    severity: Severity,
    fixes: tuple[str, ...],
) -> Outcome:
    return found(
        severity,
        score=0.85,
        kind=kind,
        variant=variant,
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
)
