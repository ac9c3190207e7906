"""Four classic tests of convergence, side by side.

What it sees
    (1) The loss changed by less than ``change`` ({change}) for three evaluations in a row. (2) Training and validation
    loss both settled. (3) No better validation metric for ``patience`` ({patience}) evaluations. (4) The gradient norm
    fell below ``gradient`` ({gradient}).

Why it matters
    They are what textbooks and callbacks use. Agreement and disagreement both say something; none of them decides
    here, since the first and the last are absolute numbers that depend on the scale of the loss.

How it is measured
    (1), (3) and (4) as written, on the last raw values; (3) on the first metric with enough validation values. (2): in
    the last third both moved by at most 5% of the scale of their gain, and validation ends at most 10% above its
    best, noise allowed for. A test that the log does not allow is open.

When it is silent
    On logs of fewer than 4 points, and in a learning-rate range test.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.features.last_third import final_third
from loganalyzer.features.levels import scale, turning_point
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Outcome, Severity, found, not_applicable
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    change: float = limit(0.001, "absolute change of the loss that counts as none", 0.0, 1.0)
    patience: float = limit(10, "evaluations without a better metric", 1, 1000)
    gradient: float = limit(1e-5, "gradient norm that counts as none", 0.0, 1.0)


def check(view: View, limits: Limits) -> Outcome:
    """Run the four tests; each is yes, no or open."""
    curve = view.main
    if curve is None or curve.count < 4 or (view.rates is not None and view.rates.range_test):
        return not_applicable()
    with np.errstate(over="ignore"):
        calm = bool((np.abs(arrays.differences(curve.values[-4:] * curve.unit)) < limits.change).all())
    answers = {
        "change": _yes(calm),
        "losses": _settled(view.train, view.validation),
        "patience": _patience(view, int(limits.patience)),
        "gradient": _gradient(view.gradient_norm, limits.gradient),
    }
    met = sum(a == "✓" for a in answers.values())
    asked = sum(a != "?" for a in answers.values())
    variant = "found" if asked == 1 or 0 < met < asked else "all" if met else "none"
    return found(
        Severity.INFO,
        score=0.9,
        variant=variant,
        numbers={
            **answers,
            "passed": met,
            "asked": asked,
            "wait": int(limits.patience),
            "still": limits.change,
            "faint": limits.gradient,
        },
    )


def _yes(holds: bool) -> str:
    return "✓" if holds else "✗"


def _settled(train: Curve | None, held_out: Curve | None) -> str:
    if train is None or held_out is None or train.count < 6 or held_out.count < 6:
        return "?"
    if train.ends_non_finite or held_out.ends_non_finite:
        return _yes(False)
    calm = all(abs(final_third(c).drop) <= 0.05 * scale(c) + 2 * c.sigma for c in (train, held_out))
    return _yes(calm and turning_point(held_out).rise <= 0.1 * scale(held_out) + 2 * held_out.sigma)


def _patience(view: View, patience: int) -> str:
    own = next((m.validation for m in view.metrics if m.validation is not None and m.validation.count > patience), None)
    if own is None:
        return "?"
    return _yes(own.count - 1 - int(np.argmin(own.values)) >= patience)


def _gradient(norm: Curve | None, limit_: float) -> str:
    return "?" if norm is None or norm.count == 0 else _yes(abs(float(norm.values[-1])) < limit_)


RULE = Rule(
    "convergence-tests",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"objective"}),
    optional=frozenset({"train", "validation", "metric", "gradient_norm", "learning_rate"}),
    variants=("found", "all", "none"),
    data_only=True,
)
