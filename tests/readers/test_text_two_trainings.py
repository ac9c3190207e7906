"""Two trainings in one text, the second of which counts anew with a loss below that of the first: does it go on from there?"""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import loganalyzer

PLANNED = "Epoch {i}/{n} loss: {v}\n"
BARE = "epoch {i} | train loss {v} | lr 0.001\n"
STEPS = "step {s} loss {v}\n"


def session(count: int, first: float, last: float, line: str = BARE, head: str = "") -> str:
    text = head
    for i in range(1, count + 1):
        value = round(last + (first - last) * math.exp(-4 * (i - 1) / count), 5)
        text += line.format(i=i, n=count, s=100 * i, v=value)
    return text


def lengths(folder: Path, text: str) -> list[int]:
    (folder / "train.log").write_text(text, newline="")
    return [max(map(len, run.series.values())) for run in loganalyzer.load(folder)]


@pytest.mark.parametrize("line", [PLANNED, BARE, STEPS, BARE.replace("\n", "\r\n")])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((2.5, 0.5), (0.05, 0.01)),  # a tenth
        ((2.5, 0.5), (0.002, 0.001)),
        ((2.5, 0.5), (25.0, 5.0)),  # tenfold
        ((900.0, 300.0), (2.3, 0.4)),
        ((0.9, 0.88), (0.05, 0.01)),  # behind one that learned nothing
        ((2.3, 0.05), (0.004, 0.002)),  # behind one that gained much
    ],
)
@pytest.mark.parametrize("count", [12, 60])
def test_losses_of_another_size(
    tmp_path: Path, line: str, first: tuple[float, float], second: tuple[float, float], count: int
) -> None:
    text = session(40, *first, line) + session(count, *second, line)
    assert lengths(tmp_path, text) == [40, count]


HEADS = [
    "Using device: cuda\n",
    "Device: cuda:0\nNumber of parameters: 123,456\n",
    "2024-03-0{d} 10:00:00,123 - INFO - Using device cuda\n",
    "Namespace(lr=0.01, batch_size=32)\n",
    "Loading the data ...\nBuilding the model ...\n",
    "Files already downloaded and verified\nmodel has 11173962 parameters\n",
    "GPU available: True, used: True\r\nTPU available: False\r\n",
    "Training started at 10:0{d}:00\n",
    "[seed set to {d}]\nvocab size: {d}000\n",
    "loading weights from none\n\n=> creating model 'resnet18'\n",
]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("second", [0.25, 0.3])
def test_a_program_that_was_started_again_goes_on_from_close_by_only(tmp_path: Path, head: str, second: float) -> None:
    first = session(40, 2.5, 0.5, head=head.format(d=1))
    again = session(20, second, 0.2, head=head.format(d=2))
    assert lengths(tmp_path, first + again) == [40, 20]
    assert lengths(tmp_path, session(40, 2.5, 0.5) + session(20, 0.3, 0.2)) == [60]  # nothing says so
    assert lengths(tmp_path, first + session(20, 0.52, 0.4, head=head.format(d=2))) == [60]


@pytest.mark.parametrize("head", HEADS[:3])
def test_what_each_epoch_prints_is_no_head(tmp_path: Path, head: str) -> None:
    line = head.format(d=1) + BARE
    assert lengths(tmp_path, session(40, 2.5, 0.5, line) + session(20, 0.3, 0.2, line)) == [60]


def test_each_training_has_the_length_that_was_planned_for_it(tmp_path: Path) -> None:
    (tmp_path / "train.log").write_text(session(50, 2.5, 0.5, PLANNED) + session(200, 2.4, 0.3, PLANNED))
    assert [run.planned for run in loganalyzer.load(tmp_path)] == [50, 200]
