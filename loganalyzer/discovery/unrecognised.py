"""What to say of a text that no reader takes for a log: what it has instead of a curve."""

from __future__ import annotations

from collections.abc import Sequence

from loganalyzer.model.run import Note
from loganalyzer.readers.base import Source

FEWEST_ROWS, FEWEST_NAMES, MOST_NAMES = 3, 2, 6


def what_it_has(source: Source) -> Note:
    """Return the error in which the text ends, or the names that none of its numbers should have; else that it has no curve."""
    from loganalyzer.readers.common.number_keys import keys_in
    from loganalyzer.readers.common.printed.refusal import ended_in_error

    text, whole = source.text_head or "", source.size <= len(source.head)
    if whole and (error := ended_in_error(text)) is not None:
        return error
    names = _columns(text, cut=not whole) or (keys_in(text) if text.startswith("{") and text.count("\n") > 1 else ())
    if len(names) < FEWEST_NAMES:
        return Note("no-training-log")
    more = ", …" if len(names) > MOST_NAMES else ""
    return Note("no-known-name", {"names": ", ".join(names[:MOST_NAMES])[:200] + more})


def _columns(text: str, *, cut: bool) -> Sequence[str]:
    """The names of the columns that hold numbers; none where the text is no table of some rows."""
    from loganalyzer.readers.csv.header import beginning_of

    table = beginning_of(text, cut=cut)
    if table is None:
        return ()
    columns = table.number_columns()
    return tuple(columns) if all(len(numbers) >= FEWEST_ROWS for numbers in columns.values()) else ()
