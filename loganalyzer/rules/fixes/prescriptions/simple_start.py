"""A start from settings with which most models learn, for a run whose own settings do not show what keeps it from that."""

from __future__ import annotations

import math
from collections.abc import Callable

from loganalyzer.model.prescription import Change, Prescription
from loganalyzer.model.traits import Framework
from loganalyzer.roles.hyperparameters import is_number, is_on, layer_widths
from loganalyzer.rules.fixes.prescriptions.case import USUAL_BATCH, Case
from loganalyzer.rules.fixes.prescriptions.clipping import loosened
from loganalyzer.rules.fixes.prescriptions.data import switched_on
from loganalyzer.rules.fixes.prescriptions.model import COMPUTED as OF_MODEL
from loganalyzer.rules.fixes.prescriptions.model import FEWEST_UNITS, FIRST_LAYER, NONE
from loganalyzer.rules.fixes.prescriptions.optimizer import DECAY
from loganalyzer.rules.fixes.prescriptions.schedule import shorter_warm_up
from loganalyzer.rules.fixes.prescriptions.stopping import many_epochs, more_patience, short_run
from loganalyzer.rules.usual_ranges import START_RATE

ADAPTIVE = ("Adam", "AdamW")
FEWEST = 2
"""A start that changes less is one of the other fixes."""
SMALL, LARGE = 16, 128
"""A batch outside these is made a usual one."""
FEW = 5000
"""So few updates at Adam's usual rate are made twice as many."""
SAID_AFTERWARDS = ("lr_schedule", "epochs", "patience", "early_stopping")
"""What has a sentence of its own, whatever fix changes it."""

Changes = tuple[Change | None, ...]


def simple_start(case: Case) -> Prescription | None:
    """Adam at its usual rate on a cosine, nothing that holds the model back, scaled and shuffled data; None where the optimizer or
    the rate is not known, where the model was trained before, and where next to nothing would change."""
    own = case.optimizer and case.rate is not None and not case.traits.pretrained and not case.traits.transformer
    if not own or case.traits.framework is Framework.BOOSTING:
        return None
    found = [change for part in PARTS for change in part(case) if change is not None and change.old != change.new]
    listed = [change for change in found if change.meaning not in SAID_AFTERWARDS]
    if len(found) < FEWEST or not listed:
        return None
    found.sort(key=lambda change: change.meaning in SAID_AFTERWARDS)
    return Prescription(
        "", variant="known", changes=tuple(found), numbers={"list": ", ".join(change.listed for change in listed)}
    )


def _steps(case: Case) -> Changes:
    """Adam at its usual rate, which falls; an adaptive optimizer stays."""
    new = None if case.optimizer in ADAPTIVE else case.change("optimizer", "Adam")
    said = case.said("lr_schedule")
    falling = case.change("lr_schedule", "cosine") if said is None or str(said[1]).lower() != "cosine" else None
    return new, case.change_rate(START_RATE["Adam"]), falling


def _planned(case: Case) -> float:
    """How many updates the run would make at the usual size of a batch, as long as it is or as few epochs are made more; infinite
    where the log does not tell."""
    samples = case.samples
    if samples is None or samples.value < 1 or case.length_meaning != "epochs":
        return math.inf
    epochs = many_epochs(case) if short_run(case) else case.length
    return epochs * math.ceil(samples.value / _batch(case))


def _batch(case: Case) -> float:
    """The size of the batches: the run's own where it is a usual one."""
    own = case.setting("batch_size")
    return own.value if own is not None and SMALL <= own.value <= LARGE else USUAL_BATCH


def _free(case: Case) -> Changes:
    """No dropout, noise, smoothing or decay of the weights; AdamW's usual one does not hold back."""
    off = [case.change(meaning, 0) for meaning in ("dropout", "label_smoothing") if _on(case, meaning)]
    if _on(case, "augmentation") and isinstance((case.said("augmentation") or ("", 0))[1], float):
        off.append(case.change("augmentation", 0))
    if _on(case, "weight_decay"):
        off.append(case.change("weight_decay", DECAY if case.optimizer == "AdamW" else 0))
    return (*off, loosened(case))


def _on(case: Case, meaning: str) -> bool:
    said = case.said(meaning)
    return said is not None and is_number(said[1]) and is_on(said[1])


def _model(case: Case) -> Changes:
    """Usual initial weights and ReLU, and no layer of next to no units."""
    changes = [*_changes_of(OF_MODEL["he-init"], case), *_changes_of(OF_MODEL["relu-activation"], case)]
    said = case.said("hidden_size")
    widths = layer_widths(said[1]) if said is not None else ()
    narrow = any(is_number(width) and 0 < width < FEWEST_UNITS for width in widths)
    if said is not None and (narrow or str(said[1]).strip() in NONE):
        changes.append(case.change("hidden_size", str(FIRST_LAYER)))
    return tuple(changes)


def _data(case: Case) -> Changes:
    """Scaled inputs in a new order, in batches of a usual size."""
    own = case.setting("batch_size")
    scaled, shuffled = (_changes_of(switched_on(meaning), case) for meaning in ("input_scaling", "shuffle"))
    return (
        *scaled,
        *shuffled,
        case.change("batch_size", USUAL_BATCH) if own is not None and own.value != _batch(case) else None,
    )


def _time(case: Case) -> Changes:
    """No warm-up or patience that ends what had not begun, and more than a few epochs and updates."""
    epochs = many_epochs(case) if short_run(case) else case.length
    epochs *= 2 if _planned(case) < FEW else 1
    length = case.change(case.length_meaning, epochs, case.length) if epochs > case.length else None
    return (*_changes_of(shorter_warm_up, case), *_changes_of(more_patience, case), length)


def _changes_of(compute: Callable[[Case], Prescription | None], case: Case) -> Changes:
    found = compute(case)
    return found.changes if found is not None else ()


PARTS = (_steps, _free, _model, _data, _time)
COMPUTED = {"simple-start": simple_start}
