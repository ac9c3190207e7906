"""The names above a table: guessed separator, titles and comments above, a single column, a spare cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

import numpy as np

from loganalyzer.model.record import Record
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Floats
from loganalyzer.readers.common.counters import count_in
from loganalyzer.readers.common.quantities import COUNTERS
from loganalyzer.readers.csv.cells import cells_of, is_missing, number_of, plain_numbers
from loganalyzer.readers.csv.columns_by_setting import settings_in
from loganalyzer.roles.assign import role_of

MOST_COLUMNS = 10_000
MOST_TITLES = 5
SEPARATORS = (",", ";", "\t", "|")
CONFLICT = ("<<<<<<<", "=======", ">>>>>>>")
"""What git writes into a file at a conflict."""
LINE_END = re.compile(r"\r\r\n|\r\n|\n|\r")
_CURVES = frozenset({Quantity.LOSS, Quantity.METRIC, Quantity.REWARD})
_EXCEL = re.compile(r"sep=.")
_SAID = re.compile(r"=\s*[-+.]?\d|:\s+[-+.]?\d")
"""A name with its value ("loss=0.5", "acc: 0.3"): a line of printed text, not a header."""
_STAMPED = re.compile(r"[(\[]?\d{2,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T_]\d{1,2}:\d\d")
"""What a line of printed text begins with ("[2025-01-02 15:45:19,529]"), no name of a column."""


class Header(Record):
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
    plain = [i for i, line in enumerate(lines) if line.strip("\x00 \t") and not line.startswith(("#", *CONFLICT))]
    for start in range(min(MOST_TITLES + 1, len(plain))):
        found = _header_at(lines, plain[start:])
        if found is not None and (start == 0 or start + 1 < len(plain)):
            return found  # below others, a last line of words is no header
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
    if _STAMPED.match(names[0]) or len(names) < 2:
        return None
    spare = _spare([cells_of(line, separator) for line in own[1:stop]], len(names))
    header = Header(tuple(names), separator, plain[0] + 1, spare)
    rows = [header.cells(line) for line in own[1:6]]
    if (
        sum(is_number(n) or _says_value(n) for n in names) > len(names) // 4
        and not settings_in(names)
        and not _names_a_counter_above_numbers(header, rows)
    ):
        return None
    return header if not rows or any(_is_row(row, header) for row in rows) else None


def _is_row(cells: Sequence[str], header: Header) -> bool:
    """Whether these are the values of a row: numbers in a good part of the columns, or in all cells that are not empty (of
    many columns a program that logs parts at different times fills a few at once)."""
    numbers = sum(number_of(cell, header.separator)[0] is not None for cell in cells)
    width = len(header.names)
    sparse = len(cells) == width and numbers == sum(not is_missing(cell) for cell in cells)
    return numbers >= 0.3 * width or (sparse and numbers >= 2)


def _names_a_counter_above_numbers(header: Header, rows: Sequence[Sequence[str]]) -> bool:
    """Whether names with values ("AP@IoU=0.5") stand beside that of a counter and above nothing but numbers."""
    counts = any(role_of(n).quantity in COUNTERS and not _says_value(n) for n in header.names)
    cells = [cell for row in rows for cell in row]
    return (
        counts
        and len(rows) >= 2
        and not any(map(is_number, header.names))
        and all(len(row) == len(header.names) for row in rows)
        and all(is_missing(cell) or number_of(cell, header.separator)[0] is not None for cell in cells)
    )


def _says_value(name: str) -> bool:
    """Whether a name has a value; W&B puts the run's name before the metric ("lr=0.1 - loss"), where one may stand."""
    return _SAID.search(name.rpartition(" - ")[2]) is not None


def _single(own: Sequence[str], first_row: int) -> Header | None:
    """The header of a single column: the name of a curve above nothing but numbers, three or more; the last may be cut ("1e")."""
    name = own[0].strip()
    if len(own) < 4 or is_number(name) or role_of(name).quantity not in _CURVES:
        return None
    numbers = all(is_number(line) for line in own[1:-1]) and (is_number(own[-1]) or is_number(f"{own[-1]}0"))
    return Header((name,), ",", first_row) if numbers else None


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
    if len(names) != len(first) or any(map(is_number, names)) or not all(map(is_number, first)):
        return None
    return Header(names, separator, plain[0])


class Beginning(Record):
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

    def number_columns(self) -> dict[str, Floats]:
        """The numbers of the named columns that hold some (float64[rows], NaN where a cell holds none)."""
        names = self.header.names
        cells = [self.header.cells(line) for line in self.lines[self.header.first_row : -1] if line.strip()]
        rows = [row for row in cells if len(row) == len(names)]
        columns = {}
        for place, name in enumerate(names if rows else ()):
            numbers = _numbers([row[place] for row in rows], self.header.separator) if name else None
            if numbers is not None:
                columns[name] = numbers
        return columns


def _numbers(cells: Sequence[str], separator: str) -> Floats | None:
    """The numbers of a column, NaN where a cell holds none; None where no cell holds one."""
    if (plain := plain_numbers(cells)) is not None:
        return plain
    numbers = [number_of(cell, separator)[0] for cell in cells]
    if all(number is None for number in numbers):
        return None
    return np.array([np.nan if number is None else number for number in numbers])


def beginning_of(head: str, *, cut: bool = False) -> Beginning | None:
    """The beginning of the table that begins in ``head``; None if there is none.

    Of a head that is ``cut`` (the file goes on), the last line may be a piece of a row, and is none beside the header.
    """
    lines = tuple(islice(LINE_END.split(head), 60))
    whole = lines[:-1] if cut and len(lines) > 1 else lines
    header = header_of(whole)
    return Beginning(header, lines) if header else None


def _is_text(cell: str, separator: str) -> bool:
    return number_of(cell, separator)[0] is None and not is_missing(cell) and count_in(cell) is None


def is_number(cell: str) -> bool:
    """Whether a cell holds a number, NaN and infinity included."""
    return number_of(cell)[0] is not None


def _separator(lines: Sequence[str]) -> str | None:
    """The separator that cuts the first line and most others into the same number of cells, at least two."""
    best, most = None, 1
    for separator in (each for each in SEPARATORS if each in lines[0]):
        rows = [cells_of(line, separator) for line in lines]
        width, widths = len(rows[0]), [len(cells) for cells in rows]
        same = widths.count(width) + (widths.count(width + 1) if _spare(rows[1:], width) is not None else 0)
        if width > most and same >= max(1, 0.6 * (len(lines) - _of_second_table(rows))):
            best, most = separator, width
    return best


def is_second_header(cells: Sequence[str], names: Sequence[str]) -> bool:
    """Whether cells are the names of another table that a program writes into the same file: words, all of them new."""
    words = all(cell and not is_number(cell) and not _says_value(cell) for cell in cells)
    return len(cells) > 1 and words and set(cells).isdisjoint(names)


def _of_second_table(rows: Sequence[Sequence[str]]) -> int:
    """How many rows belong to a second table in between, with a header and a width of its own."""
    others = [cells for cells in rows if len(cells) != len(rows[0])]
    if not others or len(others) > 0.7 * len(rows):
        return 0
    names, header = ([cell.strip() for cell in cells] for cells in (rows[0], others[0]))
    return sum(len(cells) == len(header) for cells in others) if is_second_header(header, names) else 0


def _spare(rows: Sequence[Sequence[str]], width: int) -> int | None:
    """The place of the cell that is empty in all rows of one cell more than the header; None if they are not most rows.

    Of several such places the last (a separator at the line's end), else none: which it is cannot be told.
    """
    wide = [cells for cells in rows if len(cells) == width + 1]
    if not wide or len(wide) < 0.6 * len(rows):
        return None
    empty = [i for i in range(width + 1) if not any(cells[i].strip() for cells in wide)]
    return empty[-1] if empty and (len(empty) == 1 or empty[-1] == width) else None
