"""Hyper-parameters outside their usual range, and how a rule reports them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from loganalyzer.model.late import late
from loganalyzer.model.outcome import Outcome, Severity, found, passed
from loganalyzer.model.record import Record
from loganalyzer.model.run import Detail
from loganalyzer.roles.hyperparameters import Setting, is_number

HIGHEST_RATE: Mapping[str, float] = {"SGD": 1.0, "Adam": 0.01, "AdamW": 0.01, "RMSprop": 0.01, "Adagrad": 0.1}
"""The highest usual learning rate of each family of optimizers."""
LOWEST_RATE: Mapping[str, float] = {"SGD": 1e-3, "Adam": 1e-5, "AdamW": 1e-5, "RMSprop": 1e-5, "Adagrad": 1e-3}
"""The lowest usual learning rate of each."""
START_RATE: Mapping[str, float] = {"SGD": 0.01, "Adam": 1e-3, "AdamW": 1e-3, "RMSprop": 1e-3, "Adagrad": 0.01}
"""The rate that each is started at where nothing else is known (Bengio, Practical recommendations, 2012)."""

_USUAL_INIT = late(
    lambda: re.compile(
        r"he|kaiming|xavier|glorot|lecun|orthogonal|normal|uniform|trunc|default|none|auto|pretrained|scal|identity|fixup|"
        r"random|sparse|bert|gpt|t5|small|wang|scratch|checkpoint|resume|imagenet|[/\\.\s]"
    )
)
"""What the names of initialisations contain from which models learn, and of weights that were trained before."""


class OutOfRange(Record):
    """A setting outside its usual range: by which factor (above 1), the range as a text ("≤ 0.5"), the fix for it."""

    setting: Setting
    factor: float
    usual: str
    fix: str


def unusual_init(value: Detail) -> bool:
    """True for the name of an initialisation that is none of the usual ones: all zeros, a constant, one of the program's own."""
    if isinstance(value, str):
        name = value.strip().lower()
        return (bool(name) and not name.isnumeric() and _USUAL_INIT.search(name) is None) or name == "0"
    return is_number(value) and value == 0


def reported(settings: Iterable[OutOfRange]) -> Outcome:
    """The hint at settings that are out of range, the one farthest from its range first; passed where none is."""
    ordered = sorted(settings, key=lambda s: -s.factor)
    if not ordered:
        return passed()
    texts = [f"{s.setting.name} = {s.setting.value:g} ({s.usual})" for s in ordered]
    fixes = tuple(dict.fromkeys(s.fix for s in ordered))
    return found(Severity.INFO, score=0.6, numbers={"settings": ", ".join(texts), "count": len(texts)}, fixes=fixes)
