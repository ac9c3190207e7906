"""Learning rate never decayed: a constant rate to the end, and a loss that settled into noise.

What it sees
    A logged learning rate that stayed at its peak from the end of its warm-up on, and a training objective that stopped
    falling and jitters about its level.

Why it matters
    With a constant rate, stochastic gradient descent ends up wandering about the minimum, the wider the larger the rate
    (Robbins and Monro, 1951, ask for steps that shrink). Decaying it costs one line and lowers that floor.

How it is measured
    The rate varies by no more than a thousandth after its warm-up; over the last third the objective does not fall
    (Kendall's tau above -``tau``), and its point-to-point noise is more than ``noise`` of the scale of the gain.

When it is silent
    Without a logged rate, where the warm-up reaches into the last third, on curves that still fall or rise again, on
    smooth ones, with fewer than {FEWEST} values, and where nothing was learned or the loss ended as NaN.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.last_third import final_third
from loganalyzer.features.levels import scale, significance
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet, limit

FEWEST = 20


class Limits(LimitSet):
    """Limits of this rule."""

    noise: float = limit(0.02, "point-to-point noise as a share of the scale of the gain", 0.001, 0.5)
    tau: float = limit(0.4, "how monotone a fall of the last third still counts as settled (Kendall's tau)", 0.0, 1.0)


def check(view: View, limits: Limits) -> Outcome:
    """Answer from the learning rate and the training objective."""
    rates, curve = view.rates, view.main
    if rates is None or curve is None or curve.count < FEWEST or len(rates.values) < 3:
        return not_applicable()
    begin = 0 if rates.warm_up is None else int(np.searchsorted(rates.steps, rates.warm_up))
    since = curve.step_at(2 / 3)
    if begin == len(rates.steps) or rates.steps[begin] > since:
        return passed()  # it is still being warmed up
    kept = rates.values[begin:]
    whole = scale(curve)
    if arrays.extent(kept) > 1e-3 * rates.peak or curve.ends_non_finite or significance(curve) < 10 or whole <= 0:
        return passed()
    noise = curve.point_sigma / whole
    last = final_third(curve)
    if noise < limits.noise or last.tau < -limits.tau or (last.drop < 0 and last.z < -4):
        return passed()
    numbers: dict[str, Number] = {"series": curve.name, "rate": rates.last, "noise": noise, "since": since}
    evidence = (Evidence(curve.name, since, int(curve.reduced.steps[-1]), "span", "settled"),)
    return found(
        Severity.INFO,
        score=0.7,
        numbers=numbers,
        evidence=evidence,
        fixes=("cosine-schedule", "reduce-on-plateau", "step-schedule", "weight-averaging"),
    )


RULE = Rule(
    "rate-never-decayed",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"learning_rate", "objective"}),
    fixes=("cosine-schedule", "reduce-on-plateau", "step-schedule", "weight-averaging"),
    explained_by=("diverging", "oscillating", "plateau"),
)
