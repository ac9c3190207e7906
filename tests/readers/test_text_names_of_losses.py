"""Names that say the data set of a loss in other ways: "Loss (train)", "loss[val]", "t_loss" beside "v_loss", "train_l"."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.model.role import Quantity, Split
from loganalyzer.roles.assign import role_of, roles

TRAIN, HELD_OUT = (2.0, 1.5, 1.25, 1.0, 0.75, 0.5), (2.5, 2.0, 1.75, 1.625, 1.5, 1.375)


def read(folder: Path, line: str) -> list[loganalyzer.Run]:
    pairs = enumerate(zip(TRAIN, HELD_OUT, strict=True), 1)
    (folder / "train.log").write_text("".join(line.format(e=e, v=v, w=w) for e, (v, w) in pairs), newline="")
    return list(loganalyzer.load(folder))


@pytest.mark.parametrize(
    "line",
    [
        "Epoch {e}: Loss (train): {v}, Loss (val): {w}\n",
        "Epoch {e} loss(train)={v} loss(valid)={w}\n",
        "Epoch {e} | loss[train]: {v} | loss[val]: {w}\n",
        "Epoch {e} Loss (training set): {v} Loss (test set): {w}\n",
        "Epoch {e} loss (train) {v} loss (dev) {w}\r\n",
        "Epoch {e} loss[train]...: {v}; loss[val]...: {w}\n",
        "Epoch {e} Loss (train) ~ {v}, Loss (val) ~ {w}\n",
        "epoch {e}, t_loss {v}, v_loss {w}\n",
        "Epoch {e} tloss={v} vloss={w} 12.3s\n",
        "Epoch {e} | T Loss: {v} | V Loss: {w}\n",
        "epoch {e}, train_l {v}, val_l {w}\n",
        "Epoch {e} L_train: {v} L_val: {w}\n",
        "Epoch {e} running loss: {v} val loss: {w}\n",
        "Epoch {e} Trn loss: {v}, Vld loss: {w}\n",
        "Epoch_{e}: train loss {v}, val loss {w}\n",
        "ep{e} | train loss {v} | val loss {w}\n",
        "[Epoch_{e}] train loss: {v} val loss: {w}\n",
        "Ep{e}: train_loss={v} val_loss={w}\n",
    ],
)
def test_losses(tmp_path: Path, line: str) -> None:
    (run,) = read(tmp_path, line)
    told = roles(run)
    assert told.train is not None and told.train.values.tolist() == list(TRAIN)
    assert told.validation is not None and told.validation.values.tolist() == list(HELD_OUT)
    assert told.train.steps.tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "line",
    [
        "Epoch {e} loss: {v}\nSaved to out/epoch_{e}99.pth\n",
        "Epoch {e} loss: {v}\nepoch_{e}99.pth written\n",
        "Epoch {e} loss: {v}\nloading rep{e}9 and step{e}9\n",
        "Epoch {e} loss (MSE): {v}\n",
        "Epoch {e} loss (avg): {v}\n",
        "Epoch {e} loss (kg): {v} v_loss 0.1 p_loss 0.2 t_loss 0.3\n",
    ],
)
def test_other_words(tmp_path: Path, line: str) -> None:
    (run,) = read(tmp_path, line)
    assert run.series["loss"].values.tolist() == list(TRAIN) and run.series["loss"].steps.tolist() == [1, 2, 3, 4, 5, 6]
    assert roles(run).validation is None


@pytest.mark.parametrize("name", ["l", "running_mean", "running_var", "l1", "running", "t_loss", "val", "l_rate"])
def test_names_that_are_no_validation_loss(name: str) -> None:
    assert role_of(name).quantity is not Quantity.LOSS or role_of(name).split is not Split.VALIDATION


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("ep {e} train_loss 0.1 val_mean_deg {v} val_median {w}\n", "val_mean_deg"),
        ("epoch {e} val_wa {v} val_ua {w} val_loss 0.5\n", "val_wa"),
        ("Epoch {e}: test_fa {v}, loss 0.{e}\n", "test_fa"),
        ("[Epoch {e}] dev_los {v} | loss 0.{e}\n", "dev_los"),
        ("Epoch {e} Validation Loss: {w}, Validation R²: {v}\n", "Validation R2"),
        ("Epoch {e} R²={v} loss=0.{e}\n", "R2"),
    ],
)
def test_names_written_in_one(tmp_path: Path, line: str, name: str) -> None:
    (run,) = read(tmp_path, line)
    assert run.series[name].values.tolist() == list(TRAIN)


@pytest.mark.parametrize(
    "line",
    [
        "Epoch {e} loss: {v} train_size 500 val_size 50\n",
        "Epoch {e} loss: {v} test_time 3.{e}\n",
        "val_wa {w}\nEpoch {e} loss: {v}\n",
        "Epoch {e} loss: {v} train_num_samples 12\n",
        "Epoch {e} loss: {v} val_x.py:1{e}\n",
    ],
)
def test_sizes_and_times(tmp_path: Path, line: str) -> None:
    (run,) = read(tmp_path, line)
    assert list(run.series) == ["loss"]
