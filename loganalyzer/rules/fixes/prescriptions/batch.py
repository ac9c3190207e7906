"""The size of the batch, alone and with the learning rate."""

from __future__ import annotations

import math

from loganalyzer.model.prescription import Change, Prescription
from loganalyzer.rules.fixes.prescriptions.case import Case, changed

LARGEST = 1024
"""Batches beyond this are not doubled: the linear rule for the rate ends about there."""


def double(case: Case) -> Prescription | None:
    """Twice the batch."""
    return changed("known", _doubled(case))


def double_with_rate(case: Case) -> Prescription | None:
    """Twice the batch and the rate with it; by the square root of two for adaptive optimizers (Malladi et al., 2022)."""
    if case.rate is None:
        return None
    factor = 2.0 if case.optimizer in ("", "SGD") else math.sqrt(2.0)
    return changed("known", _doubled(case), case.change_rate(min(factor * case.rate.value, case.highest_rate)))


def _doubled(case: Case) -> Change | None:
    own = case.setting("batch_size")
    if own is None or not 1 <= own.value <= LARGEST / 2:
        return None
    return case.change("batch_size", 2 * int(own.value), int(own.value))


COMPUTED = {"larger-batch": double, "larger-batch-lr": double_with_rate}
