"""Logs of a finished agent that is evaluated: rewards of episodes that are counted one by one, and no training."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from loganalyzer.readers.common.printed.plan import Plan
from loganalyzer.readers.common.printed.points import Points

_EVALUATES = re.compile(r"\b(?:eval(?:uat\w{1,4})?|test(?:ing)?|inference)\b[^\0]{0,60}episode", re.IGNORECASE)


def are_of_evaluation(plans: Mapping[str, Plan | None], points: Points) -> bool:
    """Whether all values that are counted are of episodes of an evaluation, one after the other from the first on.

    A training evaluates after many episodes of its own, and says what these gave.
    """
    counted = {
        shape: plan for shape, plan in plans.items() if plan and plan.values and (plan.step >= 0 or plan.epoch >= 0)
    }
    if not counted or not all(map(_EVALUATES.search, counted)):
        return False
    if all(plan.held_out for plan in counted.values()):
        return True
    steps = np.frombuffer(points.step)
    steps = steps[np.isfinite(steps)]
    if len(steps) < 2 or steps[0] not in (0, 1):
        return False
    changes = np.diff(steps)
    return bool(((changes == 1) | (steps[1:] == steps[0])).all())
