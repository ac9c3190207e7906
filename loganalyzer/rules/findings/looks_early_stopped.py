"""Looks early-stopped: the run ended a usual patience after its best.

What it sees
    A run that ended before its planned number of epochs, exactly so many evaluations ({PATIENCES}) after the best raw
    value; or the logged patience after it, where one is logged.

Why it matters
    Such a run was ended by a rule, not by plan. Whether the patience was long enough is worth a look: the noise of
    validation can end a run too soon.

How it is measured
    Evaluations after the best raw validation value, counted in logged points; the plan is a number of epochs in the
    hyper-parameters, compared with the last logged epoch. Where a patience is among the hyper-parameters, only that one
    counts (one evaluation more or less), and the finding is surer.

When it is silent
    When the plan was reached or none is logged, where steps are no epochs, without validation, when validation ends as
    NaN, and for fewer than 8 evaluations.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.roles.hyperparameters import number
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet

PATIENCES = (3, 5, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100)


class Limits(LimitSet):
    """This rule has no limits."""


def check(view: View, _limits: Limits) -> Outcome:
    """Compare the tail after the best with the plan and with the usual patiences."""
    curve = view.validation
    if curve is None or curve.count < 8 or curve.ends_non_finite:
        return not_applicable()
    after = curve.count - 1 - int(np.argmin(curve.values))
    settings = view.hyperparameters
    epochs = number(settings, "epochs")
    plan = epochs.value if epochs is not None else 0.0
    logged = number(settings, "patience") or number(settings, "early_stopping")
    asked = int(logged.value) if logged is not None else 0
    length = int(curve.finite_steps[-1]) - min(0, int(curve.finite_steps[0])) + (1 if curve.finite_steps[0] == 0 else 0)
    short_of_plan = view.run.step_unit == "epoch" and plan > 0 and length < plan - 1
    usual = abs(after - asked) <= 1 if asked > 0 else after in PATIENCES
    if not short_of_plan or not usual or after < 3:
        return passed()
    best_at = int(curve.finite_steps[int(np.argmin(curve.values))])
    numbers: dict[str, Number] = {
        "series": curve.name,
        "patience": after,
        "at": best_at,
        "last": int(curve.finite_steps[-1]),
        "plan": int(plan),
        "length": length,
    }
    evidence = (Evidence(curve.name, best_at, int(curve.finite_steps[-1]), "span", "waited"),)
    return found(
        Severity.INFO,
        score=0.9 if asked else 0.75,
        variant="found",
        numbers=numbers,
        evidence=evidence,
        fixes=("keep-best-checkpoint",),
    )


RULE = Rule(
    "looks-early-stopped",
    Limits(),
    check,
    requires=frozenset({"validation", "hyperparameters"}),
    optional=frozenset({"run"}),
    fixes=("keep-best-checkpoint",),
)
