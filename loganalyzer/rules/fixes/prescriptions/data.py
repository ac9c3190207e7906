"""What the settings say of the data: in which order, scaled, varied; and from where to resume."""

from __future__ import annotations

from loganalyzer.model.prescription import Change, Prescription
from loganalyzer.roles.hyperparameters import is_number, is_on
from loganalyzer.rules.fixes.prescriptions.case import Case, Compute, changed, rounded
from loganalyzer.rules.fixes.prescriptions.regularisation import DROPOUT, HEAVY

BEFORE = 100
"""So many steps before a spike the weights were still good (Chowdhery et al., 2022)."""


TENFOLD = 10.0
FEW_SAMPLES = 500
"""Up to so many training samples are few for a network that starts from nothing."""


def switched_on(meaning: str) -> Compute:
    """What the settings say is off; of one that is a strength, the number 0.0 does not say what on would be."""

    def compute(case: Case) -> Prescription | None:
        said = case.said(meaning)
        if said is None or is_on(said[1]) or isinstance(said[1], float):
            return None
        return changed("said", case.change(meaning, 1 if is_number(said[1]) else "true"))

    return compute


def less_augmentation(case: Case) -> Prescription | None:
    """A tenth of a strength; a switch or a number of operations tells none."""
    said = case.said("augmentation")
    if said is None or not isinstance(said[1], float) or not is_on(said[1]):
        return None
    return changed("known", case.change("augmentation", rounded(said[1] / TENFOLD)))


def skip_batches(case: Case) -> Prescription | None:
    """The step to resume from, before the highest spike."""
    found = case.findings.get("loss-spikes")
    at = found.numbers.get("at") if found is not None else None
    if case.view.run.step_unit != "step" or not isinstance(at, int) or at <= BEFORE:
        return None
    return Prescription("", variant="known", numbers={"at": at, "start": at - BEFORE})


def shuffled(case: Case) -> Prescription | None:
    """The order anew in each epoch; for a run that diverged, at a tenth of the rate, too: it has to bear one batch of a kind."""
    found = switched_on("shuffle")(case)
    if found is None or case.deciding != "diverging" or case.rate is None:
        return found
    return changed("rate", *found.changes, case.change_rate(case.rate.value / TENFOLD))


def few_samples(case: Case) -> bool:
    """So few training samples that a network knows them by heart."""
    return 0 < (case.samples.value if case.samples is not None else 0) <= FEW_SAMPLES


def more_data(case: Case) -> Prescription | None:
    """Ten times as many samples, where the settings say that there are few; these are still few where nothing keeps a model that
    overfits heavily from learning them by heart: with dropout, then, and where the rate is at the top of the usual ones, at the
    one to start at, for an epoch has ten times the updates."""
    own = case.samples
    if own is None or not few_samples(case):
        return None
    samples = Change("samples", own.name, round(own.value), round(TENFOLD * own.value))
    dropout, normalised = case.setting("dropout"), case.said("batch_norm")
    free = dropout is not None and dropout.value == 0 and not (normalised is not None and is_on(normalised[1]))
    if case.deciding != "overfitting" or case.kind not in HEAVY:
        return changed("known", samples)
    lower = (case.change_rate(case.first_rate),) if _at_the_top(case) else ()
    if free:
        return changed("dropout", samples, case.change("dropout", DROPOUT[0]), *lower)
    return changed("known", samples, *lower)


def _at_the_top(case: Case) -> bool:
    """A rate that is as high as usual ones are, and above the one that its optimizer is usually started at."""
    return (
        case.rate is not None and case.rate.value >= 0.99 * case.highest_rate and 0 < case.first_rate < case.rate.value
    )


COMPUTED = {
    "more-data": more_data,
    "shuffle": shuffled,
    "normalise-inputs": switched_on("input_scaling"),
    "augment": switched_on("augmentation"),
    "less-augmentation": less_augmentation,
    "skip-bad-batches": skip_batches,
}
