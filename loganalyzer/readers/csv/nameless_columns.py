"""What columns without names hold, as far as the name of their file, and how their numbers run, tell.

The first column that does not count is what the file is called after. Of the others, one that runs alike is the same on
held-out data, one between 0 and 1 that rises beside a loss is an accuracy, and those that add up to the first are its
parts. What is left has a number for a name, and is not judged.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loganalyzer.model.record import Record
from loganalyzer.model.role import Quantity, Split
from loganalyzer.model.run import Floats, Ints
from loganalyzer.readers.common.counters import unrolled, usable
from loganalyzer.readers.common.different import different
from loganalyzer.readers.common.file_names import stem_of
from loganalyzer.readers.common.quantities import curve_name, falls, with_split
from loganalyzer.roles.assign import role_of, words_of

MOST_NAMED = 6
"""Of wider rows, only who wrote them knows what they hold."""
STEADY = 0.9
CLOSE = 0.25
"""Training and held-out data give about the same at first: their first values differ by no larger share than this."""
FEWEST_HALVED = 40
ALIKE = 0.5
"""Their values then go the same way: the rank correlation over the first half."""
SUM_ERROR = 1e-3
FEWEST_VALUES = 6
"""Fewer numbers one below the other are results, such as those of folds."""
LOG_WORDS = frozenset("log logs train training history metrics progress losses results loss accuracy acc".split())
_ANY = frozenset({"metric", "metrics", "score", "scores"})
"""Names of files that hold measurements of any kind."""
_HELD_OUT_WORDS = frozenset({"val", "valid", "validation", "dev", "test", "eval"})


class Columns(Record):
    """Which column counts the steps (None: none does), which the epochs, and what the others (``values``) are called."""

    steps: int | None
    epoch: int | None
    values: tuple[int, ...]

    @property
    def counted(self) -> bool:
        """Whether a column counts anything."""
        return self.steps is not None or self.epoch is not None


def counters_of(rows: Floats) -> Columns:
    """The columns of float64[n, columns] that count: one, or an epoch and a step in it.

    Of two columns, one that holds whole numbers, most of them different, beside fractions counts, too: several trainings
    wrote it.
    """
    width = rows.shape[1]
    pair = width == 2
    steps = epoch = None
    if width > 2 and _is_epoch(rows[:, 0]) and _is_step_in(rows[:, 1], rows[:, 0]):
        epoch, steps = 0, 1
    elif width > 1 and counts(rows[:, 0], pair):
        steps = 0
    elif pair and counts(rows[:, 1], pair):
        steps = 1
    elif pair and (whole := _whole_beside_fractions(rows)) is not None:
        steps = whole
    elif width > 1 and _is_epoch(rows[:, 0]):
        epoch = 0
    counting = {steps, epoch}
    return Columns(steps, epoch, tuple(i for i in range(width) if i not in counting))


def names_of(rows: Floats, columns: Columns, path: str) -> tuple[str, ...]:
    """The names of the columns that do not count; none where nothing says what the first of them holds."""
    values = [rows[:, i] for i in columns.values]
    hint = curve_name(path)
    if not hint and not (called_after_data_set(path) and _is_loss(rows, columns)):
        return ()
    if len(values) > 1 and not (
        _may_be_curve(rows, columns, path) and (columns.counted or falls(values[0]) or _sinks(values[0]))
    ):
        return ()
    return _names(values, hint or f"{stem_of(path)}/loss")


def may_have_names(rows: Floats, columns: Columns, path: str) -> bool:
    """Whether ``names_of`` may find names once it sees all rows, not only the first."""
    named = bool(curve_name(path)) or called_after_data_set(path)
    return named and (len(columns.values) == 1 or _may_be_curve(rows, columns, path))


def called_after_data_set(path: str) -> bool:
    """Whether a file is called a log of the training or the held-out data ("log_val.txt"), with no word on the quantity."""
    stem = stem_of(path)
    return role_of(stem).split is not Split.NONE and set(words_of(stem)) - _HELD_OUT_WORDS <= LOG_WORDS


def _may_be_curve(rows: Floats, columns: Columns, path: str) -> bool:
    """Whether the first of several columns can be what the file is called after.

    Where none counts, the file itself must be called after a loss, and its values be positive or fall nearly all along:
    other rows are data.
    """
    values = rows[:, columns.values[0]]
    if rows.shape[1] > MOST_NAMED or curve_name(path) in _ANY or bool((values == np.round(values)).all()):
        return False
    own = role_of(stem_of(path)).quantity
    is_loss = own in (Quantity.LOSS, Quantity.LOSS_PART) and len(rows) >= FEWEST_VALUES
    return columns.counted or (is_loss and (bool((values > 0).all()) or _sinks(values)))


def _is_loss(rows: Floats, columns: Columns) -> bool:
    """Whether the first of the values is a loss: it falls in a training that the rows tell of, or in its first half.

    Of several columns, it does so nearly all along, or another is an accuracy that rises.
    """
    values = rows[:, columns.values]
    if values.shape[1] == 1:
        return any(falls(own[:, 0]) for own in np.split(values, _beginnings(rows, columns)))
    for own in np.split(values, _beginnings(rows, columns)):
        halves = (own, own[: len(own) // 2]) if len(own) >= FEWEST_HALVED else (own,)
        for part in halves if len(own) >= FEWEST_VALUES else ():
            if falls(part[:, 0]) and _sinks(part[:, 0]):
                return True
        if bool((own[:, 0] > 0).all()) and any(_is_accuracy(other) and _trend(other) >= ALIKE for other in own.T[1:]):
            return True
    return False


def _beginnings(rows: Floats, columns: Columns) -> Ints:
    """The rows at which a counter begins again."""
    if columns.steps is None:
        return np.zeros(0, np.int64)
    counter = rows[:, columns.steps]
    return np.flatnonzero((counter[1:] < counter[:-1]) & (counter[1:] <= counter[0])) + 1


def _names(values: Sequence[Floats], first: str) -> tuple[str, ...]:
    role = role_of(first)
    if len(values) > 2 and np.allclose(sum(values[1:]), values[0], rtol=SUM_ERROR, atol=0.0):
        return (first, *(f"{first}/part_{part}" for part in range(1, len(values))))
    split = role.split.value
    alike = [i for i, own in enumerate(values[1:], 1) if not split and _runs_alike(values[0], own)]
    rates = [i for i, own in enumerate(values[1:], 1) if _is_accuracy(own) and role.quantity is not Quantity.METRIC]
    names = [first, *(f"column_{number}" for number in range(2, len(values) + 1))]
    if len(alike) == 1 and alike[0] not in rates:
        names[0], names[alike[0]] = f"train/{first}", f"val/{first}"
        if len(rates) == 2:
            names[rates[0]], names[rates[1]] = "train/accuracy", "val/accuracy"
            return tuple(names)
    if len(rates) == 1:
        names[rates[0]] = with_split("accuracy", split)
    return tuple(names)


def _runs_alike(values: Floats, others: Floats) -> bool:
    """Whether two columns begin close to one another and then go the same way, as on training and held-out data."""
    half = max(3, len(values) // 2)
    one, other = values[:half], others[:half]
    if not (np.isfinite(one).all() and np.isfinite(other).all()) or len(different(other)) < 3:
        return False
    close = abs(one[0] - other[0]) <= CLOSE * max(abs(one[0]), abs(other[0]))
    return bool(close) and rank_correlation(one, other) >= ALIKE


def _is_accuracy(values: Floats) -> bool:
    """Whether all lie between 0 and 1 and the last third lies above the first."""
    third = max(1, len(values) // 3)
    rises = float(np.median(values[-third:])) > float(np.median(values[:third]))
    return bool(((values >= 0) & (values <= 1)).all()) and rises


def rises_to_one(values: Floats) -> bool:
    """Whether a curve is one of an accuracy by how it runs: between 0 and 1, and rising nearly all along."""
    return _is_accuracy(values) and _trend(values) >= ALIKE


def _sinks(values: Floats) -> bool:
    """Whether a curve falls nearly all along, below zero or not."""
    return _trend(values) <= -ALIKE


def _trend(values: Floats) -> float:
    """The rank correlation with the rows; that of data is near 0. NaN where a value is not finite."""
    return rank_correlation(np.arange(len(values)), values) if np.isfinite(values).all() else np.nan


def rank_correlation(one: Floats | Ints, other: Floats) -> float:
    """Spearman's; equal values rank in their order."""
    ranks, other_ranks = (np.argsort(np.argsort(values, kind="stable"), kind="stable") for values in (one, other))
    return float(np.corrcoef(ranks, other_ranks)[0, 1])


def _whole_beside_fractions(rows: Floats) -> int | None:
    whole = [usable(own) and bool((own >= 0).all()) and bool((own == np.round(own)).all()) for own in rows.T]
    if whole.count(True) != 1:
        return None
    index = whole.index(True)
    return index if 2 * len(different(rows[:, index])) > len(rows) else None


def counts(values: Floats, pair: bool) -> bool:
    """Whether a column counts: whole numbers from near 0 on that rise by the same amount nearly everywhere.

    In a ``pair`` of columns, whose file says what the other holds, they need only rise nearly everywhere: a log that is
    written at odd times, or in several sessions, counts, too.
    """
    if not usable(values) or values[0] < 0:
        return False
    gaps = np.diff(values)
    usual = float(np.median(gaps))
    steady = gaps > 0 if pair else gaps == usual
    return usual > 0 and values[0] <= max(10 * usual, 1000) and float(steady.mean()) >= STEADY


def _is_step_in(steps: Floats, epochs: Floats) -> bool:
    """Whether a column counts the steps beside one that counts epochs: throughout, or in each epoch again."""
    return counts(steps, pair=True) or (usable(steps) and unrolled(steps, epochs) is not None)


def _is_epoch(values: Floats) -> bool:
    """Whether a column counts epochs of several rows each: from 0 or 1 on, by one, every now and then."""
    if not usable(values) or values[0] not in (0, 1):
        return False
    gaps = np.diff(values)
    onward = float(((gaps == 0) | (gaps == 1)).mean())
    return onward >= STEADY and 2 * float((gaps == 0).mean()) >= 1
