"""Which learning rate to take: lower, higher, at a range test's answer, below where the loss was best."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from loganalyzer.features.rates import Rates
from loganalyzer.model.outcome import Number
from loganalyzer.model.prescription import Change, Prescription
from loganalyzer.roles.hyperparameters import is_on
from loganalyzer.rules.fixes.prescriptions.case import Case, Compute, changed, rounded, tidy
from loganalyzer.rules.usual_ranges import HIGHEST_RATE, START_RATE

RAMPED = 1.25
"""A rate that rose by this factor after the best point was raised too far."""
BELOW_BEST = 3.0
"""A rate that a schedule raised until the run went wrong is kept so many times below the one at its best."""
HALF = 2.0
"""A rate that is said to be halved is."""
RANGE = 100.0
"""A range test reaches so many times below and above the rate in use."""


def lower(factor: float) -> Compute:
    """Divide the rate by ``factor``, and by more where it was far above the usual ones; for a ramp, below where it was best."""

    def compute(case: Case) -> Prescription | None:
        capped = _cap(case)
        if capped is not None:
            return capped
        if case.rate is None:
            return None
        lower = case.rate.value / factor
        return changed("known", case.change_rate(min(lower, _most(case)) if factor > HALF else lower))

    return compute


def _most(case: Case) -> float:
    """The highest rate to go down to: far above the usual ones, an adaptive optimizer that learns little starts again where it
    usually does, unless a schedule lowers the rate anyway."""
    adaptive = case.optimizer not in ("", "SGD") and case.deciding != "oscillating"
    constant = case.view.rates is None or case.view.rates.constant
    too_high = adaptive and constant and case.rate is not None and case.rate.value > case.highest_rate
    if not case.optimizer and case.rate is not None and case.rate.value > max(HIGHEST_RATE.values()):
        return case.highest_rate  # beyond what any optimizer uses: a tenth of it may be, too
    return START_RATE[case.optimizer] if too_high else case.highest_rate if case.optimizer else math.inf


def _cap(case: Case) -> Prescription | None:
    """A rate below the one where the loss was best, for a run whose rate was still rising when it went wrong: at that one it was
    on its way out already."""
    rates, at, broke = case.view.rates, case.good_until, case.went_wrong
    if rates is None or at is None or broke is None or rates.range_test:
        return None
    best, worst = rates.at_step(at), rates.at_step(broke)
    least = 1.0 if rates.rises_by_decades else RAMPED
    if best <= 0 or worst <= least * best or not _rising(rates, at, broke):
        return None
    change = Change("learning_rate", case.name_of("learning_rate"), rounded(worst), rounded(best / BELOW_BEST))
    numbers: dict[str, Number] = {"at": at, "trouble": broke, "best": rounded(best)}
    return _unraised(case, change, numbers) or Prescription("", variant="cap", changes=(change,), numbers=numbers)


def _unraised(case: Case, cap: Change, numbers: Mapping[str, Number]) -> Prescription | None:
    """A constant rate instead of a schedule that the settings name and that raised the rate above the one that is set: where it
    started far below what the run bears, it would hardly learn."""
    said, own = case.said("lr_schedule"), case.setting("learning_rate")
    best = float(numbers["best"])
    if said is None or not is_on(said[1]) or own is None or not 0 < own.value < best:
        return None
    constant = max(own.value, rounded(min(best / BELOW_BEST, case.highest_rate)))
    kept = constant == own.value
    changes = [] if kept else [case.change("learning_rate", constant)]
    shown: dict[str, Number] = {
        "name": own.name, "learning_rate": constant, "worst": cap.old or "", **numbers,
        "learning_rate_old": (cap.old or "") if kept else own.value,
    }  # fmt: skip
    changes.append(case.change("lr_schedule", "none"))
    return Prescription("", variant="constant", changes=tuple(changes), numbers=shown)


def _rising(rates: Rates, first: int, last: int) -> bool:
    inside = rates.values[(rates.steps >= first) & (rates.steps <= last)]
    return len(inside) > 1 and bool((np.diff(inside) >= 0).all())


def higher(factor: float) -> Compute:
    """Multiply the rate by ``factor``, up to what is usual for the optimizer."""

    def compute(case: Case) -> Prescription | None:
        if case.rate is None or case.rate.value >= case.highest_rate:
            return None
        return changed("known", case.change_rate(min(factor * case.rate.value, case.highest_rate)))

    return compute


def at_range_rate(case: Case) -> Prescription | None:
    """The lower of the two rates that a range test suggests."""
    test = case.findings.get("range-test")
    low, high = (test.numbers.get("from"), test.numbers.get("to")) if test is not None else (None, None)
    if not isinstance(low, float) or not isinstance(high, float) or low <= 0:
        return None
    change = Change("learning_rate", case.name_of("learning_rate"), None, rounded(low, 3))
    return Prescription("", variant="known", changes=(change,), numbers={"high": rounded(high, 3)})


def range_around(case: Case) -> Prescription | None:
    """The range that a test has to cover: so far below and above the rate in use."""
    if case.rate is None:
        return None
    low, high = rounded(case.rate.value / RANGE, 1), rounded(min(case.rate.value * RANGE, 10.0), 1)
    return Prescription("", variant="known", numbers={"low": low, "high": high, "rate": tidy(case.rate.value)})


def search(case: Case) -> Prescription | None:
    """Rates about the one in use, half a decade apart."""
    if case.rate is None:
        return None
    near = [rounded(case.rate.value * factor, 1) for factor in (0.1, 0.3, 3.0)]
    return Prescription(
        "", variant="known", numbers={"a": near[0], "b": near[1], "c": near[2], "rate": tidy(case.rate.value)}
    )


def usual(case: Case) -> Prescription | None:
    """The rate that the optimizer is usually started at."""
    if case.rate is None or case.optimizer not in START_RATE:
        return None
    change, own = case.change_rate(case.first_rate), case.setting("momentum")
    if own is not None and case.first_rate != START_RATE[case.optimizer]:
        return changed("momentum", change, optimizer=case.optimizer, momentum=own.value)
    return changed("known", change, optimizer=case.optimizer)


def discriminative(case: Case) -> Prescription | None:
    """A tenth of the rate for the layers that were trained before."""
    if case.rate is None:
        return None
    return changed("known", case.change_rate(case.rate.value / 10.0))


COMPUTED = {
    "lr-down-10x": lower(10.0),
    "lr-down-3x": lower(3.0),
    "lr-half": lower(2.0),
    "lr-up-3x": higher(3.0),
    "lr-up-10x": higher(10.0),
    "train-at-range-rate": at_range_rate,
    "lr-range-test": range_around,
    "lr-search": search,
    "default-rates": usual,
    "discriminative-rates": discriminative,
}
