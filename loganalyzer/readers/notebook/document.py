"""The outputs of a notebook's cells, of nbformat 3 and 4; images and other media are skipped without being decoded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from loganalyzer.model.errors import ReadError
from loganalyzer.model.record import Record, field
from loganalyzer.model.run import Note
from loganalyzer.readers.common.json_text import parse_damaged
from loganalyzer.readers.common.printed.stopped import says_no_number
from loganalyzer.readers.encoding import text_of

MOST_TEXT = 256 * 2**20
"""Characters of output that are read of one notebook."""
_MEDIA = re.compile(rb'"[A-Za-z0-9+/=\\]{4096,}+"')
"""A string that is base64 (its line ends escaped): an image or an attachment."""

Text = str | list[str] | None


class Output(Record):
    """One output: ``kind`` is "stream", "html" or "plain"; ``name`` that of the stream."""

    kind: str
    text: str
    name: str = ""


class Cell(Record):
    """The outputs of the cell with the given ``number``: its place among all cells, from 1."""

    number: int
    outputs: tuple[Output, ...]


class Notebook(Struct):
    """The cells with outputs, and what was wrong with the file."""

    cells: list[Cell] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


class _Data(msgspec.Struct, rename={"plain": "text/plain", "html": "text/html"}):
    plain: Text = None
    html: Text = None


class _Output(msgspec.Struct):
    """``stream``, ``html`` and a ``text`` that is no stream are nbformat 3; ``ename`` and ``evalue`` are of an exception."""

    output_type: str = ""
    name: str = ""
    stream: str = ""
    text: Text = None
    html: Text = None
    data: _Data | None = None
    ename: str = ""
    evalue: str = ""


class _Cell(msgspec.Struct):
    outputs: list[_Output] = []


class _Sheet(msgspec.Struct):
    cells: list[_Cell] = []


class _Notebook(msgspec.Struct):
    cells: list[_Cell] = []
    worksheets: list[_Sheet] = []


def parse_notebook(data: bytes) -> Notebook:
    """The outputs in the bytes of a notebook. Raises ReadError for what is no JSON object."""
    found = Notebook()
    try:
        whole = msgspec.json.decode(data, type=_Notebook)
        raw = [*whole.cells, *(cell for sheet in whole.worksheets for cell in sheet.cells)]
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raw = _tolerant(data, found.notes)
    left = MOST_TEXT
    for number, cell in enumerate(raw, 1):
        outputs = tuple(output for one in cell.outputs for output in _outputs(one))
        size = sum(len(output.text) for output in outputs)
        if size > left:
            found.notes.append(Note("text-cut", {"read": MOST_TEXT - left, "size": len(data)}, harmful=True))
            break
        left -= size
        if outputs:
            found.cells.append(Cell(number, outputs))
    return found


def _tolerant(data: bytes, notes: list[Note]) -> list[_Cell]:
    """The cells of a document with NaN tokens, of another encoding, torn or otherwise odd, without its long strings."""
    text, replaced = text_of(_MEDIA.sub(b'""', data))
    whole, damage = parse_damaged(text)
    notes.extend(note for note in (replaced, damage) if note)
    if not isinstance(whole, dict):
        raise ReadError("no-training-log")
    sheets = [sheet for sheet in _listed(whole.get("worksheets")) if isinstance(sheet, dict)]
    raw = [*_listed(whole.get("cells")), *(cell for sheet in sheets for cell in _listed(sheet.get("cells")))]
    cells = []
    for one in raw:
        outputs = _listed(one.get("outputs")) if isinstance(one, dict) else []
        cells.append(_Cell([output for o in outputs if (output := _converted(o)) is not None]))
    return cells


def _converted(output: Any) -> _Output | None:
    try:
        return msgspec.convert(output, _Output)
    except msgspec.ValidationError:
        return None


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _outputs(output: _Output) -> Iterator[Output]:
    """What one output says, the richer form before the plain one."""
    if output.output_type == "stream":
        yield Output("stream", _joined(output.text), output.name or output.stream)
        return
    if output.output_type in ("error", "pyerr"):
        raised = f"{output.ename}: {output.evalue}".partition("\n")[0]
        if says_no_number(raised):  # any other exception says nothing of the curves
            yield Output("stream", f"{raised}\n", "stderr")
        return
    if output.output_type not in ("display_data", "execute_result", "pyout"):
        return
    data = output.data or _Data(output.text, output.html)
    for kind, text in (("html", _joined(data.html)), ("plain", _joined(data.plain))):
        if text:
            yield Output(kind, text)


def _joined(text: Text) -> str:
    return text if isinstance(text, str) else "".join(text or ())
