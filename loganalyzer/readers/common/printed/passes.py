"""Passes over other data that print as the training does: told by how many batches they have."""

from __future__ import annotations

import math

from msgspec import Struct

from loganalyzer.readers.common.printed.plan import Plan
from loganalyzer.readers.common.printed.repeats import Columns


class Passes(Struct):
    """The batches of the training: ``in_epoch`` of lines that name the epoch, ``on_bar`` of the first full bar in this one.

    ``told`` are the names of the values of that bar.
    """

    in_epoch: float = math.nan
    on_bar: float = math.nan
    told: frozenset[str] = frozenset()

    def is_other(self, plan: Plan, columns: Columns) -> bool:
        """Whether batches without an epoch are of another number than the epoch has: a pass over other data, not the training."""
        if plan.steps < 0 or plan.step < 0 or not plan.in_epoch or plan.held_out:
            return False
        total = columns[plan.steps][0]
        if plan.epoch >= 0:
            self.in_epoch = total
        return plan.epoch < 0 and not math.isnan(self.in_epoch) and total != self.in_epoch

    def is_evaluation(self, plan: Plan, columns: Columns) -> bool:
        """Whether a full bar is the second in its epoch, of other batches: Keras's ``evaluate()`` behind ``fit()``."""
        if plan.epoch >= 0:
            self.on_bar, self.told = math.nan, frozenset()
        if not plan.bar or plan.steps < 0 or not plan.values:
            return False
        total = columns[plan.steps][0]
        if math.isnan(self.on_bar):
            self.on_bar, self.told = total, frozenset(value.name for value in plan.values)
        return total != self.on_bar and not any(value.held_out for value in plan.values)

    def is_said_again(self, plan: Plan, name: str) -> bool:
        """Whether a line without a counter says what the bar of the epoch said: a callback's line, of the data that it measures."""
        return name in self.told and plan.epoch < 0 and plan.step < 0
