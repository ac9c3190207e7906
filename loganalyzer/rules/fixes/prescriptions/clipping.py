"""At which norm to clip the gradients: from the norms that the run logged."""

from __future__ import annotations

import numpy as np

from loganalyzer.features.curve import HUGE
from loganalyzer.model.prescription import Change, Prescription
from loganalyzer.model.run import Floats
from loganalyzer.rules.fixes.prescriptions.case import Case, rounded

FEWEST = 5
"""Fewer norms say nothing about what is usual."""
USUAL, TIMES = 0.9, 3.0
"""The limit leaves this share of the norms in good order as they are, but none above so many times their median."""
BEGINNING = 0.2
"""The part of a run without a known onset whose norms are taken for good."""
LOOSE = 1.0
"""Clipping to a norm below this is loosened to it."""
TIGHTER, LOOSER = 0.8, 1.25
"""A limit within these factors of the one in use is no other limit."""


def clip(case: Case) -> Prescription | None:
    """A limit that leaves nine tenths of the norms before the trouble as they are."""
    norms = _good_norms(case)
    if norms is None or _clipped(case):
        return None
    usual = _usual(norms)
    own = case.setting("clip_norm")
    in_use = own.value if own is not None and own.value > 0 else None
    if in_use is not None and usual > TIGHTER * in_use:
        return None
    change = Change("clip_norm", case.name_of("clip_norm"), in_use, rounded(usual))
    at = {"at": case.good_until} if case.good_until is not None else {}
    numbers = {"share": _below(norms, change), **at}
    return Prescription("", variant="before" if at else "known", changes=(change,), numbers=numbers)


def loosen(case: Case) -> Prescription | None:
    """The same limit for a run that clips most of its updates."""
    norms, own = _good_norms(case), case.setting("clip_norm")
    if norms is None or own is None or own.value <= 0 or _usual(norms) < LOOSER * own.value:
        return None
    change = case.change("clip_norm", rounded(_usual(norms)))
    return Prescription("", variant="known", changes=(change,), numbers={"share": _below(norms, change)})


def _good_norms(case: Case) -> Floats | None:
    """The norms in good order: up to the best loss before the trouble, at the beginning of a run whose gradients explode,
    else all; None where they are too few, or zero."""
    norm = case.view.gradient_norm
    if norm is None or norm.count < FEWEST:
        return None
    values: Floats = np.abs(norm.raw[norm.finite])
    if case.good_until is not None:
        values = values[norm.finite_steps <= case.good_until]
    elif case.has("gradient-norm") and not _clipped(case):
        values = values[: max(FEWEST, int(BEGINNING * len(values)))]
    sane = len(values) >= FEWEST and float(values.max()) < HUGE
    return values if sane and _usual(values) > 0 else None


def _usual(norms: Floats) -> float:
    return float(min(np.quantile(norms, USUAL), TIMES * np.median(norms)))


def _below(norms: Floats, change: Change) -> float:
    """The share of the norms that the new limit leaves as they are."""
    return float(np.mean(norms <= float(change.new)))


def _clipped(case: Case) -> bool:
    """The logged norms are those after clipping: they do not show how large they were."""
    found = case.findings.get("gradient-norm")
    return found is not None and found.kind == "clipped"


def loosened(case: Case) -> Change | None:
    """A usual clipping instead of a tighter one; None for one that is usual, or off."""
    clip = case.setting("clip_norm")
    return case.change("clip_norm", LOOSE) if clip is not None and 0 < clip.value < LOOSE else None


COMPUTED = {"clip-gradients": clip, "looser-clipping": loosen}
