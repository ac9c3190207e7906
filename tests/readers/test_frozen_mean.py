"""A mean of the loss that stands still since the loss is NaN is NaN, too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

import loganalyzer

LOSS = [2 * math.exp(-i / 9) + 0.1 for i in range(60)]
MEANS = ("avg_loss", "loss_ema", "running_loss", "smooth_loss", "train_loss_avg")
RAW = ("loss", "raw_loss", "batch_loss", "loss_step", "inst_loss", "train/loss_raw")


def read(folder: Path, **columns: Sequence[float]) -> tuple[dict[str, list[float]], list[str]]:
    names = list(columns)
    rows = [",".join([str(i), *(f"{columns[n][i]:.6f}" for n in names)]) for i in range(60)]
    (folder / "log.csv").write_text("\n".join([",".join(["step", *names]), *rows, ""]))
    (run,) = loganalyzer.load(folder)
    return {n: s.values.tolist() for n, s in run.series.items()}, [note.code for note in run.notes]


def mean(values: Sequence[float], until: int) -> list[float]:
    found = values[0]
    means = []
    for i, value in enumerate(values):
        found = 0.9 * found + 0.1 * value if i < until else found
        means.append(found)
    return means


@pytest.mark.parametrize("name", MEANS)
@pytest.mark.parametrize("raw", RAW)
@pytest.mark.parametrize("turn", [20, 40, 57])
def test_a_mean_without_nan(name: str, raw: str, turn: int, tmp_path: Path) -> None:
    lost = [*LOSS[:turn], *[math.nan] * (60 - turn)]
    found, notes = read(tmp_path, **{name: mean(LOSS, turn), raw: lost})
    assert "mean-without-nan" in notes
    assert all(map(math.isnan, found[name][turn:])) and all(map(math.isfinite, found[name][:turn]))
    assert [d.verdict for d in loganalyzer.analyze(tmp_path).runs] == ["diverging"]


@pytest.mark.parametrize(
    ("means", "raw"),
    [
        (mean(LOSS, 60), [*LOSS[:40], *[math.nan] * 20]),  # the mean moves: not that of this loss alone
        (mean(LOSS, 40), LOSS),  # stands still, but nothing is NaN
        (mean(LOSS, 40), [*LOSS[:40], *[math.nan] * 10, *LOSS[50:]]),  # NaN for a while
        (mean(LOSS, 58), [*LOSS[:58], math.nan, math.nan]),  # too few to tell
        ([0.5] * 60, [*LOSS[:40], *[math.nan] * 20]),  # never moved
    ],
    ids=["moves", "finite", "a while", "few", "constant"],
)
def test_other_means_stay(means: list[float], raw: list[float], tmp_path: Path) -> None:
    found, notes = read(tmp_path, loss_ema=means, raw_loss=raw)
    assert "mean-without-nan" not in notes and all(map(math.isfinite, found["loss_ema"]))


def test_validation_is_no_mean_of_training(tmp_path: Path) -> None:
    found, _ = read(tmp_path, val_loss=mean(LOSS, 40), loss=[*LOSS[:40], *[math.nan] * 20])
    assert all(map(math.isfinite, found["val_loss"]))
