"""A loss printed without its name under a heading for each epoch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import loganalyzer
from tests.readers.test_notebook import cell, notebook, stream

BATCHES = tuple(round(4 * 0.97**i + 0.1 * (i * 7 % 5), 4) for i in range(60))
EPOCHS = (2.0, 1.5, 1.25, 1.0, 0.75, 0.5, 0.625, 0.375)


def written(heading: str, values: tuple[float, ...], per_epoch: int, first: int = 1, tail: str = "") -> str:
    text = ""
    for index in range(0, len(values), per_epoch):
        text += heading.format(e=first + index // per_epoch, n=len(values) // per_epoch)
        text += "".join(f"{value}\n" for value in values[index : index + per_epoch])
    return text + tail


def read(folder: Path, text: str, name: str = "train_log.txt") -> list[loganalyzer.Run]:
    (folder / name).write_bytes(text.encode())
    return list(loganalyzer.load(folder))


HEADINGS = [
    "Epoch {e}\n",
    "epoch {e}\r\n",
    "Epoch: {e}\n",
    "Epoch {e}/{n}\n",
    "Epoch [{e}/{n}]\n",
    "===== Epoch {e} =====\n",
    "Epoch {e}/{n}\n----------\n",
    "--- EPOCH {e} of {n} ---\n",
    "Epoch #{e}:\n",
    "\nepoch={e}\n\n",
    "エポック {e}\n",
]


@pytest.mark.parametrize("heading", HEADINGS)
def test_batches_of_several_epochs(tmp_path: Path, heading: str) -> None:
    (run,) = read(tmp_path, written(heading, BATCHES, 20, tail="Done!\n"))
    assert run.series["train/loss"].values.tolist() == list(BATCHES)
    assert run.series["epoch"].values.tolist() == [*[1.0] * 20, *[2.0] * 20, *[3.0] * 20]
    assert {note.code for note in run.notes} == {"taken-as-loss", "values-numbered"}


@pytest.mark.parametrize("heading", HEADINGS)
def test_one_value_per_epoch(tmp_path: Path, heading: str) -> None:
    (run,) = read(tmp_path, written(heading, EPOCHS, 1, first=0), "output.log")
    (series,) = run.series.values()
    assert (series.values.tolist(), series.steps.tolist()) == (list(EPOCHS), list(range(8)))
    assert run.step_unit == "epoch"


def test_the_name_of_the_file_and_values_that_are_no_numbers(tmp_path: Path) -> None:
    rising = (*BATCHES[:50], *(np.nan,) * 10)
    (run,) = read(tmp_path, written("Epoch {e}\n", rising, 20), "val_loss.txt")
    assert int(np.isnan(run.series["val_loss"].values).sum()) == 10
    assert "taken-as-loss" not in {note.code for note in run.notes}


@pytest.mark.parametrize(
    ("values", "per_epoch"),
    [
        (BATCHES[::-1], 20),  # an accuracy, a reward
        (tuple(x for pair in zip(BATCHES, (0.5,) * 60, strict=True) for x in pair), 20),  # two quantities in turn
        (BATCHES, 3),  # three quantities per epoch, or three batches
        ((5.25, *(0.31, 0.33, 0.3, 0.32) * 10), 20),  # the seconds of a batch
        (tuple(0.01 * 0.5**i for i in range(8)), 1),  # learning rates
        (tuple(float(60 - i) for i in range(60)), 20),  # whole numbers
        (EPOCHS[:4], 1),  # too few
        ((0.75,) * 60, 20),
    ],
)
def test_values_that_may_be_anything(tmp_path: Path, values: tuple[float, ...], per_epoch: int) -> None:
    assert read(tmp_path, written("Epoch {e}\n", values, per_epoch)) == []


@pytest.mark.parametrize(
    "text",
    [
        "0.9\n0.8\n" + written("Epoch {e}\n", BATCHES, 20),  # values of what?
        written("Epoch {e}\n", BATCHES, 20) * 2,  # counts anew
        written("Epoch {e}\nloading\nthe\nnext\nshard\n", EPOCHS, 1),  # little but prose
        written("Chapter {e}\n", BATCHES, 20),
    ],
)
def test_texts_of_another_kind(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == []


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_cell_of_a_notebook(tmp_path: Path, heading: str) -> None:
    data = notebook(cell(stream(written(heading, BATCHES, 20, tail="Finished Training\n"))))
    (tmp_path / "loss_functions.ipynb").write_bytes(data)
    (run,) = loganalyzer.load(tmp_path)
    assert (run.reader, run.files) == ("notebook", ("loss_functions.ipynb",))
    assert run.series["loss"].values.tolist() == list(BATCHES)


def test_cells_whose_values_may_be_anything(tmp_path: Path) -> None:
    texts = [
        written("Epoch {e}\n", BATCHES[::-1], 20),
        written("Epoch {e}\n", BATCHES, 3),
        "0.9\n0.8\n0.7\n0.6\n0.5\n0.4\n",
    ]
    (tmp_path / "loss_functions.ipynb").write_bytes(notebook(*(cell(stream(text)) for text in texts)))
    assert list(loganalyzer.load(tmp_path)) == []


ROWS = [
    "[{e}, {v}]\n",
    "({e}, {v})\n",
    "[{e},{v}]\n",
    "[ {e}, {v} ]\r\n",
    "[{e} {v}]\n",
    "({e}, np.float64({v}))\n",
    "[{e}, {v}],\n",
    "  [{e}, {v}]\n",
    "\n[{e}, {v}]\n",
    "(0{e}, {v:.5e})\n",
]


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize(("every", "unit"), [(1, "epoch"), (50, "step")])
def test_a_counter_and_a_value_in_a_list(tmp_path: Path, row: str, every: int, unit: str) -> None:
    text = "Using device: cuda\nStart of training\n" + "".join(
        row.format(e=every * e, v=value) for e, value in enumerate(EPOCHS)
    )
    (run,) = read(tmp_path, text + "saved\n", "output.log")
    (series,) = run.series.values()
    assert (series.values.tolist(), series.steps.tolist()) == (list(EPOCHS), [every * e for e in range(8)])
    assert run.step_unit == unit and {note.code for note in run.notes} == {"taken-as-loss"}


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"[{e}, {value}]\n" for e, value in enumerate(EPOCHS[::-1])),  # rises: a score, or a loss that diverges
        "".join(f"[{e}, {64 * e}]\n" for e in range(8)),  # shapes
        "".join(f"[{e * e}, {value}]\n" for e, value in enumerate(EPOCHS)),  # what does not count
        "".join(f"[{e}, {value}]\n" for e, value in enumerate(EPOCHS[:4])),
    ],
)
def test_other_pairs_are_no_curve(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, "Using device: cuda\n" + text, "output.log") == []
