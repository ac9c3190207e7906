"""Whether a held-out set moves with training: noise of single batches leaves no trace there, thrown-about weights do."""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.features.oscillation import SETTLED_FROM
from loganalyzer.model.run import Floats

FEWEST = 10
"""Fewer common values do not show whether two curves move together."""


def co_movement(train: Curve, held_out: Curve) -> float:
    """Rank correlation (Spearman) of the steps of two curves in the settled part, as sure as their number allows.

    Compared at the steps of the shorter log. -1..1; a correlation that so few values may show by chance is 0.
    """
    few, many = (held_out, train) if held_out.count <= train.count else (train, held_out)
    late = few.reduced.x > SETTLED_FROM
    own = few.reduced.values[late]
    if len(own) < FEWEST or len(many.reduced) < FEWEST:
        return 0.0
    other = np.interp(few.reduced.steps[late], many.reduced.steps, many.reduced.values)
    a, b = _ranks(arrays.differences(own)), _ranks(arrays.differences(other))
    power = math.sqrt(float(a @ a) * float(b @ b))
    together = float(a @ b) / power if power > 0 else 0.0
    return together if abs(together) > 3.0 / math.sqrt(len(a)) else 0.0


def _ranks(values: Floats) -> Floats:
    """Ranks about their mean; ties get their order."""
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks - 0.5 * (len(values) - 1)
