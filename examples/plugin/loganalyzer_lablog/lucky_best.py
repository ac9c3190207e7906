"""Lucky best: the best validation value stands alone.

What it sees
    A best value of the validation objective that lies far below the values just before and after it.

Why it matters
    A checkpoint chosen by such a value is no better than its neighbours: on new data the luck is gone.

How it is measured
    The best value against the median of its four neighbours, in units of the usual difference between two values. At
    ``z`` of these or more the best is called lucky. The first and last two values are not looked at.

When it is silent
    With fewer than ``points`` validation values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.model.prescription import Keep, Prescription
from loganalyzer.rules.base import Rule
from loganalyzer.rules.fixes.prescriptions.case import Case
from loganalyzer.rules.limits import limit


@dataclass(frozen=True)
class Limits:
    """Limits of this rule: users may change them in the configuration, within their range."""

    z: float = limit(6.0, "usual differences by which the best value is better than its neighbours", 3.0, 50.0)
    points: float = limit(12, "validation values below which nothing is said", 8, 1000)


def check(view: View, limits: Limits) -> Outcome:
    """Compare the best value with its neighbours."""
    curve = view.validation
    if curve is None or curve.count < limits.points:
        return not_applicable()
    values = curve.values  # float64, lower is better whatever the series means
    best = int(np.argmin(values))
    usual = float(np.median(np.abs(np.diff(values))))
    if not 2 <= best < len(values) - 2 or usual == 0:
        return passed()
    neighbours = float(np.median(values[[best - 2, best - 1, best + 1, best + 2]]))
    if (neighbours - values[best]) / usual < limits.z:
        return passed()
    step = int(curve.finite_steps[best])
    numbers: dict[str, Number] = {
        "series": curve.name,
        "best": curve.as_logged(float(values[best])),
        "at": step,
        "around": curve.as_logged(neighbours),
    }
    return found(
        Severity.WARNING,
        score=0.8,
        numbers=numbers,
        evidence=(Evidence(curve.name, step, step, "point", "lucky", value=curve.as_logged(float(values[best]))),),
        fixes=("choose-by-median", "more-validation-data"),
    )


def by_median(case: Case) -> Prescription | None:
    """The fix with the run's own numbers: the checkpoint in the middle of the five evaluations with the best median."""
    curve = case.view.validation
    if curve is None or curve.count < 5:
        return None  # nothing to compute: the general text stands
    medians = np.median(np.lib.stride_tricks.sliding_window_view(curve.values, 5), axis=1)
    best = int(np.argmin(medians))
    keep = Keep(curve.name, int(curve.finite_steps[best + 2]), curve.as_logged(float(medians[best])))
    return Prescription("choose-by-median", variant="known", keep=keep)


RULE = Rule(
    "lucky-best",
    Limits(),
    check,
    requires=frozenset({"validation"}),
    fixes=("choose-by-median", "more-validation-data"),
    explained_by=("noisy-validation",),
    computes={"choose-by-median": by_median},
)
