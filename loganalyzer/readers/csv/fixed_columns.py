"""Tables whose columns only the program's source names: YOLOv5's and YOLOv7's ``results.txt``, DeepXDE's ``loss.dat``.

They are told by their shape. The fifteen columns of YOLO begin with "epoch/epochs" and the memory of the GPU, and the
sixth is the sum of the three before it; programs made of it have one or more losses besides (an angle, key points),
which are columns of training and of validation. DeepXDE writes four words above one column for each term of the
loss, whose sum it minimises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.late import late
from loganalyzer.model.run import Floats, Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.last_number import LINES_ABOVE, is_cut
from loganalyzer.readers.common.number_lists import as_number
from loganalyzer.readers.common.plain_rows import plain_rows
from loganalyzer.readers.common.sessions import Column, runs_in
from loganalyzer.readers.deadline import within
from loganalyzer.readers.encoding import text_of

YOLO_LOSSES = ("box_loss", "obj_loss", "cls_loss")
YOLO_METRICS = ("metrics/precision", "metrics/recall", "metrics/mAP_0.5")
YOLO_STRICT, YOLO_F1 = "metrics/mAP_0.5:0.95", "metrics/F1"
YOLO_WIDTHS = {9 + 2 * losses: losses for losses in range(3, 7)}
"""The epoch, the memory, the losses and their sum, targets, size, four metrics, the losses of validation."""
TOTAL_DIGITS = 0.02
"""The parts are printed with four digits; so far may their sum be from the printed total, as a share of it."""
LONGEST_HEAD = 10_000
LARGEST_STEP = 2**53
_EPOCH = late(lambda: re.compile(r"(\d{1,9})/\d{1,9}"))
_MEMORY = late(lambda: re.compile(r"\d{0,4}\.?\d{0,6}G"))
_DEEPXDE = re.compile(r"#\s*step,\s*loss_train,\s*loss_test,\s*metrics_test\s*$")


def detect(source: Source) -> Match:
    """The head of DeepXDE's file; rows of YOLO's shape."""
    text = source.text_head
    if not text:
        return Match.NO
    first = text.lstrip("\ufeff\r\n").partition("\n")[0][:400]
    if _DEEPXDE.match(first):
        return Match.CERTAIN
    row = _yolo_row(first)
    return Match.CERTAIN if row is not None and _adds_up(row) else Match.NO


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per file."""
    for source in sources:
        text, note = text_of(source.read())
        if (plain := _plain_deepxde(text)) is not None:
            yield from _deepxde(key, source.path, plain, [note] if note else [])
            continue
        lines = [line for line in text.splitlines() if line.strip()]
        notes = [note] if note else []
        cut = len(lines) > 2 and not text.endswith(("\n", "\r"))
        if cut and is_cut(*(line.split() for line in lines[1:][-LINES_ABOVE:])):
            cells, usual = (len(line.split()) for line in (lines.pop(), lines[-2]))
            notes.append(Note("last-line-unfinished", {"cells": cells, "columns": usual}))
        if lines and _DEEPXDE.match(lines[0]):
            yield from _deepxde(key, source.path, _deepxde_rows(lines[1:], notes), notes)
        else:
            yield from _yolo(key, source.path, lines, notes)


def _yolo_row(line: str) -> list[float] | None:
    """The numbers of a row, the memory left out, the epoch first: 14 of them where there are three losses."""
    cells = line.split()
    if len(cells) not in YOLO_WIDTHS:
        return None
    epoch, memory = _EPOCH.fullmatch(cells[0]), _MEMORY.fullmatch(cells[1])
    if epoch is None or memory is None:
        return None
    rest = [as_number(cell) for cell in cells[2:]]
    return None if None in rest else [float(epoch[1]), *(value for value in rest if value is not None)]


def _adds_up(row: Sequence[float]) -> bool:
    """Whether the last loss is the sum of those before; NaN is what a diverged training writes."""
    count = _losses(row)
    total, parts = row[1 + count], sum(row[1 : 1 + count])
    return not np.isfinite(parts) or abs(total - parts) <= TOTAL_DIGITS * abs(total) + 1e-6


def _losses(row: Sequence[float]) -> int:
    """How many losses a row holds before their sum; the memory is not in it."""
    return YOLO_WIDTHS[len(row) + 1]


def _yolo(key: str, path: str, lines: Sequence[str], notes: list[Note]) -> Iterator[Run]:
    rows = [_yolo_row(line) for line in within(lines)]
    width = next((len(row) for row in rows if row is not None), 0)
    table = _table([row if row is not None and len(row) == width else None for row in rows], notes)
    count = _losses(table[0])
    losses = [*YOLO_LOSSES, *(f"term_{number}_loss" for number in range(len(YOLO_LOSSES) + 1, count + 1))]
    metrics = table[:, count + 4 : count + 8]
    # older versions write F1 where newer ones have the stricter mAP, which is never above the plain one
    last = YOLO_F1 if bool((metrics[:, 3] > metrics[:, 2] + 1e-6).any()) else YOLO_STRICT
    columns = dict(zip((f"train/{name}" for name in losses), table[:, 1 : 1 + count].T, strict=True))
    columns |= dict(zip((*YOLO_METRICS, last), metrics.T, strict=True))
    columns |= dict(zip((f"val/{name}" for name in losses), table[:, count + 8 :].T, strict=True))
    return _runs(key, path, "epoch", table[:, 0], columns, notes)


def _plain_deepxde(text: str) -> Floats | None:
    """The rows of DeepXDE's file where all are whole, float64[n, columns]."""
    first, second = (*text[:LONGEST_HEAD].splitlines(), "", "")[:2]
    rows = plain_rows(text, text.find("\n") + 1, None, len(second.split())) if _DEEPXDE.match(first) else None
    whole = rows is not None and bool((np.abs(rows.values[:, 0]) < LARGEST_STEP).all())
    return rows.values if rows is not None and whole else None


def _deepxde_rows(lines: Sequence[str], notes: list[Note]) -> Floats:
    cells = [[as_number(cell) for cell in line.split()] for line in within(lines) if not line.startswith("#")]
    width = max(map(len, cells), default=0)
    whole = [[v for v in row if v is not None] for row in cells if len(row) == width]
    return _table([row if len(row) == width else None for row in whole] + [None] * (len(cells) - len(whole)), notes)


def _deepxde(key: str, path: str, table: Floats, notes: list[Note]) -> Iterator[Run]:
    """``step``, then as many terms of the training as of the test loss; a column that is left over is a metric."""
    width = table.shape[1]
    terms = (width - 1) // 2
    if terms < 1:
        raise ReadError("no-rows")
    columns = {}
    if terms > 1:  # what DeepXDE minimises is the sum
        columns = {"train/loss": table[:, 1 : 1 + terms].sum(axis=1)}
        columns["test/loss"] = table[:, 1 + terms : 1 + 2 * terms].sum(axis=1)
    columns |= {_term("train", i, terms): table[:, 1 + i] for i in range(terms)}
    columns |= {_term("test", i, terms): table[:, 1 + terms + i] for i in range(terms)}
    if width - 1 > 2 * terms:
        columns["metrics_test"] = table[:, -1]
    return _runs(key, path, "step", table[:, 0], columns, notes)


def _term(split: str, index: int, terms: int) -> str:
    return f"{split}/loss" if terms == 1 else f"{split}/term_{index + 1}_loss"


def _table(rows: Sequence[list[float] | None], notes: list[Note]) -> Floats:
    good = [row for row in rows if row is not None]
    if not good or not all(abs(row[0]) < LARGEST_STEP for row in good):
        raise ReadError("no-rows")
    if len(good) < len(rows):
        notes.append(Note("damaged-records", {"count": len(rows) - len(good)}, harmful=True))
    return np.array(good, np.float64)


def _runs(key: str, path: str, unit: str, steps: Floats, values: dict[str, Floats], notes: list[Note]) -> Iterator[Run]:
    rows = np.arange(len(steps))
    columns = {name: Column(rows, steps.astype(np.int64), own) for name, own in values.items()}
    return runs_in(columns, key, (path,), "fixed-columns", unit, notes)


READER = Reader("fixed-columns", "YOLOv5/v7 results.txt, DeepXDE loss.dat", detect, lambda source: source.path, read)
