"""Which optimizer to use, and its momentum."""

from __future__ import annotations

from loganalyzer.model.prescription import Change, Prescription
from loganalyzer.rules.fixes.prescriptions.case import MOMENTUM, Case, changed, tidy
from loganalyzer.rules.usual_ranges import START_RATE

DECAY = 0.01
"""The weight decay that AdamW is started with."""


def momentum(case: Case) -> Prescription | None:
    """The usual momentum instead of the run's own."""
    own = case.setting("momentum")
    return changed("known", case.change("momentum", MOMENTUM)) if own is not None and own.value != MOMENTUM else None


def adam(case: Case) -> Prescription | None:
    """Adam at its usual rate instead of SGD at the run's."""
    return _replaced(case, "Adam") if case.optimizer == "SGD" else None


def adamw(case: Case) -> Prescription | None:
    """AdamW with weight decay: at the rate of the run where that was Adam's, else at its usual one."""
    if case.optimizer in ("", "AdamW"):
        return None
    own = case.setting("weight_decay")
    decay = case.change("weight_decay", max(DECAY, own.value if own is not None else 0.0))
    if case.optimizer == "Adam" and case.rate is not None:
        return changed("kept", case.change("optimizer", "AdamW"), decay, optimizer="AdamW")
    return _replaced(case, "AdamW", decay)


def _replaced(case: Case, new: str, *further: Change) -> Prescription | None:
    """Another optimizer at its usual rate, for a run with a known one."""
    if case.rate is None:
        return None
    usual, change = START_RATE[new], case.change_rate(START_RATE[new])
    rate = (change,) if change is not None else ()
    numbers = {"learning_rate": usual, "learning_rate_old": tidy(case.rate.value), "rate": usual}
    return changed("known", case.change("optimizer", new), *further, *rate, optimizer=new, **numbers)


COMPUTED = {"momentum-0.9": momentum, "use-adam": adam, "use-adamw": adamw}
