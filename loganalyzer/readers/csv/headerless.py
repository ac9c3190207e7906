"""Rows of numbers without a line of names above them, as lines, behind clocks, or as a JSON array of arrays.

One column, or two of which one counts, are a curve if the file or its folder is called as one (``loss.txt``; whole numbers
alone only after a reward, since many games give points), also under
the names that pandas gives to a series without one ("0" and ",0"). Rows of a file that is called after a data set only
("log_train.txt") are a loss if they fall, which the run says; those that rise are refused. What further columns hold is
taken from how they run (``nameless_columns``), which the run says, too. Rows that nothing names are refused with a word on
how to name the columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Floats, Ints, Note, Run, Unread, make_series
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.counters import unrolled, usable
from loganalyzer.readers.common.different import different
from loganalyzer.readers.common.file_names import NOT_TABLES, TABLES, stem_of, suffix
from loganalyzer.readers.common.last_number import LINES_ABOVE, is_cut
from loganalyzer.readers.common.quantities import curve_name, falls
from loganalyzer.readers.common.sessions import Column, Training, numbered_runs, trainings
from loganalyzer.readers.csv.nameless_columns import (
    FEWEST_VALUES,
    LOG_WORDS,
    STEADY,
    Columns,
    counters_of,
    counts,
    may_have_names,
    names_of,
    rank_correlation,
    rises_to_one,
)
from loganalyzer.readers.csv.nameless_rows import (
    LOOKED_AT,
    as_lines,
    blocks_of,
    cells_of,
    first_rows,
    lists_in,
    only_block,
    rows_below_names,
)
from loganalyzer.readers.encoding import text_of
from loganalyzer.roles.assign import role_of, words_of

TENSORS = ("tensor(", "tf.Tensor(")
MOST_SIZES = 20.0
"""Lists of one quantity are no more than so many times larger than one another."""


def detect(source: Source) -> Match:
    """Rows of as many numbers, and a sign that they are a log: one counts, or the file is called after a curve."""
    ending = suffix(source.name)
    text = source.text_head or ""
    words = text[:1].strip(' +-.,0123456789#["\t\n\r') and not text.startswith(TENSORS)
    if (ending in NOT_TABLES and ending != ".json") or words:
        return Match.NO
    if curve_name(source.path) and lists_in(text):
        return Match.MAYBE
    rows = first_rows(as_lines(text)) if text else None
    if rows is None:
        return Match.NO
    columns = counters_of(rows)
    if rows.shape[1] == 1:
        curve = curve_name(source.path)
        fractions = bool((rows != np.round(rows)).any()) or role_of(curve).quantity is Quantity.REWARD
        return Match.MAYBE if len(rows) >= FEWEST_VALUES and fractions and curve else Match.NO
    if may_have_names(rows, columns, source.path) and columns.values:
        return Match.MAYBE
    inside = _called_a_log(source.path) and any(map(_rises_evenly, rows.T))
    if rows.shape[1] == 2 or not (columns.counted or inside):
        return Match.NO
    return Match.MAYBE if _called_a_log(source.path) or (ending in TABLES and _steady(rows)) else Match.NO


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """The runs of each file, or what its rows lack."""
    for source in sources:
        text, note = text_of(source.read())
        notes = [note] if note else []
        if curve_name(source.path) and (lists := lists_in(text)):
            yield from _runs_of_lists(key, source.path, lists, notes)
            continue
        yield from _runs(key, source.path, as_lines(text), notes)


def _runs_of_lists(key: str, path: str, lists: Sequence[Floats], notes: Sequence[Note]) -> Iterator[Run]:
    """A run for each list; in a file that is called after a loss, without those of another size or that rise to 1."""
    name = curve_name(path)
    if role_of(name).quantity is not Quantity.REWARD:
        falling = falls(lists[0])
        size = MOST_SIZES * float(np.nanmedian(np.abs(lists[0])))
        lists = [
            one for one in lists if float(np.nanmedian(np.abs(one))) <= size and not (falling and rises_to_one(one))
        ]
    found = [Training({name: make_series(name, np.arange(len(one)), one)[0]}) for one in lists]
    yield from numbered_runs(found, key, (path,), "headerless", "", tuple(notes))


def _blocks(text: str, notes: list[Note]) -> list[Floats]:
    """Rows of one width one after another; what is wrong with the text goes to the notes."""
    if (whole := only_block(text)) is not None:
        return [whole]
    lines = rows_below_names(text)
    if not text.endswith(("\n", "\r")) and len(lines) > 1 and is_cut(*map(cells_of, lines[-LINES_ABOVE:])):
        cells = len(cells_of(lines.pop()))
        notes.append(Note("last-line-unfinished", {"cells": cells, "columns": len(cells_of(lines[-1]))}))
    blocks, bad = blocks_of(lines)
    if bad:
        notes.append(Note("damaged-records", {"count": bad}, harmful=True))
    return blocks


def _runs(key: str, path: str, text: str, notes: list[Note]) -> Iterator[Run | Unread]:
    units = set()
    found: list[tuple[Training, tuple[Note, ...]]] = []
    for rows in _blocks(text, notes):
        columns = counters_of(rows[:LOOKED_AT])
        names = names_of(rows, columns, path)
        if not names:
            yield _refused(path, rows, columns)
            return
        steps = _steps(rows, columns)
        own = (*notes, *_notes_of(names, path))
        if columns.steps is not None and steps is None:
            own = (*own, Note("rows-numbered", {"count": len(rows)}))
        units.add("step" if columns.steps is not None else "")
        found += [(training, own) for training in trainings(_named_columns(rows, columns, names, steps))]
    told = [notes for _, notes in found]
    runs = numbered_runs([training for training, _ in found], key, (path,), "headerless", max(units))
    yield from (run.with_notes(*own) for run, own in zip(runs, told, strict=True))


def _named_columns(rows: Floats, columns: Columns, names: Sequence[str], steps: Ints | None) -> dict[str, Column]:
    places = np.arange(len(rows))
    steps = places if steps is None else steps
    named = dict(zip(names, columns.values, strict=True))
    if columns.epoch is not None:
        named["epoch"] = columns.epoch
    return {name: Column(places, steps, rows[:, index]) for name, index in named.items()}


def _refused(path: str, rows: Floats, columns: Columns) -> Unread:
    """What rows lack that nothing names."""
    if rows.shape[1] == 2 and columns.counted:
        raise ReadError("pairs-without-name")
    return Unread(path, Note("rows-without-header", {"columns": rows.shape[1]}))


def _notes_of(names: Sequence[str], path: str) -> Iterator[Note]:
    """What was taken from the name of the file, and from how the columns run."""
    if not curve_name(path):
        yield Note("taken-as-loss", {"name": names[0]})
    if len(names) > 1:
        yield Note("columns-taken", {"names": ", ".join(names)})


def _steps(rows: Floats, columns: Columns) -> Ints | None:
    """The step of each row, int64[n]; None where the rows have to be numbered."""
    if columns.steps is None:
        return None
    counter = rows[:, columns.steps]
    if columns.epoch is not None and (whole := unrolled(counter, rows[:, columns.epoch])) is not None:
        return whole.astype(np.int64)
    if not usable(counter):
        raise ReadError("no-rows")
    return counter.astype(np.int64) if counts(counter, pair=True) else None


def _called_a_log(path: str) -> bool:
    return suffix(path) == ".log" or bool(LOG_WORDS & set(words_of(stem_of(path))))


def _rises_evenly(column: Floats) -> bool:
    """Whether whole numbers rise by the same amount from row to row, from wherever the training was resumed."""
    gaps = np.diff(column)
    return bool(gaps[0] > 0 and (gaps == gaps[0]).all() and (column == np.round(column)).all())


def _steady(rows: Floats) -> bool:
    """Whether at least two columns and half of all rise or fall along the rows: data does not."""
    order = np.arange(len(rows))
    trends = 0
    for column in rows[:, 1:].T:
        if np.isfinite(column).all() and len(different(column)) > len(column) / 2:
            trends += int(abs(rank_correlation(order, column)) >= STEADY)
    return trends >= 2 and 2 * trends >= rows.shape[1] - 1


READER = Reader("headerless", "Columns of numbers without a header", detect, lambda source: source.path, read)
