"""A text that ends within its first epoch: the running means of its bar, by batches."""

from __future__ import annotations

from pathlib import Path

import pytest

from loganalyzer import load

KERAS = "{at:5d}/60000 [==>...........] - ETA: 3s - loss: {loss:.4f} - accuracy: {right:.4f}"
KERAS3 = "\x1b[1m{at:4d}/1875\x1b[0m ━━━━━━━━ \x1b[1m2s\x1b[0m 1ms/step - accuracy: {right:.4f} - loss: {loss:.4f}"
BATCHES = [100 * i + 32 for i in range(9)]


def states(bar: str) -> list[str]:
    return [bar.format(at=at, loss=2.3 - 0.1 * i, right=0.1 + 0.05 * i) for i, at in enumerate(BATCHES)]


@pytest.mark.parametrize("between", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("head", ["", "Epoch 1/10\n", "Train on 60000 samples\n2024-01-01 warning: slow\n"])
@pytest.mark.parametrize("bar", [KERAS, KERAS3], ids=["keras", "keras3"])
def test_the_states_of_a_bar_that_was_never_full(tmp_path: Path, bar: str, head: str, between: str) -> None:
    (tmp_path / "train.log").write_text(head + between.join(states(bar)), encoding="utf-8", newline="")
    (run,) = load(tmp_path)
    loss = run.series["loss"]
    assert loss.steps.tolist() == BATCHES
    assert loss.values.tolist() == pytest.approx([2.3 - 0.1 * i for i in range(9)])
    assert run.series["accuracy"].values[-1] == pytest.approx(0.5)
    assert [note.code for note in run.notes] == ["unfinished-epoch"]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join([*states(KERAS)[:2]]),  # two states are no curve
        "\n".join([*states(KERAS), *states(KERAS)]),  # a bar that began anew
        "\n".join(f"{at}/900 files copied" for at in BATCHES),
    ],
    ids=["two states", "began anew", "another bar"],
)
def test_no_curve_of_a_bar(tmp_path: Path, text: str) -> None:
    (tmp_path / "train.log").write_text(text + "\n", encoding="utf-8")
    assert not load(tmp_path)


def test_a_full_bar_replaces_its_states(tmp_path: Path) -> None:
    full = [s.replace("ETA: 3s", "4s") for s in states(KERAS)]
    epochs = "".join(
        f"Epoch {epoch}/3\n" + "\n".join([*full, full[-1].replace("  832/", "60000/")]) + "\n" for epoch in (1, 2, 3)
    )
    (tmp_path / "train.log").write_text(epochs, encoding="utf-8")
    (run,) = load(tmp_path)
    assert len(run.series["loss"]) == 3
