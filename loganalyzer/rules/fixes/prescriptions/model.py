"""The size of the model, and how it is set up."""

from __future__ import annotations

import re

from loganalyzer.model.late import late
from loganalyzer.model.prescription import Prescription
from loganalyzer.rules.fixes.prescriptions.case import Case, Compute, changed
from loganalyzer.rules.fixes.prescriptions.data import switched_on
from loganalyzer.rules.fixes.prescriptions.held_back import PLAIN_INIT, deep_stack, deep_without_init, hidden_layers
from loganalyzer.rules.usual_ranges import unusual_init

SIZES = ("hidden_size", "width", "embedding_size", "layers", "depth")
"""What a model is made larger or smaller by, the first that the settings have."""
_WIDTHS = late(lambda: re.compile(r"\d{1,6}(?:\s?[-x,_ ]\s?\d{1,6}){1,50}"))
FEWEST_UNITS = 16
"""A layer of a model that is too small gets at least so many units: twice next to nothing would be next to nothing."""
FIRST_LAYER = 64
"""The width of the one hidden layer of a model that had none."""
NONE = frozenset(("", "[]", "()", "0"))
"""What a list of widths says without any hidden layer."""
FEWER_LAYERS = 4
"""So many layers of a deep stack are kept: networks of so few learn without normalisation."""
LARGEST = 1e9
"""A larger number is no number of units."""
STACK = 3
"""From so many layers on, the scale of the initial weights decides what passes through them."""
SATURATING = frozenset("sigmoid logistic tanh".split())


def resize(factor: float) -> Compute:
    """Another number of units, else of layers; of widths that one text lists ("256-128"), of each."""

    def compute(case: Case) -> Prescription | None:
        for meaning in SIZES:
            listed = case.said(meaning)
            if factor > 1 and meaning == "hidden_size" and listed is not None and str(listed[1]).strip() in NONE:
                return changed("hidden", case.change(meaning, str(FIRST_LAYER)))
            if listed is not None and _WIDTHS.fullmatch(str(listed[1])):
                new = re.sub(r"\d+", lambda width: str(_resized(int(width[0]), factor, FEWEST_UNITS)), str(listed[1]))
                return changed("known", case.change(meaning, new))
            own = case.setting(meaning)
            if own is not None and 1 <= own.value <= LARGEST and own.value == int(own.value):
                fewest = 1 if meaning in ("layers", "depth") else FEWEST_UNITS
                units = _resized(int(own.value), factor, fewest)
                return changed("known", case.change(meaning, units, int(own.value))) if units != own.value else None
        return None

    return compute


def _resized(size: int, factor: float, fewest: int) -> int:
    """So many times the size; a larger one has at least ``fewest``."""
    return max(1, round(size * factor), fewest if factor > 1 else 1)


def usual_init(case: Case) -> Prescription | None:
    """He's initialisation (Xavier's for activations that saturate) instead of one that is not usual or keeps no scale."""
    said, activation = case.said("init"), case.said("activation")
    if said is None or not (unusual_init(said[1]) or deep_without_init(case)):
        return None
    saturates = activation is not None and str(activation[1]).strip().lower() in SATURATING
    return changed("said", case.change("init", "xavier" if saturates else "he"))


def fewer_layers(case: Case) -> Prescription | None:
    """A few of the listed layers, the first, the last and those evenly between."""
    said = case.said("hidden_size")
    if said is None or not deep_stack(case):
        return None
    widths = re.findall(r"\d+", str(said[1]))
    kept = [widths[round(place * (len(widths) - 1) / (FEWER_LAYERS - 1))] for place in range(FEWER_LAYERS)]
    new = "-".join(kept)
    return Prescription(
        "",
        variant="known",
        changes=(case.change("hidden_size", new),),
        numbers={"count": len(widths), "fewer": len(kept)},
    )


def rectified(case: Case) -> Prescription | None:
    """ReLU, and He's initialisation where a stack of layers names none that keeps a scale: ReLU halves what passes each."""
    found = _said("activation", SATURATING, "relu")(case)
    init = case.said("init")
    if found is None or init is None or hidden_layers(case) < STACK or str(init[1]).strip().lower() not in PLAIN_INIT:
        return found
    return changed("init", *found.changes, case.change("init", "he"), init_name=init[0])


def _said(meaning: str, words: frozenset[str], new: str) -> Compute:
    """Another value than one of ``words``, which the settings name."""

    def compute(case: Case) -> Prescription | None:
        said = case.said(meaning)
        if said is None or str(said[1]).strip().lower() not in words:
            return None
        return changed("said", case.change(meaning, new))

    return compute


COMPUTED = {
    "smaller-model": resize(0.5),
    "wider-model": resize(2.0),
    "batch-norm": switched_on("batch_norm"),
    "he-init": usual_init,
    "relu-activation": rectified,
    "fewer-layers": fewer_layers,
}
