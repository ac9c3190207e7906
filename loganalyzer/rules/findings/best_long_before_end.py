"""Best long before the end: what came after the best checkpoint was wasted.

What it sees
    A judged objective (validation where it is logged) whose best level lies more than ``wasted`` of the run before its
    end, and that did not get better again.

Why it matters
    The best checkpoint is the model; the rest is cost. The wasted share tells what an early stop would have saved.

How it is measured
    From the first step at which the smoothed objective was within noise (or half a percent of the gain) of its best, to
    the end of the run; from the step of the best logged value, which is the one named, where that alone is long enough.
    Keras's ``EarlyStopping`` (min_delta 0) is replayed with patiences of {replay.PATIENCES} logged values, none of them
    more than half of the log, and the smallest is given that stops the run and keeps a value within ``regret`` of the
    gain of the best; with validation, that is told by early-stopping-replay. Minutes are given where clock times are logged.

When it is silent
    Under a cyclic learning rate and in range tests, when the objective still improves or ends as NaN, at chance, for
    fewer than ten values, and without a clear gain (six standard errors).
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import at_chance
from loganalyzer.features.curve import Curve
from loganalyzer.features.last_third import final_third
from loganalyzer.features.levels import significance
from loganalyzer.features.replay import PATIENCES, keras_kept
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit


class Limits(LimitSet):
    """Limits of this rule."""

    wasted: float = limit(0.4, "share of the run after the best", 0.1, 0.95)
    regret: float = limit(0.01, "loss of quality that a suggested patience may cost, as a share of the gain", 0.0, 0.2)


def check(view: View, limits: Limits) -> Outcome:
    """Answer on the judged objective."""
    curve = view.objective
    if curve is None or curve.count < 10 or significance(curve) < 6 or at_chance(curve, view.metrics):
        return not_applicable()
    if curve.ends_non_finite:
        return passed()
    rates = view.rates
    if rates is not None and (rates.cyclic or rates.range_test):
        return passed()
    near = curve.best + max(0.005 * curve.gain, curve.standard_error(max(3, len(curve.reduced) // 40)))
    first = int(np.argmax(curve.smooth <= near))
    _, span = view.reach
    last, level = int(curve.reduced.steps[-1]), int(curve.reduced.steps[first])
    wasted = (last - level) / span
    if wasted < limits.wasted or (final_third(curve).tau < -0.4 and final_third(curve).z > 2):
        return passed()
    # with validation, early-stopping-replay says which patience: two numbers for one question would be one too many
    patience = 0 if view.has("validation") else _patience(curve, limits.regret)
    best = curve.logged.best
    # a later value, or one on the way, may be better by luck: then the level was reached at one step, and the best value at another
    lucky = best.step < level or (last - best.step) / span < limits.wasted
    step = level if lucky else best.step
    wasted = (last - step) / span
    numbers: dict[str, Number] = {
        "series": curve.name,
        "at": step,
        "best": best.value,
        "best_at": best.step,
        "wasted": float(wasted),
        "length": last - step,
        "patience": patience,
    }
    times = curve.wall_times
    variant = "level" if lucky else "found" if patience else "plain"
    if times is not None and view.has("wall_time"):
        own = times[curve.finite]
        i = int(np.searchsorted(curve.finite_steps, step))
        spent = float(own[-1] - own[min(i, len(own) - 1)])
        if spent > 60:
            numbers["seconds"] = spent
            variant = "level" if lucky else "time"
    evidence = (
        Evidence(curve.name, best.step, best.step, "point", "best", value=best.value),
        Evidence(curve.name, step, last, "span", "wasted"),
    )
    return found(
        Severity.INFO,
        score=arrays.sigmoid_margin(wasted / limits.wasted),
        variant=variant,
        numbers=numbers,
        evidence=evidence,
        fixes=("early-stopping", "keep-best-checkpoint", "shorter-training"),
    )


def _patience(curve: Curve, regret: float) -> int:
    """The smallest patience (in logged values) with which Keras's EarlyStopping would have kept the best; 0 if none."""
    y = curve.values
    worst = float(y.min()) + regret * curve.gain
    kept = keras_kept(y, (p for p in PATIENCES if 2 * p <= len(y)))
    return next((patience for patience, best in kept.items() if y[best] <= worst), 0)


RULE = Rule(
    "best-long-before-end",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"objective"}),
    optional=frozenset({"learning_rate", "wall_time", "metric", "validation"}),
    variants=("found", "plain", "time", "level"),
    fixes=("early-stopping", "keep-best-checkpoint", "shorter-training"),
    explained_by=("overfitting", "diverging"),
    quotes=(Quote("best", "best_at"),),
)
