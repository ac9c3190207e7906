"""Which quantities a log is read for, and the name of one that was measured on a data set of its own."""

from __future__ import annotations

from pathlib import PurePosixPath

from loganalyzer.model.role import Quantity, Split
from loganalyzer.roles.assign import role_of

KNOWN = frozenset(
    {
        Quantity.LOSS,
        Quantity.LOSS_PART,
        Quantity.METRIC,
        Quantity.LEARNING_RATE,
        Quantity.GRADIENT_NORM,
        Quantity.UPDATE_RATIO,
        Quantity.GENERATOR_LOSS,
        Quantity.DISCRIMINATOR_LOSS,
        Quantity.REWARD,
        Quantity.RL_SIGNAL,
        Quantity.PER_CLASS,
    }
)
OBJECTIVES = KNOWN - {Quantity.LEARNING_RATE, Quantity.GRADIENT_NORM, Quantity.UPDATE_RATIO}
_NAMING = frozenset({Quantity.LOSS, Quantity.LOSS_PART, Quantity.METRIC, Quantity.REWARD})
_PREFIXED = frozenset({Quantity.LOSS, Quantity.LOSS_PART, Quantity.METRIC, Quantity.PER_CLASS})


def with_split(name: str, split: str) -> str:
    """The name with the line's split in front, where the name does not say one itself and the split matters."""
    role = role_of(name)
    return f"{split}/{name}" if split and role.split is Split.NONE and role.quantity in _PREFIXED else name


def curve_name(path: str) -> str:
    """The loss, metric or reward that a file or its folder is called after; "" if there is none."""
    place = PurePosixPath(path)
    for name in (place.stem, place.parent.name):
        if role_of(name).quantity in _NAMING:
            return name
    return ""
