"""Texts of a training that ended after its first epoch ("Epoch 1/50 - loss: 0.98" and no more): a run of one point."""

from __future__ import annotations

import numpy as np

from loganalyzer.model.role import Split
from loganalyzer.model.run import Run, Series
from loganalyzer.readers.common.printed.parser import Parser
from loganalyzer.readers.common.quantities import KNOWN, LOSSES
from loganalyzer.roles.assign import role_of

FIRST = frozenset({0, 1})
MOST_PLANNED = 2.0**53


def first_epoch_in(parser: Parser, key: str, path: str) -> Run | None:
    """The values of the only epoch that a text counts, which says how many there were to be; None for any other text.

    Each is printed once: several are those of several trainings. What was measured on held-out data only may be a result.
    """
    points = parser.points
    epochs = set(points.epoch)
    planned = points.planned_epochs
    if len(epochs) != 1 or not epochs <= FIRST or not 1 <= planned < MOST_PLANNED:
        return None
    epoch = int(epochs.pop())
    series = {}
    for (name, per_step), (_, values) in points.values.items():
        if role_of(name).quantity not in KNOWN or not values:
            continue
        if per_step or len(values) > 1:
            return None
        series[name] = Series(name, np.array([epoch]), np.array(values))
    trained = [role_of(n) for n in series]
    if not any(role.quantity in LOSSES and role.split not in (Split.VALIDATION, Split.TEST) for role in trained):
        return None
    settings = parser.settings_up_to(len(parser.settings))
    return Run(key, (path,), "text-log", series, settings, step_unit="epoch", planned=int(planned))
