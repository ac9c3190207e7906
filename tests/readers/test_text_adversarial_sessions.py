"""Sessions of one log whose two networks play against each other: a loss at the old level is no sign that one goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer

DISCRIMINATOR = (4.5, 0.25, -4.0, -6.5, -6.0, -5.25, -4.5, -3.75, -3.5, -3.625)
GENERATOR = (-0.125, 0.5, 2.25, 3.125, 2.75, 2.5, 2.625, 1.875, 1.5, 1.375)
AGAIN = (-3.5, -3.625, -3.375, -3.75)
LINE = "Epoch {e}/{n} | D_loss={d} | G_loss={g} | Time=11.2s\n"


def session(head: str, line: str, values: tuple[float, ...], first: int = 1) -> str:
    pairs = enumerate(zip(values, GENERATOR, strict=False), first)
    return head + "".join(line.format(e=e, n=len(values) + first - 1, d=d, g=g) for e, (d, g) in pairs)


def read(folder: Path, text: str) -> list[loganalyzer.Run]:
    (folder / "train_log.txt").write_text(text, encoding="utf-8", newline="")
    return list(loganalyzer.load(folder))


@pytest.mark.parametrize(
    "head",
    [
        "TRAIN started at Fri Oct 24 19:45:03 2025\nParameters:\n  mode: train\n  batch: 64\n",
        "Training started at 2025-10-24 19:45:03\n",
        "Training Session Started: 2025-10-24\n",
        "Start training\n",
        "Starting training...\r\n",
        "===== Training begins =====\n",
        "2025-10-24 19:45:03,123 - INFO - Start training\n",
        "Model training has started\n",
        "Begin new training run\n",
        "[INFO] Starting the training\n",
    ],
)
@pytest.mark.parametrize("line", [LINE, LINE.replace("D_loss", "loss_D").replace("G_loss", "loss_G")])
def test_sessions_that_the_log_tells_of(tmp_path: Path, head: str, line: str) -> None:
    runs = read(tmp_path, session(head, line, DISCRIMINATOR) + "\n" + session(head, line, AGAIN))
    assert [max(map(len, run.series.values())) for run in runs] == [10, 4]
    assert all({note.code for note in run.notes} == {"one-of-several"} for run in runs)


def test_sessions_that_go_on(tmp_path: Path) -> None:
    head = "Training started at 2025-10-24\n"
    (run,) = read(tmp_path, session(head, LINE, DISCRIMINATOR) + session(head, LINE, AGAIN, first=11))
    assert len(run.series["D_loss"]) == 14
    (run,) = read(tmp_path, session("", LINE, DISCRIMINATOR) + session("", LINE, AGAIN))
    assert len(run.series["D_loss"]) == 14 and "counted-anew" in {note.code for note in run.notes}


def test_a_loss_that_goes_on_still_says_so(tmp_path: Path) -> None:
    line = "Epoch {e}/{n} | loss={d}\n"
    falling = (4.0, 3.0, 2.25, 1.75, 1.375, 1.125, 1.0)
    head = "Training started\n"
    (run,) = read(tmp_path, session(head, line, falling) + session(head, line, (0.9375, 0.875, 0.8125)))
    assert run.series["loss"].values.tolist() == [*falling, 0.9375, 0.875, 0.8125]
