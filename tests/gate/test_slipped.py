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


Both = Callable[[int, float | None, float | None], str]


def told(i: int, loss: float | None, held_out: float | None, between: str) -> str:
    given = {"loss": loss, "val_loss": held_out}
    return "".join(f" {name}{between}{shown(value)}" for name, value in given.items() if value is not None)


def as_row(i: int, loss: float | None, held_out: float | None) -> str:
    return f"{i},{'' if loss is None else shown(loss)},{'' if held_out is None else shown(held_out)}\n"


def as_validated_record(i: int, loss: float | None, held_out: float | None) -> str:
    given = {"epoch": i, "loss": loss, "val_loss": held_out}
    return json.dumps({name: value for name, value in given.items() if value is not None}) + "\n"


VALIDATED: dict[str, tuple[str, str, Both]] = {
    "rows": ("m.csv", "epoch,loss,val_loss\n", as_row),
    "records": ("m.jsonl", "", as_validated_record),
    "steps": ("t.log", "", lambda i, a, b: f"step {i}{told(i, a, b, ' ')}\n"),
    "epochs": ("t.log", "", lambda i, a, b: f"Epoch [{i + 1}/{COUNT}]{told(i, a, b, ': ')}\n"),
}
VAL = [1.05 * value for value in GOOD]


@pytest.mark.parametrize("form", VALIDATED.values(), ids=VALIDATED)
@pytest.mark.parametrize("every", [1, 5])
@pytest.mark.parametrize("at", [10, 45])
@pytest.mark.parametrize("rows", [1, 3, 15])
@pytest.mark.parametrize(
    ("values", "held_out", "expected"),
    [(GOOD, VAL, 0), (NAN, NAN, 1), (ROSE, ROSE, 1), (GOOD, NAN, 1)],
    ids=["good", "nan", "rose", "nan-in-validation"],
)
def test_earlier_checkpoints_evaluated_behind_the_training(
    form: tuple[str, str, Both],
    every: int,
    at: int,
    rows: int,
    values: Values,
    held_out: Values,
    expected: int,
    tmp_path: Path,
) -> None:
    name, head, line = form
    training = [line(i, values[i], None if i % every else held_out[i]) for i in range(COUNT)]
    evaluations = [line(i, None, VAL[i]) for i in range(at, at + rows)]
    assert code(tmp_path, {name: head + "".join([*training, *evaluations])}) == expected


@pytest.mark.parametrize("form", RENAMED.values(), ids=RENAMED)
@pytest.mark.parametrize("name", ["loss2", "Loss2", "loss10"])
@TRAININGS
def test_goes_on_as_a_numbered_loss(
    form: Callable[[Values, str], Files], name: str, values: Values, expected: int, tmp_path: Path
) -> None:
    assert code(tmp_path, form(values, name)) == expected


def in_arabic(text: str) -> str:
    return text.translate({ord(str(digit)): chr(0x660 + digit) for digit in range(10)})


def in_japanese(values: Values) -> str:
    return "".join(f"エポック {i + 1} 損失 {shown(v)}\n" for i, v in enumerate(values))


MORE: dict[str, Callable[[Values], Files]] = {
    "a list of Python": lambda v: {"loss.txt": str([round(x, 5) for x in v])},
    "a list with None": lambda v: {"loss.txt": str([None if math.isnan(x) else round(x, 5) for x in v])},
    "a list of numpy's": lambda v: {"loss.txt": f"[{', '.join(f'np.float64({x:.5f})' for x in v)}]"},
    "a process of mpirun": lambda v: {
        "t.log": "".join(
            f"[1,0]<stdout>:step {i} loss {shown(GOOD[i])}\n[1,1]<stdout>:step {i} loss {shown(x)}\n"
            for i, x in enumerate(v)
        )
    },
    "a bad byte among letters": lambda v: {"t.log": in_japanese(v).encode().replace("損失".encode(), b"\xe6\x90\n", 1)},
    "a line cut inside of a letter": lambda v: {
        "t.log": in_japanese(v)[:400].encode()[:-2] + b"\n" + in_japanese(v).encode()
    },
    "Arabic digits": lambda v: {"t.log": in_arabic("".join(f"epoch {i} loss {shown(x)}\n" for i, x in enumerate(v)))},
    "a part of a sum": lambda v: {
        "t.log": "".join(
            f"epoch {i} loss_ce {shown(GOOD[i])} loss_bbox {shown(x if math.isnan(x) else GOOD[i])}\n"
            for i, x in enumerate(v)
        )
    },
}


@pytest.mark.parametrize("log", MORE.values(), ids=MORE)
@GOOD_OR_NAN
def test_other_logs(log: Callable[[Values], Files], values: Values, expected: int, tmp_path: Path) -> None:
    assert code(tmp_path, log(values)) == expected
