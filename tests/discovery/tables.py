"""Tables in formats that are not read, as their libraries write them (Parquet, Feather, Arrow) and by hand (Excel)."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pyarrow as pa
from pyarrow import feather, ipc, parquet

Columns = dict[str, list[object]]


def table(names: Sequence[str], rows: int = 30) -> Columns:
    words = {"model", "text", "label", "run", "verdict", "name"}
    return {name: ["x"] * rows if name in words else [i / 2 for i in range(rows)] for name in names}


def as_parquet(path: Path, columns: Columns) -> None:
    parquet.write_table(pa.table(columns), path)


def as_feather(path: Path, columns: Columns) -> None:
    feather.write_feather(pa.table(columns), str(path))


def as_arrow(path: Path, columns: Columns) -> None:
    """The stream that data sets are kept in, without the mark of a file."""
    made = pa.table(columns)
    with pa.OSFile(str(path), "wb") as sink, ipc.new_stream(sink, made.schema) as writer:
        writer.write_table(made)


def as_excel(path: Path, columns: Columns, shared: bool = True, title: bool = False) -> None:
    """What spreadsheets write, texts in a table of their own, or what libraries write, texts in the cells."""
    texts = list(columns)
    text = lambda n: f't="s"><v>{texts.index(n)}</v>' if shared else f't="inlineStr"><is><t>{escape(n)}</t></is>'  # noqa: E731
    head = "".join(f'<c r="A1" s="1" {text(name)}</c>' for name in texts)
    values = "".join(
        f'<row r="{i + 2}"><c r="Z9"/>' + "".join(f'<c r="A2"><v>{column[i]}</v></c>' for column in columns.values()) + "</row>"
        for i in range(len(next(iter(columns.values()))))
    )  # fmt: skip
    above = '<row r="1"><c r="A1" t="str"><is><t>My experiment</t></is></c></row>' if title else ""
    sheet = f'<worksheet><cols><col min="1"/></cols><sheetData>{above}<row r="1">{head}</row>{values}</sheetData></worksheet>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/worksheets/sheet1.xml", sheet)
        if shared:
            items = "".join(f'<si><t xml:space="preserve">{escape(name)}</t></si>' for name in texts)
            book.writestr("xl/sharedStrings.xml", f"<sst>{items}</sst>")


WRITERS: dict[str, tuple[str, Callable[[Path, Columns], None]]] = {
    "parquet": ("t.parquet", as_parquet),
    "feather": ("t.feather", as_feather),
    "arrow": ("t.arrow", as_arrow),
    "excel": ("t.xlsx", as_excel),
    "excel, texts in cells": ("T.XLSX", lambda path, columns: as_excel(path, columns, shared=False)),
    "excel, a title above": ("t.xlsx", lambda path, columns: as_excel(path, columns, title=True)),
}
