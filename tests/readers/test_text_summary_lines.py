"""The line behind an evaluation's batches (" * MAE 0.31"), lists in the words of NumPy 2, and results on test data."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.model.role import Quantity, Split
from loganalyzer.model.run import Run
from loganalyzer.roles.assign import role_of

ERRORS = (0.75, 0.5, 0.375, 0.25, 0.1875)


def read(folder: Path, text: str) -> Run:
    (folder / "train.log").write_text(text, newline="")
    (run,) = loganalyzer.load(folder)
    return run


def epochs(summary: str, batches: str = "", end: str = "") -> str:
    text = ""
    for epoch, error in enumerate(ERRORS):
        text += f"Epoch: [{epoch}][0/40]\tTime 0.3 (0.3)\tLoss {2 * error:.4f} ({2 * error:.4f})\tMAE 9.0 (9.0)\n"
        text += batches.format(v=error + 0.01) + summary.format(v=error)
    return text + end


SUMMARIES = [
    " * MAE {v}\n",
    " * MAE {v} LOSS 0.1\n",
    " * ERR {v}\n",
    " * err {v}\n",
    " * RMSE {v}\n",
    "* MAE: {v}\n",
    "  * LOSS {v}\n",
    " * Loss {v}\r\n",
    " * mIoU {v}\n",
    " * AUC {v}\n",
    " * Dice {v}\n",
    " * F1 {v}\n",
]


@pytest.mark.parametrize("summary", SUMMARIES)
def test_a_summary_is_of_held_out_data(tmp_path: Path, summary: str) -> None:
    run = read(tmp_path, epochs(summary))
    (one,) = (own for own in run.series.values() if own.values.tolist() == list(ERRORS))
    assert role_of(one.name).split is Split.TEST
    assert role_of(one.name).quantity in (Quantity.METRIC, Quantity.LOSS)


def test_the_summary_counts_and_not_the_batches_before_it(tmp_path: Path) -> None:
    run = read(tmp_path, epochs(" * MAE {v}\n", "Test: [0/4]\tTime 0.1 (0.1)\tLoss 0.2 (0.2)\tMAE {v} ({v})\n"))
    assert run.series["test/MAE"].values.tolist() == list(ERRORS)


@pytest.mark.parametrize(
    "end", [" ** MAE 0.99\n", "** MAE 0.99 LOSS 0.7\n", " ** ERR 22.694 LOSS 0.056\n", " ** AUC 0.9\n"]
)
def test_a_result_on_test_data_is_no_point(tmp_path: Path, end: str) -> None:
    run, without = read(tmp_path, epochs(" * MAE {v}\n", end=end)), read(tmp_path, epochs(" * MAE {v}\n"))
    assert {n: s.values.tolist() for n, s in run.series.items()} == {
        n: s.values.tolist() for n, s in without.series.items()
    }


@pytest.mark.parametrize(
    "line", ["** Epoch {e} ** loss {v}\n", "** loss at epoch {e}: {v}\n", "*** Epoch {e} loss: {v}\n"]
)
def test_stars_around_a_line_that_counts(tmp_path: Path, line: str) -> None:
    run = read(tmp_path, "".join(line.format(e=e, v=v) for e, v in enumerate(ERRORS)))
    assert [own.values.tolist() for own in run.series.values()] == [list(ERRORS)]


@pytest.mark.parametrize(
    "number", ["{}", "np.float32({})", "np.float64({})", "numpy.float32({})", "np.float16({})", "jnp.float32({})"]
)
@pytest.mark.parametrize(
    "line", ["Pseudo dice [{}]", "2024-05-03 10:00:01.413742: Pseudo dice [{}] ", "class dice: [{}]"]
)
def test_the_values_of_the_classes_are_one_by_their_mean(tmp_path: Path, number: str, line: str) -> None:
    text = ""
    for epoch, error in enumerate(ERRORS):
        listed = ", ".join(number.format(value) for value in (1 - error, 0.5, 0.25, error))
        text += f"Epoch {epoch}\ntrain_loss {error}\n{line.format(listed)}\n"
    run = read(tmp_path, text)
    (one,) = (own for own in run.series.values() if "dice" in own.name)
    assert one.values.tolist() == [0.4375] * 5
