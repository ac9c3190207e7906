"""Printed logs with a line without a counter for every batch, and one that counts for some of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from loganalyzer.model.run import Run
from loganalyzer.readers.text.reader import READER
from tests.readers.sources import source

EVERY, BATCHES = 5, 23


def loss(epoch: int, batch: int) -> float:
    return round(3 / (1 + epoch + batch / BATCHES) + (batch * 7 % 5) / 50, 8)


def only_run(text: str) -> Run:
    (run,) = [r for r in READER.read("out.log", [source("out.log", text.encode())]) if isinstance(r, Run)]
    return run


def log(own: str, counting: str, *, epochs: int = 1, first: int = 0, head: str = "epoch 0\n", behind: str = "") -> str:
    lines = []
    for epoch in range(epochs):
        for batch in range(first, BATCHES + first):
            value = loss(epoch, batch)
            lines.append(own.format(v=value, a=round(100 / (1 + value), 4)))
            if batch % EVERY == 0:
                lines.append(counting.format(e=epoch, b=batch, n=BATCHES, v=value, a=round(100 / (1 + value), 4)))
        if behind:
            lines.append(behind.format(e=epoch, v=loss(epoch, BATCHES) + 0.5))
    return head + "\n".join(lines) + "\n"


FORMS = {
    "running mean in brackets": ("Loss: {v}", "Epoch: [{e}][{b}/{n}]\tTime 0.5 (0.6)\tLoss {v:.4f} (2.5342)"),
    "batch": ("loss: {v}", "epoch {e} batch {b}/{n} loss: {v:.4f}"),
    "step": ("loss = {v}", "Epoch {e}, step {b}, loss = {v:.5f}"),
    "iter": ("train_loss: {v}", "[{e}/3][{b}/{n}] train_loss: {v:.4f}"),
    "tensor": ("loss: tensor({v})", "Epoch {e} iter {b} loss: {v:.4f}"),
    "as exact": ("loss {v}", "Epoch {e} | Batch {b} | loss {v}"),
    "rate beside": ("loss: {v}", "Epoch: {e} Iteration: {b} lr: 0.1 loss: {v:.4f}"),
    "batch in brackets": ("Loss: {v}", "Train Epoch: {e} [{b}/{n}] Loss: {v:.4f}"),
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("epochs", [1, 3])
def test_every_batch_is_at_its_step(name: str, epochs: int) -> None:
    own, counting = FORMS[name]
    run = only_run(log(own, counting, epochs=epochs))
    (found,) = [one for key, one in run.series.items() if "loss" in key.lower()]
    assert found.values.tolist() == [loss(e, b) for e in range(epochs) for b in range(BATCHES)]
    gaps = [b - a for a, b in zip(found.steps.tolist(), found.steps.tolist()[1:], strict=False)]
    assert [g for at, g in enumerate(gaps, 1) if at % BATCHES] == [1] * (epochs * (BATCHES - 1))
    assert min(gaps) >= 1


@pytest.mark.parametrize("first", [0, 1])
def test_two_values_a_line_and_two_lines_a_batch(first: int) -> None:
    both = log("Loss: {v}, Acc: {a}", "Epoch: [{e}][{b}/{n}] Loss {v:.4f} Acc {a:.3f}", first=first)
    apart = log("Loss: {v}\nAcc: {a}", "Epoch: [{e}][{b}/{n}] Loss {v:.4f} Acc {a:.3f}", first=first)
    for text in (both, apart):
        run = only_run(text)
        assert len(run.series["Loss"]) == len(run.series["Acc"]) == BATCHES
        assert run.series["Loss"].steps.tolist() == run.series["Acc"].steps.tolist()


def test_what_sums_the_epoch_up_stays_behind_it() -> None:
    run = only_run(log(*FORMS["batch"], epochs=3, behind="epoch {e} val_loss: {v:.4f}"))
    assert len(run.series["val_loss"]) == 3
    assert len(run.series["loss"]) == 3 * BATCHES


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("loss: 1.", "loss: 7.", 3),  # too few of them repeat the line before
        lambda text: text.replace("\nloss: ", "\nnothing\nval_loss: "),  # another quantity
        lambda text: "\n".join(line for at, line in enumerate(text.split("\n")) if at % 4 != 1) + "\n",  # not as many
    ],
)
def test_other_lines_between_stay_where_they_are(change: Callable[[str], str]) -> None:
    own, counting = FORMS["batch"]
    run = only_run(change(log(own, counting)))
    assert max(len(one) for one in run.series.values()) < BATCHES
