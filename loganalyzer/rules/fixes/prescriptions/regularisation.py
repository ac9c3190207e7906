"""More regularisation, or less: dropout, weight decay, label smoothing."""

from __future__ import annotations

from loganalyzer.model.prescription import Prescription
from loganalyzer.rules.fixes.prescriptions.case import Case, changed, rounded
from loganalyzer.rules.fixes.prescriptions.optimizer import DECAY

DROPOUT = (0.3, 0.5)
"""Dropout to begin with, and the most that is usual."""
WEAK_DROPOUT = 0.2
SGD_DECAY = 5e-4
STRONG_DECAY = 0.1
"""The strongest usual weight decay of AdamW."""
STRONG_PENALTY = 5e-3
"""The strongest usual one of the other optimizers, which add it to the gradient."""
TENFOLD = 10.0
SMOOTHING = 0.1


def more_dropout(case: Case) -> Prescription | None:
    """The next usual value above the run's own."""
    own = case.setting("dropout")
    if own is None or not 0 <= own.value < DROPOUT[1]:
        return None
    new = DROPOUT[0] if own.value < DROPOUT[0] - 0.05 else DROPOUT[1]
    return changed("known", case.change("dropout", new))


def less_dropout(case: Case) -> Prescription | None:
    """A weak one instead of a strong one, none instead of a weak one."""
    own = case.setting("dropout")
    if own is None or own.value <= 0:
        return None
    return changed("known", case.change("dropout", WEAK_DROPOUT if own.value > WEAK_DROPOUT else 0))


def more_decay(case: Case) -> Prescription | None:
    """The next usual value for the optimizer; with Adam, AdamW, in which weight decay works as intended."""
    own = case.setting("weight_decay")
    value = own.value if own is not None else 0.0
    if case.optimizer == "Adam" and value < DECAY and case.rate is not None:
        decay = case.change("weight_decay", DECAY)
        return changed("adamw", decay, case.change("optimizer", "AdamW"), optimizer="AdamW")
    new = _next_decay(case.optimizer, value)
    if new is None or (own is None and not case.optimizer):
        return None
    return changed("known" if own is not None else "set", case.change("weight_decay", new))


def _next_decay(optimizer: str, value: float) -> float | None:
    """A usual weight decay clearly above ``value``; None where that is strong already."""
    steps = (SGD_DECAY, STRONG_PENALTY) if optimizer in ("", "SGD") else (DECAY, STRONG_DECAY)
    return next((step for step in steps if value <= 0.5 * step), None)


def less_decay(case: Case) -> Prescription | None:
    """A tenth, and no more than is usual for the optimizer."""
    own = case.setting("weight_decay")
    if own is None or own.value <= 0:
        return None
    most = STRONG_DECAY if case.optimizer == "AdamW" else STRONG_PENALTY
    return changed("known", case.change("weight_decay", rounded(min(own.value / TENFOLD, most))))


def smoothing(case: Case) -> Prescription | None:
    """Label smoothing for a run that says it uses none."""
    own = case.setting("label_smoothing")
    return changed("known", case.change("label_smoothing", SMOOTHING)) if own is not None and own.value == 0 else None


COMPUTED = {
    "add-dropout": more_dropout,
    "less-dropout": less_dropout,
    "weight-decay": more_decay,
    "less-weight-decay": less_decay,
    "label-smoothing": smoothing,
}
