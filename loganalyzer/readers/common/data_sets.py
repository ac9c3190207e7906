"""Logs that say in a column of its own which data a row was measured on (``split``, ``phase``, ``mode``).

A quantity has one name on all data sets there; the rows of held-out data get names of their own ("val/loss"), so that
they do not take the place of those of the training.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loganalyzer.model.run import Floats
from loganalyzer.readers.common.quantities import with_split
from loganalyzer.readers.common.record_table import Column, RecordTable
from loganalyzer.roles.vocabulary import TEST_WORDS, TRAIN_WORDS, VALIDATION_WORDS
from loganalyzer.roles.words import words_of

COLUMNS = frozenset(
    "split phase mode subset partition stage set dataset_split data_split _type type kind event".split()
)
LONGEST_WORD = 20
_SETS = dict.fromkeys(TRAIN_WORDS, "train") | dict.fromkeys(VALIDATION_WORDS, "val") | dict.fromkeys(TEST_WORDS, "test")


@lru_cache(maxsize=256)
def data_set(word: str) -> str:
    """The data set that a cell names: "train", "val" or "test"; "" for any other word."""
    words = words_of(word) if len(word) <= LONGEST_WORD else ()
    return _SETS.get(words[0], "") if len(words) in (1, 2) else ""


def tells_data_sets(name: str, cells: Iterable[object]) -> bool:
    """Whether a column, by its name and all of its cells, says the data set of each row, held-out data among them."""
    if name.strip().lower() not in COLUMNS:
        return False
    told = {data_set(cell) if isinstance(cell, str) else "" for cell in cells}
    return "" not in told and bool(told - {"train"})


def apart(
    names: Sequence[str], values: Floats, explicit: NDArray[np.bool_], cells: Sequence[str]
) -> tuple[list[str], Floats, NDArray[np.bool_]]:
    """A table, float64[rows, columns], with the numbers of held-out rows moved to columns of their own.

    ``explicit`` marks the cells that say NaN, ``cells`` are those of the column that ``tells_data_sets``. Counters,
    times and rates keep their columns.
    """
    told = np.array([data_set(cell) for cell in cells])
    own, columns, marks = list(names), list(values.T), list(explicit.T)
    for split in sorted({*told.tolist()} - {"train"}):
        there = told == split
        for place, name in enumerate(names):
            renamed = with_split(name, split)
            if renamed != name and (~np.isnan(values[there, place]) | explicit[there, place]).any():
                own.append(renamed)
                columns.append(np.where(there, values[:, place], np.nan))
                marks.append(there & explicit[:, place])
                columns[place] = np.where(there, np.nan, columns[place])
                marks[place] = ~there & marks[place]
    return own, np.stack(columns, axis=1), np.stack(marks, axis=1)


def told_apart(table: RecordTable, records: Sequence[Mapping[str, Any]]) -> RecordTable:
    """The table of ``records``, with the numbers of those that name held-out data under names of their own."""
    return renamed_by(table, [_held_out(record) for record in records])


def renamed_by(table: RecordTable, splits: Sequence[str]) -> RecordTable:
    """The table with the names changed in the records for which ``splits`` says "val" or "test", not ""."""
    if not any(splits):
        return table
    told = np.array(splits)
    columns: dict[str, Column] = {}
    for name, (rows, values) in table.columns.items():
        for split in sorted(set(told[rows].tolist())):
            renamed = with_split(name, split)
            there = told[rows] == split
            known = columns.get(renamed)
            one = (rows[there], values[there])
            columns[renamed] = one if known is None else _merged(known, one)
    return RecordTable(table.size, dict(sorted(columns.items(), key=lambda item: item[1][0][0])))


def held_out_words(words: Iterable[object]) -> list[str]:
    """For the cells of a column of a data set: "val" or "test", "" for training and for what names none."""
    told = (data_set(word) if isinstance(word, str) else "" for word in words)
    return ["" if split == "train" else split for split in told]


def _held_out(record: Mapping[str, Any]) -> str:
    found = [value for key, value in record.items() if isinstance(value, str) and key.lower() in COLUMNS]
    return next((split for split in held_out_words(found) if split), "")


def _merged(a: Column, b: Column) -> Column:
    rows, values = np.concatenate([a[0], b[0]]), np.concatenate([a[1], b[1]])
    order = np.argsort(rows, kind="stable")
    return rows[order], values[order]
