"""Tables of numbers with a row for each finished training: its settings, and what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Floats
from loganalyzer.readers.common.different import different
from loganalyzer.roles.assign import role_of, words_of
from loganalyzer.roles.hyperparameters import is_fixed, is_printed, meaning_of, plain

FEWEST_ROWS = 3
FEWEST_SETTINGS = 2
"""So many settings that differ beside epochs that go up and down are those of as many trainings."""
MOST_FALLS = 0.25
"""Of the changes of a column that counts, fewer lead back elsewhere than to the start."""
_AXES = (Quantity.STEP, Quantity.EPOCH)
_PLANNED = frozenset({"epochs", "steps"})
"""Meanings that set how long a training is to be."""
_VARIED = frozenset(
    "lambda lam alpha beta gamma tau sigma temperature k depth width neurons units nodes trees estimators"
    " nestimators ntrees hiddenunits hiddensize hiddenlayers noise noiselevel samples nsamples trainsize"
    " samplesize ratio threshold seed fold".split()
)
"""What such a table is often ordered by, in its first column."""
_RESULTS = frozenset({"final", "fin", "best"})


def is_table_of_results(columns: Mapping[str, Floats]) -> bool:
    """Whether the rows are finished trainings. ``columns``: the numbers of each column (float64[rows], NaN for none).

    Where no column counts the rows, or one goes up and down beside settings that differ, so they are if the epochs or the
    batch that a training was given go up and down, if another setting differs beside them, or if the first column is a
    setting whose values differ in every row.
    """
    known = {name: values for name, values in columns.items() if len(values) >= FEWEST_ROWS}
    if any(
        role_of(name).quantity in _AXES and bool((values[1:] > values[:-1]).all()) for name, values in known.items()
    ):
        return False
    if any(_is_length(name) and _goes_up_and_down(values) for name, values in known.items()):
        return True
    counting = [name for name in known if role_of(name).quantity in _AXES]
    settings = sum(is_fixed(name) and _differs(values) for name, values in known.items())
    if settings >= FEWEST_SETTINGS and any(_goes_up_and_down(known[name]) for name in counting):
        return True
    if any(meaning_of(name) not in _PLANNED for name in counting):
        return False
    if counting:
        return any(is_fixed(name) and _differs(values) for name, values in known.items())
    return _begins_with_setting(list(known.items()))


def _is_length(name: str) -> bool:
    """Whether a column says how long trainings were to be, or of what batches, under a name that others count by."""
    return (meaning_of(name) in _PLANNED and is_printed(name)) or plain(name) == "batch"


def _goes_up_and_down(values: Floats) -> bool:
    """Whether the values fall time and again, and mostly not back to the least of them as those of a counter do."""
    finite = values[np.isfinite(values)]
    changes = np.diff(finite)
    falls = np.flatnonzero(changes < 0)
    moved = np.count_nonzero(changes)
    if len(falls) < 2 or len(falls) < MOST_FALLS * moved:
        return False
    return bool(np.count_nonzero(finite[falls + 1] > finite.min()) >= 0.5 * len(falls))


def _differs(values: Floats) -> bool:
    return len(different(values[np.isfinite(values)])) > 1


def _begins_with_setting(columns: Sequence[tuple[str, Floats]]) -> bool:
    """Whether the first column is a setting of each row, beside columns that hold losses or metrics."""
    if len(columns) < 2:
        return False
    (first, values), *others = columns
    distinct = len(different(values)) == len(values) and bool(np.isfinite(values).all())
    results = any(not _RESULTS.isdisjoint(words_of(name)) for name, _ in others)
    return distinct and (plain(first) in _VARIED or (results and bool(meaning_of(first))))
