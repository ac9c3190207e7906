"""Single settings so far outside what is usual that they alone can keep a run from learning."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from loganalyzer.roles.hyperparameters import is_number, is_on, layer_widths
from loganalyzer.rules.fixes.prescriptions.case import Case
from loganalyzer.rules.usual_ranges import START_RATE

STRONG_DECAY, STRONG_ADAMW_DECAY = 0.1, 1.0
"""From here on weight decay keeps a model from learning; AdamW's is multiplied by the learning rate."""
STRONG_DROPOUT, FEW_PATHS = 0.6, 0.1
"""Dropout of so many units is strong; so is one that leaves less than this share of the paths through all hidden layers."""
FEW_UNITS = 3
"""So few units of a layer that dropout leaves are next to none."""
DEEP, MANY = 8, 1e6
"""From so many layers on, gradients vanish or explode unless something keeps their size; more than that no model has."""
PLAIN_INIT = ("default", "none", "normal", "uniform")
SIGMOID = ("sigmoid", "logistic")
TIGHT_CLIPPING = 0.05
TIMID, VERY_TIMID = 0.5, 0.1
"""A rate below the first share of its optimizer's usual first one is raised when something else changes; below the second one,
before a run is made longer."""
COUPLED = ("Adam", "RMSprop")
STRONG_AUGMENTATION = 1.0
"""A strength of augmentation, written with a decimal point, from which inputs may no longer be recognised."""


def strong_decay(case: Case) -> bool:
    """Weight decay that holds the weights near zero."""
    own = case.setting("weight_decay")
    most = STRONG_DECAY if case.optimizer in ("SGD", "Adam", "RMSprop") else STRONG_ADAMW_DECAY
    return own is not None and own.value >= most


def strong_dropout(case: Case) -> bool:
    """Dropout of most units, or of so many in each of many layers that hardly a path leads through all of them."""
    own = case.setting("dropout")
    return (
        own is not None
        and 0 < own.value < 1
        and (own.value >= STRONG_DROPOUT or paths_left(own.value, case) < FEW_PATHS)
    )


def paths_left(dropout: float, case: Case) -> float:
    """The share of the paths through all hidden layers (one where they are not known) that ``dropout`` leaves in a step."""
    return float((1.0 - dropout) ** max(1, hidden_layers(case)))


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


def raw_inputs(case: Case) -> bool:
    """The settings say that the inputs are not scaled: the largest of them sets the pace for all."""
    said = case.said("input_scaling")
    return said is not None and not is_on(said[1])


def timid_beside_others(case: Case) -> bool:
    """A rate far below the usual first one; one well below it where the run was still learning at its end, or where inputs that
    are not scaled allowed no higher one."""
    return rate_at_most(TIMID if still_learning(case) or raw_inputs(case) else VERY_TIMID, case)


def still_learning(case: Case) -> bool:
    """The run was still getting better at its end."""
    return case.kind == "undertrained" or case.has("still-improving")


def rate_at_most(share: float, case: Case) -> bool:
    """The rate is at most that share of the usual first one, and no weights or kind of model asks for a low one."""
    usual = not case.traits.pretrained and not case.traits.transformer
    return usual and case.rate is not None and case.rate.value <= share * case.first_rate


def saturating(case: Case) -> bool:
    """Sigmoids in the hidden layers, which pass on no more than a quarter of a gradient."""
    said = case.said("activation")
    return said is not None and str(said[1]).strip().lower() in SIGMOID


def narrow_under_dropout(case: Case) -> bool:
    """Dropout that leaves a layer next to no units."""
    own, widths = case.setting("dropout"), case.said("hidden_size")
    if own is None or widths is None or not 0 < own.value < 1:
        return False
    units = (width for width in layer_widths(widths[1]) if is_number(width) and 0 < width < MANY)
    return any(round(width * (1.0 - own.value)) <= FEW_UNITS for width in units)


def deep_without_init(case: Case) -> bool:
    """Many layers whose settings name no initialisation that keeps the size of what passes through them."""
    said = case.said("init")
    return said is not None and str(said[1]).strip().lower() in PLAIN_INIT and hidden_layers(case) >= DEEP


def deep_stack(case: Case) -> bool:
    """Many layers, listed by their widths, that nothing normalises: without a way around them, what each adds to the gradient's
    scale multiplies, whatever the start."""
    widths, normalised = case.said("hidden_size"), case.said("batch_norm")
    free = normalised is None or not is_on(normalised[1])
    trained = case.traits.pretrained or case.traits.transformer
    return free and not trained and widths is not None and len(layer_widths(widths[1])) >= DEEP


def hidden_layers(case: Case) -> int:
    """How many hidden layers the settings list or count; 0 where they do not say."""
    layers = case.setting("layers") or case.setting("depth")
    listed = max(
        (len(layer_widths(said[1])) for said in map(case.said, ("hidden_size", "layers")) if said is not None),
        default=0,
    )
    return max(listed, round(layers.value) if layers is not None and layers.value < MANY else 0)


HOLD_BACK: Mapping[str, Callable[[Case], bool]] = {
    "default-rates": rate_far_too_low,
    "less-weight-decay": strong_decay,
    "less-dropout": strong_dropout,
    "less-augmentation": strong_augmentation,
    "looser-clipping": tight_clipping,
}
"""The fixes of single settings that hold a run back."""
BESIDE_OTHERS: Mapping[str, Callable[[Case], bool]] = {
    "default-rates": timid_beside_others,
    "normalise-inputs": raw_inputs,
    "he-init": deep_without_init,
    "relu-activation": saturating,
    "wider-model": narrow_under_dropout,
}
"""Those that hold it back where something else does, too."""


def together(case: Case) -> tuple[str, ...]:
    """The fixes of all settings that hold this run back, at least two of them; of fewer, that of the one that does so alone."""
    alone = [fix for fix, when in HOLD_BACK.items() if when(case)]
    beside = [fix for fix, when in BESIDE_OTHERS.items() if fix not in alone and when(case)]
    return (*beside, *alone) if len(alone) + len(beside) > 1 else tuple(alone)
