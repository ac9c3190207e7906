"""Unusual settings: hyper-parameters that hold a run back, in a run that behaves as if it were held back.

What it sees
    A learning rate below what its optimizer usually takes, strong weight decay, strong dropout, a very tight clipping
    norm, as logged.

Why it matters
    The curve says that the run learns too little; the settings say what may hold it.

How it is measured
    A learning rate below {LOWEST_RATE.SGD} (SGD, Adagrad) or {LOWEST_RATE.Adam} (Adam, AdamW, RMSprop), far below the
    common starting points (Bengio 2012; under another optimizer the rate is not judged); weight decay above
    ``weight_decay``, dropout above ``dropout``, a clipping norm below ``clip_norm``. The largest distance from its
    range is named first. A number alone says nothing: this is a hint, only ever beside too low a learning rate, slow
    training, underfitting, a plateau or a loss that never decreases, and never a verdict.

When it is silent
    Without logged hyper-parameters, in every run that learns as it should, and in inconclusive ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from loganalyzer.features.view import View
from loganalyzer.model.outcome import Outcome
from loganalyzer.roles.hyperparameters import number, optimizer
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet, limit
from loganalyzer.rules.usual_ranges import LOWEST_RATE, OutOfRange, reported


class Limits(LimitSet):
    """Limits of this rule."""

    weight_decay: float = limit(0.1, "strongest usual weight decay", 0.0, 10.0)
    dropout: float = limit(0.5, "strongest usual dropout", 0.0, 1.0)
    clip_norm: float = limit(0.05, "tightest usual clipping norm", 0.0, 10.0)


def check(view: View, limits: Limits) -> Outcome:
    """Compare the logged settings with the usual ranges."""
    return reported(_out_of_range(view, limits))


def _out_of_range(view: View, limits: Limits) -> Iterator[OutOfRange]:
    logged = view.hyperparameters
    family = optimizer(logged)
    rate = number(logged, "learning_rate")
    if rate is not None and family and 0 < rate.value < LOWEST_RATE[family]:
        least = LOWEST_RATE[family]
        yield OutOfRange(rate, least / rate.value, f"{family}: ≥ {least:g}", "default-rates")
    for meaning, most, fix in (
        ("weight_decay", limits.weight_decay, "less-weight-decay"),
        ("dropout", limits.dropout, "less-dropout"),
    ):
        setting = number(logged, meaning)
        if setting is not None and setting.value > most:
            yield OutOfRange(setting, setting.value / most, f"≤ {most:g}", fix)
    clip = number(logged, "clip_norm")
    if clip is not None and 0 < clip.value < limits.clip_norm:
        yield OutOfRange(clip, limits.clip_norm / clip.value, f"≥ {limits.clip_norm:g}", "looser-clipping")


RULE = Rule(
    "unusual-settings-low",
    Limits(),
    check,
    formerly="timid-settings",
    requires=frozenset({"hyperparameters"}),
    fixes=("less-weight-decay", "less-dropout", "default-rates", "looser-clipping"),
    hint_for=("learning-rate-too-low", "too-slow", "underfitting", "plateau", "loss-never-decreases"),
)
