"""Several settings at once, where each of them alone holds the run back."""

from __future__ import annotations

from loganalyzer.model.prescription import Prescription
from loganalyzer.rules.fixes.prescriptions import clipping, data, learning_rate, model, regularisation
from loganalyzer.rules.fixes.prescriptions.case import Case
from loganalyzer.rules.fixes.prescriptions.held_back import together

_SINGLE = {**learning_rate.COMPUTED, **regularisation.COMPUTED, **data.COMPUTED, **clipping.COMPUTED, **model.COMPUTED}


def all_usual(case: Case) -> Prescription | None:
    """The changes of every setting that holds the run back; None for fewer than two."""
    found = [_SINGLE[fix](case) for fix in together(case)]
    changes = tuple(change for item in found if item is not None for change in item.changes)
    if len(changes) < 2:
        return None
    return Prescription(
        "", variant="known", changes=changes, numbers={"list": ", ".join(change.listed for change in changes)}
    )


COMPUTED = {"usual-settings": all_usual}
