"""What training did since validation turned."""

from __future__ import annotations

from loganalyzer.features.carried_over import BY_HEART
from loganalyzer.features.curve import Curve
from loganalyzer.features.levels import scale
from loganalyzer.model.record import Record


class Training(Record):
    """Training since validation turned: whether it ended no worse, or better beyond its noise (``fell``); as logged, its
    level ``then`` and at the ``end``."""

    held: bool
    fell: bool
    then: float
    end: float


def training_since(train: Curve | None, step: int) -> Training:
    """How ``train`` went on after ``step``; as good as anything where fewer than three values show nothing."""
    if train is None or train.count < 3:
        return Training(True, False, 0.0, 0.0)
    then, end = train.value_at(step), train.end
    # training that nearly fits its data perfectly does so, whatever its single batches do
    held = end <= then + 2 * train.sigma + 0.05 * scale(train) or (train.positive and end < BY_HEART * train.start)
    return Training(
        held, end < then - 2 * train.standard_error(train.end_count), train.as_logged(then), train.as_logged(end)
    )
