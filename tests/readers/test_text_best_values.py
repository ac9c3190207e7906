"""Logs of validation only: values that are printed when they are the best so far, and metrics that nothing counts."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.model.outcome import Verdict
from loganalyzer.model.run import Run

VALUES = [0.9, 0.75, 0.5, 0.375]


def runs(tmp_path: Path, text: str, name: str = "train.out") -> list[Run]:
    (tmp_path / name).write_text(text)
    return loganalyzer.load(tmp_path)


def decreased(before: float, value: float, name: str = "Validation loss", arrow: str = "-->") -> str:
    return f"{name} decreased ({before:.6f} {arrow} {value:.6f}).  Saving model ...\n"


def pairs(values: list[float]) -> list[tuple[float, float]]:
    return list(zip([float("inf"), *values[:-1]], values, strict=True))


def lightning(values: list[float], name: str = "val_loss") -> str:
    first, *others = values
    return f"Metric {name} improved. New best score: {first:.3f}\n" + "".join(
        f"Metric {name} improved by 0.100 >= min_delta = 0.0. New best score: {value:.3f}\n" for value in others
    )


STOPPED = "Monitored metric val_loss did not improve in the last 3 records. Signaling Trainer to stop.\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("".join(decreased(*pair) for pair in pairs(VALUES)), "Validation loss"),
        ("".join(decreased(*pair, arrow="->") for pair in pairs(VALUES)), "Validation loss"),
        ("".join(decreased(*pair, name="val_loss") for pair in pairs(VALUES)), "val_loss"),
        ("".join("2024-01-02 10:00:00,123 - INFO - " + decreased(*pair) for pair in pairs(VALUES)), "Validation loss"),
        ("".join(decreased(*pair).replace("\n", "\r\n") for pair in pairs(VALUES)), "Validation loss"),
        ("".join(f"val_loss improved from {a} to {b}, saving model to best.h5\n" for a, b in pairs(VALUES)), "val_loss"),
        ("".join(f"Validation loss has decreased: {a} => {b}\n" for a, b in pairs(VALUES)), "Validation loss"),
        ("".join(f"val loss {b} is the best so far, saving model to m.pt\n" for _, b in pairs(VALUES)), "val loss"),
        ("".join(f"val loss: {b} is a new best!\n" for _, b in pairs(VALUES)), "val loss"),
        (lightning(VALUES), "val_loss"),
        (lightning(VALUES, "valid/loss"), "valid/loss"),
        (lightning(VALUES[::-1], "val_acc"), "val_acc"),
        ("GPU available: True\n" + lightning(VALUES) + STOPPED, "val_loss"),
        (lightning(VALUES) + "Metric val_loss improved by 0.000 >= min_del", "val_loss"),
    ],
)  # fmt: skip
def test_values_that_are_the_best_so_far_are_called_so_and_not_judged(tmp_path: Path, text: str, name: str) -> None:
    (run,) = runs(tmp_path, text)
    assert list(run.series) == [f"best {name}"]
    values = VALUES[::-1] if name == "val_acc" else VALUES
    assert run.series[f"best {name}"].values.tolist() == values
    assert run.series[f"best {name}"].steps.tolist() == [0, 1, 2, 3]
    assert [(note.code, note.details["count"]) for note in run.notes] == [("best-values-only", 4)]
    assert diagnose(run).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("between", ["EarlyStopping counter: 1 out of 7\n", "val_loss did not improve from 0.50000\n"])
def test_evaluations_that_brought_nothing_are_counted(tmp_path: Path, between: str) -> None:
    lines = [decreased(*pair) for pair in pairs(VALUES)]
    (run,) = runs(tmp_path, "".join([*lines[:2], between, between, *lines[2:], between]))
    assert run.series["best Validation loss"].steps.tolist() == [0, 1, 4, 5]


def test_epochs_that_the_lines_name_count(tmp_path: Path) -> None:
    lines = [
        f"Epoch {2 * i + 1:05}: val_loss improved from {a} to {b}, saving model to m.h5\n"
        for i, (a, b) in enumerate(pairs(VALUES))
    ]
    (run,) = runs(tmp_path, "".join(lines))
    assert run.series["best val_loss"].steps.tolist() == [1, 3, 5, 7]


@pytest.mark.parametrize(
    "text",
    [
        "".join(decreased(*pair) for pair in pairs(VALUES)) * 2,
        lightning(VALUES) * 2,
        "".join(f"val_acc increased ({a} --> {b})\n" for a, b in pairs(VALUES[::-1])) * 2,
        lightning(VALUES) + lightning([1.5, 1.25, 1.0]),
    ],
)
def test_the_improvements_of_a_second_training_are_a_run_of_their_own(tmp_path: Path, text: str) -> None:
    first, second = runs(tmp_path, text)
    assert len(next(iter(first.series.values()))) == 4 and len(next(iter(second.series.values()))) >= 3


def test_beside_the_loss_of_each_epoch_improvements_are_no_curve(tmp_path: Path) -> None:
    text = "".join(
        f"Epoch: {i} | train_loss: {1.5 * b} | val_loss: {b}\n" + decreased(a, b)
        for i, (a, b) in enumerate(pairs(VALUES))
    )
    (run,) = runs(tmp_path, text)
    assert {*run.series} == {"train_loss", "val_loss"} and run.series["val_loss"].values.tolist() == VALUES


@pytest.mark.parametrize(
    "text",
    [
        lightning(VALUES[:2]),
        "".join(f"throughput improved from {a} to {b}\n" for a, b in pairs(VALUES)),
        "Validation loss decreased\n" * 9,
        "".join(f"EarlyStopping counter: {i} out of 9\n" for i in range(9)),
    ],
)
def test_too_few_improvements_or_of_something_else(tmp_path: Path, text: str) -> None:
    assert not runs(tmp_path, text)


def scores(
    count: int, form: str = "precision: {0:.4f}, recall: {1:.4f}, fscore: {2:.4f} ||\n", clock: bool = True
) -> str:
    lines = []
    for i in range(count):
        line = form.format(0.5 + 0.01 * (i % 7), 0.4 + 0.01 * i, 0.45 + 0.004 * i + 0.01 * (i % 3))
        lines.append((f"2024-03-01 {i:02}:10:00,123 - " if clock else "") + line)
    return "".join(lines)


BEST = "2024-03-02 12:00:00,123 - best epoch: 9 \t F1 = 0.55\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (scores(16) + BEST, "fscore"),
        (scores(16, clock=False) + BEST, "fscore"),
        (BEST + scores(16), "fscore"),
        (scores(16, "[dev] F1: {2:.4f}\n") + BEST, "val/F1"),
        (scores(16, "val accuracy = {0:.3f}\n") + "early stopping at epoch 16\n", "val accuracy"),
        (scores(16, "mIoU {1:.3f}\n") + BEST, "mIoU"),
        ("epochs: 16\n" + scores(16, "AUC: {0:.4f} AP: {1:.4f}\n"), "AUC"),
        (scores(16).replace("\n", "\r\n") + BEST, "fscore"),
        (scores(16, "Bleu score: {1:.2f}\n") + BEST, "Bleu score"),
        (scores(16, "dev MRR {0:.4f}, Hits@1 {1:.4f}\n") + BEST, "dev MRR"),
    ],
)
def test_metrics_that_nothing_counts_are_numbered(tmp_path: Path, text: str, name: str) -> None:
    (run,) = runs(tmp_path, text, "dev.log")
    assert len(run.series[name]) == 16 and [note.code for note in run.notes] == ["no-counter"]


@pytest.mark.parametrize(
    "text",
    [
        scores(16),
        scores(10) + BEST,
        "".join(f"{place}\nrmse {1.5 + i / 10} pearson 0.{i}\n" for i, place in enumerate(["val", *["test"] * 6])),
        scores(16, "F1: 0.5\n") + "early stopping at epoch 16\n",
        "".join(f"file index:{i}, Acc:{0.5 + i / 100:.3f}\n" for i in range(20)),
        "".join(f"AP for class{'abcdefghijklmnop'[i]} = 0.{i + 10}\n" for i in range(16)) + BEST,
    ],
)
def test_results_are_no_curve(tmp_path: Path, text: str) -> None:
    assert not runs(tmp_path, text, "eval.log")


@pytest.mark.parametrize(
    "said",
    [
        "test loss {} is the best so far, saving model to out/model.pt",
        "Test loss: {} is the new best",
        "test loss {} (best so far)",
        "test loss {} was the best yet!",
        "=> test loss {} is a new best, saved",
    ],
)
def test_a_line_that_calls_a_value_the_best_adds_no_point(tmp_path: Path, said: str) -> None:
    losses = [2.1, 2.05, 2.06, 2.01, 2.03, 2.0]
    lines, best = [], 9.0
    for i, value in enumerate(losses, 1):
        lines.append(f"step {500 * i} train loss: {value - 0.1:.4f} test loss: {value}")
        if value < best:
            lines.append(said.format(value))
            best = value
    (run,) = runs(tmp_path, "\n".join(lines) + "\n")
    assert {name: series.values.tolist() for name, series in run.series.items() if name == "test loss"} == {
        "test loss": losses
    }
    assert list(run.series) == ["train loss", "test loss"]


def test_a_value_of_an_epoch_that_is_called_the_best_is_a_point(tmp_path: Path) -> None:
    text = "".join(f"Epoch {i}: val loss {value} (best so far)\n" for i, value in enumerate(VALUES, 1))
    (run,) = runs(tmp_path, text)
    assert run.series["val loss"].values.tolist() == VALUES
