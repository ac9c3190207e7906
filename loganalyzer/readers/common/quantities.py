"""Which quantities a log is read for, and the name of one that was measured on a data set of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from loganalyzer.model.late import late
from loganalyzer.model.role import Quantity, Split
from loganalyzer.model.run import Floats
from loganalyzer.readers.common.file_names import stem_of
from loganalyzer.roles.assign import role_of, words_of
from loganalyzer.roles.vocabulary import TRAIN_WORDS

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
CURVES = OBJECTIVES - {Quantity.RL_SIGNAL, Quantity.PER_CLASS}
"""Of these, what says by itself how a training went."""
LOSSES = frozenset({Quantity.LOSS, Quantity.LOSS_PART})
COUNTERS = frozenset({Quantity.EPOCH, Quantity.STEP})
MOST_LEFT = 0.9
"""So much of the first value is left of values that fall."""
MOST_WORDS = 3
_LISTING = frozenset(
    "log logs list history values record records curve data array numbers per epoch epochs step".split()
)
_HISTORY = frozenset({"history"})
_LOG = frozenset({"log", "logs", "metrics", "progress", "losses", "curves"})
_VERSION = late(lambda: re.compile(r"(?:v|ver|version)?\d{0,12}"))
_NAMING = frozenset({Quantity.LOSS, Quantity.LOSS_PART, Quantity.METRIC, Quantity.REWARD})
_PLAYED = frozenset({Quantity.GENERATOR_LOSS, Quantity.DISCRIMINATOR_LOSS})
_PREFIXED = frozenset({Quantity.LOSS, Quantity.LOSS_PART, Quantity.METRIC, Quantity.PER_CLASS, *_PLAYED})


def with_split(name: str, split: str) -> str:
    """The name with the line's split in front, where the name does not say one itself and the split matters."""
    role = role_of(name)
    return f"{split}/{name}" if split and role.split is Split.NONE and role.quantity in _PREFIXED else name


def curve_name(path: str) -> str:
    """The loss, metric or reward that a file or its folder is called after; "" if there is none.

    Of a file's name, its last words are enough ("long_term_rewards"), behind which may stand that it lists them, or which
    version they are of ("PPO_JumpReward_v12_1").
    """
    stem = stem_of(path)
    for name in (stem, path.rpartition("/")[0].rpartition("/")[2]):
        if role_of(name).quantity in _NAMING:
            return name
    words = [word for word in words_of(stem) if not _VERSION.fullmatch(word)]
    while words and words[-1] in _LISTING:
        words.pop()
    tails = ("_".join(words[-count:]) for count in range(min(len(words), MOST_WORDS), 0, -1))
    return next((tail for tail in tails if role_of(tail).quantity in _NAMING), "")


def called_a_history(path: str) -> bool:
    """Whether a file is called the history or the log of a training ("training_history.csv", "train_log.csv")."""
    words = frozenset(words_of(stem_of(path)))
    return not words.isdisjoint(_HISTORY) or (not words.isdisjoint(_LOG) and not words.isdisjoint(TRAIN_WORDS))


def called_after_losses(path: str) -> bool:
    """Whether a file is called after a loss ("losses.json", "train_loss.csv")."""
    return role_of(stem_of(path)).quantity in LOSSES


def falls(values: Floats) -> bool:
    """Whether positive values end well below the first one, and their last third is not above their first, by the medians."""
    third = max(1, len(values) // 3)
    last = float(np.median(values[-third:]))
    return bool((values > 0).all()) and last < MOST_LEFT * float(values[0]) and last <= float(np.median(values[:third]))


def named_after_file(names: Sequence[str], path: str) -> tuple[str, ...]:
    """The names of the columns of a file; in one that is called after a loss or a metric, those that say nothing are such.

    So they are ("total", "pde", "bc" become "loss/total" ...) if a column counts and none says what it holds. Beside a
    metric epochs must count: a table of scores has a row for each round of a game, too.
    """
    quantities = [role_of(name).quantity for name in names]
    if called_after_losses(path):
        curve, counts = "loss", Quantity.EPOCH in quantities or Quantity.STEP in quantities
    else:
        curve = stem_of(path)
        counts = role_of(curve).quantity is Quantity.METRIC and Quantity.EPOCH in quantities
    if not counts or not OBJECTIVES.isdisjoint(quantities):
        return tuple(names)
    told = zip(names, quantities, strict=True)
    return tuple(f"{curve}/{name}" if name and quantity is Quantity.OTHER else name for name, quantity in told)
