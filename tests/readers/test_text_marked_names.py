"""Names that marks stand around: data sets in bold, words in cells; numbers beside them that are times or the best so far."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer

TRAIN, HELD_OUT = (51.5, 60.25, 66.5, 70.0, 72.5), (48.5, 55.25, 59.0, 61.5, 62.25)


def read(folder: Path, line: str) -> dict[str, list[float]]:
    text = "".join(line.format(e=e, v=v, w=w) for e, (v, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True)))
    (folder / "train.log").write_text(text, newline="")
    (run,) = loganalyzer.load(folder)
    return {own.name: own.values.tolist() for own in run.series.values()}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("=> [Epoch={e:03d}/030]\n  **Train** Prec@1 {v} Prec@5 99.0\n  **Test** Prec@1 {w} Prec@5 98.0\n", "Prec@1"),
        ("Epoch {e}\n**Train** acc {v}\n**Test** acc {w}\n", "acc"),
        ("Epoch {e}\n*Train* acc: {v}\n*Test* acc: {w}\n", "acc"),
        ("Epoch {e}\n`Train` accuracy {v}\n`Test` accuracy {w}\n", "accuracy"),
        ("Epoch {e}\n#Train# mIoU {v}\n#Test# mIoU {w}\n", "mIoU"),
        ("Epoch {e}\n__train__ F1 {v}\n__test__ F1 {w}\n", "F1"),
        ("Epoch {e}\n ***Train*** loss {v}, lr 0.1\n ***Test*** loss {w}\n", "loss"),
        ("Epoch {e}\n~train~ loss={v}\n~test~ loss={w}\n", "loss"),
        ("Epoch {e} **Train** loss {v} **Test** loss {w}\n", "loss"),
        ("Epoch {e}\n> **training** Loss: {v}\n> **testing** Loss: {w}\n", "Loss"),
    ],
)
def test_a_data_set_between_marks(tmp_path: Path, line: str, name: str) -> None:
    found = read(tmp_path, line)
    assert found[f"train/{name}"] == list(TRAIN) and found[f"test/{name}"] == list(HELD_OUT)


@pytest.mark.parametrize(
    "line",
    [
        "==>>[2019-05-29 12:34:21] [Epoch={e}/30] [Need: 00:08:4{e}] [Best : Accuracy={w}]\n  loss {v}\n",
        "Epoch {e} eta: 0:08:4{e} loss: {v}\n",
        "Epoch {e} remaining: 12:0{e} best: acc={w} loss: {v}\n",
        "[epoch {e}] [took=00:01:3{e}] loss={v} (best: loss={w})\n",
        "Epoch {e} | loss {v} | left: 1:02:0{e} | Best: loss: {w}\n",
    ],
)
def test_times_and_what_was_the_best_are_no_curves(tmp_path: Path, line: str) -> None:
    assert read(tmp_path, line) == {"loss": list(TRAIN)}


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Epoch {e}/5 | lr 1.0e-03 | main {v} | aux {w} | val_loss 5.17\n", ("main", "aux")),
        ("epoch {e} | loss 0.5 | coarse {v} | fine {w}\n", ("coarse", "fine")),
        ("| epoch {e} | main {v} | aux {w} | loss 3.5 |\n", ("main", "aux")),
    ],
)
def test_words_in_cells(tmp_path: Path, line: str, names: tuple[str, str]) -> None:
    found = read(tmp_path, line)
    assert [found[name] for name in names] == [list(TRAIN), list(HELD_OUT)]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Epoch {e}\nTrain: loss_G=1.5, loss_D={v}\nValidation: loss_G=1.4, loss_D={w}\n", "loss_D"),
        ("Epoch {e}\nTrain: g_loss 1.5 d_loss {v}\nVal: g_loss 1.4 d_loss {w}\n", "d_loss"),
        ("Epoch {e} train: D_loss: {v} | val: D_loss: {w}\n", "D_loss"),
    ],
)
def test_losses_of_two_networks_have_a_data_set_too(tmp_path: Path, line: str, name: str) -> None:
    found = read(tmp_path, line)
    assert found[f"train/{name}"] == list(TRAIN) and found[f"val/{name}"] == list(HELD_OUT)
