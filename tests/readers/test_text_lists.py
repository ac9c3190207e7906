"""Texts that hold whole curves, one training after the other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import loganalyzer

LENGTHS = (7, 1, 12)


def curve(training: int, start: float) -> list[float]:
    return [round(start / (i + 1) + training / 10, 4) for i in range(LENGTHS[training])]


def curves(training: int) -> dict[str, list[float]]:
    return {"loss": curve(training, 2.0), "acc": curve(training, 0.5), "val_loss": curve(training, 2.5)}


def keras(training: int) -> str:
    return str(curves(training)) + "\n"


def block(training: int, form: str = "{}={}\n", **others: str) -> str:
    return "".join(form.format(others.get(name, name), values) for name, values in curves(training).items())


def several(written: Callable[[int], str]) -> str:
    return "".join(map(written, range(len(LENGTHS))))


SEVERAL = {
    "dicts": several(keras),
    "dicts in double quotes": several(keras).replace("'", '"'),
    "dicts behind a title": several(lambda n: f"# {2**n}-{2**n} Adam\n{keras(n)}"),
    "dicts behind a word": several(lambda n: f"history: {keras(n)}"),
    "dicts between blank lines": several(lambda n: f"\n\n{keras(n)}\n"),
    "windows": several(keras).replace("\n", "\r\n"),
    "results behind": several(lambda n: f"{keras(n)}final_test_accuracy: 0.9{n}\n"),
    "blocks": several(block),
    "blocks with colons": several(lambda n: block(n, "{}: {}\n")),
    "blocks behind a title": several(lambda n: f"\n10-10 with decay\n{block(n)}Test set: 54{n} wrong, 54.{n}%\n"),
    "blocks on one line": several(lambda n: block(n, "{}={} ") + "\n"),
    "dicts and blocks": keras(0) + block(1) + keras(2),
    "a curve that grows": "".join(
        str({name: values[:length] for name, values in curves(n).items()}) + "\n"
        for n in range(3)
        for length in range(1, LENGTHS[n] + 1)
    ),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_each_training_is_a_run(tmp_path: Path, name: str) -> None:
    (tmp_path / "history.txt").write_text("Using TensorFlow backend.\n" + SEVERAL[name], newline="")
    found = sorted(loganalyzer.load(tmp_path), key=lambda run: run.id)
    read = [{own.name: own.values.tolist() for own in run.series.values()} for run in found]
    assert read == [curves(n) for n in range(len(LENGTHS))]


@pytest.mark.parametrize("text", [keras(2), block(2), "epochs done\n" + keras(2), block(2, "{}: {}\n")])
def test_one_training_is_one_run(tmp_path: Path, text: str) -> None:
    (tmp_path / "out.txt").write_text("some words\n" + text)
    (run,) = loganalyzer.load(tmp_path)
    assert {own.name: own.values.tolist() for own in run.series.values()} == curves(2)


@pytest.mark.parametrize(
    "text",
    [
        several(lambda n: f"loss: {curves(n)['loss']}\n"),  # of batches, of models: who knows
        several(lambda n: f"train_loss: {[0.5] * (9 + n)}\nval_loss: {[0.5] * (3 + n)}\n"),
        several(lambda n: str({"f1": [0.1] * 9, "iou": [0.2] * 9}) + "\n"),
        several(lambda n: str({"loss": 0.5, "weights": [0.2] * 9}) + "\n"),
        several(lambda n: str({"loss": [0.5, 0.4], "acc": [0.5, 0.4]}) + "\n"),
    ],
)
def test_lists_that_are_no_trainings(tmp_path: Path, text: str) -> None:
    (tmp_path / "out.txt").write_text("some words\n" + text)
    assert len(loganalyzer.load(tmp_path)) < 2


TRAIN, VALID = [6.5, 5.25, 4.5, 4.25, 4.0, 3.75], [6.75, 7.0, 7.25, 8.5, 9.0, 9.5]


@pytest.mark.parametrize(
    "text",
    [
        f"Train Losses {TRAIN}\nValid Losses {VALID}\n",
        f"train losses {TRAIN}\nval losses {VALID}\n",
        f"train_losses {TRAIN}\nval_losses {VALID}\nTime 126.06\n",
        f"Training Losses {TRAIN}\r\nValidation Losses {VALID}\r\n",
        f"Batch: 0 | Sequence Length: 64\nBatch: 39 | Sequence Length: 64\nTrain Losses {TRAIN}\nValid Losses {VALID}\n",
        f"Train Losses {TRAIN}\nValid Losses {VALID}\nFinal Train Loss 3.75\nFinal Valid Loss 9.5\n",
        f"Train Losses  {TRAIN}\nValid Losses  {VALID}\n",
        f"  Train Losses {TRAIN}\n  Valid Losses {VALID}\n",
        f"Training Epoch Losses {TRAIN}\nDev Losses {VALID}\n",
        f"Train Losses: {TRAIN}\nValid Losses {VALID}\n",
        f"Train Accuracies {TRAIN}\nTest Losses {VALID}\n",
    ],
)
def test_lists_behind_their_names_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "out.txt").write_text("some words\n" + text, newline="")
    (run,) = loganalyzer.load(tmp_path)
    assert [own.values.tolist() for own in run.series.values()] == [TRAIN, VALID]


@pytest.mark.parametrize(
    "line", ["loss [{a}, {b}, 0.5, 0.25]", "dice [{a}, {b}, 0.5, 0.25, 0.125, 0.75]", "Loss [{a} {b}]"]
)
def test_the_parts_of_one_value_are_no_curve(tmp_path: Path, line: str) -> None:
    text = "".join(f"Epoch {n}\nloss {1 / n}\n{line.format(a=1 / n, b=2 / n)}\n" for n in range(1, 8))
    (tmp_path / "out.txt").write_text(text)
    (run,) = loganalyzer.load(tmp_path)
    assert all(own.steps.tolist() == list(range(1, 8)) for own in run.series.values())


@pytest.mark.parametrize("behind", [" (9.5)", "(9", " (avg: 9.5)", " 9.5"])
def test_a_number_in_brackets_behind_a_list_is_none_of_it(tmp_path: Path, behind: str) -> None:
    text = "".join(f"Epoch {n}: loss: {1 / n:.4f} val_loss: [{2 / n:.4f}, 0.5, 0.25]{behind}\n" for n in range(1, 8))
    (tmp_path / "out.txt").write_text(text)
    (run,) = loganalyzer.load(tmp_path)
    assert run.series["loss"].steps.tolist() == list(range(1, 8))


LONG = [round(2 / (i + 1) + 0.0625, 8) for i in range(30)]
HIGH = [round(v + 0.25, 8) for v in LONG]


def wrapped(values: list[float], between: str = " ", indent: str = " ", width: int = 6) -> str:
    """As NumPy prints an array: some numbers a line, each line but the first set in."""
    rows = [between.join(map(str, values[i : i + width])) for i in range(0, len(values), width)]
    return "[" + f"{between.rstrip()}\n{indent}".join(rows) + "]"


@pytest.mark.parametrize(
    "text",
    [
        f"train loss: {wrapped(LONG)}\nval loss: {wrapped(HIGH)}\n",
        f"train loss: {wrapped(LONG, width=2)}\nval loss: {wrapped(HIGH, width=2)}\n",
        f"train_loss = {wrapped(LONG, '  ')}\nval_loss = {wrapped(HIGH, '  ')}\n",
        f"train_loss: {wrapped(LONG, ', ')}\nval_loss: {wrapped(HIGH, ', ')}\n",
        f"train_loss: tensor({wrapped(LONG, ', ', ' ' * 8)})\nval_loss: tensor({wrapped(HIGH, ', ', ' ' * 8)})\n",
        f"train_loss: array({wrapped(LONG, ', ')}, dtype=float32)\nval_loss: array({wrapped(HIGH, ', ')})\n",
        f"Train Losses {wrapped(LONG)}\nVal Losses {wrapped(HIGH)}\n",
        f"train loss: {wrapped(LONG)}\r\nval loss: {wrapped(HIGH)}\r\n".replace("\n ", "\r\n "),
        f"train_losses = {json.dumps(LONG, indent=2)}\nval_losses = {json.dumps(HIGH, indent=4)}\n",
        f"train_losses: {json.dumps(LONG, indent=0)}\nval_losses: {wrapped(HIGH, ', ', '')}\nTime 3.5 s\n",
        f"some 3 words 4\ntrain loss: {wrapped(LONG)}\n\nval loss: {wrapped(HIGH)}\nFinal train loss: 0.129\n",
    ],
)
def test_lists_over_several_lines(tmp_path: Path, text: str) -> None:
    (tmp_path / "out.txt").write_text(text, newline="")
    (run,) = loganalyzer.load(tmp_path)
    assert [own.values.tolist() for own in run.series.values()] == [LONG, HIGH]


@pytest.mark.parametrize(
    "text",
    [
        f"train loss: {wrapped(LONG)}"[:150],
        "train loss: [0.9 0.8 0.7 ... 0.2 0.1]\n",
        f"train loss: {wrapped(LONG)[:80]}\nfinished\n",
        "losses = [\nnone yet\n]\n",
    ],
)
def test_a_list_that_does_not_close_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "out.txt").write_text(text)
    assert loganalyzer.load(tmp_path) == []
