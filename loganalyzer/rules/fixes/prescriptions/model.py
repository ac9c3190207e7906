"""The size of the model, and how it is set up."""

from __future__ import annotations

from loganalyzer.model.prescription import Prescription
from loganalyzer.rules.fixes.prescriptions.case import Case, Compute, changed

SIZES = ("hidden_size", "width", "embedding_size", "layers", "depth")
"""What a model is made larger or smaller by, the first that the settings have."""
LARGEST = 1e9
"""A larger number is no number of units."""
ZEROS = frozenset("zero zeros 0".split())
SATURATING = frozenset("sigmoid logistic tanh".split())


def resize(factor: float) -> Compute:
    """Another number of units, else of layers."""

    def compute(case: Case) -> Prescription | None:
        for meaning in SIZES:
            own = case.setting(meaning)
            if own is not None and 1 <= own.value <= LARGEST and own.value == int(own.value):
                new = max(1, round(own.value * factor))
                return changed("known", case.change(meaning, new, int(own.value))) if new != own.value else None
        return None

    return compute


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
    "he-init": _said("init", ZEROS, "he"),
    "relu-activation": _said("activation", SATURATING, "relu"),
}
