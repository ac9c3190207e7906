"""Text to a table of numbers: repeated or changed headers, torn lines, dates and counts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from loganalyzer.model.late import late
from loganalyzer.model.record import Record, field
from loganalyzer.model.run import Floats, Note
from loganalyzer.readers.common.clocks import from_text
from loganalyzer.readers.common.counters import count_in
from loganalyzer.readers.common.data_sets import apart, tells_data_sets
from loganalyzer.readers.common.plain_rows import plain_rows
from loganalyzer.readers.common.quantities import COUNTERS
from loganalyzer.readers.csv.cells import MISSING, cells_of, finished, is_missing, number_of, plain_numbers
from loganalyzer.readers.csv.glued import rows_in
from loganalyzer.readers.csv.header import (
    CONFLICT,
    LINE_END,
    MOST_COLUMNS,
    SEPARATORS,
    Header,
    header_of,
    is_number,
    is_second_header,
)
from loganalyzer.readers.csv.list_cells import numbers_in_list, values_of_lists
from loganalyzer.readers.deadline import within
from loganalyzer.readers.encoding import is_utf8, text_of
from loganalyzer.roles.assign import role_of, words_of

MOST_CELLS = 20_000_000
"""Later headers may add names up to so many cells of the whole table (180 MB)."""
MOST_LINE = 1_000_000
BLOCK = 4096
"""So many rows are turned into columns at once: few enough to stay near the processor."""
LARGE = 30_000_000
"""Characters from which on pandas' parser pays for its import (0.3 to 1 s; it reads 60 to 130 MB/s, numpy 50)."""
MOST_COUNTED = 0.5
FEWEST_COUNTED, MOST_BEHIND = 5, 3
"""So many rows count, and so few behind them do not: those sum up."""
_SUMMARIES = frozenset(
    "mean avg average std median min max best last final total sum overall test summary result".split()
)
_RULE = late(lambda: re.compile(r"[|:+ \t]*+-[-|:+ \t]*+"))


class Table(Record, eq=False):
    """``values`` float64[rows, columns], NaN where a cell is empty; ``explicit_nan`` marks cells that say NaN.

    ``dates`` are the columns whose cells were dates and times, in seconds since 1970; ``begun`` the rows above which the
    header stood again.
    """

    columns: tuple[str, ...]
    values: Floats
    explicit_nan: NDArray[np.bool_]
    notes: tuple[Note, ...] = ()
    dates: frozenset[str] = frozenset()
    begun: frozenset[int] = frozenset()


def table_in(data: bytes) -> tuple[Table, Note | None]:
    """The table in the bytes of a file, with a note where bytes had to be replaced. Raises ReadError for binary data."""
    if len(data) >= LARGE and is_utf8(data):
        large = _large(data)
        return large if large is not None else _small(data.decode("utf-8")), None
    text, note = text_of(data)
    del data  # as large as the text
    return parse_table(text), note


def parse_table(text: str) -> Table:
    """Parse all of ``text``. Never raises for content; what was wrong is in the notes."""
    large = _large(text.encode("utf-8", "replace")) if len(text) >= LARGE else None
    return large if large is not None else _small(text)


def _large(raw: bytes) -> Table | None:
    from loganalyzer.readers.csv.large_table import parse_large

    return parse_large(raw)


def _small(text: str) -> Table:
    plain = _plain(text)
    return plain if plain is not None else _tolerant(text)


def _plain(text: str) -> Table | None:
    """A table of numbers and empty cells below one line of names; None when anything is unusual."""
    first, _, _ = text.partition("\n")
    separator = next((each for each in SEPARATORS if each in first), "")
    if not separator or first.startswith("#") or any(each in first for each in SEPARATORS if each != separator):
        return None
    names = tuple(name.strip().removeprefix('"').removesuffix('"').strip() for name in first.split(separator))
    if len(names) > MOST_COLUMNS or len(set(names)) < len(names) or any(map(_is_no_name, names)):
        return None
    rows = plain_rows(text, len(first) + 1, separator, len(names), MISSING)
    if rows is None:
        return None
    values, explicit = rows.values, ~np.isfinite(rows.values)
    if rows.missing is None:
        return Table(names, values, explicit)
    explicit &= ~rows.missing
    told = [i for i in range(len(names)) if not rows.missing[:, i].all()]
    if len(told) < len(names):
        names, values, explicit = tuple(names[i] for i in told), values[:, told], explicit[:, told]
    return Table(names, values, explicit)


def _is_no_name(name: str) -> bool:
    return not name or '"' in name or is_number(name)


class _Rows(Struct):
    """Rows as they are read, under the names of all headers met.

    ``most`` is the number of names that there is room for; ``left_out`` are the names of later headers beyond it, whose
    place is -1. ``headers`` are the numbers of the rows above which one stood again;
    ``of_another`` is the number of lines of a second table in between.
    """

    names: list[str]
    separator: str
    most: int = MOST_COLUMNS
    left_out: set[str] = field(default_factory=set)
    places: dict[str, int] = field(default_factory=dict)
    values: list[tuple[list[int], list[str]]] = field(default_factory=list)
    ragged: list[int] = field(default_factory=list)
    headers: list[int] = field(default_factory=list)
    of_another: int = 0


def _tolerant(text: str) -> Table:
    notes: list[Note] = []
    lines = LINE_END.split(text)
    complete = not lines[-1].strip("\x00 \t")
    lines = [line for line in lines if line.strip("\x00 \t")]
    if any(len(line) > MOST_LINE for line in lines):
        notes.append(Note("line-too-long", {"limit": MOST_LINE}, harmful=True))
        lines = [line for line in lines if len(line) <= MOST_LINE]
    conflict = sum(line.startswith(CONFLICT) for line in lines)
    if conflict:
        notes.append(Note("conflict-markers", {"count": conflict}, harmful=True))
    header = header_of(lines[:60])
    if header is None or len(header.names) > MOST_COLUMNS:
        return Table((), np.zeros((0, 0)), np.zeros((0, 0), dtype=bool), tuple(notes))
    body = [
        line
        for line in lines[header.first_row :]
        if not line.startswith(("#", *CONFLICT)) and not _RULE.fullmatch(line)
    ]
    if not complete and body:
        last = header.cells(body[-1])
        whole = finished(body[-1], body[:-1], header.separator) if len(body) > 1 else [""]
        if len(last) == len(header.names) and len(body) > 1 and (header.ends_in_value or whole[-1]):
            last = header.cells(header.separator.join(whole))
            body[-1] = header.separator.join(last)
            if not last[-1]:
                notes.append(Note("last-cell-unfinished"))
        else:
            body.pop()
            notes.append(Note("last-line-unfinished", {"cells": len(last), "columns": len(header.names)}))
    alone = plain_numbers(body) if len(header.names) == 1 and body else None
    if alone is not None:
        return Table(header.names, alone[:, None], np.zeros((len(body), 1), dtype=bool), tuple(notes))
    return _table(_rows(body, header, notes), notes)


def _rows(lines: list[str], header: Header, notes: list[Note]) -> _Rows:
    names = _unique_names(list(header.names), notes)[:MOST_COLUMNS]
    most = min(MOST_COLUMNS, max(len(names), MOST_CELLS // max(1, len(lines))))
    rows = _Rows(names, header.separator, most, places={name: i for i, name in enumerate(names)})
    current = list(range(len(names)))
    width = len(header.names)
    own = list(header.names)
    other = 0
    for number, line in enumerate(within(lines, done=header.first_row), start=header.first_row + 1):
        cells = header.cells(line) if header.spare is not None else cells_of(line, header.separator)
        if cells[0].strip() == own[0] or len(cells) != width:
            stripped = [c.strip() for c in cells]
            if stripped == own:
                rows.headers.append(len(rows.values))
                continue
            if len(cells) not in (width, other) and is_second_header(stripped, own):
                other = len(cells)
            if len(cells) == other != width:
                rows.of_another += 1
                continue
            if _is_other_header(stripped, own):
                rows.headers.append(len(rows.values))
                own, width = stripped, len(stripped)
                current = _places(rows, _unique_names(stripped, notes))
                continue
        if len(cells) != width:
            before = rows.values[-1][1] if rows.values else ()
            if len(cells) > width and (glued := rows_in(line, header.separator, width, before)) is not None:
                rows.values += [(current, one) for one in glued]
                continue
            rows.ragged.append(number)
            if len(cells) > width or not cells[0].strip():  # what begins with nothing is the end of a row that was cut
                continue
        rows.values.append((current, cells))
    return rows


def _is_other_header(cells: list[str], own: list[str]) -> bool:
    """A header of a later session that logs something more, or less: words only, half of them known."""
    words = [c for c in cells if c]
    return len(words) > 1 and not any(map(is_number, words)) and len(set(words) & set(own)) >= max(2, len(own) / 2)


def _places(rows: _Rows, wanted: list[str]) -> list[int]:
    """The columns of ``wanted`` names, -1 for those without room; new ones are added."""
    for name in wanted:
        if name in rows.places:
            continue
        if len(rows.names) < rows.most:
            rows.places[name] = len(rows.names)
            rows.names.append(name)
        else:
            rows.left_out.add(name)
    return [rows.places.get(name, -1) for name in wanted]


def _table(rows: _Rows, notes: list[Note]) -> Table:
    values = np.full((len(rows.values), len(rows.names)), np.nan)
    explicit = np.zeros(values.shape, dtype=bool)
    words: dict[int, list[tuple[int, str]]] = {}
    lists: dict[int, dict[int, list[float]]] = defaultdict(dict)
    plain = _plain_columns(rows, values)
    for row, (places, cells) in enumerate(rows.values if len(plain) < len(rows.names) else ()):
        for column, cell in zip(places, cells, strict=False):
            if column in plain or column < 0:
                continue
            value, said_nan = number_of(cell, rows.separator)
            if value is not None:
                values[row, column] = value
                explicit[row, column] = said_nan
            elif (listed := numbers_in_list(cell)) is not None:
                lists[column][row] = listed
            elif not is_missing(cell):
                words.setdefault(column, []).append((row, cell.strip()))
    for column, own in lists.items():
        values[list(own), column] = values_of_lists(list(own.values()))
        explicit[list(own), column] = ~np.isfinite(values[list(own), column])
    if lists:
        notes.append(Note("lists-in-cells", {"names": ", ".join(rows.names[i] for i in lists)[:200]}))
    dates = _convert(words, values, explicit, rows.names)
    summed_up = _rows_of_summaries(words, values, rows.names)
    values[summed_up] = np.nan
    explicit[summed_up] = False
    if rows.headers:
        notes.append(Note("header-repeated", {"count": len(rows.headers)}))
    if rows.of_another:
        notes.append(Note("second-table", {"count": rows.of_another}))
    if rows.left_out:
        notes.append(Note("names-left-out", {"count": len(rows.left_out), "kept": len(rows.names)}, harmful=True))
    if rows.ragged:
        notes.append(Note("ragged-rows", {"count": len(rows.ragged), "first": rows.ragged[0]}, harmful=True))
    by_set = next((c for c, told in words.items() if tells_data_sets(rows.names[c], _cells(told, len(values)))), None)
    if by_set is not None:
        cells = [cell for _, cell in words.pop(by_set)]
        rows.names, values, explicit = apart(rows.names, values, explicit, cells)
    numeric = [i for i in range(len(rows.names)) if np.isfinite(values[:, i]).any() or explicit[:, i].any()]
    odd = sum(len(words.get(i, ())) for i in numeric)
    if odd:
        notes.append(Note("text-in-number-columns", {"count": odd}))
    names = tuple(rows.names[i] for i in numeric)
    shown = frozenset(rows.names[i] for i in numeric if i in dates)
    return Table(names, values[:, numeric], explicit[:, numeric], tuple(notes), shown, frozenset(rows.headers))


def _rows_of_summaries(
    words: Mapping[int, Sequence[tuple[int, str]]], values: Floats, names: Sequence[str]
) -> list[int]:
    """The rows that sum up others ("mean,0.5", "best epoch,11"): a word stands where the others count.

    Behind the last row that counts it may be any word where all the others count.
    """
    found: set[int] = set()
    for column, name in enumerate(names):
        if role_of(name).quantity not in COUNTERS:
            continue
        counted = np.isfinite(values[:, column])
        if not len(counted) or counted.mean() < MOST_COUNTED:
            continue
        told = dict(words.get(column, ()))
        found.update(row for row, cell in told.items() if not _SUMMARIES.isdisjoint(words_of(cell)[:1]))
        behind = range(int(np.argmin(counted)) if not counted.all() else len(counted), len(counted))
        if len(counted) - len(behind) >= FEWEST_COUNTED and len(behind) <= MOST_BEHIND and told.keys() >= set(behind):
            found.update(behind)
    return sorted(found)


def _plain_columns(rows: _Rows, values: Floats) -> set[int]:
    """Fill the columns of ``values`` that hold nothing but plain numbers, block by block, and return them."""
    places = rows.values[0][0] if rows.values else []
    if not all(own is places and len(cells) >= len(places) for own, cells in rows.values):
        return set()
    plain = set(places)
    for start in range(0, len(rows.values), BLOCK):
        block = zip(*(cells for _, cells in rows.values[start : start + BLOCK]), strict=False)
        for column, cells in zip(places, block, strict=False):
            numbers = plain_numbers(cells) if column in plain else None
            if numbers is None:
                plain.discard(column)
            else:
                values[start : start + BLOCK, column] = numbers
    return plain


def _cells(told: Sequence[tuple[int, str]], rows: int) -> Sequence[str]:
    """The words of a column that has one in every row; none of another."""
    return [cell for _, cell in told] if len(told) == rows else [""]


def _convert(
    words: dict[int, list[tuple[int, str]]], values: Floats, explicit: NDArray[np.bool_], names: list[str]
) -> set[int]:
    """Columns of nothing but dates ("2024-01-01 10:00") or counts ("3/50") become numbers; returns those of dates."""
    dates = set()
    for column, cells in list(words.items()):
        if np.isfinite(values[:, column]).any() or explicit[:, column].any() or 2 * len(cells) < len(values):
            continue
        times = [from_text(text) for _, text in cells]
        if bool(np.isfinite(times).all()):
            values[[row for row, _ in cells], column] = times
            dates.add(column)
        elif role_of(names[column]).quantity in COUNTERS:
            counts = [count_in(text) for _, text in cells]
            if None in counts:
                continue
            values[[row for row, _ in cells], column] = counts
        else:
            continue
        del words[column]
    return dates


def _unique_names(names: list[str], notes: list[Note]) -> list[str]:
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    doubled = [n for n, count in seen.items() if count > 1 and n]
    if doubled and not any(note.code == "duplicate-columns" for note in notes):
        notes.append(Note("duplicate-columns", {"names": ", ".join(doubled[:5])[:200]}))
    return result
