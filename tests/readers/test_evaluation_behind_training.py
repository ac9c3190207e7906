"""A pass of an evaluation behind a training is not the training: a loss that became NaN stays NaN."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import loganalyzer

LOSSES = [2 * math.exp(-e / 9) + 0.1 if e < 30 else math.nan for e in range(40)]
TRAININGS = {
    "epochs": [f"Epoch {e + 1}/40 loss: {v:.4f}" for e, v in enumerate(LOSSES)],
    "with a rate": [f"Epoch [{e + 1}/40] loss: {v:.4f} lr: 0.001" for e, v in enumerate(LOSSES)],
    "dictionaries": [f"{{'loss': {v}, 'learning_rate': 0.001, 'epoch': {e + 1}}}" for e, v in enumerate(LOSSES)],
}
PASSES = (
    "Evaluate {i}/100 loss: {v}", "Evaluating {i}/100 loss: {v}", "Evaluation {i}/100 loss: {v}", "eval {i}/100 loss: {v}",
    "eval step {i} loss: {v}", "evaluate step {i} loss: {v}", "Inference {i}/100 loss: {v}", "Inference step {i} loss: {v}",
    "Predicting {i}/100 loss: {v}", "Predicting: sample {i}/100 loss: {v}", "Validation {i}/100 loss: {v}",
    "Test: [{i}/100] Loss {v}", "評価 {i}/100 loss: {v}", "検証 {i}/100 loss: {v}", "推論 {i}/100 loss: {v}",
)  # fmt: skip


def read(folder: Path, lines: list[str]) -> dict[str, list[float]]:
    (folder / "train.log").write_text("\n".join(lines) + "\n")
    (run,) = loganalyzer.load(folder / "train.log")
    return {name: one.values.tolist() for name, one in run.series.items()}


@pytest.mark.parametrize("training", TRAININGS.values(), ids=TRAININGS)
@pytest.mark.parametrize("line", PASSES)
def test_a_pass_behind_a_training(training: list[str], line: str, tmp_path: Path) -> None:
    passed = [line.format(i=i, v=f"{2 * math.exp(-i / 15) + 0.1:.4f}") for i in range(1, 101)]
    found = read(tmp_path, training + passed)
    own = [values for name, values in found.items() if "loss" in name.lower() and len(values) == len(LOSSES)]
    assert own and all(math.isnan(v) for v in own[0][30:]) and own[0][:30] == pytest.approx(LOSSES[:30], abs=1e-4)
    assert [d.verdict for d in loganalyzer.analyze(tmp_path / "train.log").runs] == ["diverging"]


@pytest.mark.parametrize(
    "line", ["step {i} loss: {v}", "batch {i}/100 loss: {v}", "iter {i}: loss {v}", "Train: [{i}/100] Loss {v}"]
)
def test_steps_that_go_on_through_the_epochs_are_the_training(line: str, tmp_path: Path) -> None:
    values = [f"{2 - n / 300:.4f}" for n in range(400)]
    lines = []
    for n, v in enumerate(values):
        if n % 100 == 0:
            lines.append(f"Epoch {n // 100 + 1}/4")
        lines.append(line.format(i=n if "step" in line or "iter" in line else n % 100, v=v))
    found = read(tmp_path, lines)
    assert max(len(v) for name, v in found.items() if "oss" in name) == 400


@pytest.mark.parametrize("line", ["Calibration {i}/100 loss: {v}", "Generating sample {i}/100 loss: {v}"])
def test_a_pass_under_a_name_that_is_not_known(line: str, tmp_path: Path) -> None:
    """Its last value counts as one more of the training; the NaN before it stay."""
    passed = [line.format(i=i, v=f"{2 * math.exp(-i / 15) + 0.1:.4f}") for i in range(1, 101)]
    found = read(tmp_path, TRAININGS["epochs"] + passed)
    assert len(found["loss"]) == len(LOSSES) and all(math.isnan(v) for v in found["loss"][30:-1])
    assert [d.verdict for d in loganalyzer.analyze(tmp_path / "train.log").runs] == ["diverging"]


COUNTS_STEPS = {
    "each step": [f"step {e} loss: {v:.4f}" for e, v in enumerate(LOSSES)],
    "steps": [f"step {e * 10} loss: {v:.4f}" for e, v in enumerate(LOSSES)],
    "of all": [f"[{e * 10}/400] loss={v:.4f} lr=0.001" for e, v in enumerate(LOSSES)],
    "bars": [line for e, v in enumerate(LOSSES) for line in
             (f"Epoch {e + 1}/40", f"100/100 [==============================] - 2s 20ms/step - loss: {v:.4f}")],
}  # fmt: skip
BEHIND = (
    # counted from the start again by another statement: no restart
    "Evaluating: {i}%|####| {i}/100 [00:03<00:00, loss={v}]", "batch {i}/100 loss: {v}", "Fine-tuning probe step {i} loss: {v}",
    # epochs of other data behind a training that counts steps
    "Validating epoch {i}: loss {v}", "test epoch {i} | loss {v}", "Eval Epoch {i}/100 loss: {v}",
    # no counter
    "sample {i} loss: {v}", "Scoring document {i}: loss = {v}", "image {i:05d}.png  loss={v}", "TTA {i}/100 loss: {v}",
    "evaluating checkpoint {i}/100: loss={v}", "loss: {v}", "=> {i}: loss {v}",
)  # fmt: skip


@pytest.mark.parametrize("count", [1, 100])
@pytest.mark.parametrize("training", COUNTS_STEPS.values(), ids=COUNTS_STEPS)
@pytest.mark.parametrize("line", BEHIND)
def test_a_pass_behind_steps_and_bars(training: list[str], line: str, count: int, tmp_path: Path) -> None:
    passed = [line.format(i=i, v=f"{2 * math.exp(-i / 15) + 0.1:.4f}") for i in range(1, count + 1)]
    (tmp_path / "train.log").write_text("\n".join(training + passed) + "\n")
    assert "diverging" in [d.verdict for d in loganalyzer.analyze(tmp_path / "train.log").runs]


def test_the_sum_of_the_only_epoch_leaves_its_steps(tmp_path: Path) -> None:
    lines = [f"step {n} loss: {2 - n / 300:.4f}" for n in range(0, 400, 10)]
    found = read(tmp_path, [*lines, "Epoch 1 val_loss: 0.9"])
    assert len(found["loss"]) == 40 and found["val_loss"] == [0.9]


def test_steps_tried_out_before_the_epochs_are_not_the_training(tmp_path: Path) -> None:
    tried = [f"step {n} loss: {2 - n / 30:.4f}" for n in range(10)]
    found = read(tmp_path, [*tried, *(f"Epoch {e + 1}/60 loss: {2 / (e + 1):.4f}" for e in range(60))])
    assert max(len(values) for name, values in found.items() if "loss" in name) >= 60


@pytest.mark.parametrize("width", [1, 4])
def test_a_restart_that_prints_the_same_is_one(width: int, tmp_path: Path) -> None:
    """Blanks before a number do not make another statement."""
    steps = [*range(0, 400, 10), *range(200, 600, 10)]
    lines = [f"step {n:{width}d} loss: {2 * math.exp(-n / 100) + 1e-4 * i:.5f}" for i, n in enumerate(steps)]
    (tmp_path / "train.log").write_text("\n".join(lines) + "\n")
    (run,) = loganalyzer.load(tmp_path / "train.log")
    assert run.restarts == (200,) and len(run.series["loss"]) == 60


def _down(e: int) -> float:
    return 2 * math.exp(-e / 9) + 0.1


ROSE = [_down(e) + (0.9 * (e - 29) if e > 29 else 0) for e in range(60)]
OVERFITTED = [_down(e) + (0.06 * (e - 15) if e > 15 else 0) for e in range(60)]
WENT_WRONG = {
    "rose in epochs": ("diverging", [f"Epoch {e + 1}/60 loss: {v:.4f}" for e, v in enumerate(ROSE)]),
    "rose in steps": ("diverging", [f"step {e} loss {v:.4f}" for e, v in enumerate(ROSE)]),
    "overfitted in epochs": (
        "overfitting",
        [f"Epoch [{e + 1}/60] loss: {_down(e):.4f}, val_loss: {v:.4f}" for e, v in enumerate(OVERFITTED)],
    ),
    "overfitted in steps": (
        "overfitting",
        [f"step {e} train/loss {_down(e):.4f} val/loss {v:.4f}" for e, v in enumerate(OVERFITTED)],
    ),
    "overfitted, evaluated now and then": (
        "overfitting",
        [
            line
            for e, v in enumerate(OVERFITTED)
            for line in (f"step {e} loss {_down(e):.4f}", *([f"eval step {e} loss {v:.4f}"] if e % 3 == 0 else []))
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("count", [1, 30, 100])
@pytest.mark.parametrize("training", WENT_WRONG.values(), ids=WENT_WRONG)
@pytest.mark.parametrize("line", [*PASSES, *BEHIND])
def test_a_pass_behind_what_rose_or_overfitted(
    training: tuple[str, list[str]], line: str, count: int, tmp_path: Path
) -> None:
    """Finite values went wrong, too: the pass takes the place of none."""
    verdict, lines = training
    passed = [line.format(i=i, v=f"{2 * math.exp(-i / 15) + 0.1:.4f}") for i in range(1, count + 1)]
    (tmp_path / "train.log").write_text("\n".join(lines + passed) + "\n")
    assert verdict in [d.verdict for d in loganalyzer.analyze(tmp_path / "train.log").runs]
