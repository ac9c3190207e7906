"""The size of the batch, alone and with the learning rate."""

from __future__ import annotations

import math

from loganalyzer.model.prescription import Change, Prescription
from loganalyzer.rules.fixes.prescriptions.case import USUAL_BATCH, Case, changed

ENOUGH_UPDATES = 1000
"""Fewer updates than this are few for any model."""
SMALLEST = 8
"""A batch below this is not doubled, but made a usual one."""
LARGEST = 1024
"""Batches beyond this are not doubled: the linear rule for the rate ends about there."""


def double_with_rate(case: Case) -> Prescription | None:
    """Twice the batch and the rate with it; by the square root of two for adaptive optimizers (Malladi et al., 2022)."""
    if case.rate is None:
        return None
    factor = 2.0 if case.optimizer in ("", "SGD") else math.sqrt(2.0)
    return changed("known", _doubled(case), case.change_rate(min(factor * case.rate.value, case.highest_rate)))


def larger(case: Case) -> Prescription | None:
    """Twice the batch; a usual one instead of a tiny one."""
    own = case.setting("batch_size")
    if own is not None and 1 <= own.value < SMALLEST:
        return changed("tiny", case.change("batch_size", USUAL_BATCH, int(own.value)))
    return changed("known", _doubled(case))


def smaller(case: Case) -> Prescription | None:
    """A usual batch instead of one that is so large that few updates are left, and no rate below the usual first one."""
    own, made = case.setting("batch_size"), case.updates
    if own is None or own.value <= USUAL_BATCH or made is None:
        return None
    new = next(
        (size for size in (USUAL_BATCH, USUAL_BATCH // 2) if made * own.value / size >= ENOUGH_UPDATES),
        USUAL_BATCH // 2,
    )
    change, start = case.change("batch_size", new, int(own.value)), case.first_rate
    if case.rate is None or case.rate.value >= start:
        return changed("known", change, updates=made)
    return changed("rate", change, case.change_rate(start), updates=made)


def _doubled(case: Case) -> Change | None:
    own = case.setting("batch_size")
    if own is None or not 1 <= own.value <= LARGEST / 2:
        return None
    return case.change("batch_size", 2 * int(own.value), int(own.value))


COMPUTED = {"larger-batch": larger, "smaller-batch": smaller, "larger-batch-lr": double_with_rate}
