"""Bars above the line that names their epoch: their values are of that epoch, not of the one before."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer

TRAIN = [1.0, 0.75, 0.5, 0.375, 0.25]
HELD_OUT = [1.25, 1.0, 0.875, 0.75, 0.625]


def bars(value: float, form: str, steps: int = 5) -> str:
    return (
        "".join(form.format(k=k, n=steps, v=round(value + 0.01 * (steps - k), 4)) for k in range(1, steps + 1)) + "\n"
    )


KERAS = "\r{k}/{n} [====>...] - ETA: 1s - loss: {v}"
RICH = "\r{k}/{n} ━━━━━━━━━━ 0s 2ms/step - loss: {v}"
LINES = [
    "Epoch {e} val loss {w}\n",
    "Epoch {e}: val_loss = {w}, lr 0.001\n",
    "epoch {e}/5 | validation loss: {w}\r\n",
    "[epoch {e}] val loss {w} (3.2s)\n",
    "2024-03-01 10:00:00,123 - INFO - Epoch {e} - val loss: {w}\n",
]


@pytest.mark.parametrize("form", [KERAS, RICH])
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("first", [0, 1])
def test_a_bar_is_of_the_epoch_below_it(tmp_path: Path, form: str, line: str, first: int) -> None:
    text = "".join(
        bars(a, form) + line.format(e=e, w=w) for e, (a, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True), first)
    )
    (tmp_path / "train.log").write_text("Loading data\n" + text, newline="")
    (run,) = loganalyzer.load(tmp_path)
    epochs = list(range(first, first + 5))
    for name, values in (("loss", TRAIN), ("val", HELD_OUT)):
        (curve,) = [own for key, own in run.series.items() if (key == "loss") == (name == "loss") and key != "lr"]
        assert (curve.values.tolist(), curve.steps.tolist()) == (values, epochs)
    assert not [note for note in run.notes if note.code == "values-before-counter"]


@pytest.mark.parametrize("form", [KERAS, RICH])
def test_a_bar_below_its_heading_stays_there(tmp_path: Path, form: str) -> None:
    text = "".join(
        f"Epoch {e}/5\n" + bars(a, form) + f"val loss {w}\n"
        for e, (a, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True), 1)
    )
    sanity = bars(2.5, form)  # a pass before the training
    for head in ("", sanity):
        (tmp_path / "train.log").write_text(head + text, newline="")
        (run,) = loganalyzer.load(tmp_path)
        assert run.series["loss"].steps.tolist() == [1, 2, 3, 4, 5]
        assert run.series["loss"].values.tolist() == TRAIN
