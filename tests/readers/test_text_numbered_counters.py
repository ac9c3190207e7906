"""Counters with a number sign ("Training iter #400:"), and numbers behind such a sign that count nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer

LOSSES = (2.75, 2.5, 2.25, 1.75, 1.5, 1.25)


def written(line: str) -> str:
    return "".join(line.format(n=n * 200, v=v, t=v + 0.5) for n, v in enumerate(LOSSES, 1))


COUNTED = [
    "Training iter #{n}:   Batch Loss = {v}, Accuracy = 0.5\n",
    "Training iter #{n}:   Batch Loss = {v}, Accuracy = 0.5\nPERFORMANCE ON TEST SET: Batch Loss = {t}, Accuracy = 0.4\n",
    "iter #{n} loss: {v}\n",
    "Iter #{n}, loss {v}\n",
    "ITER #{n} loss={v}\r\n",
    "iter#{n} loss: {v}\n",
    "[12:03:55] Update #{n}: loss = {v}\n",
    "Round #{n} - train loss {v}\n",
    "BATCH #{n} loss {v}\n",
    "Step#{n} loss={v}\n",
    "2024-03-01 10:00:00 INFO Iteration #{n} | loss: {v}\n",
]


@pytest.mark.parametrize("line", COUNTED)
def test_a_number_sign_stands_before_a_counter(tmp_path: Path, line: str) -> None:
    (tmp_path / "train.log").write_text(written(line), newline="")
    (run,) = loganalyzer.load(tmp_path)
    one = next(own for own in run.series.values() if own.values.tolist() == list(LOSSES))
    assert one.steps.tolist() == [200, 400, 600, 800, 1000, 1200] and run.step_unit == "step"
    held_out = [own.values.tolist() for own in run.series.values() if own.name.startswith("test/Batch")]
    assert held_out == ([[v + 0.5 for v in LOSSES]] if "TEST" in line else [])


@pytest.mark.parametrize(
    "line",
    [
        "Epoch {n}: filter #3 loss {v}\n",
        "Epoch {n}: parameter #3, loss {v}\n",
        "Epoch {n}: cluster #7 loss {v}\n",
        "Epoch {n}: found #2, loss {v}\n",
        "Epoch {n}: worker #4 - loss: {v}\n",
    ],
)
def test_what_else_has_a_number_sign_counts_nothing(tmp_path: Path, line: str) -> None:
    (tmp_path / "train.log").write_text(written(line), newline="")
    (run,) = loganalyzer.load(tmp_path)
    (one,) = run.series.values()
    assert one.values.tolist() == list(LOSSES) and one.steps.tolist() == [200, 400, 600, 800, 1000, 1200]
    assert run.step_unit == "epoch"
