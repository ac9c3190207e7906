"""Tables that show a few rows of a history below the cell that printed the training: no run of their own."""

from __future__ import annotations

import pytest

from tests.readers.test_notebook import cell, notebook, runs, shown, stream, table

LOSS = [round(2.0 * 0.9**i, 4) for i in range(20)]
HELD_OUT = [round(2.2 * 0.93**i, 4) for i in range(20)]
MEANS = [round(loss * 1.1, 4) for loss in LOSS]


def printed(train: list[float] = LOSS, every: int = 1, first: int = 1, text: str = "loss: {} - val_loss: {}") -> str:
    rows = list(enumerate(zip(train, HELD_OUT, strict=True), first))[::every]
    return "".join(f"Epoch {e} {text.format(a, b)}\n" for e, (a, b) in rows)


def rows(first: int, last: int, names: tuple[str, str] = ("loss", "val_loss"), index: int = 0) -> dict[str, object]:
    own = [[i + index, LOSS[i], HELD_OUT[i]] for i in range(first, last)]
    return shown(table(["", *names] if not index else ["epoch", *names], own))


@pytest.mark.parametrize(
    ("lines", "frame"),
    [
        (printed(), rows(0, 5)),
        (printed(first=0), rows(0, 5)),
        (printed(), rows(15, 20)),
        (printed(), rows(0, 3)),
        (printed(), rows(7, 12)),
        (printed(MEANS), rows(0, 5)),
        (printed(), rows(0, 5, index=1)),
        (printed(first=0, every=2), rows(0, 5)),
        (printed(text="Loss: {}/{} | Accuracy: 0.51/0.43", first=0), rows(0, 5, ("loss", "test_loss"))),
        (printed(text="train loss {} valid loss {}"), rows(0, 5, ("train_loss", "valid_loss"))),
        (printed(), rows(0, 10)),
    ],
)
def test_rows_of_a_history_are_no_run(lines: str, frame: dict[str, object]) -> None:
    (run,) = runs(notebook(cell(stream(lines)), cell(frame)))
    assert max(map(len, run.series.values())) in {10, 20}


@pytest.mark.parametrize(
    "frame",
    [
        shown(table(["epoch", "loss", "val_loss"], [[i, 3 * LOSS[i], 2 * HELD_OUT[i]] for i in range(5)])),
        shown(table(["epoch", "loss", "val_loss"], [[i, LOSS[i], 2 * HELD_OUT[i]] for i in range(5)])),
        shown(table(["epoch", "accuracy"], [[i, LOSS[i]] for i in range(5)])),
    ],
)
def test_another_training_of_few_epochs_stays(frame: dict[str, object]) -> None:
    assert len(runs(notebook(cell(stream(printed())), cell(frame)))) == 2
