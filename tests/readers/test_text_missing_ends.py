"""A loss that is printed as a word in place of a number: NaN where that lasts to the end of a training, else nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

import loganalyzer
from loganalyzer.model.run import Run

CODE = "missing-to-the-end"
GOOD, ALL = 8, 12


def number(i: int) -> str:
    return f"{2 * math.exp(-i / 3) + 0.25:.4f}"


def read(folder: Path, text: str) -> Run:
    (folder / "train.log").write_text(text, newline="", encoding="utf-8")
    (run,) = loganalyzer.load(folder)
    return run


def lines(form: str, word: str, missing: Iterable[int] = range(GOOD, ALL), count: int = ALL) -> str:
    gone = set(missing)
    return "".join(form.format(i=i, loss=word if i in gone else number(i), other=1.5 - i / 20) for i in range(count))


FORMS = [
    "Epoch {i}: loss: {loss}, acc: {other}\n",
    "Epoch {i}: acc: {other}, loss: {loss}\n",
    "epoch={i} loss={loss} lr=0.1\n",
    "2024-01-02 10:00:00,123 - INFO - Epoch {i} - loss: {loss} - acc: {other}\n",
    "[{i}/12] loss: {loss}\n",
    "Epoch [{i}/12], Step [5/5], Loss: {loss}\n",
    "step {i} | loss: {loss} | grad_norm: {other}\n",
    "{{'epoch': {i}, 'loss': {loss}, 'acc': {other}}}\n",
    "Epoch {i}: loss: {loss}, acc: {other}\r\n",
    "iter {i}: train loss = {loss} ; val loss = {other}\n",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("word", ["None", "N/A", "NA", "null", "-", "--", "---", "—"])
def test_a_word_to_the_end_is_nan(tmp_path: Path, form: str, word: str) -> None:
    run = read(tmp_path, lines(form, word))
    (loss,) = (own for name, own in run.series.items() if "loss" in name.lower() and "val" not in name)
    assert len(loss) == ALL and np.isnan(loss.values[GOOD:]).all() and np.isfinite(loss.values[:GOOD]).all()
    assert CODE in {note.code for note in run.notes}


def test_a_name_without_a_sign(tmp_path: Path) -> None:
    assert math.isnan(read(tmp_path, lines("epoch {i} loss {loss} acc {other}\n", "None")).series["loss"].values[-1])


@pytest.mark.parametrize("word", ["None", "N/A", "--"])
def test_in_a_table_too(tmp_path: Path, word: str) -> None:
    text = "epoch    loss    val_acc\n" + lines("{i}    {loss}    {other}\n", word)
    assert math.isnan(read(tmp_path, text).series["loss"].values[-1])


def test_long_logs_are_read_alike(tmp_path: Path) -> None:
    loss = read(tmp_path, lines(FORMS[0], "None", range(500, 700), 700)).series["loss"]
    assert len(loss) == 700 and np.isnan(loss.values[500:]).all()


def test_each_training_of_a_file_has_its_end(tmp_path: Path) -> None:
    text = lines(FORMS[0], "None") + lines(FORMS[0], "None", ())
    (tmp_path / "train.log").write_text(text)
    first, second = (run.series["loss"].values for run in loganalyzer.load(tmp_path))
    assert np.isnan(first[GOOD:]).all() and len(first) == len(second) == ALL and np.isfinite(second).all()


@pytest.mark.parametrize(
    ("missing", "left"),
    [
        ([11], 11),  # the line that is being written
        ([i for i in range(ALL) if i % 4], 3),  # evaluated now and then
        (range(3, 8), 7),  # a gap that closes
        (range(3, ALL), 3),  # too few before
        (range(6), 6),  # begins late
        ([6, *range(8, ALL)], 7),
    ],
)
@pytest.mark.parametrize("form", FORMS[:3])
def test_a_word_elsewhere_is_no_value(tmp_path: Path, form: str, missing: Iterable[int], left: int) -> None:
    run = read(tmp_path, lines(form, "None", missing))
    assert len(run.series["loss"]) == left and bool(np.isfinite(run.series["loss"].values).all())
    assert CODE not in {note.code for note in run.notes}


def test_a_stage_of_other_losses_is_no_end(tmp_path: Path) -> None:
    text = "".join(
        f"epoch {i} loss: {number(i) if i < 8 else 'None'} kd_loss: {number(i) if i > 7 else 'None'}\n"
        for i in range(ALL)
    )
    assert np.isfinite(read(tmp_path, text).series["loss"].values).all()


@pytest.mark.parametrize("name", ["lr", "grad_norm", "time", "best"])
def test_what_is_no_curve_stays_as_it_is(tmp_path: Path, name: str) -> None:
    run = read(tmp_path, lines(f"Epoch {{i}}: {name}: {{loss}}, acc: {{other}}\n", "None"))
    assert all(np.isfinite(own.values).all() for own in run.series.values())
