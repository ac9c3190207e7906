"""Text to a table of numbers: guessed separator, titles and comments, repeated or changed headers, torn lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Floats, Note
from loganalyzer.readers.common.clocks import from_text
from loganalyzer.readers.common.counters import count_in
from loganalyzer.readers.common.data_sets import apart, tells_data_sets
from loganalyzer.readers.common.number_words import LONGEST_NUMBER
from loganalyzer.readers.csv.cells import cells_of, finished, is_missing, number_of
from loganalyzer.readers.deadline import within
from loganalyzer.readers.encoding import is_utf8, text_of
from loganalyzer.roles.assign import role_of

MOST_COLUMNS = 10_000
MOST_CELLS = 20_000_000
"""Later headers may add names up to so many cells of the whole table (180 MB)."""
MOST_LINE = 1_000_000
MOST_TITLES = 5
BLOCK = 4096
"""So many rows are turned into columns at once: few enough to stay near the processor."""
SEPARATORS = (",", ";", "\t", "|")
LARGE = 10_000_000
"""Characters from which on pandas' parser pays for its import (0.4 to 1 s; it reads 60 to 130 MB/s, numpy 20)."""
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>")
_EXCEL = re.compile(r"sep=.")
_SAID = re.compile(r"=\s*[-+.]?\d|:\s+[-+.]?\d")
"""A name with its value ("loss=0.5", "acc: 0.3"): a line of printed text, not a header."""
_STAMPED = re.compile(r"[(\[]?\d{2,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T_]\d{1,2}:\d\d")
"""What a line of printed text begins with ("[2025-01-02 15:45:19,529]"), no name of a column."""
_RULE = re.compile(r"[|:+ \t]*+-[-|:+ \t]*+")
_LINE_END = re.compile(r"\r\r\n|\r\n|\n|\r")


@dataclass(frozen=True, eq=False)
class Table:
    """``values`` float64[rows, columns], NaN where a cell is empty; ``explicit_nan`` marks cells that say NaN.

    ``dates`` are the columns whose cells were dates and times, in seconds since 1970.
    """

    columns: tuple[str, ...]
    values: Floats
    explicit_nan: NDArray[np.bool_]
    notes: tuple[Note, ...] = ()
    dates: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Header:
    """Where the table begins: the names, the separator, the place of the first row among the lines.

    ``spare`` is the place of a cell that is empty in every row and has no name (a doubled separator), or None.
    """

    names: tuple[str, ...]
    separator: str
    first_row: int
    spare: int | None = None

    @property
    def ends_in_value(self) -> bool:
        """Whether a row says when it was even without its last cell: that is no counter, no time, not the only one."""
        last = role_of(self.names[-1]).quantity
        return len(self.names) > 1 and last not in (Quantity.STEP, Quantity.EPOCH, Quantity.TIME)

    def cells(self, line: str) -> list[str]:
        """The cells of a row, without the spare one."""
        cells = cells_of(line, self.separator)
        if self.spare is not None and len(cells) == len(self.names) + 1 and not cells[self.spare].strip():
            del cells[self.spare]
        return cells


def header_of(lines: Sequence[str]) -> Header | None:
    """The header in the first ``lines`` (as they are, comments included): names above rows of as many numbers.

    Up to five lines of title may stand above it. ``numpy.savetxt`` writes it as a comment.
    """
    plain = [i for i, line in enumerate(lines) if line.strip("\x00 \t") and not line.startswith(("#", *_CONFLICT))]
    for start in range(min(MOST_TITLES + 1, len(plain))):
        found = _header_at(lines, plain[start:])
        if found is not None:
            return found
        if start == 0 and plain and plain[0]:
            commented = _commented(lines, plain)
            if commented is not None:
                return commented
    return None


def _header_at(lines: Sequence[str], plain: Sequence[int]) -> Header | None:
    if _EXCEL.fullmatch(lines[plain[0]].strip()):
        return None
    own = [lines[i] for i in plain[:40]]
    first_cell = re.split(r"[,;\t|]", own[0])[0]
    stop = next((i for i in range(1, len(own)) if first_cell.strip() and own[i].startswith(first_cell)), len(own))
    separator = _separator(own[:stop])
    if separator is None:
        return _single(own, plain[0] + 1)
    names = [n.strip() for n in cells_of(own[0], separator)]
    if (
        _STAMPED.match(names[0])
        or len(names) < 2
        or sum(_is_number(n) or _says_value(n) for n in names) > len(names) // 4
    ):
        return None
    header = Header(tuple(names), separator, plain[0] + 1, _spare(own[1:stop], separator, len(names)))
    rows = [header.cells(line) for line in own[1:6]]
    return header if not rows or any(_is_row(row, header) for row in rows) else None


def _is_row(cells: Sequence[str], header: Header) -> bool:
    """Whether these are the values of a row: numbers in a good part of the columns, or in all cells that are not empty (of
    many columns a program that logs parts at different times fills a few at once)."""
    numbers = sum(number_of(cell, header.separator)[0] is not None for cell in cells)
    width = len(header.names)
    sparse = len(cells) == width and numbers == sum(not is_missing(cell) for cell in cells)
    return numbers >= 0.3 * width or (sparse and numbers >= 2)


def _says_value(name: str) -> bool:
    """Whether a name has a value; W&B puts the run's name before the metric ("lr=0.1 - loss"), where one may stand."""
    return _SAID.search(name.rpartition(" - ")[2]) is not None


def _single(own: Sequence[str], first_row: int) -> Header | None:
    """The header of a single column: the name of a curve above nothing but numbers, three of them or more."""
    name = own[0].strip()
    if len(own) < 4 or _is_number(name) or role_of(name).quantity not in (Quantity.LOSS, Quantity.METRIC):
        return None
    return Header((name,), ",", first_row) if all(map(_is_number, own[1:])) else None


def _commented(lines: Sequence[str], plain: Sequence[int]) -> Header | None:
    """The last comment above rows of numbers, if it has as many cells as they."""
    above = lines[plain[0] - 1]
    if not above.startswith("#") or plain[0] < 1:
        return None
    own = [above.lstrip("# \t"), *(lines[i] for i in plain[:39])]
    separator = _separator(own)
    if separator is None:
        return None
    names = tuple(n.strip() for n in cells_of(own[0], separator))
    first = cells_of(own[1], separator)
    if len(names) != len(first) or any(map(_is_number, names)) or not all(map(_is_number, first)):
        return None
    return Header(names, separator, plain[0])


@dataclass(frozen=True)
class Beginning:
    """The header and the first lines of what may be a table, to tell what it is; the last line may be torn."""

    header: Header
    lines: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return list(self.header.names)

    def text_columns(self) -> dict[str, list[str]]:
        """The cells of those columns that hold text, by name; dates and counts ("3/50") are no text."""
        names, separator = self.header.names, self.header.separator
        rows = [self.header.cells(line) for line in self.lines[self.header.first_row : -1] if line.strip()]
        rows = [row for row in rows if len(row) == len(names)]
        columns = {name: [row[i].strip() for row in rows] for i, name in enumerate(names)}
        return {name: cells for name, cells in columns.items() if cells and all(_is_text(c, separator) for c in cells)}


def beginning_of(head: str, *, cut: bool = False) -> Beginning | None:
    """The beginning of the table that begins in ``head``; None if there is none.

    Of a head that is ``cut`` (the file goes on), the last line may be a piece of a row, and is none beside the header.
    """
    lines = tuple(islice(_LINE_END.split(head), 60))
    whole = lines[:-1] if cut and len(lines) > 1 else lines
    header = header_of(whole)
    return Beginning(header, lines) if header else None


def _is_text(cell: str, separator: str) -> bool:
    return number_of(cell, separator)[0] is None and not is_missing(cell) and count_in(cell) is None


def table_in(data: bytes) -> tuple[Table, Note | None]:
    """The table in the bytes of a file, with a note where bytes had to be replaced. Raises ReadError for binary data."""
    if len(data) >= LARGE and is_utf8(data):
        large = _large(data)
        return large if large is not None else _small(data.decode("utf-8")), None
    text, note = text_of(data)
    return parse_table(text), note


def parse_table(text: str) -> Table:
    """Parse all of ``text``. Never raises for content; what was wrong is in the notes."""
    large = _large(text.encode("utf-8", "replace")) if len(text) >= LARGE else None
    return large if large is not None else _small(text)


def _large(raw: bytes) -> Table | None:
    from loganalyzer.readers.csv.large_table import parse_large

    return parse_large(raw)


def _small(text: str) -> Table:
    fast = _fast(text)
    return fast if fast is not None else _tolerant(text)


def _fast(text: str) -> Table | None:
    """A clean table of plain numbers, parsed in one go; None when anything is unusual."""
    first, _, body = text.partition("\n")
    if "," not in first or '"' in text or "_" in body or ";" in first or "\t" in first or not body.endswith("\n"):
        return None
    if "\r" in body.rstrip("\r\n") or first.startswith("#"):
        return None
    names = tuple(n.strip() for n in first.split(","))
    if len(names) > MOST_COLUMNS or len(set(names)) < len(names) or "" in names:
        return None
    lines = body.rstrip("\r\n").split("\n")
    if any(line.count(",") != len(names) - 1 for line in lines):
        return None
    try:
        values = np.array(",".join(lines).split(","), dtype=np.float64).reshape(-1, len(names))
    except ValueError:
        return None
    if np.isnan(values).any() or len(values) != len(lines):
        return None
    return Table(names, values, np.isinf(values))


@dataclass
class _Rows:
    """Rows as they are read, under the names of all headers met.

    ``most`` is the number of names that there is room for; ``left_out`` are the names of later headers beyond it, whose
    place is -1.
    """

    names: list[str]
    separator: str
    most: int = MOST_COLUMNS
    left_out: set[str] = field(default_factory=set)
    places: dict[str, int] = field(default_factory=dict)
    values: list[tuple[list[int], list[str]]] = field(default_factory=list)
    ragged: list[int] = field(default_factory=list)
    headers: int = 0


def _tolerant(text: str) -> Table:
    notes: list[Note] = []
    lines = _LINE_END.split(text)
    complete = lines[-1] == ""
    lines = [line for line in lines if line.strip("\x00 \t")]
    if any(len(line) > MOST_LINE for line in lines):
        notes.append(Note("line-too-long", {"limit": MOST_LINE}, harmful=True))
        lines = [line for line in lines if len(line) <= MOST_LINE]
    conflict = sum(line.startswith(_CONFLICT) for line in lines)
    if conflict:
        notes.append(Note("conflict-markers", {"count": conflict}, harmful=True))
    header = header_of(lines[:60])
    if header is None or len(header.names) > MOST_COLUMNS:
        return Table((), np.zeros((0, 0)), np.zeros((0, 0), dtype=bool), tuple(notes))
    body = [
        line
        for line in lines[header.first_row :]
        if not line.startswith(("#", *_CONFLICT)) and not _RULE.fullmatch(line)
    ]
    if not complete and body:
        last = header.cells(body[-1])
        whole = finished(body[-1], body[-2], header.separator) if len(body) > 1 else [""]
        if len(last) == len(header.names) and len(body) > 1 and (header.ends_in_value or whole[-1]):
            last = header.cells(header.separator.join(whole))
            body[-1] = header.separator.join(last)
            if not last[-1]:
                notes.append(Note("last-cell-unfinished"))
        else:
            body.pop()
            notes.append(Note("last-line-unfinished", {"cells": len(last), "columns": len(header.names)}))
    alone = _plain_numbers(body) if len(header.names) == 1 and body else None
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
    for number, line in enumerate(within(lines, done=header.first_row), start=header.first_row + 1):
        cells = header.cells(line) if header.spare is not None else cells_of(line, header.separator)
        if cells[0].strip() == own[0] or len(cells) != width:
            stripped = [c.strip() for c in cells]
            if stripped == own:
                rows.headers += 1
                continue
            if _is_other_header(stripped, own):
                rows.headers += 1
                own, width = stripped, len(stripped)
                current = _places(rows, _unique_names(stripped, notes))
                continue
        if len(cells) != width:
            rows.ragged.append(number)
            if len(cells) > width:
                continue
        rows.values.append((current, cells))
    return rows


def _is_other_header(cells: list[str], own: list[str]) -> bool:
    """A header of a later session that logs something more, or less: words only, half of them known."""
    words = [c for c in cells if c]
    return len(words) > 1 and not any(map(_is_number, words)) and len(set(words) & set(own)) >= max(2, len(own) / 2)


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
    plain = _plain_columns(rows, values)
    for row, (places, cells) in enumerate(rows.values if len(plain) < len(rows.names) else ()):
        for column, cell in zip(places, cells, strict=False):
            if column in plain or column < 0:
                continue
            value, said_nan = number_of(cell, rows.separator)
            if value is not None:
                values[row, column] = value
                explicit[row, column] = said_nan
            elif not is_missing(cell):
                words.setdefault(column, []).append((row, cell.strip()))
    dates = _convert(words, values, explicit, rows.names)
    if rows.headers:
        notes.append(Note("header-repeated", {"count": rows.headers}))
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
    return Table(names, values[:, numeric], explicit[:, numeric], tuple(notes), shown)


def _plain_columns(rows: _Rows, values: Floats) -> set[int]:
    """Fill the columns of ``values`` that hold nothing but plain numbers, block by block, and return them."""
    places = rows.values[0][0] if rows.values else []
    if not all(own is places and len(cells) >= len(places) for own, cells in rows.values):
        return set()
    plain = set(places)
    for start in range(0, len(rows.values), BLOCK):
        block = zip(*(cells for _, cells in rows.values[start : start + BLOCK]), strict=False)
        for column, cells in zip(places, block, strict=False):
            numbers = _plain_numbers(cells) if column in plain else None
            if numbers is None:
                plain.discard(column)
            else:
                values[start : start + BLOCK, column] = numbers
    return plain


def _plain_numbers(cells: Sequence[str]) -> Floats | None:
    """Cells that are all finite numbers in plain spelling; None for others."""
    try:
        numbers = np.array(cells, dtype=np.float64)
    except ValueError:
        return None
    odd = not np.isfinite(numbers).all() or any("_" in cell or len(cell) > LONGEST_NUMBER for cell in cells)
    return None if odd else numbers


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
        elif role_of(names[column]).quantity in (Quantity.STEP, Quantity.EPOCH):
            counts = [count_in(text) for _, text in cells]
            if None in counts:
                continue
            values[[row for row, _ in cells], column] = counts
        else:
            continue
        del words[column]
    return dates


def _is_number(cell: str) -> bool:
    return number_of(cell)[0] is not None


def _separator(lines: Sequence[str]) -> str | None:
    """The separator that cuts the first line and most others into the same number of cells, at least two."""
    best, most = None, 1
    for separator in (each for each in SEPARATORS if each in lines[0]):
        width = len(cells_of(lines[0], separator))
        wider = _spare(lines[1:], separator, width) is not None
        same = sum(len(cells_of(line, separator)) in (width, width + wider) for line in lines)
        if width > most and same >= max(1, 0.6 * len(lines)):
            best, most = separator, width
    return best


def _spare(rows: Sequence[str], separator: str, width: int) -> int | None:
    """The place of the cell that is empty in all rows of one cell more than the header; None if they are not most rows.

    Of several such places the last (a separator at the line's end), else none: which it is cannot be told.
    """
    wide = [cells for row in rows if len(cells := cells_of(row, separator)) == width + 1]
    if not wide or len(wide) < 0.6 * len(rows):
        return None
    empty = [i for i in range(width + 1) if not any(cells[i].strip() for cells in wide)]
    return empty[-1] if empty and (len(empty) == 1 or empty[-1] == width) else None


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
