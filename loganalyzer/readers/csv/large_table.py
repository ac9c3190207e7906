"""Tables of many megabytes through pandas' parser, after a check that every line has all its cells."""

from __future__ import annotations

import io
import warnings
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loganalyzer.model.run import Floats, Note
from loganalyzer.readers.common.data_sets import apart, tells_data_sets
from loganalyzer.readers.common.quantities import COUNTERS
from loganalyzer.readers.csv.cells import MISSING, finished, number_of
from loganalyzer.readers.csv.header import MOST_COLUMNS, Header, header_of
from loganalyzer.readers.csv.table import Table
from loganalyzer.roles.assign import role_of

if TYPE_CHECKING:
    import pandas as pd

HEAD = 1_000_000
STRETCH = 262_144
ABOVE = 65_536
"""In so many bytes above the last line it is seen how numbers are written."""


def parse_large(raw: bytes) -> Table | None:
    """The table in ``raw`` (UTF-8), or None where anything in it is unusual (the tolerant parser takes its time then).

    Empty cells, NaN in any spelling and repeated headers are usual. The bytes are parsed where they are: text and copies
    of them would take as much memory again.
    """
    header = header_of(list(islice(io.StringIO(raw[:HEAD].decode("utf-8", "ignore")), 60)))
    if header is None or len(header.names) > MOST_COLUMNS:
        return None
    if any(byte in raw for byte in (b'"', b"\x00")) or _has_old_line_ends(raw):
        return None
    if len(set(header.names)) < len(header.names) or header.first_row > 1:
        return None
    notes: list[Note] = []
    if not raw.endswith(b"\n"):
        raw = _whole_lines(raw, header, notes)
    if not _even(raw, header.separator.encode(), len(header.names) - 1):
        return None
    return _parsed(raw, header.names, header.separator, notes)


def _has_old_line_ends(raw: bytes) -> bool:
    return b"\r" in raw and raw.count(b"\r") != raw.count(b"\r\n")


def _whole_lines(raw: bytes, header: Header, notes: list[Note]) -> bytes:
    """The lines with a line end, and of the last one what is finished."""
    stop = raw.rfind(b"\n")
    last = raw[stop + 1 :].decode("utf-8", "replace")
    cells = last.count(header.separator) + 1
    if cells < len(header.names) or not header.ends_in_value:
        notes.append(Note("last-line-unfinished", {"cells": cells, "columns": len(header.names)}))
        return raw[: stop + 1]
    before = raw[max(0, stop - ABOVE) : stop].decode("utf-8", "replace").split("\n")[1:]
    kept = finished(last, before, header.separator)
    if not kept[-1]:
        notes.append(Note("last-cell-unfinished"))
    return b"".join((raw[: stop + 1], header.separator.join(kept).encode("utf-8", "replace"), b"\n"))


def _even(raw: bytes, separator: bytes, wanted: int) -> bool:
    """Whether the lines below the header have ``wanted`` separators on average, and the first of them exactly as many.

    No line has more where the parser accepts the table (it refuses a line that is longer than the first), so that every
    line has exactly as many.
    """
    start = raw.index(b"\n") + 1
    first = raw[start : raw.find(b"\n", start)]
    lines = _count(raw, b"\n") - 1
    return (
        first.count(separator) == wanted and _count(raw, separator) - raw.count(separator, 0, start) == wanted * lines
    )


def _count(raw: bytes, byte: bytes) -> int:
    """How often a byte occurs; many times faster than ``bytes.count`` where that is every tenth byte."""
    view = np.frombuffer(raw, np.uint8)
    pieces = (view[start : start + STRETCH] for start in range(0, len(view), STRETCH))
    return sum(int(np.count_nonzero(piece == byte[0])) for piece in pieces)


def _parsed(raw: bytes, names: tuple[str, ...], separator: str, notes: list[Note]) -> Table | None:
    import pandas as pd

    missing = sorted({m for word in MISSING for m in (word, word.upper(), word.capitalize())})
    spaced = b" " in raw and (separator.encode() + b" " in raw or b"\n " in raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", pd.errors.DtypeWarning
            )  # a column of words and numbers is read cell by cell
            frame = pd.read_csv(
                io.BytesIO(raw), sep=separator, header=None, skiprows=1, names=list(range(len(names))), engine="c", quoting=3,
                keep_default_na=False, na_values=missing, skipinitialspace=spaced, decimal=_decimal(raw, separator),
            )  # fmt: skip
    except (ValueError, OverflowError):  # pandas' own errors are ValueErrors
        return None
    repeated = _repeated_headers(frame, names)
    if repeated is not None:
        notes.append(Note("header-repeated", {"count": int(repeated.sum())}))
        frame = frame[~repeated]
    values, explicit, words = _columns(frame, separator)
    counted = (i for i, name in enumerate(names) if words[i] and role_of(name).quantity in COUNTERS)
    if any(np.isfinite(values[:, i]).any() for i in counted):
        return None  # rows that sum up others are looked for word by word
    by_set = next((i for i, name in enumerate(names) if tells_data_sets(name, _told(frame[i]))), None)
    if by_set is not None:
        told, values, explicit = apart(names, values, explicit, frame[by_set].to_numpy(object).tolist())
        names, words = tuple(told), [*words, *[0] * (len(told) - len(names))]
        words[by_set] = 0
    keep = [i for i in range(len(names)) if _says_something(values[:, i], explicit[:, i])]
    if len(keep) < len(names):
        values, explicit = values[:, keep], explicit[:, keep]
    odd = sum(words[i] for i in keep)
    if odd:
        notes.append(Note("text-in-number-columns", {"count": odd}))
    return Table(tuple(names[i] for i in keep), values, explicit, tuple(notes))


def _decimal(raw: bytes, separator: str) -> str:
    """What stands before the decimals: a comma where the rows have some that part no cells."""
    return "," if separator != "," and b"," in raw[raw.index(b"\n") : HEAD] else "."


def _told(column: pd.Series[Any]) -> list[object]:
    """The different cells of a column of words; of one of numbers, none that says anything."""
    return [None] if column.dtype.kind in "iuf" else list(set(column.to_numpy(object).tolist()))


def _says_something(values: Floats, explicit: NDArray[np.bool_]) -> bool:
    return bool(np.isfinite(values[:1000]).any() or np.isfinite(values).any() or explicit.any())


def _repeated_headers(frame: pd.DataFrame, names: tuple[str, ...]) -> NDArray[np.bool_] | None:
    """The rows that repeat the header, by their first and last cell; None where there are none."""
    ends = [(frame[i], names[i]) for i in (0, len(names) - 1)]
    if any(column.dtype.kind in "iuf" for column, _ in ends):
        return None
    found: NDArray[np.bool_] = np.all([column.astype(str).str.strip() == name for column, name in ends], axis=0)
    return found if bool(found.any()) else None


def _columns(frame: pd.DataFrame, separator: str) -> tuple[Floats, NDArray[np.bool_], list[int]]:
    """The table as float64[rows, columns], where it says NaN or infinite, and how many cells of each column are words."""
    if all(kind.kind in "iuf" for kind in frame.dtypes):
        values: Floats = frame.to_numpy(np.float64)
        return values, np.isinf(values), [0] * values.shape[1]
    columns = [_column(frame[i], separator) for i in frame.columns]
    stacked = np.stack([c[0] for c in columns], axis=1)
    return stacked, np.stack([c[1] for c in columns], axis=1), [c[2] for c in columns]


def _column(column: pd.Series[Any], separator: str) -> tuple[Floats, NDArray[np.bool_], int]:
    """A column as float64[n], where it says NaN or infinite, and how many of its cells are words."""
    if column.dtype.kind in "iuf":
        values: Floats = column.to_numpy(np.float64)
        return values, np.isinf(values), 0
    cells = column.to_numpy(object)
    known = {cell: number_of(str(cell), separator) for cell in set(cells.tolist()) if isinstance(cell, str)}
    found = [known.get(cell, (None, False)) if isinstance(cell, str) else (_plain(cell), False) for cell in cells]
    values = np.array([np.nan if value is None else value for value, _ in found], np.float64)
    words = sum(value is None and isinstance(cell, str) for (value, _), cell in zip(found, cells, strict=True))
    return values, np.array([said for _, said in found], bool), words


def _plain(cell: object) -> float | None:
    return float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) and cell == cell else None
