"""Logs that print a loss without its name under a heading for each epoch ("Epoch 3" above "0.693", "0.688", ...), or beside
its number in a list ("[3, 0.693]").

One value per epoch is counted by the headings. Where an epoch has many, they are those of its batches: one curve through
all epochs, in the order of the log. Two to seven values per epoch may be as many quantities, and are not read.
"""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from loganalyzer.model.run import Floats, Note, Run, Series
from loganalyzer.readers.common.printed.lines import plain_text
from loganalyzer.readers.common.quantities import called_after_losses, curve_name, falls, with_split
from loganalyzer.readers.deadline import within
from loganalyzer.roles.assign import role_of

FEWEST_EPOCHS = 6
"""So many epochs make a curve of one value each."""
FEWEST_IN_EPOCH = 8
"""So many values of an epoch are those of its batches."""
MOST_OTHER = 0.5
"""So many other lines there may be for each value."""
MOST_AHEAD = 1_000
"""From so many more on, the rest of a text is not looked at."""
SINKS = 0.97
"""The last third of a loss lies below this share of the first, by the medians; the seconds of a batch stay level."""
LARGEST_RATE = 0.1
"""Smaller values that never rise may be learning rates."""
TURNS = 2.0
"""Values that differ so much more from the one before than from the one before that are two quantities in turn."""
LONGEST_LINE = 80
_RULES = " \t=-*#_~"
"""What lines are drawn with, and blanks: they say nothing."""
_HEADING = re.compile(
    r"[\s=*#\-_>\[(]{0,40}(?:epoch|エポック)[ \t]{0,4}[:#=\-]?[ \t]{0,4}"
    r"\[?(\d{1,9})(?:[ \t]?(?:/|of)[ \t]?\d{1,9})?[\s=*#\-_<:\])]{0,40}",
    re.IGNORECASE,
)
_NUMBER = r"([+-]?(?:\d{1,20}\.\d{0,25}|\.?\d{1,25})(?:[eE][+-]?\d{1,4})?|nan|[+-]?inf)"
_VALUE = re.compile(rf"\s{{0,20}}{_NUMBER}\s{{0,20}}", re.IGNORECASE)
_PAIR = re.compile(
    rf"\s{{0,20}}[\[(]\s{{0,20}}(\d{{1,12}})\s{{0,4}}[,\s]\s{{0,20}}(?:np\.float\d\d\()?{_NUMBER}"
    r"\)?\s{0,20}[\])],?\s{0,20}",
    re.IGNORECASE,
)
"""A counter and a value, as ``print([epoch, loss])`` shows them."""


def bare_values_in(text: str, key: str, path: str) -> Run | None:
    """The loss that a text without any other curve prints under its headings; None where the values may be anything else."""
    epochs = _values_by_epoch(text)
    gaps = {after - before for (before, _), (after, _) in pairwise(epochs)}
    if len(gaps) != 1 or (gap := gaps.pop()) < 1:
        return None
    counts = [len(values) for _, values in epochs]
    values = np.array([value for _, own in epochs for value in own])
    single = set(counts[:-1]) == {1} and counts[-1] <= 1
    if len(values) < FEWEST_EPOCHS if single else gap > 1 or min(counts[:-1]) < FEWEST_IN_EPOCH:
        return None
    called = curve_name(path) if called_after_losses(path) else ""
    if not _may_be_loss(values) or not (called or _is_loss(values)):
        return None
    name = called or with_split("loss", role_of(path.rpartition("/")[2].partition(".")[0]).split.value)
    numbers = np.array([number for number, own in epochs for _ in own], np.int64)
    notes = () if called else (Note("taken-as-loss", {"name": name}),)
    if single:
        unit = "epoch" if gap == 1 else "step"
        return Run(key, (path,), "text-log", {name: Series(name, numbers, values)}, {}, notes, unit)
    steps = np.arange(len(values))
    series = {name: Series(name, steps, values), "epoch": Series("epoch", steps, numbers.astype(float))}
    numbered = Note("values-numbered", {"name": name, "count": len(values)})
    return Run(key, (path,), "text-log", series, {}, (*notes, numbered), "step")


def _values_by_epoch(text: str) -> list[tuple[int, list[float]]]:
    """The number of each heading with the values below it; [] where values stand before the first, or much else does."""
    epochs: list[tuple[int, list[float]]] = []
    other = count = 0
    for line in within(plain_text(text).split("\n")):
        if not line.strip(_RULES):
            continue
        if len(line) > LONGEST_LINE:
            other += 1
        elif (heading := _HEADING.fullmatch(line)) is not None:
            epochs.append((int(heading[1]), []))
        elif (pair := _PAIR.fullmatch(line)) is not None:
            epochs.append((int(pair[1]), [float(pair[2])]))
            count += 1
        elif (value := _VALUE.fullmatch(line)) is None:
            other += 1
        elif not epochs:
            return []
        else:
            epochs[-1][1].append(float(value[1]))
            count += 1
        if other > MOST_OTHER * count + MOST_AHEAD:
            return []
    return epochs if other <= MOST_OTHER * count else []


def _may_be_loss(values: Floats) -> bool:
    """Whether values are fractions of one quantity."""
    known = values[np.isfinite(values)]
    if len(known) < FEWEST_EPOCHS or bool((known == np.round(known)).all()):
        return False
    beside, over = (float(np.median(np.abs(known[gap:] - known[:-gap]))) for gap in (1, 2))
    return beside <= TURNS * over or beside == 0


def _is_loss(values: Floats) -> bool:
    """Whether values fall as those of a loss do, and not as learning rates or the seconds of a batch."""
    known = values[np.isfinite(values)]
    third = len(known) // 3
    sinks = float(np.median(known[-third:])) < SINKS * float(np.median(known[:third]))
    is_rate = float(known[0]) < LARGEST_RATE and not bool((np.diff(known) > 0).any())
    return falls(known) and sinks and not is_rate
