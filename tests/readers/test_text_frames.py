"""Frames of pandas in printed logs, as text and as CSV between other lines; lists called after models; boxes with steps."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.model.run import Run
from loganalyzer.readers.base import Source
from loganalyzer.readers.text.reader import READER

LOSS = [1.5, 1.25, 1.0, 0.875, 0.75, 0.625]
HELD_OUT = [1.75, 1.5, 1.25, 1.375, 1.5, 1.625]
AROUND = (
    'Model: "sequential"\n_________\nLayer (type)      Output Shape    Param #\nTotal params: 470,630\n\n{}\n\n'
    "Results: (devel)\n"
)


def runs(text: str, name: str = "train.log") -> list[Run]:
    data = text.encode()
    source = Source(name, len(data), data[:65_536], lambda: data)
    return [item for item in READER.read(name, [source]) if isinstance(item, Run)]


def frame(separator: str, names: tuple[str, ...] = ("loss", "acc", "val_loss", "val_acc"), first: int = 0) -> str:
    rows = [f"{separator}{separator.join(names)}"]
    for i, (a, b) in enumerate(zip(LOSS, HELD_OUT, strict=True)):
        rows.append(separator.join(map(str, [i + first, a, 0.5, b, 0.25][: len(names) + 1])))
    return "\n".join(rows)


def aligned(names: tuple[str, ...] = ("loss", "accuracy", "val_loss"), epochs: bool = False) -> str:
    rows = ["   " + "  ".join(f"{n:>9}" for n in (("epoch", *names) if epochs else names))]
    for i, (a, b) in enumerate(zip(LOSS, HELD_OUT, strict=True)):
        cells = ([i + 1] if epochs else []) + [a, 0.5, b]
        rows.append(f"{i:<3}" + "  ".join(f"{c:>9}" for c in cells))
    return "\n".join(rows)


@pytest.mark.parametrize(
    "table",
    [
        frame(","),
        frame(";"),
        frame("\t"),
        frame(", "),
        frame(",", first=1),
        frame(",", ("loss", "accuracy", "val_loss")),
        frame(",").replace("\n", "\r\n"),
        aligned(),
        aligned(("loss", "mae", "val_loss")),
        aligned(epochs=True),
        aligned().replace("\n", "\r\n"),
    ],
)
@pytest.mark.parametrize("place", [AROUND, "{}\n", "Training done.\nHistory:\n{}\nsaved model.h5\n"])
def test_a_frame_between_other_lines(table: str, place: str) -> None:
    (run,) = runs(place.format(table))
    assert run.series["loss"].values.tolist() == LOSS and run.series["val_loss"].values.tolist() == HELD_OUT
    assert run.series["loss"].steps[1] - run.series["loss"].steps[0] == 1


def test_names_of_a_program_do_not_hide_a_counter() -> None:
    text = "   epoch   loss\n" + "".join(f"   {i}   {v}  12.5s\n" for i, v in enumerate(LOSS, 1))
    (run,) = runs(text)
    assert run.series["loss"].values.tolist() == LOSS and run.series["loss"].steps.tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("counter", ["step", "global/step", "epoch"])
def test_boxes_that_count_their_steps(counter: str) -> None:
    rule = "-" * 24
    text = "".join(
        f"{rule}\n| grad_norm | 8.{i}      |\n| loss      | {v}    |\n| {counter:<9} | {10 * i:<8} |\n{rule}\nsaving model {i}...\n"
        for i, v in enumerate(LOSS)
    )
    (run,) = runs(text, "log.txt")
    assert run.series["loss"].values.tolist() == LOSS and run.series["loss"].steps.tolist() == [0, 10, 20, 30, 40, 50]


@pytest.mark.parametrize(
    ("name", "labels", "ids"),
    [
        ("loss_log.txt", ("RNN", "LSTM", "GRU"), ["/RNN", "/LSTM", "/GRU"]),
        ("acc_log.txt", ("LSTM", "GRU"), ["/LSTM", "/GRU"]),
        ("val_loss.txt", ("BRNN", "BRNN"), ["#1", "#2"]),
        ("train_loss.log", ("model_a",), [""]),
    ],
)
@pytest.mark.parametrize("form", ["{}:[{}]", "{} = [{}]", "'{}': [{}]"])
def test_lists_called_after_models(name: str, labels: tuple[str, ...], ids: list[str], form: str) -> None:
    text = "".join(form.format(label, ", ".join(f"{v + n}" for v in LOSS)) + "\n" for n, label in enumerate(labels))
    found = runs(text, name)
    assert [run.id for run in found] == [name + own for own in ids]
    for n, run in enumerate(found):
        (one,) = run.series.values()
        assert one.values.tolist() == [v + n for v in LOSS]


def test_a_short_list_behind_a_long_one_of_its_name_is_a_curve_too() -> None:
    first, second = runs(f"BRNN:{LOSS}\nBRNN:{LOSS[:3]}\n", "loss_log.txt")
    assert [len(run.series["loss_log"]) for run in (first, second)] == [len(LOSS), 3]


def test_lists_in_a_file_of_another_name_are_no_curves() -> None:
    assert not runs("RNN: [0.5, 0.25, 0.75, 0.5, 0.25, 1.0]\n", "weights.txt")


@pytest.mark.parametrize("name", ["report.md", "notes.rst", "README.md"])
@pytest.mark.parametrize(
    "text",
    [
        "".join(f"epoch {i}, phase train, step {10 * i}, loss_train, {v}\n" for i, v in enumerate(LOSS, 1)),
        "# Training\n\n```\n" + "".join(f"Epoch {i}: loss_train: {v}\n" for i, v in enumerate(LOSS, 1)) + "```\n",
        "| Epoch | loss_train |\n|---|---|\n" + "".join(f"| {i} | {v} |\n" for i, v in enumerate(LOSS, 1)),
    ],
)
def test_output_pasted_into_a_report_is_read_where_it_is_named(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    (run,) = loganalyzer.load(tmp_path / name)
    assert run.series["loss_train"].values.tolist() == LOSS
    assert not loganalyzer.load(tmp_path)
