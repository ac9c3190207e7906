"""A log that ends anywhere in its last lines: what is read are points of the whole log, and all those of the lines before."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.readers.common.last_number import goes_on, is_whole

COUNT = 20
LOSS = [0.3 + 2 * math.exp(-i / 8) + 0.004 * math.sin(9 * i) for i in range(COUNT)]
VAL = [1.07 * value + 0.003 * math.cos(5 * i) for i, value in enumerate(LOSS)]
Show = Callable[[float], str]
Line = Callable[[int, Show], str]
Points = Mapping[tuple[str, str], list[tuple[int, float]]]

STYLES: dict[str, Show] = {
    "four digits": lambda v: f"{v:.4f}",
    "as many as there are": repr,
    "without zeros": lambda v: f"{v:g}",
    "exponents": lambda v: f"{v:.3e}",
    "two digits": lambda v: f"{v:.2g}",
    "whole": lambda v: str(round(1000 * v)),
}
LOGS: dict[str, tuple[str, str, Line]] = {
    "csv": ("m.csv", "step,loss,val_loss\n", lambda i, s: f"{i},{s(LOSS[i])},{s(VAL[i])}\n"),
    "csv, some cells empty": ("m.csv", "step,loss,val_loss\n", lambda i, s: f"{i},{s(LOSS[i])},{s(VAL[i]) if i % 2 else ''}\n"),
    "csv, the step last": ("m.csv", "loss,step\n", lambda i, s: f"{s(LOSS[i])},{i * i + 3}\n"),
    "csv of one column": ("loss.csv", "loss\n", lambda i, s: f"{s(LOSS[i])}\n"),
    "csv with blanks": ("m.csv", f"{'epoch':>12},{'loss':>24}\n", lambda i, s: f"{i:>12},{s(LOSS[i]):>24}\n"),
    "csv with commas": ("m.csv", "step;loss\n", lambda i, s: f"{i};{s(LOSS[i]).replace('.', ',')}\n"),
    "rows of names": ("m.csv", "step,metric,value\n", lambda i, s: f"{i},loss,{s(LOSS[i])}\n{i},val_loss,{s(VAL[i])}\n"),
    "rows without names": ("loss.txt", "", lambda i, s: f"{i} {s(LOSS[i] + 0.001)}\n"),
    "blanks": ("loss.txt", "step loss val_loss\n", lambda i, s: f"{i} {s(LOSS[i])} {s(VAL[i])}\n"),
    "exported": ("run_train-tag-loss.csv", "Wall time,Step,Value\n", lambda i, s: f"{1.7e9 + i},{i},{s(LOSS[i])}\n"),
    "dvclive": ("dvclive/plots/metrics/loss.tsv", "step\tloss\n", lambda i, s: f"{i}\t{s(LOSS[i])}\n"),
    "mlflow": (f"mlruns/0/{'a' * 32}/metrics/loss", "", lambda i, s: f"{1_700_000_000_000 + i} {s(LOSS[i])} {3 * i}\n"),
    "records": ("m.jsonl", "", lambda i, s: json.dumps({"step": i, "loss": LOSS[i]}) + "\n"),
    "one document": ("m.json", "{", lambda i, s: f'"epoch_{i}": {json.dumps({"loss": LOSS[i], "val_loss": VAL[i]})},\n'),
    "steps": ("t.log", "", lambda i, s: f"step {i} loss {s(LOSS[i])}\n"),
    "the step last": ("t.log", "", lambda i, s: f"loss: {s(LOSS[i])} at step {i}\n"),
    "a step that leaps": ("t.log", "", lambda i, s: f"loss: {s(LOSS[i])} at step {i * i + 3}\n"),
    "epochs": ("t.log", "", lambda i, s: f"Epoch {i + 1}/{COUNT} - loss: {s(LOSS[i])} - val_loss: {s(VAL[i])}\n"),
    "a share": ("t.log", "", lambda i, s: f"Test {i}: Average loss: {s(LOSS[i])}, Accuracy: {9000 + 20 * i}/10000 ({90 + i}%)\n"),
    "dicts": ("t.log", "", lambda i, s: f"{{'loss': {s(LOSS[i])}, 'epoch': {i + 1}.0}}\n"),
    "a line each": ("t.log", "", lambda i, s: f"Epoch {i}\nloss: {s(LOSS[i])}\nval_loss: {s(VAL[i])}\n"),
    "columns": ("t.log", "epoch   train_loss   valid_loss\n", lambda i, s: f"{i}       {s(LOSS[i])}      {s(VAL[i])}\n"),
    "a frame": ("t.log", "   epoch  loss  val_loss\n", lambda i, s: f"{i}  {i + 1}  {s(LOSS[i])}  {s(VAL[i])}\n"),
    "bars": ("t.log", "| epoch | loss |\n|---|---|\n", lambda i, s: f"| {i} | {s(LOSS[i])} |\n"),
    "printed by R": ("t.log", "", lambda i, s: f'[1] "Epoch {i} loss {s(LOSS[i])}"\n'),
    "messages": ("t.log", "", lambda i, s: json.dumps({"level": "info", "message": f"epoch {i} loss {s(LOSS[i])}"}) + "\n"),
    "in Japanese": ("t.log", "", lambda i, s: f"エポック {i + 1} 損失 {s(LOSS[i])} 検証損失 {s(VAL[i])}\n"),
    "in Russian": ("t.log", "", lambda i, s: f"Эпоха {i + 1}: loss {s(LOSS[i])} val_loss {s(VAL[i])} готово\n"),
    "NaN": ("t.log", "", lambda i, s: f"step {i} loss {s(LOSS[i]) if i < 15 else 'nan'}\n"),
    "minus infinity": ("m.csv", "step,loss\n", lambda i, s: f"{i},{s(LOSS[i]) if i < 15 else '-inf'}\n"),
}  # fmt: skip
OF_ONE_STYLE = {"records", "one document"}
REFUSED = {("rows without names", "whole")}


def points(folder: Path, name: str, data: bytes) -> Points:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return {
        (run.id, curve): [
            (int(step), -1e9 if math.isnan(value) else float(f"{value:.12g}"))
            for step, value in zip(s.steps, s.values, strict=True)
        ]
        for run in loganalyzer.load(folder)
        for curve, s in run.series.items()
    }


@pytest.mark.parametrize(("log", "style"), [(log, style) for log in LOGS for style in STYLES if (log, style) not in REFUSED
                                            and (log not in OF_ONE_STYLE or style == "four digits")])  # fmt: skip
def test_no_number_is_read_of_which_a_part_is_missing(log: str, style: str, tmp_path: Path) -> None:
    name, head, line = LOGS[log]
    rows = [line(i, STYLES[style]) for i in range(COUNT)]
    before, whole = ((head + "".join(rows[:stop])).encode() for stop in (COUNT - 1, COUNT))
    known, all_points = points(tmp_path, name, before), points(tmp_path, name, whole)
    assert known and all_points
    first = len(before) + 1 if style == "four digits" else max(len(before) + 1, len(whole) - 12)
    for cut in range(first, len(whole)):
        found = points(tmp_path, name, whole[:cut])
        for curve, own in found.items():
            assert set(own) <= {*all_points.get(curve, ()), *known.get(curve, ())}, (whole[len(before) : cut], curve)
        for curve, own in known.items():
            assert set(own) <= set(found.get(curve, ())), (whole[len(before) : cut], curve)


@pytest.mark.parametrize(
    ("number", "before", "whole"),
    [
        ("0.1234", ("0.5678",), True),
        ("0.1", ("0.5678",), False),
        ("0.12", ("0.5", "0.25", "0.125"), False),
        ("1.2", ("1.2e-03",), False),
        ("1.2e-0", ("1.2e-03",), False),
        ("1.2e-03", ("1.3e-03", "0.5"), True),
        ("-1e+0", ("-99", "-98"), False),
        ("1e-5", ("2e-4", "3e-4"), True),
        ("13", ("11", "12"), False),
        ("nan", ("0.5",), True),
        ("-inf", ("0.5",), True),
        ("0,12", ("0,34",), True),
        ("0.5", (), False),
        ("0.5", ("", " "), False),
        ("157000.0000", ("0.3000",), True),
    ],
)
def test_a_number_at_the_end_of_a_file(number: str, before: tuple[str, ...], whole: bool) -> None:
    assert is_whole(number, before) == whole


@pytest.mark.parametrize(
    ("number", "before", "on"),
    [
        ("13", ("11", "12"), True),
        ("1", ("11", "12"), False),
        ("2000", ("0", "1000"), True),
        ("7", ("7", "7"), True),
        ("13", ("12",), False),
        ("1.5", ("0.5", "1"), False),
    ],
)
def test_a_counter_at_the_end_of_a_file(number: str, before: tuple[str, ...], on: bool) -> None:
    assert goes_on(number, before) == on
