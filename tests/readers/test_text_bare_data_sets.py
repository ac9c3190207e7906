"""Numbers that only their data set names ("train 0.41  val 0.47"): of the quantity named ahead of them, or a loss that falls."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.roles.assign import roles

TRAIN, HELD_OUT = (2.0, 1.5, 1.25, 1.0, 0.75, 0.5), (2.5, 2.0, 1.75, 1.625, 1.5, 1.375)


def read(folder: Path, line: str) -> list[loganalyzer.Run]:
    text = "".join(
        line.format(e=e, v=v, w=w, a=1 - v / 4, b=1 - w / 4)
        for e, (v, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True), 1)
    )
    (folder / "train.log").write_text(text, encoding="utf-8", newline="")
    return list(loganalyzer.load(folder))


@pytest.mark.parametrize(
    "line",
    [
        "epoch {e}  train {v}  val {w}  acc {b}\n",
        "Epoch {e}: train {v} val {w} best {w} *\n",
        "Ep {e} (Step 000000): Train {v} | Val {w} | tokens 1,234\n",
        "Ep {e} | Train: {v} | Val Loss: {w} | Val MSE: 1.{e} | LR: 0.001\n",
        "Ep {e} | Train Loss: {v} | Val: {w}\r\n",
        "[{e}/6] train={v} (recon=0.{e}, kl=1.5)  val={w}  lr=1e-3\n",
        "Epoch {e}\ntrain   {v} | acc {a}\nvalid   {w} | acc {b}\n-----\n",
        "Epoch {e} loss: train {v}, val {w}\n",
        "Epoch {e} Loss - Train: {v}, Val: {w}\n",
        "Epoch: {e} loss -> training: {v} validation: {w}\n",
        "epoch {e} | train loss {v} | dev {w}\n",
        "Epoch {e} losses (train: {v}, valid: {w})\n",
        "Epoch {e}: loss {v}, val {w}, acc {b}\n",
        "epoch {e} training {v} validation {w} (12.3s)\n",
        "Epoch {e}: tr {v} va {w}\n",
        "Epoch {e} | Tr: {v} | Te: {w}\n",
        "epoch {e} trn={v} dev={w}\n",
        "Epoch {e}: loss: tr {v}, eval {w}\n",
        "iter {e}: loss 1.{e}\n[eval] iter {e}: train {v} val {w} lr 2.72e-04\n",
        "[{e}/6] trn={v} dev={w}\n",
        "[{e}] trn={v} dev={w}\n",
        "({e}/6) tr: {v}, va: {w}\n",
        "[0{e}/06] trn {v} te {w}\n",
        "[{e}/6] trn={v} dev={w} lr=0.001\n",
        "[{e}/6] TRN={v} DEV={w} (1.{e}s)\r\n",
        "2024-03-01 10:0{e}:00,123 - INFO - [{e}/6] trn={v} dev={w}\n",
        "| {e}/6 | trn: {v} | dev: {w} |\n",
        "[{e}/6] trn->{v} dev->{w}\n",
        "[{e}/6] {{trn: {v}, tst: {w}}}\n",
    ],
)
def test_losses(tmp_path: Path, line: str) -> None:
    (run,) = read(tmp_path, line)
    told = roles(run)
    assert told.train is not None and told.train.values.tolist() == list(TRAIN)
    assert told.validation is not None and told.validation.values.tolist() == list(HELD_OUT)


@pytest.mark.parametrize(
    ("line", "train", "held_out"),
    [
        ("Epoch:  {e}  -----------\nMSE: train:  {v} , validation:  {w}\n", "train/MSE", "val/MSE"),
        ("Epoch {e} RMSE: train {v} test {w}\n", "train/RMSE", "test/RMSE"),
        ("Epoch {e} | loss 0.{e} | MAE: train={v}, val={w}\n", "train/MAE", "val/MAE"),
        ("Epoch {e} Train MAE: {v} Val: {w} loss: 0.{e}\n", "Train MAE", "val/mae"),
    ],
)
def test_metrics_named_once(tmp_path: Path, line: str, train: str, held_out: str) -> None:
    (run,) = read(tmp_path, line)
    assert run.series[train].values.tolist() == list(TRAIN)
    assert run.series[held_out].values.tolist() == list(HELD_OUT)


@pytest.mark.parametrize(
    "line",
    [
        "Epoch: {e}, Loss: {v}, Train: {a}, Val: {b}, Test: {b}\n",  # accuracies, as graph networks print them
        "Epoch {e} loss {v} train {w} val {w}\n",  # beside a loss they are no losses, even if they fall
        "Epoch {e} train 50000 val 10000 samples, loss {v}\n",
        "Epoch {e} - loss: {v} - train 12s val 3s\n",
        "Epoch {e} loss: {v} train/val split 800/200\n",
        "Epoch {e} Train:  50%|#####     | 5/10 [00:01<00:01, 5.0it/s, loss={v}]\n",
        "Epoch {e} loss {v} train 98% val 97%\n",
        "Epoch {e} rule accuracy training: {a} loss: {v}\n",
    ],
)
def test_what_is_no_loss(tmp_path: Path, line: str) -> None:
    (run,) = read(tmp_path, line)
    told = roles(run)
    assert told.train is not None and told.train.name.lower().endswith("loss")
    assert told.validation is None


@pytest.mark.parametrize(
    "line",
    [
        "Epoch {e} train {a} val {b}\n",
        "train {e}\nval {e}\n",
        "Epoch {e}: train 100, val 20\n",
        "  train: {v}\n  test: {w}\n",
        "Test 00{e}_bicx2\nepoch {e}\n",
        "2024-10-26 01:06:41 | INFO | __main__:train:6{e} - epoch {e}\n",
    ],
)
def test_what_gives_no_run(tmp_path: Path, line: str) -> None:
    assert read(tmp_path, line) == []


@pytest.mark.parametrize(
    "word", ["train", "training", "tr", "trn", "val", "valid", "validation", "va", "dev", "eval", "test", "te"]
)
@pytest.mark.parametrize(
    "line", ["Epoch {e}: loss {v}, WORD {w}\n", "Epoch {e} loss: {v} WORD: {w}\n", "epoch {e}: 'loss'WORD: {w}\n"]
)
def test_every_word_for_a_data_set_may_stand_alone(tmp_path: Path, word: str, line: str) -> None:
    (run,) = read(tmp_path, line.replace("WORD", word))
    assert list(HELD_OUT) in [one.values.tolist() for one in run.series.values()]
