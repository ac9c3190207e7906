"""Tables in a log with a column for each data set and a row for each quantity."""

from __future__ import annotations

import pytest

from loganalyzer.model.run import Run
from loganalyzer.readers.common.printed.parser import Parser
from loganalyzer.readers.common.printed.runs import runs_of
from loganalyzer.readers.common.printed.split_tables import data_sets_of

EPOCHS = range(1, 7)
RULE = "-" * 50


def run_of(text: str) -> Run:
    parser = Parser()
    parser.feed(text)
    (run,) = runs_of(parser, "train.log", "train.log", ())
    assert isinstance(run, Run)
    return run


def table(header: str, row: str, start: str = "Epoch {e}/6\n", rule: str = RULE, end: str = RULE) -> str:
    text = ""
    for e in EPOCHS:
        text += start.format(e=e) + header + "\n" + (rule + "\n" if rule else "")
        for name, train, held_out in (("Loss", 1 / e, 2 / e), ("F1 Score", 0.1 * e, 0.05 * e)):
            text += row.format(name=name, a=train, b=held_out) + "\n"
        text += end + "\n"
    return text


BARS = "{name:<10} | {a:<10.4f} | {b:<10.4f}"
WIDE = "{name:<12}  {a:<8.4f}  {b:<8.4f}"


@pytest.mark.parametrize(
    ("text", "held_out"),
    [
        (table("METRIC     | TRAIN      | VALIDATION", BARS), "val"),
        (table("Metric     | Train      | Test", BARS), "test"),
        (table("           | train      | val", BARS), "val"),
        (table("Metric        Train     Val", WIDE), "val"),
        (table("Metric\tTrain\tVal", "{name}\t{a:.4f}\t{b:.4f}", rule="", end=""), "val"),
        (table("| Metric | Train | Val |", "| {name} | {a:.4f} | {b:.4f} |", rule="|---|---|---|", end=""), "val"),
        (table("│ Metric │ Train │ Val │", "│ {name} │ {a:.4f} │ {b:.4f} │"), "val"),
        (table("Metric     | Train set  | Val set", BARS), "val"),
        (table("Metric     | Training   | Validation", BARS, start="\nEpoch [{e}/6]\n"), "val"),
        (table("METRIC     | TRAIN      | VALIDATION", BARS).replace("\n", "\r\n"), "val"),
        (table("Metric | Train | Val", "{name} | {a:.4%} | {b:.4%}"), "val"),
        (table("METRIC     | TRAIN      | VALIDATION", BARS, end="--> New best model saved\n"), "val"),
    ],
)
def test_a_row_for_each_quantity(text: str, held_out: str) -> None:
    run = run_of(text)
    losses, scores = [1 / e for e in EPOCHS], [0.1 * e for e in EPOCHS]
    for name, train, other in (
        ("Loss", losses, [2 * v for v in losses]),
        ("F1 Score", scores, [v / 2 for v in scores]),
    ):
        assert run.series[f"train/{name}"].values.tolist() == pytest.approx(train, abs=1e-4)
        assert run.series[f"{held_out}/{name}"].values.tolist() == pytest.approx(other, abs=1e-4)
        assert run.series[f"{held_out}/{name}"].steps.tolist() == list(EPOCHS)


@pytest.mark.parametrize(
    "line",
    [
        "Train the model | then validate | and test",
        "Loss | Accuracy | F1",
        "Epoch | Train | Val",
        "Training | Validation loss",
        "train  train",
        "Test",
        "Loading train data  Loading val data",
        "x" * 300 + " | train | val",
    ],
)
def test_lines_that_are_no_header_of_data_sets(line: str) -> None:
    assert not data_sets_of(line)


def test_other_rows_end_the_table() -> None:
    text = table("METRIC     | TRAIN      | VALIDATION", BARS) + "Size | 5 | 6\nLoss | 7 | 8\n"
    assert 7.0 not in run_of(text).series["train/Loss"].values.tolist()


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Epoch - Loss - Training Accuracy - Validation Accuracy", "{e} - {a} - {b} - {c}"),
        ("epoch - loss - train acc - val acc", "{e} - {a} - {b} - {c}"),
        ("Epoch  -  Loss  -  Acc  -  Val Acc", "{e}  -  {a}  -  {b}  -  {c}"),
        ("Epoch - Loss - Training Accuracy - Validation Accuracy", "         {b}\n{e} - {a} - {b} - {c}"),
        ("Epoch - Loss - Acc - Val Acc", "{e} - {a} - {b} - {c}\nbest model found at epoch {e}"),
        ("Step - Loss - Acc - Val Acc", "{e} - {a} - {b} - {c}\r"),
        ("Iteration - Train loss - Acc - Val Acc", "{e} - {a} - {b} - {c}"),
        ("Epoch | Loss | Acc | Val Acc", "{e} | {a} | {b} | {c}"),
    ],
)
def test_columns_parted_by_dashes(header: str, row: str) -> None:
    rows = [row.format(e=e, a=1 / e, b=10.5 * e, c=10.25 * e) for e in EPOCHS]
    run = run_of("\n".join(["no. of trials 25380", header, *rows, ""]))
    first, second, third = run.series.values()
    assert first.values.tolist() == pytest.approx([1 / e for e in EPOCHS]) and first.steps.tolist() == [*EPOCHS]
    assert second.values.tolist() == pytest.approx([10.5 * e for e in EPOCHS])
    assert third.values.tolist() == pytest.approx([10.25 * e for e in EPOCHS])


@pytest.mark.parametrize("line", ["Epoch - Loss - Acc", "Training - started - now"])
def test_a_line_with_dashes_alone_is_no_table(line: str) -> None:
    parser = Parser()
    parser.feed(line + "\n" + "2024 - 05 - 12 - 10 - 11\nsaved - 3 - files\n")
    assert not [one for one in runs_of(parser, "a", "a", ()) if isinstance(one, Run)]
