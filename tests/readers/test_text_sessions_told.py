"""Many short sessions in one log: a run for each that a heading begins, one run where ``fit()`` goes on again and again."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer

HEADING = "================ Training Loss (Thu Sep  {day} 11:42:17 2022) ================\n"
LOSSES = (
    "G_A: {a:.3f} D_A: {b:.3f} cycle_A: {c:.3f}",
    "G_GAN: {a:.3f} D_real: {b:.3f} G_L1: {c:.3f}",
    "app_g: {a:.3f} tv: {c:.3f}",
)


def session(day: int, lines: int, losses: str, heading: str = HEADING) -> str:
    text = heading.format(day=day)
    for i in range(1, lines + 1):
        values = losses.format(a=2 + 0.1 * (i % 3) + day, b=0.3 + 0.1 * (i % 2), c=5 * 0.9**i + day)
        text += f"(epoch: 1, iters: {100 * i}, time: 0.490, data: 0.001) {values} \n"
    return text


@pytest.mark.parametrize("losses", LOSSES)
@pytest.mark.parametrize(
    ("lengths", "kept"),
    [((1, 2, 5), [2, 5]), ((5, 1, 4), [5, 4]), ((4, 1, 1, 6), [4, 6]), ((3, 0, 3), [3, 3]), ((6, 1), [6])],
)
def test_a_heading_begins_a_run(tmp_path: Path, losses: str, lengths: tuple[int, ...], kept: list[int]) -> None:
    text = "".join(session(day, count, losses) for day, count in enumerate(lengths, 1))
    (tmp_path / "loss_log.txt").write_text(text)
    runs = loganalyzer.load(tmp_path)
    assert [max(map(len, run.series.values())) for run in runs] == kept
    assert not any(note.code in {"values-again", "counted-anew"} for run in runs for note in run.notes)


def test_a_heading_amid_a_training_that_is_resumed(tmp_path: Path) -> None:
    resumed = "".join(
        f"(epoch: 1, iters: {100 * i}, time: 0.490, data: 0.001) G_A: 2.0 D_A: 0.3 \n" for i in range(6, 12)
    )
    (tmp_path / "loss_log.txt").write_text(session(1, 5, LOSSES[0]) + HEADING.format(day=2) + resumed)
    (run,) = loganalyzer.load(tmp_path)
    assert len(next(iter(run.series.values()))) == 11


BAR = "Epoch {e}/{n}\n1000/1000 [==============================] - 3s 3ms/step - loss: {v:.4f}\n"


def fits(count: int, epochs: int, line: str = BAR, fall: float = 0.93, floor: float = 0.11) -> str:
    text = ""
    for fit in range(count):
        text += f"Iteration {'x' * fit}\n"
        for e in range(1, epochs + 1):
            done = fit * epochs + e
            text += line.format(e=e, n=epochs, v=floor + 2.3 * fall**done + 0.0004 * (done * 7 % 5))
    return text


@pytest.mark.parametrize(
    "line",
    [
        BAR,
        "Epoch {e}/{n} - loss: {v:.4f}\n",
        "epoch {e} loss {v:.4f}\n",
        "[{e}/{n}] train_loss={v:.4f}\n",
        "Epoch {e}: Train Loss: {v:.4f} | lr 0.001\n",
    ],
)
@pytest.mark.parametrize(("count", "epochs"), [(25, 5), (12, 10), (30, 6)])
def test_a_training_in_many_fits_is_one_run(tmp_path: Path, line: str, count: int, epochs: int) -> None:
    (tmp_path / "train_output.txt").write_text(fits(count, epochs, line))
    (run,) = loganalyzer.load(tmp_path)
    assert len(next(iter(run.series.values()))) == count * epochs


@pytest.mark.parametrize("line", [BAR, "epoch {e} loss {v:.4f}\n"])
def test_trainings_from_the_start_stay_apart(tmp_path: Path, line: str) -> None:
    (tmp_path / "train_output.txt").write_text("".join(fits(1, 8, line, fall) for fall in (0.6, 0.7, 0.8, 0.65)))
    assert [len(next(iter(run.series.values()))) for run in loganalyzer.load(tmp_path)] == [8, 8, 8, 8]
