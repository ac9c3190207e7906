"""Columns of numbers without a name, printed as the tensors that they were."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer

LOSSES = [3.0, 2.5, 2.25, 2.0, 1.75, 1.5, 1.25, 1.125, 1.0, 0.875]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("head", "line"),
    [
        (",0\n", '{n},"tf.Tensor({v}, shape=(), dtype=float32)"\n'),
        ("", "tf.Tensor({v}, shape=(), dtype=float32)\n"),
        ("", "tensor({v})\n"),
        ("", "tensor({v}, device='cuda:0')\n"),
        ("", "tensor({v}, grad_fn=<NllLossBackward0>)\n"),
        ("", "tensor({v}, device='cuda:0', dtype=torch.float64, grad_fn=<MeanBackward0>)\n"),
        ("", "{n} tensor({v})\n"),
        ("", "{n},\"tensor({v}, device='cuda:0')\"\n"),
        ("", "{n},tensor({v}, requires_grad=True)\n"),
        ("0\n", "\"tensor({v}, device='cuda:1')\"\n"),
    ],
)
@pytest.mark.parametrize("name", ["loss.csv", "train_loss.txt"])
def test_tensors_in_a_file_that_is_called_after_a_loss(
    tmp_path: Path, name: str, head: str, line: str, end: str
) -> None:
    text = head + "".join(line.format(n=n, v=v) for n, v in enumerate(LOSSES))
    (tmp_path / name).write_text(text.replace("\n", end), newline="")
    (run,) = loganalyzer.load(tmp_path)
    assert [series.values.tolist() for series in run.series.values()] == [LOSSES]


@pytest.mark.parametrize("line", ["tensor([{v}, 0.5])\n", "tensor({v}) is the loss\n", "tensor_{n} {v}\n"])
def test_other_lines_about_tensors(tmp_path: Path, line: str) -> None:
    (tmp_path / "notes.txt").write_text("".join(line.format(n=n, v=v) for n, v in enumerate(LOSSES)))
    for run in loganalyzer.load(tmp_path):
        assert run.reader != "headerless"
