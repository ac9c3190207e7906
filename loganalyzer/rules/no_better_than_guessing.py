"""Validation that is no better than guessing while training learned: by a metric, or by the loss of a classifier."""

from __future__ import annotations

from loganalyzer.features.guessing import never_beat_guessing
from loganalyzer.features.known_chance import useless_on_validation
from loganalyzer.features.levels import fell_significantly
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found

USELESS = 0.8
"""The score of a metric that on validation never got beyond guessing."""
KEEPING = ("early-stopping", "keep-best-checkpoint")
"""Where nothing arrived on validation, no checkpoint is worth keeping: ..."""
FIRST = ("check-labels-inputs", "match-evaluation")
"""... data that do not belong together come first."""


def useless(view: View, fixes: tuple[str, ...]) -> Outcome | None:
    """The finding that a metric on validation stayed at what guessing gives while training learned; None where it did not."""
    train = view.train
    known = None if train is None or train.count < 5 else useless_on_validation(train, view.metrics)
    if train is None or known is None:
        return None
    numbers: dict[str, Number] = {
        "series": train.name,
        "metric": known.series,
        "reached": known.level,
        "chance": known.chance,
        "train_then": train.as_logged(train.start),
        "train_end": train.as_logged(train.end),
    }
    first, last = (int(s) for s in (train.reduced.steps[0], train.reduced.steps[-1]))
    span = Evidence(known.series, first, last, "span", "useless")
    return found(
        Severity.ERROR,
        score=USELESS,
        kind="severe",
        variant="useless",
        numbers=numbers,
        evidence=(span,),
        fixes=fixes,
    )


def guessed(view: View, fixes: tuple[str, ...]) -> Outcome | None:
    """The finding that a loss on validation was never below that of guessing while training learned; None where it was."""
    train, held_out = view.train, view.validation
    if train is None or held_out is None or train.count < 5 or not fell_significantly(train):
        return None
    known = never_beat_guessing(held_out, train, view.metrics, view.hyperparameters)
    if known is None:
        return None
    log = held_out.logged
    numbers: dict[str, Number] = {
        "series": held_out.name,
        "best": log.best.value,
        "at": log.best.step,
        "end": log.last.value,
        "classes": known.classes,
        "chance": known.guess,
        "train": train.name,
        "train_then": train.as_logged(train.start),
        "train_end": train.as_logged(train.end),
    }
    first, last = (int(s) for s in (held_out.reduced.steps[0], held_out.reduced.steps[-1]))
    span = Evidence(held_out.name, first, last, "span", "useless")
    return found(
        Severity.ERROR,
        score=USELESS,
        kind="severe",
        variant="guessing",
        numbers=numbers,
        evidence=(span,),
        fixes=(*FIRST, *(fix for fix in fixes if fix not in KEEPING)),
    )
