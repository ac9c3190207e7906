"""Tables in HTML, as notebooks show them: Hugging Face's Trainer, fastai and pandas write plain rows of cells."""

from __future__ import annotations

from contextlib import suppress
from html.parser import HTMLParser

from msgspec import Struct

from loganalyzer.model.record import Record, field

MOST_HTML = 8_000_000
"""Characters of one output that are parsed (about two seconds)."""
MOST_CELLS = 1_000
LONGEST_CELL = 500


class HtmlTable(Record):
    """The ``names`` of the columns and the ``rows`` of text, each as long as ``names``."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables_in(html: str) -> list[HtmlTable]:
    """The tables in the first ``MOST_HTML`` characters, those without a header left out; a nested one is part of none."""
    if "<t" not in html and "<T" not in html:
        return []
    parser = _Tables()
    with suppress(AssertionError):  # what html.parser says of a damaged declaration
        parser.feed(html[:MOST_HTML])  # not closed: what is unfinished at the end is no table
    parser.end()
    return parser.found


class _Row(Struct):
    cells: list[str] = field(default_factory=list)
    heads: int = 0

    def names(self) -> bool:
        """Whether it holds the names of columns: head cells only."""
        return bool(self.cells) and self.heads == len(self.cells)


class _Tables(HTMLParser):
    """Collects cells row by row."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[HtmlTable] = []
        self.rows: list[_Row] | None = None
        self.text: list[str] | None = None
        self.length = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 (as HTMLParser calls it)
        """A table, a row or a cell begins."""
        if tag == "table":
            self.end()
            self.rows = []
        elif self.rows is None:
            return
        elif tag == "tr":
            self._end_cell()
            self.rows.append(_Row())
        elif tag in ("td", "th") and self.rows:
            self._end_cell()
            self.rows[-1].heads += tag == "th"
            self.text, self.length = [], 0

    def handle_endtag(self, tag: str) -> None:
        """A cell, a row or the table ends."""
        if tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table":
            self.end()

    def handle_data(self, data: str) -> None:
        """Text of the cell, as much as a number or a name may have."""
        if self.text is not None and self.length < LONGEST_CELL:
            self.text.append(data[:LONGEST_CELL])
            self.length += len(data)

    def end(self) -> None:
        """Keep the table that was being read, if it has names and rows."""
        self._end_cell()
        rows, self.rows = self.rows or [], None
        if not rows or not (rows[0].names() or len(rows) > 1):
            return
        names = tuple(rows[0].cells)
        body = tuple(tuple(row.cells) for row in rows[1:] if len(row.cells) == len(names))
        if body and len(names) > 1:
            self.found.append(HtmlTable(names, body))

    def _end_cell(self) -> None:
        text, self.text = self.text, None
        if text is not None and self.rows and len(self.rows[-1].cells) < MOST_CELLS:
            self.rows[-1].cells.append("".join(text).strip())
