"""Numbers of training and of held-out data behind one name ("Loss (train/val): 0.41/0.47"), and names of few-shot tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer

TRAIN, HELD_OUT = (2.0, 1.5, 1.25, 1.0, 0.75, 0.5), (2.5, 2.0, 1.75, 1.625, 1.5, 1.375)


def read(folder: Path, line: str) -> dict[str, list[float]]:
    text = "".join(
        line.format(e=e, v=v, w=w, p=100 * v / 4) for e, (v, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True))
    )
    (folder / "train.log").write_text(text, newline="")
    (run,) = loganalyzer.load(folder)
    return {own.name: own.values.tolist() for own in run.series.values()}


@pytest.mark.parametrize(
    "line",
    [
        "Epoch {e}: Loss (train/val): {v}/{w}\n",
        "Epoch {e} Train/Val Loss: {v}/{w}\n",
        "Epoch {e} | train/val loss {v} / {w} | lr 0.001\n",
        "Epoch {e} - loss (train / val): {v}/{w}\r\n",
        "[12:04:33] Epoch {e}/6 train/valid loss = {v}/{w}\n",
        "Epoch {e} loss(train/val)={v}/{w}\n",
        "Epoch {e} Training/Validation Loss: {v} / {w}\n",
        "Epoch {e} train|val loss: {v} | {w}\n",
        "epoch={e}, trn/val loss: {v}/{w}, 12s\n",
        "Epoch {e} loss train/dev: {v}/{w}\n",
        "エポック {e} train/val loss: {v}/{w}\n",
    ],
)
def test_training_and_validation_behind_one_name(tmp_path: Path, line: str) -> None:
    found = {name.lower(): values for name, values in read(tmp_path, line).items()}
    assert found["train/loss"] == list(TRAIN) and found["val/loss"] == list(HELD_OUT)


def test_test_data_and_percentages(tmp_path: Path) -> None:
    found = read(tmp_path, "Epoch {e} train/test loss: {v}/{w} train/test acc: {p}%/40.0%\n")
    assert found["train/loss"] == list(TRAIN) and found["test/loss"] == list(HELD_OUT)
    assert found["train/acc"] == [v / 4 for v in TRAIN] and found["test/acc"] == [0.4] * 6


@pytest.mark.parametrize(
    "line",
    [
        "Epoch {e} loss: {v}/{w}\n",  # now and on the average, or of two data sets: who knows
        "Epoch {e} train/val split: 800/200, loss: {v}\n",
        "Epoch {e} train/val samples 800/200 loss: {v}\n",
        "Epoch {e} train/loss: {v} val/acc: 0.5\n",
    ],
)
def test_other_numbers_with_a_slash(tmp_path: Path, line: str) -> None:
    text = "".join(line.format(e=e, v=v, w=w) for e, (v, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True)))
    (tmp_path / "train.log").write_text(text)
    found = [own.values.tolist() for run in loganalyzer.load(tmp_path) for own in run.series.values()]
    assert list(HELD_OUT) not in found and (list(TRAIN) in found) == ("{w}" not in line)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Epoch {e}: loss={v}\n  Val 1-shot L2N: {p}%\n", "val/1-shot L2N acc"),
        ("Epoch {e}: loss={v}\n  Val 5-shot UN: {p}%\n", "val/5-shot UN acc"),
        ("Epoch {e} loss {v} 5-way 1-shot acc: {p}%\n", "5-way 1-shot acc"),
        ("Epoch {e} loss {v} 5-way 1-shot: {p}%\n", "5-way 1-shot acc"),
        ("Epoch {e} loss {v} 1-shot accuracy = {p}%\n", "1-shot accuracy"),
        ("Epoch {e} loss {v}\nTest 20-way 5-shot Acc: {p}%\n", "test/20-way 5-shot Acc"),
        ("Epoch {e} loss {v}\nvalidation 1-shot: {p}%\n", "val/1-shot acc"),
        ("Epoch {e} loss {v}, 10-shot ACC: {p}%\n", "10-shot ACC"),
        ("Epoch {e} loss {v} | 5-way, 1-shot acc: {p}%\r\n", "1-shot acc"),
        ("[10:00:01] Epoch {e} loss {v} 1-shot acc: {p}%\n", "1-shot acc"),
    ],
)
def test_a_few_shot_task_is_a_metric_of_its_name(tmp_path: Path, line: str, name: str) -> None:
    assert read(tmp_path, line)[name] == [v / 4 for v in TRAIN]


def test_two_few_shot_tasks_are_two_curves(tmp_path: Path) -> None:
    found = read(tmp_path, "Epoch {e} loss {v} 1-shot acc: {w} 5-shot acc: {v}\n")
    assert found["1-shot acc"] == list(HELD_OUT) and found["5-shot acc"] == list(TRAIN)


@pytest.mark.parametrize("line", ["Epoch {e} 1-shot task {e}00 loss {v}\n", "Epoch {e} (5-way 1-shot) loss: {v}\n"])
def test_a_task_that_is_said_only_is_no_metric(tmp_path: Path, line: str) -> None:
    found = read(tmp_path, line)
    assert list(TRAIN) in found.values() and not any("acc" in name for name in found)


@pytest.mark.parametrize(
    ("line", "curves"),
    [
        (
            "Epoch: {e} | Loss: {v:.4f}/{w:.4f} | Accuracy: 0.5{e}1/0.4{e}1\n",
            {"train/Loss": TRAIN, "val/Loss": HELD_OUT},
        ),
        (
            "Epoch: {e} | Loss: {v:.4f}/{w:.4f}| Accuracy: 0.5{e}1/ 0.4{e}1\nAcc:  0.5{e}1/ 0.4{e}1\n",
            {"train/Loss": TRAIN},
        ),
        ("epoch {e} acc 0.5{e}1/0.4{e}1 loss {v:.4f}/{w:.4f}\n", {"train/loss": TRAIN, "val/loss": HELD_OUT}),
        ("epoch [{e}/6] loss={v:.4f} / {w:.4f} iou=0.5{e}1 / 0.4{e}1\n", {"train/loss": TRAIN, "val/loss": HELD_OUT}),
        ("Epoch {e}, loss: {v:.4f}/{w:.4f}, mae: {v:.4f}/{w:.4f}\n", {"train/loss": TRAIN, "val/mae": HELD_OUT}),
        (
            "Epoch {e} BCE loss {v:.4f}/{w:.4f} dice 0.5{e}1/0.4{e}1 lr 0.001\n",
            {"train/BCE loss": TRAIN, "val/BCE loss": HELD_OUT},
        ),
        (
            "12:00:03 INFO epoch {e} | loss {v:.4f} / {w:.4f} | acc 0.5{e}1 / 0.4{e}1 | 3.5s\n",
            {"train/loss": TRAIN, "val/loss": HELD_OUT},
        ),
        ("Epoch {e}: cls_loss: {v:.4f}/{w:.4f}, box_loss: {w:.4f}/{v:.4f}\n", {"train/cls_loss": TRAIN}),
        ("エポック {e} 損失: {v:.4f}/{w:.4f} 正解率: 0.5{e}1/0.4{e}1\n", {"train/損失": TRAIN, "val/損失": HELD_OUT}),
        ("Epoch {e}\tLoss: {v:.4f}/{w:.4f}\tF1: 0.5{e}1/0.4{e}1\n", {"train/Loss": TRAIN, "val/Loss": HELD_OUT}),
    ],
)
def test_two_numbers_of_a_loss_are_of_training_and_held_out_data(
    tmp_path: Path, line: str, curves: dict[str, tuple[float, ...]]
) -> None:
    found = read(tmp_path, line)
    for name, values in curves.items():
        assert found[name] == list(values)
    accuracies = {name: values for name, values in found.items() if "cc" in name or name.endswith("F1")}
    assert all(values[0] == (0.401 if name.startswith("val/") else 0.501) for name, values in accuracies.items())


def test_a_share_is_one_of_whole_numbers_only(tmp_path: Path) -> None:
    assert read(tmp_path, "Epoch {e} loss {v} acc 9{e}/100\n")["acc"] == [0.9, 0.91, 0.92, 0.93, 0.94, 0.95]
    assert read(tmp_path, "Epoch {e} loss {v} acc 0.9{e}1/0.8{e}1\n")["acc"] == [
        *(0.901, 0.911, 0.921, 0.931, 0.941, 0.951)
    ]
