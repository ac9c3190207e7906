"""Tables of many megabytes through pandas' parser, after a check in numpy that every line has all its cells."""

from __future__ import annotations

import io
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loganalyzer.model.run import Floats, Note
from loganalyzer.readers.csv.cells import MISSING, number_of
from loganalyzer.readers.csv.table import MOST_LINE, Table, header_of

if TYPE_CHECKING:
    import pandas as pd


def parse_large(text: str) -> Table | None:
    """The table, or None where anything in it is unusual (the tolerant parser takes its time then).

    Empty cells, NaN in any spelling and repeated headers are usual.
    """
    header = header_of(list(islice(io.StringIO(text[:1_000_000]), 60)))
    if header is None or '"' in text or "\x00" in text or text.count("\r") != text.count("\r\n"):
        return None
    if len(set(header.names)) < len(header.names) or header.first_row > 1:
        return None
    notes: list[Note] = []
    body = text[text.index("\n") + 1 :]
    if not body.endswith("\n"):
        body, _, last = body.rpartition("\n")
        body += "\n"
        cells = last.count(header.separator) + 1
        notes.append(Note("last-line-unfinished", {"cells": cells, "columns": len(header.names)}))
    raw = body.encode("utf-8", "replace")
    if not _even(np.frombuffer(raw, np.uint8), ord(header.separator), len(header.names) - 1):
        return None
    return _parsed(raw, header.names, header.separator, notes)


def _even(raw: NDArray[np.uint8], separator: int, wanted: int) -> bool:
    """Whether every line has ``wanted`` separators and a length within bounds."""
    ends = np.flatnonzero(raw == 10)
    if not len(ends) or int(np.diff(ends, prepend=-1).max()) > MOST_LINE:
        return False
    places = np.flatnonzero(raw == separator)
    if len(places) != wanted * len(ends):
        return False
    per_line = np.diff(np.searchsorted(places, ends), prepend=0)
    return bool((per_line == wanted).all())


def _parsed(raw: bytes, names: tuple[str, ...], separator: str, notes: list[Note]) -> Table | None:
    import pandas as pd

    missing = sorted({m for word in MISSING for m in (word, word.upper(), word.capitalize())})
    try:
        frame = pd.read_csv(
            io.BytesIO(raw), sep=separator, header=None, names=list(range(len(names))), engine="c", index_col=False,
            keep_default_na=False, na_values=missing, skipinitialspace=True, quoting=3, low_memory=False,
        )  # fmt: skip
    except (ValueError, OverflowError):  # pandas' own errors are ValueErrors
        return None
    repeated = np.all([frame[i].astype(str).str.strip() == names[i] for i in (0, len(names) - 1)], axis=0)
    if bool(repeated.any()):
        notes.append(Note("header-repeated", {"count": int(repeated.sum())}))
        frame = frame[~repeated]
    columns = [_column(frame[i], separator) for i in frame.columns]
    values = np.stack([c[0] for c in columns], axis=1)
    explicit = np.stack([c[1] for c in columns], axis=1)
    keep = [i for i in range(len(names)) if np.isfinite(values[:, i]).any() or explicit[:, i].any()]
    odd = sum(columns[i][2] for i in keep)
    if odd:
        notes.append(Note("text-in-number-columns", {"count": odd}))
    return Table(tuple(names[i] for i in keep), values[:, keep], explicit[:, keep], tuple(notes))


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
