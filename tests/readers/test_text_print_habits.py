"""Habits of print statements: arrows, names in a row, letters for epochs and players, lists of one number, costs in seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.roles.assign import roles

TRAIN, HELD_OUT = (2.0, 1.5, 1.25, 1.0, 0.75, 0.5), (2.5, 2.0, 1.75, 1.625, 1.5, 1.375)


def read(folder: Path, line: str, tail: str = "") -> list[loganalyzer.Run]:
    pairs = enumerate(zip(TRAIN, HELD_OUT, strict=True), 1)
    text = "".join(line.format(e=e, v=v, w=w, n=round(1000 - 200 * v)) for e, (v, w) in pairs)
    (folder / "train.log").write_text(text + tail, encoding="utf-8", newline="")
    return list(loganalyzer.load(folder))


def values(folder: Path, line: str, tail: str = "") -> dict[str, list[float]]:
    (run,) = read(folder, line, tail)
    return {series.name: series.values.tolist() for series in run.series.values()}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("epoch {e} {{ loss: 0.1 }} RMSE=> {v}\n", "RMSE"),
        ("epoch {e} loss -> {v}\n", "loss"),
        ("Epoch {e} | val loss => {v}\n", "val loss"),
        ("Epoch {e}, train loss → {v}\n", "train loss"),
        ("Epoch {e} loss --> {v} acc --> 0.5\n", "loss"),
        ("Epoch {e} => loss: {v}\n", "loss"),
        ("Epoch {e} mae ⇒ {v}\r\n", "mae"),
        ("epoch: {e} MSE ==> {v}\n", "MSE"),
        ("Iter {e}: cost=>{v}\n", "cost"),
        ("[{e}/6] test loss -> {v} (12.3s)\n", "test loss"),
    ],
)
def test_arrows(tmp_path: Path, line: str, name: str) -> None:
    assert values(tmp_path, line)[name] == list(TRAIN)


@pytest.mark.parametrize(
    "line",
    [
        "Epoch {e} loss: {v}, lr reduced: 0.1 -> 0.0{e}\n",
        "Epoch {e} loss: {v}\nValidation loss decreased ({w} --> 0.{e}).  Saving model ...\n",
        "Epoch {e} loss: {v} best epoch -> {e}\n",
    ],
)
def test_arrows_between_other_numbers(tmp_path: Path, line: str) -> None:
    found = values(tmp_path, line)
    assert found.pop("loss") == list(TRAIN) and all("alidation" not in name for name in found)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Epoch {e} accuracy/loss: {w}/{v}\n", ("accuracy", "loss")),
        ("Epoch {e}: loss/acc = {w} / {v}\n", ("loss", "acc")),
        ("Epoch {e} val loss/acc: {w}/{v}\n", ("val/loss", "val/acc")),
        ("[validation] Epoch {e} accuracy/loss: {w}/{v}\n", ("val/accuracy", "val/loss")),
        ("Epoch {e} | precision/recall/f1: 0.5/{w}/{v}\n", ("recall", "f1")),
        ("Epoch {e} P@1 MAE/RMSE {w}/{v}\n", ("MAE", "RMSE")),
        ("Epoch {e} test mae / rmse: {w} / {v}\r\n", ("test/mae", "test/rmse")),
        ("Epoch {e} Loss/PPL: {w}/{v} time 3s\n", ("Loss", "PPL")),
        ("step {e} dev bleu/loss: {w}/{v}\n", ("val/bleu", "val/loss")),
        ("Epoch {e} train: loss/iou: {w}/{v}\n", ("train/loss", "train/iou")),
    ],
)
def test_names_in_a_row(tmp_path: Path, line: str, names: tuple[str, str]) -> None:
    found = values(tmp_path, line)
    assert found[names[0]] == list(HELD_OUT) and found[names[1]] == list(TRAIN)


@pytest.mark.parametrize(
    "line", ["Epoch {e} loss: {v} acc: 91/100\n", "Epoch {e}/6 loss: {v} in/out: 3/4\n", "{e}/6 loss: {v}\n"]
)
def test_other_ratios(tmp_path: Path, line: str) -> None:
    assert values(tmp_path, line)["loss"] == list(TRAIN)


@pytest.mark.parametrize(
    "line",
    [
        "E{e:03d} tr_loss {v} va_loss {w} lr 1.0e-02\n",
        "E{e} | train loss {v} | val loss {w}\n",
        "  E{e}/6 train_loss={v} val_loss={w}\n",
        "E{e}: train loss {v}, val loss {w}\n",
        " E{e:02d} TrLoss={v} VaLoss={w}\n",
        "[fold] E{e}/6 tr_loss={v} va_loss={w}\n",
        "2024-03-05 10:12:44,123 - INFO - E{e:03d} tr_loss {v} va_loss {w}\n",
        "2024-03-05 10:12:44,123 - INFO - 第 {e} 轮 train_loss={v} val_loss={w}\n",
        "[2024-03-05 10:12:44] INFO 第 {e} 轮: 训练损失 {v} 验证损失 {w}\n",
        "INFO: E{e} train_loss={v} val_loss={w}\n",
        "e {e} train_loss={v} val_loss={w} epoch {e}\n",
        "E{e}, train loss {v}, valid loss {w}\r\n",
        "E{e} [10.1s] train loss {v} te_loss {w}\n",
    ],
)
def test_letters_for_epochs_and_data_sets(tmp_path: Path, line: str) -> None:
    (run,) = read(tmp_path, line)
    told = roles(run)
    assert told.train is not None and told.train.values.tolist() == list(TRAIN)
    assert told.validation is not None and told.validation.values.tolist() == list(HELD_OUT)
    assert told.train.steps.tolist() == [1, 2, 3, 4, 5, 6]


def test_batches_of_epochs_by_letters(tmp_path: Path) -> None:
    found = values(tmp_path, "  E{e}/6 S10/20 | loss={w} acc=0.5\n  E{e}/6 S20/20 | loss={v} acc=0.6\n")
    assert found["loss"] == [x for pair in zip(HELD_OUT, TRAIN, strict=True) for x in pair]


@pytest.mark.parametrize(
    "line",
    [
        "[Epoch {e}/6] [Batch 5/5] [D: {v}, G: {w}] [pixel: 0.5] ETA: 0:01:12\n",
        "Epoch {e} D: {v} G: {w}\n",
        "epoch {e}, D={v}, G={w}\n",
        "Epoch {e} | D: {v} | G: {w} | 12.1s\r\n",
    ],
)
def test_letters_for_two_players(tmp_path: Path, line: str) -> None:
    (run,) = read(tmp_path, line)
    told = roles(run)
    assert told.discriminator is not None and told.discriminator.values.tolist() == list(TRAIN)
    assert told.generator is not None and told.generator.values.tolist() == list(HELD_OUT)


@pytest.mark.parametrize(
    "line",
    [
        "==> Epoch:[{e}/6][training stage]\n{{'Epoch': [{e}], 'Batch Time': [0.4], 'Loss': [{v}], 'lr': [0.1]}}\n"
        "==> Epoch:[{e}/6][validation stage]\n{{'Epoch': [{e}], 'Batch Time': [0.4], 'Loss': [{w}]}}\n",
        "Epoch [{e}/6] - training\nLoss: {v}\nEpoch [{e}/6] - validation\nLoss: {w}\n",
        "Epoch {e} training:\n  loss: {v}\nEpoch {e} validation:\n  loss: {w}\n",
        "--- Epoch {e} ---\nloss: {v}\n--- Validation at epoch {e} ---\nloss: {w}\n",
    ],
)
def test_headings_with_counters(tmp_path: Path, line: str) -> None:
    (run,) = read(tmp_path, line)
    told = roles(run)
    assert told.train is not None and told.train.values.tolist() == list(TRAIN)
    assert told.validation is not None and told.validation.values.tolist() == list(HELD_OUT)


@pytest.mark.parametrize(
    "line",
    [
        "Epoch: [{e}/6], Loss: {v}, epoch cost 2.{e}, cal cost 7.{e} s, test cost 9.{e} s\n",
        "Epoch {e} loss {v} cost {e}.5 sec\n",
        "Epoch {e}: loss={v}, time cost: 3.{e}s\n",
    ],
)
def test_costs_in_seconds(tmp_path: Path, line: str) -> None:
    (run,) = read(tmp_path, line)
    assert [n for n in run.series if "cost" in n.lower()] == []
    told = roles(run)
    assert told.train is not None and told.train.values.tolist() == list(TRAIN) and told.validation is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("train loss epoch {e} {v}\n", "train loss"),
        ("Loss at step {e} {v}\n", "Loss"),
        ("val loss after epoch {e}  {v}, lr 0.1\n", "val loss"),
        ("mean cost in epoch {e} {v} | 10s\n", "mean cost"),
    ],
)
def test_a_counter_between_name_and_value(tmp_path: Path, line: str, name: str) -> None:
    assert values(tmp_path, line)[name] == list(TRAIN)


def test_no_time_of_day_is_such_a_value(tmp_path: Path) -> None:
    assert read(tmp_path, "loss at epoch {e} 10:22:3{e}\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "Epoch {e}: {n} / 1000\n",
        "epoch {e}: {n}/1000\r\n",
        "Epoch {e} : {n} out of 1000\n",
        "Epoch [{e}], correct: {n}/1000\n",
        "Epoch {e} - accuracy: {n} / 1000\n",
        "  epoch #{e}: {n}/1000 correct\n",
        "2024-03-05 10:12:44,123 - INFO - Epoch {e}: {n}/1000\n",
    ],
)
def test_right_answers(tmp_path: Path, line: str) -> None:
    (run,) = read(tmp_path, line)
    assert [s.values.tolist() for s in run.series.values()] == [[round(1000 - 200 * v) / 1000 for v in TRAIN]]
    assert roles(run).objective_is_metric


@pytest.mark.parametrize(
    "line",
    [
        "Epoch {e}: 5/10\nEpoch {e}: 10/10\n",  # batches
        "Epoch {e}: 1000/1000\n",  # all of them, each time
        "Epoch {e}: {e}/6\n",
        "Epoch {e}: 3/5 2024\n",
        "epoch {e}: {n}/1{e}000\n",
    ],
)
def test_ratios_that_are_no_right_answers(tmp_path: Path, line: str) -> None:
    assert read(tmp_path, line) == []


@pytest.mark.parametrize(
    "closing", ["Epoch {e}/6 complete.\n", "Epoch {e} finished\n", "End of epoch {e}\n", "Epoch {e} done\n"]
)
def test_values_before_a_closing_counter(tmp_path: Path, closing: str) -> None:
    found = values(tmp_path, "Loss: {v}\nLoss: {w}\n" + closing, tail="Done!\nAccuracy: 0.9123\n")
    assert found["Loss"] == [x for pair in zip(TRAIN, HELD_OUT, strict=True) for x in pair]
