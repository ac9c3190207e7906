"""Trainings that ended after their first epoch: a point that is too few for a verdict, and where the log ends."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer

HEAD = "Loading data...\nUsing device cuda\n"


def read(folder: Path, text: str) -> list[loganalyzer.Run]:
    (folder / "train.log").write_bytes(text.encode())
    return list(loganalyzer.load(folder))


@pytest.mark.parametrize(
    "line",
    [
        "Epoch 1/20 - Loss: 0.97655\n",
        "Epoch 1/20 - Loss: 0.97655\r\n",
        "Epoch [1/20], Loss: 0.97655\n",
        "Epoch: 1/20 | train_loss: 0.97655 | val_loss: 1.25\n",
        "Epoch 1 of 20, loss = 0.97655, acc = 0.5\n",
        "epoch 0/20 loss 0.97655\n",
        "[Epoch 1/20] Train Loss: 0.97655, Val Loss: 1.25\n",
        "2025-01-02 10:00:00,123 - INFO - Epoch 1/20: loss=0.97655\n",
        "Epoch 1/20\nloss: 0.97655\nval_loss: 1.25\n",
        "Epoch 1/20\n - 12s - loss: 0.97655 - accuracy: 0.5 - val_loss: 1.25\n",
        "Epoch 1/20 loss: nan_free 0.5 train loss: 0.97655\n",
    ],
)
def test_the_only_epoch_of_a_training(tmp_path: Path, line: str) -> None:
    (run,) = read(tmp_path, HEAD + line)
    losses = [series for name, series in run.series.items() if "loss" in name.lower() and "val" not in name.lower()]
    assert 0.97655 in [series.values.tolist()[0] for series in losses]
    assert {len(series) for series in run.series.values()} == {1}
    assert (run.planned, run.step_unit) == (20, "epoch")
    diagnosis = loganalyzer.diagnose(run)
    assert (diagnosis.verdict, diagnosis.kind) == ("inconclusive", "too-short")


@pytest.mark.parametrize(
    "text",
    [
        "Epoch 1 loss: 0.97655\n",  # of how many?
        "Epoch 17/20 - loss: 0.97655\n",  # the best one, or the last
        "Epoch 1/20 - val_loss: 0.97655\n",  # a result
        "Epoch 1/20 - test loss: 0.97655, test acc: 0.5\n",
        "Epoch 1/1 - loss: 0.97655\nEpoch 1/1 - loss: 0.875\n",  # several trainings
        "Epoch 1/20 - accuracy: 0.5\n",
        "Epoch 1/20 - time: 12.5\n",
        "Step 1/20 - loss: 0.97655\n",
        "Epoch 1/20\n",
        "Epoch 1/20 [100/938] loss: 0.97655\n",  # the first step of an epoch
    ],
)
def test_what_is_no_first_epoch(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, HEAD + text) == []


def test_the_error_in_which_it_ended_is_told_instead(tmp_path: Path) -> None:
    error = 'Traceback (most recent call last):\n  File "t.py", line 1, in <module>\nRuntimeError: CUDA out of memory\n'
    assert read(tmp_path, HEAD + "Epoch 1/20 - loss: 0.97655\n" + error) == []
