"""Jupyter notebooks: one run for each training that the outputs of a cell tell of, named by the cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.file_names import suffix
from loganalyzer.readers.deadline import within


def detect(source: Source) -> Match:
    """An object under the ending of notebooks, or one of cells under another."""
    text = source.text_head
    start = (text or "")[:4000].lstrip("\ufeff \t\r\n")
    if not start.startswith("{"):
        return Match.NO
    cells = '"cell_type"' in start and ('"cells"' in start or '"worksheets"' in start)
    return Match.CERTAIN if cells or suffix(source.name) == ".ipynb" else Match.NO


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """The runs of each notebook; one without curves is expected."""
    for source in sources:
        yield from _runs(key, source)


def _runs(key: str, source: Source) -> Iterator[Run | Unread]:
    from loganalyzer.readers.notebook.cells import runs_of_cell
    from loganalyzer.readers.notebook.document import parse_notebook

    notebook = parse_notebook(source.read())
    runs: list[Run] = []
    failed = False
    for cell in within(notebook.cells, "record"):
        found, unreadable = runs_of_cell(f"{key}#cell-{cell.number}", source.path, cell, runs)
        failed |= unreadable
        runs += found
    if not runs:
        damage = next((note for note in notebook.notes if note.harmful), None)
        yield Unread(source.path, damage or Note("no-training-log"), expected=not failed and damage is None)
    for run in runs:
        yield run.with_notes(*notebook.notes)


READER = Reader("notebook", "Jupyter notebooks", detect, lambda source: source.path, read)
