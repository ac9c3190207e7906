"""A log that ends by saying that its loss is no number is one of a training that ended as NaN, though every number is finite."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

import loganalyzer

COUNT = 41
LOSSES = [0.3 + 2 * math.exp(-i / 8) for i in range(COUNT)]
PRINTED: dict[str, Callable[[int, float], str]] = {
    "steps": lambda i, v: f"step {i} loss {v:.4f}\n",
    "epochs": lambda i, v: f"Epoch [{i + 1}/60] loss: {v:.4f}, val_loss: {v + 0.1:.4f}\n",
    "bars": lambda i, v: f"Epoch {i + 1}/60\n10/10 [====] - 1s - loss: {v:.4f}\n",
    "records": lambda i, v: f"{{'loss': {v:.4f}, 'epoch': {i + 1}.0}}\n",
    "stamped": lambda i, v: f"2026-01-01 10:00:{i:02d} INFO train:33 - epoch={i} train_loss={v:.4f}\n",
}
ENDS = (
    "Loss is nan, stopping training",
    "Loss is inf, stopping training",
    "ERROR: loss became NaN at iteration 41, aborting",
    "Batch 41: Invalid loss, terminating training",
    "FloatingPointError: Loss became infinite or NaN at iteration=41!",
    "RuntimeError: Function 'MulBackward0' returned nan values in its 0th output.",
    "ValueError: The loss returned in `training_step` is nan.",
    "AssertionError: loss is NaN",
    "AssertionError: Loss is not finite: nan",
    "FloatingPointError: Minimum loss scale reached (0.0001). Your loss is probably exploding. Try lowering the learning rate.",
    "tensorflow.python.training.basic_session_run_hooks.NanLossDuringTrainingError: NaN loss during training.",
    "Model diverged with loss = NaN.",
    "Training diverged, stopping.",
    "NaN loss encountered, aborting.",
    "Non-finite loss, exiting",
    "Stopping: gradients contain NaN, loss is NaN",
    "Terminating because of NaN loss",
    "InvalidArgumentError: Gradient for dense/kernel:0 is NaN : Tensor had NaN values",
    "tensorflow.python.framework.errors_impl.InvalidArgumentError: Nan in summary histogram for: layer1",
    "FloatingPointError: invalid value (nan) encountered in jit(train_step)",
    "Exception: Current loss scale already at minimum - cannot decrease scale anymore. Exiting run.",
)
SKIPPED = (
    "Loss is nan, skipping batch", "WARNING: NaN loss detected, skipping step", "loss is not finite: skipped step",
    "Ignoring batch with inf loss", "Gradients are non-finite, dropping step",
)  # fmt: skip
NOT_ENDS = (
    "No nan found in data, training done",
    "Loss is not nan",
    "loss is finite",
    "terminate_on_nan=True",
    "TerminateOnNaN callback finished",
    "detect_anomaly: no nan or inf in gradients",
    "warning: 3 rows with NaN dropped from data set",
    "nan_to_num enabled",
    "Loss is nan, skipping batch 17",
    "Non-finite gradients: step skipped, training continues",
    "Stops if the loss is nan",
    "Would stop when loss is NaN",
    "RuntimeError: CUDA out of memory",
    "AssertionError: image path is None",
    "ValueError: Input contains NaN.",
    "info: loss is the mean over information",
    "INFO training finished",
    "The model never diverged",
    "KeyError: 'nan'",
    "Stopping early: validation loss is no better since epoch 30",
)


def ends_as_nan(folder: Path, text: str) -> bool:
    (folder / "train.log").write_text(text)
    run, *others = loganalyzer.load(folder)
    assert not others
    losses = [s for name, s in run.series.items() if "val" not in name and "loss" in name]
    told = any(note.code == "stopped-for-nan" for note in run.notes)
    assert told == all(math.isnan(s.values[-1]) for s in losses)
    assert all(math.isfinite(v) for s in losses for v in s.values[:COUNT])
    return told


def printed(line: Callable[[int, float], str], first: int = 0) -> str:
    return "".join(line(i, v) for i, v in enumerate(LOSSES) if i >= first)


@pytest.mark.parametrize("line", PRINTED.values(), ids=PRINTED)
@pytest.mark.parametrize("end", ENDS)
def test_said_at_the_end(end: str, line: Callable[[int, float], str], tmp_path: Path) -> None:
    assert ends_as_nan(tmp_path, f"{printed(line)}{end}\n")


@pytest.mark.parametrize("line", PRINTED.values(), ids=PRINTED)
@pytest.mark.parametrize("skipped", SKIPPED)
@pytest.mark.parametrize(("count", "ends"), [(9, True), (2, False)])
def test_steps_left_out_to_the_end(
    skipped: str, count: int, ends: bool, line: Callable[[int, float], str], tmp_path: Path
) -> None:
    left_out = "".join(f"{skipped} {i}\n" for i in range(41, 41 + count))
    assert ends_as_nan(tmp_path, f"{printed(line)}{left_out}") == ends


@pytest.mark.parametrize("line", PRINTED.values(), ids=PRINTED)
@pytest.mark.parametrize("end", NOT_ENDS)
def test_something_else_said(end: str, line: Callable[[int, float], str], tmp_path: Path) -> None:
    assert not ends_as_nan(tmp_path, f"{end}\n{printed(line)}{end}\n")


@pytest.mark.parametrize("line", PRINTED.values(), ids=PRINTED)
def test_said_on_the_way(line: Callable[[int, float], str], tmp_path: Path) -> None:
    stopped = "".join(line(i, v) for i, v in enumerate(LOSSES) if i < 30) + "Loss is nan, stopping training\n"
    assert not ends_as_nan(tmp_path, f"{stopped}resumed from the checkpoint of step 25\n{printed(line, first=25)}")


def test_a_result_behind_it(tmp_path: Path) -> None:
    text = f"{printed(PRINTED['steps'])}Loss is nan, stopping training\nbest loss 0.31 at step 38\n"
    assert ends_as_nan(tmp_path, text)


@pytest.mark.parametrize("error", ["error", "pyerr"])
def test_the_exception_of_a_notebook(error: str, tmp_path: Path) -> None:
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": printed(PRINTED["epochs"])},
        {"output_type": error, "ename": "ValueError", "evalue": "loss is nan\nat 41", "traceback": []},
    ]
    cell = {"cell_type": "code", "source": [], "metadata": {}, "outputs": outputs}
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}))
    (run,) = loganalyzer.load(tmp_path)
    assert math.isnan(run.series["loss"].values[-1])
    assert math.isfinite(run.series["val_loss"].values[-1])


@pytest.mark.parametrize("end", ENDS)
def test_said_in_a_file_of_its_own(end: str, tmp_path: Path) -> None:
    """The errors of a job in a file beside its output: the numbers end well, and ``--strict`` tells."""
    (tmp_path / "job.out").write_text(printed(PRINTED["steps"]))
    (tmp_path / "job.err").write_text(f"Traceback (most recent call last):\n{end}\n")
    (unread,) = loganalyzer.analyze(tmp_path).unread
    assert unread.file == "job.err" and not unread.expected
    assert unread.note.code in ("only-stopped-for-nan", "error-instead-of-curve")


@pytest.mark.parametrize("end", NOT_ENDS)
def test_errors_of_another_kind(end: str, tmp_path: Path) -> None:
    (tmp_path / "job.out").write_text(printed(PRINTED["steps"]))
    (tmp_path / "job.err").write_text(f"{end}\n")
    assert all(one.note.code != "only-stopped-for-nan" for one in loganalyzer.analyze(tmp_path).unread)
