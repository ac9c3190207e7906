"""Notebooks: pieces of text as the outputs of cells, each of a kind that its first byte says, or a document as it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from loganalyzer.model.run import Run, Unread
from tests.fuzz.checks import of_pieces, pieces
from tests.fuzz.texts import WORDS as WORDS
from tests.fuzz.texts import Texts
from tests.readers.test_notebook import cell, notebook, shown, stream, table

AS_IT_IS, OF_CELLS, OLD = range(3)
NAMES = ("a/train.ipynb", "a/train.json")
TEXTS = Texts(NAMES)
KINDS: tuple[Callable[[str], dict[str, Any]], ...] = (
    stream,
    lambda text: stream(text.splitlines(keepends=True), "stderr"),
    lambda text: shown(html=text),
    lambda text: shown(plain=text, kind="execute_result"),
    lambda text: shown(html=text, plain=text),
    lambda text: {"output_type": "error", "ename": "ValueError", "evalue": text, "traceback": [text]},
)


def seeds() -> list[bytes]:
    """Lines, tables and dicts, apart and beside one another; the same in the older format and as documents."""
    rows: list[list[object]] = [[i, 2.5 / i, 2.75 / i] for i in range(1, 6)]
    lines = "".join(f"Epoch {i}/5\n - loss: {a:.4f} - val_loss: {b:.4f}\n" for i, a, b in rows)
    bars = "".join(f"\r{i}/5 [==>...] - ETA: 1s - loss: {a:.4f}" for i, a, _ in rows)
    trainer, own = (
        table(["Step", "Training Loss", "Validation Loss"], rows),
        table(["", "loss", "val_loss"], rows, index=True),
    )
    history = str({"loss": [a for _, a, _ in rows], "val_loss": [b for _, _, b in rows]})
    alone = [
        [(0, lines)],
        [(1, bars)],
        [(2, trainer)],
        [(4, own)],
        [(3, history)],
        [(0, f"{history}\n")],
        [(5, "loss is nan")],
    ]
    shapes = [*alone, [(0, lines), (3, history)], [(0, lines), (2, own)], [(0, lines), (5, "cut")]]
    built = [of_pieces(bytes((kind,)) + text.encode() for kind, text in shape) for shape in shapes]
    documents = [_document(one, OF_CELLS) for one in built[::3]]
    return [
        *(bytes((mode,)) + one for mode in (OF_CELLS, OLD) for one in built),
        *(bytes((AS_IT_IS,)) + TEXTS.seed(NAMES[i % 2], one, i % 3) for i, one in enumerate(documents)),
    ]


def read(data: bytes) -> Iterator[Run | Unread]:
    """The trainings in a document, built as the first byte says."""
    mode, data = data[0] % 3 if data else OF_CELLS, data[1:]
    return TEXTS.read(data if mode == AS_IT_IS else TEXTS.seed(NAMES[0], _document(data, mode), len(data) % 3))


def _document(data: bytes, mode: int) -> bytes:
    """A cell for the pieces up to one with a flag, which begins the next."""
    cells: list[list[dict[str, Any]]] = [[]]
    for begins, part in pieces(data):
        kind, text = part[0] % len(KINDS) if part else 0, part[1:].decode("utf-8", "surrogateescape")
        if begins:
            cells.append([])
        cells[-1].append(KINDS[kind](text))
    made = [cell(*outputs) for outputs in cells]
    if mode == OF_CELLS:
        return notebook(*made)
    return json.dumps({"worksheets": [{"cells": made}], "metadata": {}, "nbformat": 3}).encode()
