"""Kinds of logs that once passed the gate though the training went wrong, ten inputs and more of each, and good ones like them."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gate.test_adversary import COUNT, GOOD, NAN, ROSE, TURN, Files, Values, code, shown

Line = Callable[[int, float], str]


def as_record(i: int, value: float) -> str:
    return json.dumps({"step": i, "loss": value}) + "\n"


FORMATS: dict[str, tuple[str, str, Line]] = {
    "csv": ("m.csv", "step,loss\n", lambda i, v: f"{i},{shown(v)}\n"),
    "tsv": ("m.tsv", "step\tloss\n", lambda i, v: f"{i}\t{shown(v)}\n"),
    "two columns": ("m.csv", "step,loss,lr\n", lambda i, v: f"{i},{shown(v)},0.1\n"),
    "semicolon": ("m.csv", "epoch;loss\n", lambda i, v: f"{i};{shown(v)}\n".replace(".", ",")),
    "bars": ("m.log", "| epoch | loss |\n|---|---|\n", lambda i, v: f"| {i} | {shown(v)} |\n"),
    "records": ("m.jsonl", "", as_record),
    "steps": ("t.log", "", lambda i, v: f"step {i} loss {shown(v)}\n"),
    "epochs": ("t.log", "", lambda i, v: f"Epoch [{i + 1}/{COUNT}] loss: {shown(v)}\n"),
    "dicts": ("t.log", "", lambda i, v: f"{{'loss': {shown(v)}, 'epoch': {i + 1}.0}}\n"),
    "stamped": (
        "t.log",
        "",
        lambda i, v: f"2026-01-01 10:00:{i:02d},123 INFO train - epoch={i} train_loss={shown(v)}\n",
    ),
}
PRINTED = {name: form for name, form in FORMATS.items() if form[0] == "t.log"} | {
    "nothing counted": ("t.log", "", lambda i, v: f"loss: {shown(v)}\n"),
    "iterations": ("t.log", "", lambda i, v: f"iter {i}, loss={shown(v)}\n"),
    "in brackets": ("t.log", "", lambda i, v: f"[{i}/{COUNT}] loss: {shown(v)}\n"),
    "with a rate": ("t.log", "", lambda i, v: f"Train step {i} | loss {shown(v)} | lr 0.001\n"),
}
FORMAT = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
PRINT = pytest.mark.parametrize("form", PRINTED.values(), ids=PRINTED)
TRAININGS = pytest.mark.parametrize(
    ("values", "expected"), [(GOOD, 0), (NAN, 1), (ROSE, 1)], ids=["good", "nan", "rose"]
)
GOOD_OR_NAN = pytest.mark.parametrize(("values", "expected"), [(GOOD, 0), (NAN, 1)], ids=["good", "nan"])


def lines(form: tuple[str, str, Line], values: Values) -> list[str]:
    return [form[2](i, v) for i, v in enumerate(values)]


@FORMAT
@TRAININGS
def test_line_ends_lost(form: tuple[str, str, Line], values: Values, expected: int, tmp_path: Path) -> None:
    rows = lines(form, values)
    late = [row if place % 2 else row.rstrip("\n") for place, row in enumerate(rows[TURN:])]
    assert code(tmp_path, {form[0]: form[1] + "".join([*rows[:TURN], *late])}) == expected


@FORMAT
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("last", "expected"), [(GOOD[-1], 0), (math.nan, 1)])
def test_begun_anew_with_one_line(
    form: tuple[str, str, Line], last: float, expected: int, packed: bool, tmp_path: Path
) -> None:
    rows = lines(form, [*GOOD[:-1], last])
    before = form[1] + "".join(rows[:-1])
    old: Files = {f"{form[0]}.1.gz": gzip.compress(before.encode())} if packed else {f"{form[0]}.1": before}
    assert code(tmp_path, {**old, form[0]: form[1] + rows[-1]}) == expected


@FORMAT
@GOOD_OR_NAN
def test_utf_16_appended(form: tuple[str, str, Line], values: Values, expected: int, tmp_path: Path) -> None:
    rows = lines(form, values)
    before, behind = form[1] + "".join(rows[:25]), "".join(rows[25:])
    assert code(tmp_path, {form[0]: before.encode() + behind.encode("utf-16-le")}) == expected


@PRINT
@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("ahead", [False, True])
@GOOD_OR_NAN
def test_two_writers_without_marks(
    form: tuple[str, str, Line], size: int, ahead: bool, values: Values, expected: int, tmp_path: Path
) -> None:
    one, other = lines(form, values), lines(form, GOOD)
    pair = (one, other) if ahead else (other, one)
    text = "".join("".join(rows[i : i + size]) for i in range(0, COUNT, size) for rows in pair)
    assert code(tmp_path, {form[0]: text}) == expected


NEW_NAMES = ("loss_v2", "loss_new", "new_loss", "loss (fixed)", "loss/v2", "total_loss_v2", "loss_smooth_l1", "weighted_loss",
             "loss_b", "my_loss")  # fmt: skip
RENAMED: dict[str, Callable[[Values, str], Files]] = {
    "table": lambda values, name: {
        "m.csv": f"step,loss,{name}\n"
        + "".join(f"{i},{shown(v)},\n" if i < 25 else f"{i},,{shown(v)}\n" for i, v in enumerate(values))
    },
    "records": lambda values, name: {
        "m.jsonl": "".join(json.dumps({"step": i, "loss" if i < 25 else name: v}) + "\n" for i, v in enumerate(values))
    },
    "text": lambda values, name: {
        "t.log": "".join(f"step {i} {'loss' if i < 25 else name}: {shown(v)}\n" for i, v in enumerate(values))
    },
}


@pytest.mark.parametrize("form", RENAMED.values(), ids=RENAMED)
@pytest.mark.parametrize("name", NEW_NAMES)
@TRAININGS
def test_goes_on_as_another_loss(
    form: Callable[[Values, str], Files], name: str, values: Values, expected: int, tmp_path: Path
) -> None:
    assert code(tmp_path, form(values, name)) == expected


WORDS = ("mean", "avg", "test", "best", "final", "total", "summary", "last", "overall", "Mittel", "平均", "run 1")


@pytest.mark.parametrize("word", WORDS)
@TRAININGS
def test_last_row_of_a_word(word: str, values: Values, expected: int, tmp_path: Path) -> None:
    form = FORMATS["csv"]
    assert code(tmp_path, {form[0]: form[1] + "".join(lines(form, values)) + f"{word},0.9\n"}) == expected


ACCURACIES = (
    "accuracy",
    "acc",
    "val_acc",
    "val_accuracy",
    "top1",
    "val_top1",
    "train_acc",
    "Accuracy",
    "test_acc",
)


@pytest.mark.parametrize("name", ACCURACIES)
@pytest.mark.parametrize("lost", [False, True])
def test_zero_in_place_of_nan(name: str, lost: bool, tmp_path: Path) -> None:
    rows = [
        f"{i},{shown(0.0 if lost and i >= TURN else v)},{shown(0.1 if lost and i >= TURN else 0.95 - 0.85 * math.exp(-i / 6))}\n"
        for i, v in enumerate(GOOD)
    ]
    assert code(tmp_path, {"m.csv": f"epoch,loss,{name}\n" + "".join(rows)}) == int(lost)


@pytest.mark.parametrize("name", ACCURACIES)
def test_a_loss_that_reaches_zero_is_none(name: str, tmp_path: Path) -> None:
    rows = [
        f"{i},{shown(2 * math.exp(-i / 2) if i < 25 else 0.0)},{shown(1 - 0.9 * math.exp(-i / 3))}\n"
        for i in range(COUNT)
    ]
    assert code(tmp_path, {"m.csv": f"epoch,loss,{name}\n" + "".join(rows)}) == 0
