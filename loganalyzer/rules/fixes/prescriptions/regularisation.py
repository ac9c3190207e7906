"""More regularisation, or less: dropout, weight decay, label smoothing."""

from __future__ import annotations

import math
from collections.abc import Mapping

from loganalyzer.model.prescription import Prescription
from loganalyzer.roles.hyperparameters import is_on
from loganalyzer.rules.fixes.prescriptions.case import Case, changed, rounded
from loganalyzer.rules.fixes.prescriptions.held_back import coupled_decay, narrow_under_dropout, paths_left
from loganalyzer.rules.fixes.prescriptions.optimizer import DECAY
from loganalyzer.rules.fixes.prescriptions.stopping import begun_patience

DROPOUT = (0.3, 0.5)
"""Dropout to begin with, and the most that is usual."""
WEAK_DROPOUT, MANY_PATHS = 0.2, 0.3
SGD_DECAY = 5e-4
STRONG_DECAY = 0.1
"""The strongest usual weight decay of AdamW."""
STRONG_PENALTY = 5e-3
"""The strongest usual one of the other optimizers, which add it to the gradient."""
TENFOLD = 10.0
SHRINKS = 7.0
"""What learning rate, weight decay and the number of updates of AdamW multiply to where decay holds a small data set back."""
MOST_DECAY = 1.0
"""No weight decay above this is advised: ten times the strongest usual one is a value that nobody would try."""
HEAVY = ("moderate", "severe")
"""The kinds of overfitting for which dropout is set to its highest usual value at once, where nothing else holds back."""
SMOOTHING = 0.1


def more_dropout(case: Case) -> Prescription | None:
    """The next usual value above the run's own."""
    own = case.setting("dropout")
    if own is None or not 0 <= own.value < DROPOUT[1]:
        return None
    decay = case.setting("weight_decay")
    # where a patience can end the run before it learns by heart, the most dropout is not needed
    bare = case.kind in HEAVY and decay is not None and decay.value == 0 and begun_patience(case) is None
    new = DROPOUT[0] if own.value < DROPOUT[0] - 0.05 and not bare else DROPOUT[1]
    return changed("known", case.change("dropout", new))


def less_dropout(case: Case) -> Prescription | None:
    """A weak one instead of a strong one; none instead of a weak one, where few units are left, or beside batch normalisation:
    the variance that it keeps from training is another one without dropout (Li et al., Understanding the disharmony, 2019)."""
    own = case.setting("dropout")
    if own is None or own.value <= 0:
        return None
    normalised = case.said("batch_norm")
    beside = normalised is not None and is_on(normalised[1])
    deep = paths_left(WEAK_DROPOUT, case) < MANY_PATHS
    weak = own.value > WEAK_DROPOUT and not narrow_under_dropout(case) and not beside and not deep
    return changed("known", case.change("dropout", WEAK_DROPOUT if weak else 0))


def more_decay(case: Case) -> Prescription | None:
    """The next usual value for the optimizer, or what a short run needs; with Adam, AdamW, in which weight decay works as
    intended."""
    own, short = case.setting("weight_decay"), decay_of_short_run(case)
    value = own.value if own is not None else 0.0
    if case.optimizer == "Adam" and value < DECAY and case.rate is not None:
        decay, other = case.change("weight_decay", short or DECAY), case.change("optimizer", "AdamW")
        return changed("adamw-short" if short else "adamw", decay, other, optimizer="AdamW", **_little(case))
    if own is not None and short is not None and value <= 0.5 * short:
        return changed("short", case.change("weight_decay", short), **_little(case))
    new = _next_decay(case.optimizer, value)
    if new is None or (own is None and not case.optimizer):
        return None
    return changed("known" if own is not None else "set", case.change("weight_decay", new))


def decay_of_short_run(case: Case) -> float | None:
    """The weight decay with which AdamW takes the weights down by ``SHRINKS`` in the updates of this run; None where a usual one
    does, where not even an unusual one would, or where the updates are not known."""
    reach = _reach(case) if case.optimizer in ("Adam", "AdamW") else 0.0
    needed = SHRINKS / reach if reach > 0 else 0.0
    return rounded(needed, 1) if STRONG_DECAY < needed <= MOST_DECAY else None


def _little(case: Case) -> Mapping[str, float | int]:
    """How little the usual weight decay of AdamW does in the updates of this run; nothing where these are not known."""
    if case.updates is None:
        return {}
    return {"updates": case.updates, "usual": DECAY, "taken": 1.0 - math.exp(-DECAY * _reach(case))}


def _reach(case: Case) -> float:
    """Learning rate times updates: AdamW multiplies a weight by exp(-reach * decay) over the run."""
    return case.rate.value * case.updates if case.rate is not None and case.updates is not None else 0.0


def _next_decay(optimizer: str, value: float) -> float | None:
    """A usual weight decay clearly above ``value``; None where that is strong already."""
    steps = (SGD_DECAY, STRONG_PENALTY) if optimizer in ("", "SGD") else (DECAY, STRONG_DECAY)
    return next((step for step in steps if value <= 0.5 * step), None)


def less_decay(case: Case) -> Prescription | None:
    """A tenth, and no more than is usual for the optimizer; with Adam, AdamW, in which weight decay works as intended."""
    own = case.setting("weight_decay")
    if own is None or own.value <= 0:
        return None
    if case.optimizer == "Adam" and coupled_decay(case):
        decay, new = case.change("weight_decay", DECAY), case.change("optimizer", "AdamW")
        return changed("adamw", decay, new, optimizer="AdamW")
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
