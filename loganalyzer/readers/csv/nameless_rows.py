"""Rows of numbers without names as text has them: separators, clocks ahead of them, JSON arrays, damage."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from itertools import takewhile, zip_longest

import numpy as np

from loganalyzer.model.run import Floats
from loganalyzer.readers.common.json_text import documents, printed_list
from loganalyzer.readers.common.plain_rows import plain_rows
from loganalyzer.readers.csv.cells import number_of
from loganalyzer.readers.deadline import within

FEWEST_ROWS = 4
FEWEST_ALIKE = 8
LOOKED_AT = 60
MOST_COLUMNS = 30
"""A log of one training has few columns; wider rows are data."""
LONGEST_COMMENT = 10_000
MOST_LYING = 4
"""So many curves may stand in a line each, with more values than a row has columns."""
MOST_PROSE = 0.5
"""Up to this share of lines behind a clock may be anything else: what a logging module writes is not rows only."""
LONGEST_LOOK = 65_536
_BETWEEN = re.compile(r"[,;\s]+")
_TIME = re.compile(r"\d{1,9}:\d\d:\d\d")
_NAMELESS = re.compile(r"\s*(,?)0\r?\n")
_WHOLE = re.compile(r"^[ \t]{0,8}[+-]?\d{1,18}[ \t]{0,8}\r?$", re.MULTILINE)
_TENSOR = re.compile(
    r'"?(?:tf\.)?[tT]ensor\(([-+.\w]{1,40})'
    r"(?:, (?:shape=\(\)|dtype=[\w.]{1,30}|numpy=[-+.\w]{1,40}|device='{1,2}[\w:]{1,20}'{1,2}"
    r'|requires_grad=True|grad_fn=<\w{1,60}>)){0,4}\)"?'
)
"""A number as PyTorch and TensorFlow print a tensor of one."""
_QUOTED = re.compile(r'\s{0,8}"[ \t]{0,8}[+-]?(?:\d|\.\d)[^"\n]{0,60}"[ \t]{0,8}(?:[,;\t|\r\n]|$)')
"""A first cell that is a number in quotes: writers of CSV that quote whatever they write."""
_COUNTED = re.compile(
    r"^([ \t]{0,8}\d{1,9})[ \t]?(?:[_:|]|[-=]>)[ \t]?(?=[+-]?(?:\d|\.\d|nan|inf))", re.IGNORECASE | re.MULTILINE
)
"""What glues a value to its number in the row: "1_0.52", "1: 0.52"."""
_LISTED = re.compile(
    r"^[ \t]{0,8}[\[(]([-+.\deEnaif]{1,40},[-+.\deEnaif, \t]{1,400})[\])],?[ \t]{0,8}\r?$", re.MULTILINE
)
"""A row as Python prints a list or a tuple."""
_CLOCK = re.compile(
    r"\[?(?:19|20)\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\]?"
    r"(?:\s{0,4}[-:|]?\s{0,4}\[?(?:[\w.]{1,60}\s?[-:|]\s?)?(?:DEBUG|INFO)\]?)?\s{0,4}[-:|]?\s{1,4}"
)
"""What a logging module writes ahead of its message: date and time, its own name, the level."""


def as_lines(text: str) -> str:
    """The rows of a JSON array of arrays, or of numbers, or of lists a line, or behind a clock, or counted by what is glued to
    their values, or lying (a curve a line), as lines of cells without quotes and without what prints of a tensor; any other
    text as it is."""
    if "ensor(" in text[:LONGEST_COMMENT]:
        text = _TENSOR.sub(r"\1", text)
    if _QUOTED.match(text):
        text = text.replace('"', "")
    if _CLOCK.match(text):
        return _behind_clocks(text)
    start = text.lstrip()
    if (first := _LISTED.match(start)) and _LISTED.match(start, first.end() + 1):
        return _LISTED.sub(r"\1", text)
    if not start.startswith("["):
        if _COUNTED.match(start) and not _TIME.match(start):
            return _COUNTED.sub(r"\1 ", text)
        return _upright(text) if text.count("\n") <= MOST_LYING else text
    items = [
        item for item in documents(printed_list(start[1:]))[0] if item is None or isinstance(item, list | float | int)
    ]
    rows = [item if isinstance(item, list) else [item] for item in items]
    rows = [row for row in rows if len(row) <= MOST_COLUMNS]
    return "".join(",".join("nan" if cell is None else str(cell) for cell in row) + "\n" for row in rows)


def _upright(text: str) -> str:
    """The columns of a text that holds a curve in each of its few lines, as lines of cells; any other text as it is."""
    lines = [line for line in text.splitlines() if line.strip()]
    curves = [numbers(line) for line in lines]
    if not curves or any(one is None or len(one) <= MOST_COLUMNS or len(one) != len(curves[0] or ()) for one in curves):
        return text
    return "".join(",".join(map(str, row)) + "\n" for row in zip(*(one or () for one in curves), strict=True))


def lists_in(text: str) -> list[Floats]:
    """The lists of numbers of a text that holds one a line, float64[n] each, the long ones; [] for any other text.

    A shorter one between them is of another quantity; of one that is printed again and again while it grows, the last is
    taken. The last line may be torn.
    """
    if not text.lstrip().startswith("["):
        return []
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or not all(line.startswith("[") for line in lines[:LOOKED_AT]):
        return []
    found: list[Floats] = []
    for place, line in enumerate(within(lines), 1):
        row = (
            numbers(line[1:].rstrip(",").removesuffix("]")) if line.rstrip(",").endswith("]") and len(line) > 2 else []
        )
        if row is None or (not row and len(line) > 3 and place < len(lines)):
            return []
        if row:
            found.append(np.array(row))
    longest = max(map(len, found), default=0)
    long = [one for one in found if 2 * len(one) > longest >= FEWEST_ALIKE]
    return [
        one
        for one, after in zip_longest(long, long[1:], fillvalue=np.zeros(0))
        if len(after) <= len(one) or not np.array_equal(one, after[: len(one)], equal_nan=True)
    ]


def _behind_clocks(text: str) -> str:
    """What stands behind the clocks where it is numbers, "" where most of it is something else."""
    lines = text.splitlines()
    messages = [line[found.end() :] if (found := _CLOCK.match(line)) else line for line in lines]
    kept = [message for message in messages if message.strip() and numbers(message) is not None]
    return "\n".join([*kept, ""]) if len(kept) > MOST_PROSE * len(lines) else ""


def rows_below_names(text: str) -> list[str]:
    """The lines with something on them, without comments and the line of names of a series that has none."""
    text = text[_below_name(text) :]
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def only_block(text: str) -> Floats | None:
    """All rows of a text whose lines hold as many plain numbers each, float64[n, columns]; None for any other text."""
    start = _below_name(text)
    while text.startswith("#", start) and "\n" in text[start : start + LONGEST_COMMENT]:
        start = text.index("\n", start) + 1
    first = text[start : start + LONGEST_COMMENT].partition("\n")[0]
    separator = next((mark for mark in ",;" if mark in first), None)
    rows = plain_rows(text, start, separator, len(cells_of(first)))
    return None if rows is None else rows.values


def _below_name(text: str) -> int:
    """Where the rows begin, behind the line of names of a series that has none.

    pandas writes these as "0", or ",0" with its index; a "0" above whole numbers among fractions is the first value.
    """
    named = _NAMELESS.match(text)
    return named.end() if named and (named[1] or not _mixes(text[named.end() : named.end() + LONGEST_LOOK])) else 0


def _mixes(rows: str) -> bool:
    """Whether some rows are whole numbers and others are not, which the values of one array never are."""
    return "." in rows and _WHOLE.search(rows) is not None


def first_rows(text: str) -> Floats | None:
    """The first rows of one width, float64[n, columns]; None where the text begins with anything else."""
    head = text[:LONGEST_LOOK]
    lines = rows_below_names(head[: head.rfind("\n") + 1])[:LOOKED_AT]
    rows = [row for row in map(numbers, lines) if row is not None]
    if len(rows) < max(FEWEST_ROWS, len(lines)) or len(rows[0]) > MOST_COLUMNS:
        return None
    alike = [*takewhile(lambda row: len(row) == len(rows[0]), rows)]
    return np.array(alike, np.float64) if len(alike) >= min(len(rows), FEWEST_ALIKE) else None


def blocks_of(lines: Sequence[str]) -> tuple[list[Floats], int]:
    """Rows of the same width one after another, float64[n, columns] each, and how many lines are in none of them.

    A program that was changed writes wider rows into the same file. Fewer than ``FEWEST_ROWS`` of them are damage.
    """
    groups: list[tuple[int, array[float]]] = []
    bad = 0
    for row in map(numbers, within(lines)):
        if row is None:
            bad += 1
        elif groups and groups[-1][0] == len(row):
            groups[-1][1].extend(row)
        else:
            groups.append((len(row), array("d", row)))
    blocks: list[tuple[int, array[float]]] = []
    for width, cells in groups:
        if blocks and blocks[-1][0] == width:
            blocks[-1][1].extend(cells)
        elif not blocks or len(cells) >= FEWEST_ROWS * width:
            blocks.append((width, cells))
        else:
            bad += len(cells) // width
    return [np.frombuffer(cells).reshape(-1, width) for width, cells in blocks], bad


def cells_of(line: str) -> list[str]:
    """The cells of a line, whatever stands between them."""
    return _BETWEEN.split(line.strip())


def numbers(line: str) -> list[float] | None:
    """The numbers of a line; None where it holds anything else."""
    cells = cells_of(line)
    try:
        if "_" not in line:  # Python's float takes "1_0.5" for 10.5
            return [float(cell) for cell in cells]
    except ValueError:
        pass
    found = [number_of(cell)[0] for cell in cells]
    return None if None in found else [value for value in found if value is not None]
