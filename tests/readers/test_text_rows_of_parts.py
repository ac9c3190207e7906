"""Lines that say the same of several parts: classes under their average, layers of a detector, losses without the word."""

from __future__ import annotations

import pytest

from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Run
from loganalyzer.readers.base import Source
from loganalyzer.readers.text.reader import READER
from loganalyzer.roles.assign import role_of


def only_run(text: str) -> Run:
    data = text.encode()
    source = Source("train.log", len(data), data[:65_536], lambda: data)
    (run,) = [item for item in READER.read("train.log", [source]) if isinstance(item, Run)]
    return run


def lists(run: Run) -> dict[str, list[float]]:
    return {name: series.values.tolist() for name, series in run.series.items()}


CLASSES = ("LOC", "ORG", "PER", "MISC", "B-LOC", "I-PER", "DATE", "ART_1", "CELL", "DNA")


@pytest.mark.parametrize("label", CLASSES)
@pytest.mark.parametrize("indent", ["", "             ", "2020-01-01 10:00:00,000 - INFO -     "])
def test_rows_of_classes_do_not_replace_the_average(label: str, indent: str) -> None:
    lines = []
    for epoch in (1, 2):
        lines += [
            f"epoch {epoch} loss {1 / epoch}",
            f"{indent}accuracy: 9{epoch}.50%; precision: 8{epoch}.50%; FB1: 7{epoch}.50",
        ]
        lines += [f"{indent}{label}: precision: 1{epoch}.50%; FB1: 2{epoch}.50  83{epoch}"]
    found = lists(only_run("\n".join(lines) + "\n"))
    assert found["precision"] == pytest.approx([0.815, 0.825])
    assert found["FB1"] == [71.5, 72.5]
    assert found[f"class {label} precision"] == pytest.approx([0.115, 0.125])
    assert found[f"class {label} FB1"] == [21.5, 22.5]
    plain = {"PER": Quantity.METRIC, "DATE": Quantity.TIME}  # names that mean something of their own
    assert role_of(f"class {label} FB1").quantity is plain.get(label, Quantity.PER_CLASS)


@pytest.mark.parametrize("word", ["INFO", "RESULTS", "TOTAL", "VAL", "TRAIN", "Metrics", "ner"])
def test_other_words_are_no_classes(word: str) -> None:
    found = lists(only_run("".join(f"epoch {e} {word}: precision: 0.{e}\n" for e in range(1, 5))))
    assert not [name for name in found if "class" in name]
    assert [0.1, 0.2, 0.3, 0.4] in found.values()


@pytest.mark.parametrize("word", ["Region", "Layer", "Head"])
@pytest.mark.parametrize("numbers", [(82, 94, 106), (0, 1), (16, 23)])
def test_places_of_measurement_keep_their_number(word: str, numbers: tuple[int, ...]) -> None:
    lines = []
    for step in range(1, 12):
        lines.append(f"step {step} loss {1 / step:.4f}")
        lines += [f"{word} {n} Avg IOU: 0.{n + step}, count: {n}" for n in numbers]
    found = lists(only_run("\n".join(lines) + "\n"))
    for number in numbers:
        assert found[f"{word} {number} Avg IOU"] == [float(f"0.{number + step}") for step in range(1, 12)]
    assert "Avg IOU" not in found


@pytest.mark.parametrize("columns", ["box obj cls", "box obj cls total", "box cls dfl", "box kobj cls"])
def test_losses_whose_columns_leave_out_the_word(columns: str) -> None:
    names = columns.split()
    lines = []
    for epoch in range(3):
        lines.append("     Epoch   gpu_mem  " + "  ".join(f"{name:>8}" for name in names) + "    labels  img_size")
        cells = "  ".join(f"0.0{epoch + 1}{place}" for place in range(len(names)))
        lines.append(
            f"       {epoch}/2     3.51G  {cells}        44       640: 100%|██████████| 9/9 [00:30<00:00,  3.30it/s]"
        )
    found = lists(only_run("\n".join(lines) + "\n"))
    for place, name in enumerate(names):
        assert found[f"{name}_loss"] == [float(f"0.0{epoch + 1}{place}") for epoch in range(3)]


@pytest.mark.parametrize("prefix", ["I0601 10:00:00.123456 1400 logging_writer.py:48] ", "[2020-01-01 10:00:00] "])
def test_the_step_in_brackets_ahead_of_named_values(prefix: str) -> None:
    run = only_run("".join(f"{prefix}[{100 * s}] accuracy=0.{s}5, loss={1 / s:.3f}\n" for s in range(1, 5)))
    assert run.series["loss"].steps.tolist() == [100, 200, 300, 400]


@pytest.mark.parametrize(
    "rule", ["|:---:|:---:|:---:|", "|-----|:----|----:|", "| --- | --- | --- |", "|=====|:---=|-----|"]
)
def test_a_rule_that_aligns_columns_does_not_end_them(rule: str) -> None:
    lines = []
    for step in (10, 20, 30):
        lines += [f"iter: {step} loss: {1 / step}", "|  AP  | AP50 | AP75 |", rule, f"| 1{step}.5 | 2{step}.5 | 0.5 |"]
    found = lists(only_run("\n".join(lines) + "\n"))
    assert found["AP"] == [110.5, 120.5, 130.5]
    assert found["AP50"] == [210.5, 220.5, 230.5]
