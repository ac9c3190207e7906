"""Rows of numbers without a line of names above them, as lines or as a JSON array of arrays.

One column, or two of which one counts, are a curve if the file or its folder is called as one (``loss.txt``), also under
the names that pandas gives to a series without one ("0" and ",0"). Pairs in a file that is called after a data set only
("log_train.txt") are a loss if they fall, which the run says; those that rise are refused. What wider rows hold, only the
user knows: they are refused with a word on how to name the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import PurePosixPath

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.role import Split
from loganalyzer.model.run import Floats, Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.counters import usable
from loganalyzer.readers.common.file_names import NOT_TABLES, TABLES, suffix
from loganalyzer.readers.common.json_text import documents
from loganalyzer.readers.common.quantities import curve_name, falls
from loganalyzer.readers.common.sessions import Column, runs_in
from loganalyzer.readers.csv.cells import number_of
from loganalyzer.readers.deadline import within
from loganalyzer.readers.encoding import text_of
from loganalyzer.roles.assign import role_of, words_of

FEWEST_ROWS = 4
FEWEST_VALUES = 6
"""Fewer numbers one below the other are results, such as those of folds."""
_NAMELESS = re.compile(r"\s*,?0\r?\n")
LOOKED_AT = 60
MOST_COLUMNS = 30
"""A log of one training has few columns; wider rows are data."""
STEADY = 0.9
LOG_WORDS = frozenset("log logs train training history metrics progress losses results loss accuracy acc".split())
_BETWEEN = re.compile(r"[,;\s]+")


def detect(source: Source) -> Match:
    """Rows of as many numbers, of which the first counts, and a sign that they are a log."""
    ending = suffix(source.name)
    if (ending in NOT_TABLES and ending != ".json") or source.head[:1].strip(b" +-.,0123456789#[\t\n\r"):
        return Match.NO
    text = source.text_head
    rows = _first_rows(_as_lines(text)) if text else None
    if rows is None or (rows.shape[1] > 1 and _counter(rows) is None):
        return Match.NO
    if rows.shape[1] == 1:
        whole = bool((rows == np.round(rows)).all())
        return Match.MAYBE if len(rows) >= FEWEST_VALUES and not whole and curve_name(source.path) else Match.NO
    if rows.shape[1] == 2:
        return Match.MAYBE if curve_name(source.path) or _called_after_data_set(source.path) else Match.NO
    return Match.MAYBE if _called_a_log(source.path) or (ending in TABLES and _steady(rows)) else Match.NO


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per file of one or two columns; the others are refused."""
    for source in sources:
        text, note = text_of(source.read())
        text = _as_lines(text)
        rows = _first_rows(text)
        if rows is not None and rows.shape[1] > 2:
            yield Unread(source.path, Note("rows-without-header", {"columns": rows.shape[1]}))
            continue
        width = rows.shape[1] if rows is not None else 2
        yield from _curve(key, source.path, text, width, [note] if note else [])


def _curve(key: str, path: str, text: str, width: int, notes: list[Note]) -> Iterator[Run]:
    lines = [line for line in _below_names(text).splitlines() if line.strip() and not line.startswith("#")]
    if not text.endswith(("\n", "\r")) and len(lines) > 1 and len(lines[-1]) < len(lines[-2]):
        cells = len(_BETWEEN.split(lines.pop().strip()))
        notes.append(Note("last-line-unfinished", {"cells": cells, "columns": width}))
    bad: list[str] = []
    values = np.fromiter(chain.from_iterable(_rows(lines, width, bad)), np.float64).reshape(-1, width)
    if bad:
        notes.append(Note("damaged-records", {"count": len(bad)}, harmful=True))
    places = np.arange(len(values))
    if width == 1:
        column = Column(places, places, values[:, 0])
        return runs_in({curve_name(path): column}, key, (path,), "headerless", "", notes)
    counter = _counter(values[:LOOKED_AT])
    if counter is None or not usable(values[:, counter]):
        raise ReadError("no-rows")
    steps = values[:, counter].astype(np.int64)
    if not _counts(values[:, counter], pair=True):
        notes.append(Note("rows-numbered", {"count": len(steps)}))
        steps = places
    column = Column(places, steps, values[:, 1 - counter])
    name = curve_name(path)
    if not name and not falls(column.values):
        raise ReadError("pairs-without-name")
    if not name:
        name = f"{PurePosixPath(path).stem}/loss"
        notes.append(Note("taken-as-loss", {"name": name}))
    return runs_in({name: column}, key, (path,), "headerless", "step", notes)


def _below_names(text: str) -> str:
    """The text without the line of names of a series that has none, as pandas writes it: "0", or ",0" with its index."""
    named = _NAMELESS.match(text)
    return text[named.end() :] if named else text


def _rows(lines: Sequence[str], width: int, bad: list[str]) -> Iterator[list[float]]:
    """Yield the ``width`` numbers of each line, and add the lines that hold anything else to ``bad``."""
    for line in within(lines):
        row = _numbers(line, width)
        if row is None:
            bad.append(line)
        else:
            yield row


def _as_lines(text: str) -> str:
    """The rows of a JSON array of arrays, or of numbers, as lines of cells; any other text as it is."""
    start = text.lstrip()
    if not start.startswith("["):
        return text
    items = [item for item in documents(start[1:])[0] if item is None or isinstance(item, list | float | int)]
    rows = [item if isinstance(item, list) else [item] for item in items]
    rows = [row for row in rows if len(row) <= MOST_COLUMNS]
    return "".join(",".join("nan" if cell is None else str(cell) for cell in row) + "\n" for row in rows)


def _counter(rows: Floats) -> int | None:
    """The column that counts: the first, or the second of two; None if neither does.

    Of two, one that holds whole numbers, most of them different, beside fractions counts, too: several trainings wrote it.
    """
    pair = rows.shape[1] == 2
    if len(rows) and _counts(rows[:, 0], pair):
        return 0
    if not (len(rows) and pair):
        return None
    if _counts(rows[:, 1], pair):
        return 1
    whole = [usable(own) and bool((own >= 0).all()) and bool((own == np.round(own)).all()) for own in rows.T]
    differ = 2 * len(np.unique(rows[:, whole.index(True)])) > len(rows) if True in whole else False
    return whole.index(True) if whole.count(True) == 1 and differ else None


def _first_rows(text: str) -> Floats | None:
    """The first rows, float64[n, columns]; None where the text begins with anything but rows of as many numbers."""
    head = _below_names(text[:65_536])
    lines = head.split("\n")[: LOOKED_AT + 1]
    lines = [line for line in lines[:-1] if line.strip() and not line.startswith("#")]
    if len(lines) < FEWEST_ROWS:
        return None
    width = len(_BETWEEN.split(lines[0].strip()))
    rows = [_numbers(line, width) for line in lines]
    if not 1 <= width <= MOST_COLUMNS or None in rows:
        return None
    return np.array(rows, np.float64)


def _numbers(line: str, width: int) -> list[float] | None:
    cells = _BETWEEN.split(line.strip())
    if len(cells) != width:
        return None
    try:
        return [float(cell) for cell in cells]
    except ValueError:
        found = [number_of(cell)[0] for cell in cells]
        return None if None in found else [value for value in found if value is not None]


def _counts(values: Floats, pair: bool) -> bool:
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


def _called_a_log(path: str) -> bool:
    return suffix(path) == ".log" or bool(LOG_WORDS & set(words_of(PurePosixPath(path).stem)))


def _called_after_data_set(path: str) -> bool:
    """Whether a file is called a log of the training or the held-out data ("log_val.txt"), with no word on the quantity."""
    stem = PurePosixPath(path).stem
    return role_of(stem).split is not Split.NONE and set(words_of(stem)) - {"val", "valid", "test", "eval"} <= LOG_WORDS


def _steady(rows: Floats) -> bool:
    """Whether at least two columns and half of all rise or fall along the rows: data does not."""
    order = np.arange(len(rows))
    trends = 0
    for column in rows[:, 1:].T:
        if np.isfinite(column).all() and len(np.unique(column)) > len(column) / 2:
            ranks = np.argsort(np.argsort(column, kind="stable"), kind="stable")
            trends += int(abs(float(np.corrcoef(order, ranks)[0, 1])) >= STEADY)
    return trends >= 2 and 2 * trends >= rows.shape[1] - 1


READER = Reader("headerless", "Columns of numbers without a header", detect, lambda source: source.path, read)
