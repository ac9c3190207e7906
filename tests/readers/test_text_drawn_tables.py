"""Tables drawn with bars and boxes, under rules with cells left empty, and behind what logging puts in front of a line."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer

TRAIN, HELD_OUT = (2.0, 1.5, 1.25, 1.0, 0.75, 0.5), (2.5, 2.0, 1.75, 1.625, 1.5, 1.375)


def values(folder: Path, text: str) -> dict[str, list[float]]:
    (folder / "train.log").write_text(text, encoding="utf-8", newline="")
    (run,) = loganalyzer.load(folder)
    return {name: series.values.tolist() for name, series in run.series.items()}


def table(top: str, head: str, below: str, row: str, between: str = "", bottom: str = "") -> str:
    rows = [row.format(e=e, v=v, w=w) for e, (v, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True), 1)]
    return top + head + below + between.join(rows) + bottom


TABLES = {
    "light": table(
        "┌───────┬──────┬──────────┐\n",
        "│ epoch │ loss │ val_loss │\n",
        "├───────┼──────┼──────────┤\n",
        "│ {e} │ {v} │ {w} │\n",
        bottom="└───────┴──────┴──────────┘\n",
    ),
    "double": table(
        "╔═══════╦══════╦══════════╗\n",
        "║ epoch ║ loss ║ val_loss ║\n",
        "╠═══════╬══════╬══════════╣\n",
        "║ {e} ║ {v} ║ {w} ║\n",
        bottom="╚═══════╩══════╩══════════╝\n",
    ),
    "fancy_grid": table(
        "╒═══════╤══════╤══════════╕\n",
        "│ epoch │ loss │ val_loss │\n",
        "╞═══════╪══════╪══════════╡\n",
        "│ {e} │ {v} │ {w} │\n",
        "├───────┼──────┼──────────┤\n",
        "╘═══════╧══════╧══════════╛\n",
    ),
    "rich": table(
        "┏━━━━━━━┳━━━━━━┳━━━━━━━━━━┓\n",
        "┃ epoch ┃ loss ┃ val_loss ┃\n",
        "┡━━━━━━━╇━━━━━━╇━━━━━━━━━━┩\n",
        "│ {e} │ {v} │ {w} │\n",
        bottom="└───────┴──────┴──────────┘\n",
    ),
    "grid": table(
        "+-------+------+----------+\n",
        "| epoch | loss | val_loss |\n",
        "+=======+======+==========+\n",
        "| {e} | {v} | {w} |\n",
        "+-------+------+----------+\n",
        "+-------+------+----------+\n",
    ),
    "windows": table(
        "┌───────┬──────┬──────────┐\r\n",
        "│ epoch │ loss │ val_loss │\r\n",
        "├───────┼──────┼──────────┤\r\n",
        "│ {e} │ {v} │ {w} │\r\n",
    ),
    "logger": table(
        "",
        "2024-01-01 12:00:00 INFO | epoch | loss | val_loss |\n",
        "2024-01-01 12:00:00 INFO |-------|------|-----|\n",
        "2024-01-01 12:00:00 INFO | {e} | {v} | {w} |\n",
    ),
    "logger with milliseconds": table(
        "",
        "2024-01-01 12:00:00,123 - train - INFO - | epoch | loss | val_loss |\n",
        "",
        "2024-01-01 12:00:00,456 - train - INFO - | {e} | {v} | {w} |\n",
    ),
    "logger, boxes": table(
        "[2024-01-01 12:00:00] ┌───────┬──────┬──────────┐\n",
        "[2024-01-01 12:00:00] │ epoch │ loss │ val_loss │\n",
        "",
        "[2024-01-01 12:00:00] │ {e} │ {v} │ {w} │\n",
    ),
    "logger, level only": table(
        "",
        "[INFO] training starts\n[INFO] | epoch | loss | val_loss |\n",
        "[INFO] +-------+------+------+\n",
        "[INFO] | {e} | {v} | {w} |\n",
    ),
}


@pytest.mark.parametrize("text", TABLES.values(), ids=list(TABLES))
def test_drawn_tables(tmp_path: Path, text: str) -> None:
    found = values(tmp_path, text)
    assert found["loss"] == list(TRAIN) and found["val_loss"] == list(HELD_OUT)


def test_a_table_of_two_columns(tmp_path: Path) -> None:
    text = table(
        "╒═══════╤══════╕\n", "│ epoch │ loss │\n", "╞═══════╪══════╡\n", "│ {e} │ {v} │\n", "├───────┼──────┤\n"
    )
    assert values(tmp_path, text) == {"loss": list(TRAIN)}


def test_a_box_of_names_and_values_an_epoch(tmp_path: Path) -> None:
    box = (
        "┏━━━━━━━━┳━━━━━━━┓\n┃ Metric ┃ Value ┃\n┡━━━━━━━━╇━━━━━━━┩\n"
        "│ epoch  │ {e}   │\n│ loss   │ {v}   │\n└────────┴───────┘\n"
    )
    text = "".join(box.format(e=e, v=v) for e, v in enumerate(TRAIN, 1))
    assert values(tmp_path, text)["loss"] == list(TRAIN)


def test_what_lightning_prints_of_a_test_stands_behind_the_training(tmp_path: Path) -> None:
    text = "".join(f"epoch {e} train_loss: {v}\n" for e, v in enumerate(TRAIN, 1))
    text += "┏━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┓\n┃ Test metric ┃ DataLoader 0 ┃\n┡━━━━━━━━━━━━━╇━━━━━━━━━━━━━━┩\n"
    text += "│  test_acc   │     0.9143   │\n│  test_loss  │    0.28123   │\n└─────────────┴──────────────┘\n"
    assert values(tmp_path, text) == {"train_loss": list(TRAIN), "test_acc": [0.9143], "test_loss": [0.28123]}


MATLAB = (
    "|======================================================================================|\n"
    "|  Epoch  |  Iteration  |  Time Elapsed  |  Mini-batch  |  Validation  |  Mini-batch  |  Base Learning  |\n"
    "|         |             |   (hh:mm:ss)   |   Accuracy   |   Accuracy   |     Loss     |      Rate       |\n"
    "|======================================================================================|\n"
)


@pytest.mark.parametrize("before", ["", "Training on single GPU.\nInitializing input data normalization.\n"])
def test_cells_between_bars_that_are_left_empty(tmp_path: Path, before: str) -> None:
    rows = ""
    for number, v in enumerate(TRAIN):
        held_out = "48.00%" if number % 2 else ""
        rows += f"|{1 + number // 3:8d} |{50 * number + 1:12d} |       00:00:09 |"
        rows += f"       50.00% |{held_out:>13} |{v:13.4f} |          0.0100 |\n"
    found = values(tmp_path, before + MATLAB + rows)
    assert found["Mini-batch Loss"] == list(TRAIN)
    assert found["Validation Accuracy"] == [0.48] * 3 and found["Mini-batch Accuracy"] == [0.5] * 6


@pytest.mark.parametrize("rule", ["-", "_"])
@pytest.mark.parametrize("every", [1, 2, 3])
def test_cells_under_a_rule_that_are_left_empty(tmp_path: Path, rule: str, every: int) -> None:
    widths = (9, 5, 11, 9, 12, 14)
    names = ("Iteration", "Epoch", "TimeElapsed", "LearnRate", "TrainingLoss", "ValidationLoss")
    text = "    ".join(f"{name:>{w}}" for name, w in zip(names, widths, strict=True)) + "\n"
    text += "    ".join(rule * w for w in widths) + "\n\n"
    for number, (v, held_out) in enumerate(zip(TRAIN, HELD_OUT, strict=True)):
        cells = (str(50 * number), "1", "00:00:09", "0.001", str(v), str(held_out) if number % every == 0 else "")
        text += "    ".join(f"{cell:>{w}}" for cell, w in zip(cells, widths, strict=True)) + "\n"
    found = values(tmp_path, text)
    assert found["TrainingLoss"] == list(TRAIN) and found["ValidationLoss"] == list(HELD_OUT[::every])


@pytest.mark.parametrize(
    "line",
    [
        "2024-01-01 12:00:00 | INFO | train:run:12 - epoch {e} loss: {v}\n",
        "INFO epoch {e} | loss {v} | acc 0.5 |\n",
        "[INFO] | epoch {e} | loss {v} | acc 0.5 |\n",
        "│ epoch {e} │ loss: {v} │\n",
    ],
)
def test_bars_between_named_values_draw_no_table(tmp_path: Path, line: str) -> None:
    found = values(tmp_path, "".join(line.format(e=e, v=v) for e, v in enumerate(TRAIN, 1)))
    assert found["loss"] == list(TRAIN)
