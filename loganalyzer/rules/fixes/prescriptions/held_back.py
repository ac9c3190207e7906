"""Single settings so far outside what is usual that they alone can keep a run from learning."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from loganalyzer.roles.hyperparameters import is_number
from loganalyzer.rules.fixes.prescriptions.case import Case
from loganalyzer.rules.usual_ranges import START_RATE

STRONG_DECAY, STRONG_ADAMW_DECAY = 0.1, 1.0
"""From here on weight decay keeps a model from learning; AdamW's is multiplied by the learning rate."""
STRONG_DROPOUT = 0.6
TIGHT_CLIPPING = 0.05
VERY_TIMID = 0.1
"""A rate below this share of its optimizer's usual first one is raised before a run is made longer."""
COUPLED = ("Adam", "RMSprop")
STRONG_AUGMENTATION = 1.0
"""A strength of augmentation, written with a decimal point, from which inputs may no longer be recognised."""


def strong_decay(case: Case) -> bool:
    """Weight decay that holds the weights near zero."""
    own = case.setting("weight_decay")
    most = STRONG_DECAY if case.optimizer in ("SGD", "Adam", "RMSprop") else STRONG_ADAMW_DECAY
    return own is not None and own.value >= most


def strong_dropout(case: Case) -> bool:
    """Dropout of most units."""
    own = case.setting("dropout")
    return own is not None and STRONG_DROPOUT <= own.value < 1


def strong_augmentation(case: Case) -> bool:
    """A strength of augmentation (no switch, no count of operations) that drowns the inputs."""
    said = case.said("augmentation")
    return said is not None and isinstance(said[1], float) and is_number(said[1]) and said[1] >= STRONG_AUGMENTATION


def tight_clipping(case: Case) -> bool:
    """Gradients clipped to next to nothing."""
    own = case.setting("clip_norm")
    return own is not None and 0 < own.value <= TIGHT_CLIPPING


def coupled_decay(case: Case) -> bool:
    """Strong weight decay in an optimizer that adds it to the gradient, and then divides all of that by its own measure: the
    pull no longer depends on how strong it is set, and drowns a small gradient."""
    return case.optimizer in COUPLED and strong_decay(case)


def rate_far_too_low(case: Case) -> bool:
    """A rate below all that are usual for the optimizer."""
    return case.rate is not None and case.optimizer in START_RATE and 0 < case.rate.value < case.lowest_rate


def very_timid_rate(case: Case) -> bool:
    """A rate far below the one that its optimizer is usually started at."""
    return rate_at_most(VERY_TIMID, case)


def rate_at_most(share: float, case: Case) -> bool:
    """The rate is at most that share of the usual first one, and no weights or kind of model asks for a low one."""
    usual = not case.traits.pretrained and not case.traits.transformer
    return usual and case.rate is not None and case.rate.value <= share * case.first_rate


HOLD_BACK: Mapping[str, Callable[[Case], bool]] = {
    "default-rates": rate_far_too_low,
    "less-weight-decay": strong_decay,
    "less-dropout": strong_dropout,
    "less-augmentation": strong_augmentation,
    "looser-clipping": tight_clipping,
}
"""The fixes of single settings that hold a run back."""


def together(case: Case) -> tuple[str, ...]:
    """The fixes of all settings that hold this run back; a very timid rate counts beside another one only."""
    alone = [fix for fix, when in HOLD_BACK.items() if when(case)]
    timid = alone and "default-rates" not in alone and very_timid_rate(case)
    return ("default-rates", *alone) if timid else tuple(alone)
