"""Rows of several numbers that no line names: what the file's name and the way they run tell of their columns."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Match
from loganalyzer.readers.csv.headerless import READER
from loganalyzer.readers.csv.nameless_rows import lists_in
from tests.readers.sources import source

COUNT = 24
STEPS = range(COUNT)
LOSS = [round(0.3 + 2.5 / (1 + i / 3), 4) for i in STEPS]
HELD_OUT = [round(0.5 + 2.4 / (1 + i / 3) + 0.03 * max(0, i - 12), 4) for i in STEPS]
BELOW_ZERO = [round(9.0 / (1 + i / 3) - 4.0, 4) for i in STEPS]
ACCURACY = [round(0.9 - 0.7 / (1 + i / 4), 4) for i in STEPS]
ITS_ACCURACY = [round(0.8 - 0.6 / (1 + i / 4), 4) for i in STEPS]
SWINGING = [round(-200 + 150 * float(np.sin(i / 3)), 2) for i in STEPS]
TOTAL = [a + b for a, b in zip(LOSS, ACCURACY, strict=True)]
EPOCHS = [float(i // 6) for i in STEPS]


def rows(*columns: Sequence[float], between: str = ",") -> str:
    return "".join(between.join(f"{value:g}" for value in row) + "\n" for row in zip(*columns, strict=True))


def runs(text: str, name: str) -> list[Run | Unread]:
    file = source(name, text.encode())
    assert READER.detect(file) is not Match.NO
    return list(READER.read(READER.key(file), [file]))


def clocked(text: str, ahead: str = "2024-03-0{day} 10:{minute:02}:07,123 - ") -> str:
    lines = text.splitlines()
    return "".join(ahead.format(day=1 + i // 60, minute=i % 60) + line + "\n" for i, line in enumerate(lines))


@pytest.mark.parametrize(
    ("name", "text", "names"),
    [
        ("validation_loss.csv", rows(STEPS, HELD_OUT, ITS_ACCURACY), ["validation_loss", "validation/accuracy"]),
        ("train_log.txt", rows(STEPS, LOSS, ACCURACY, between=" "), ["train_log/loss", "train/accuracy"]),
        ("val_log.txt", rows(STEPS, HELD_OUT, ITS_ACCURACY, between="\t"), ["val_log/loss", "validation/accuracy"]),
        ("loss_history.json", json.dumps([[200 * i, LOSS[i], HELD_OUT[i]] for i in STEPS]), ["train", "val"]),
        ("loss.csv", rows(STEPS, LOSS, HELD_OUT), ["train", "val"]),
        ("loss.txt", rows(LOSS, HELD_OUT, between=" "), ["train", "val"]),
        ("losses.csv", rows(BELOW_ZERO, [value / 9 for value in LOSS]), ["losses", "column_2"]),
        ("losses.csv", rows(STEPS, LOSS, ACCURACY), ["losses", "accuracy"]),
        ("loss.tsv", rows(STEPS, LOSS, HELD_OUT, ACCURACY, between="\t"), ["train", "val", "accuracy"]),
        ("loss.csv", rows(STEPS, LOSS, ACCURACY, HELD_OUT, ITS_ACCURACY), ["train", "train/accuracy", "val", "val/accuracy"]),
        ("loss_log.txt", rows(LOSS, SWINGING), ["loss_log", "column_2"]),
        ("loss.csv", rows(TOTAL, LOSS, ACCURACY), ["loss", "loss/part_1", "loss/part_2"]),
        ("loss.csv", rows(EPOCHS, LOSS), ["loss", "epoch"]),
        ("loss.csv", rows([1] * COUNT, LOSS), ["loss", "epoch"]),
        ("train.txt", clocked(rows(EPOCHS, [i % 6 for i in STEPS], LOSS, between="\t")), ["train/loss", "epoch"]),
        ("long_term_rewards.txt", rows(LOSS), ["rewards"]),
        ("score_history.csv", rows(LOSS), ["score"]),
        ("train_mse_list.txt", rows(LOSS), ["train_mse"]),
        ("test_accuracy.csv", rows(STEPS, ACCURACY, SWINGING), ["test_accuracy", "column_2"]),
    ],
)  # fmt: skip
def test_what_columns_hold(name: str, text: str, names: list[str]) -> None:
    (run,) = runs(text, name)
    assert isinstance(run, Run)
    stem = name.partition(".")[0]
    wanted = [f"{own}/{stem}" if own in ("train", "val") else own for own in names]
    assert list(run.series) == wanted and all(len(series) == COUNT for series in run.series.values())
    told = [note for note in run.notes if note.code == "columns-taken"]
    values = [own for own in wanted if own != "epoch"]
    assert [note.details["names"] for note in told] == ([", ".join(values)] if len(values) > 1 else [])


@pytest.mark.parametrize(
    "ahead",
    [
        "2024-03-0{day} 10:{minute:02}:07,123 - ",
        "2024-03-0{day} 10:{minute:02}:07 ",
        "[2024-03-0{day} 10:{minute:02}:07] ",
        "2024-03-0{day}T10:{minute:02}:07.123456 | ",
        "2024-03-0{day} 10:{minute:02}:07,123 - INFO - ",
        "2024-03-0{day} 10:{minute:02}:07,123 - root - INFO - ",
        "2024-03-0{day} 10:{minute:02}:07,123 [INFO] ",
    ],
)
@pytest.mark.parametrize("prose", ["", "save model\n", "6594*4 < 2*25600\n"])
def test_rows_behind_clocks(ahead: str, prose: str) -> None:
    text = rows([i // 6 for i in STEPS], [i % 6 for i in STEPS], LOSS, between="\t")
    lines = text.splitlines(keepends=True)
    (run,) = runs(clocked(prose + "".join(lines[:9]) + prose + "".join(lines[9:]), ahead), "train.txt")
    assert isinstance(run, Run) and run.series["train/loss"].values.tolist() == LOSS
    assert run.series["train/loss"].steps.tolist() == list(STEPS) and run.step_unit == "step"


def test_more_prose_than_rows_behind_clocks_is_left_to_the_reader_of_text() -> None:
    text = clocked("".join(f"{line}\nbatch done\nsaved\n" for line in rows(STEPS, LOSS).splitlines()))
    assert READER.detect(source("train_loss.txt", text.encode())) is Match.NO


@pytest.mark.parametrize("between", [",", " ", "\t", ";", "  ,  "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_steps_are_those_of_the_counter(between: str, end: str) -> None:
    text = rows([50 * (i + 1) for i in STEPS], LOSS, HELD_OUT, between=between).replace("\n", end)
    (run,) = runs(text, "train_val_losses.csv".replace("train_val_", ""))
    assert isinstance(run, Run) and {*run.series} == {"train/losses", "val/losses"}
    for values, series in zip((LOSS, HELD_OUT), run.series.values(), strict=True):
        assert series.values.tolist() == values and series.steps.tolist() == [50 * (i + 1) for i in STEPS]


def test_rows_that_become_wider_are_read_and_a_damaged_one_is_not() -> None:
    narrow, wide = rows(STEPS, LOSS), rows(STEPS, LOSS, SWINGING)
    first, second = runs(narrow + wide, "loss.csv")
    assert isinstance(first, Run) and isinstance(second, Run)
    assert list(first.series) == ["loss"] and list(second.series) == ["loss", "column_2"]
    assert second.series["loss"].values.tolist() == LOSS
    lines = narrow.splitlines(keepends=True)
    (run,) = runs("".join([*lines[:9], "7 8 9\n", *lines[9:]]), "loss.csv")
    assert isinstance(run, Run) and len(run.series["loss"]) == COUNT
    assert [note.code for note in run.notes] == ["damaged-records"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("train_log.txt", rows(STEPS, SWINGING, HELD_OUT)),
        ("train.csv", rows(STEPS, [abs(float(np.sin(37 * i))) for i in STEPS], [abs(float(np.cos(91 * i))) for i in STEPS])),
        ("metrics.csv", rows(STEPS, LOSS, HELD_OUT)),
        ("loss.csv", rows(STEPS, *[LOSS] * 6)),
        ("loss_landscape.csv", rows([i / 10 for i in range(1, COUNT + 1)], LOSS, HELD_OUT)),
        ("run.log", rows(STEPS, LOSS, HELD_OUT)),
    ],
)  # fmt: skip
def test_rows_that_nothing_names_are_refused_with_a_word(name: str, text: str) -> None:
    (refused,) = runs(text, name)
    assert isinstance(refused, Unread) and refused.note.code == "rows-without-header" and not refused.expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("matrix.txt", rows(LOSS, HELD_OUT)),
        ("accuracy.csv", rows(ACCURACY, ITS_ACCURACY)),
        ("loss.csv", rows(LOSS[:5], HELD_OUT[:5])),
        ("loss.csv", rows(SWINGING, LOSS)),
        ("loss.csv", rows(*[LOSS] * 7)),
        ("confusion.txt", rows([50, 3, 2, 1], [4, 48, 5, 0], [1, 2, 44, 9])),
        ("rewards.txt", rows(SWINGING, LOSS)),
        ("points.json", json.dumps([[a, b] for a, b in zip(LOSS, HELD_OUT, strict=True)])),
        ("loss_order.txt", "".join(f"{(7 * i) % 24}\n" for i in STEPS)),
        ("train_loss.txt", clocked("step 3: loss 0.5\n" * COUNT)),
    ],
)
def test_a_matrix_is_no_log(name: str, text: str) -> None:
    assert READER.detect(source(name, text.encode())) is Match.NO


def test_pairs_that_rise_in_a_file_that_is_called_after_a_data_set_are_refused() -> None:
    with pytest.raises(ReadError, match="pairs-without-name"):
        runs(rows(STEPS, ACCURACY), "train_log.txt")


@pytest.mark.parametrize("name", ["loss_history.json", "training.json", "eval.log", "train_log.txt"])
@pytest.mark.parametrize(
    "dump", [json.dumps, lambda table: "\n".join(", ".join(map(str, row)) for row in table) + "\n"]
)
def test_three_columns_in_either_writing(name: str, dump: Callable[[list[list[float]]], str]) -> None:
    table = [[200.0 * i, 5.9 / i, 6.0 / i] for i in range(1, 9)]
    (run,) = runs(dump(table), name)
    assert isinstance(run, Run) and run.series[next(iter(run.series))].values.tolist() == [5.9 / i for i in range(1, 9)]


@pytest.mark.parametrize("glue", ["_", ":", ": ", " : ", "|", " | ", "=>", " -> ", " => ", ":\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_value_glued_to_its_number(glue: str, end: str) -> None:
    (run,) = runs("".join(f"{i}{glue}{one}{end}" for i, one in enumerate(LOSS, 1)), "train_loss.txt")
    assert isinstance(run, Run)
    assert run.series["train_loss"].values.tolist() == LOSS
    assert run.series["train_loss"].steps.tolist() == [*range(1, COUNT + 1)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("".join(f"12:{i:02}:07 {one}\n" for i, one in enumerate(LOSS)), "loss.txt"),
        ("".join(f"{i}_{one}_{one}\n" for i, one in enumerate(LOSS)), "loss.txt"),
        ("".join(f"{i}_{one}\n" for i, one in enumerate(LOSS)), "coordinates.txt"),
        ("".join(f"{i}_abc\n" for i in STEPS), "loss.txt"),
        ("".join(f"{i}: cat{i}.png\n" for i in STEPS), "loss.txt"),
    ],
)
def test_other_signs_between_numbers(text: str, name: str) -> None:
    file = source(name, text.encode())
    assert READER.detect(file) is Match.NO


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("0\n0\n0.4\n0.3\n0.2\n0.15\n0.12\n", [0, 0, 0.4]),
        ("0\n0.5\n0\n0.3\n0.2\n0.15\n0.12\n", [0, 0.5, 0]),
        ("0\n0.5\n0.4\n0.3\n0.2\n0.15\n0.12\n", [0.5, 0.4, 0.3]),
        ("0\n0.0\n0.4\n0.3\n0.2\n0.15\n0.12\n", [0, 0.4, 0.3]),
        (",0\n0,0.5\n1,0\n2,0.3\n3,0.2\n4,0.15\n5,0.1\n", [0.5, 0, 0.3]),
    ],
)
def test_a_zero_above_values_is_a_name_or_one_of_them(text: str, first: list[float]) -> None:
    (run,) = runs(text, "loss_log.txt")
    assert isinstance(run, Run)
    (one,) = run.series.values()
    assert one.values[:3].tolist() == first


def listed(*lists: Sequence[float]) -> str:
    return "".join(json.dumps([*one]) + "\n" for one in lists)


PERCENT = [100 * one for one in ACCURACY]


@pytest.mark.parametrize(
    ("text", "name", "curves"),
    [
        (listed(LOSS, HELD_OUT), "losses.txt", [LOSS, HELD_OUT]),
        (listed([], LOSS, [], HELD_OUT[:8], PERCENT[:9], HELD_OUT), "train_loss.txt", [LOSS, HELD_OUT]),
        (listed(LOSS, PERCENT, HELD_OUT, PERCENT), "loss.txt", [LOSS, HELD_OUT]),
        (listed(LOSS, ACCURACY, HELD_OUT, ACCURACY), "loss.log", [LOSS, HELD_OUT]),
        (listed(*(LOSS[:count] for count in range(1, COUNT + 1))), "loss.txt", [LOSS]),
        (listed(LOSS[:8], LOSS[:16], LOSS, HELD_OUT[:9], HELD_OUT), "loss.txt", [LOSS, HELD_OUT]),
        (listed(LOSS, LOSS, LOSS), "loss.txt", [LOSS] * 3),
        (listed(LOSS, HELD_OUT)[:-9], "loss.txt", [LOSS]),
        (listed(LOSS, HELD_OUT).replace("\n", "\r\n"), "loss.txt", [LOSS, HELD_OUT]),
        (listed(LOSS, HELD_OUT).replace("]\n", "],\n"), "loss.txt", [LOSS, HELD_OUT]),
        (listed(PERCENT, SWINGING), "rewards.txt", [PERCENT, SWINGING]),
    ],
)  # fmt: skip
def test_a_list_a_line(text: str, name: str, curves: list[list[float]]) -> None:
    found = [run for run in runs(text, name) if isinstance(run, Run)]
    assert [one.values.tolist() for run in found for one in run.series.values()] == curves


@pytest.mark.parametrize("name", ["embeddings.txt", "data.log", "features.json"])
def test_lists_that_nothing_calls_a_curve(name: str) -> None:
    assert READER.detect(source(name, listed(LOSS, HELD_OUT).encode())) is Match.NO


@pytest.mark.parametrize("row", ["[{i}, {a}]", "[{i}, {a}],", "[{i}, {a}, {b}]", "[{i},{a},{b}]", "[{a}, {b}]"])
@pytest.mark.parametrize("name", ["losses", "loss.txt", "train_loss.log"])
def test_rows_in_brackets_are_rows_and_no_lists(row: str, name: str) -> None:
    text = "".join(row.format(i=i, a=a, b=b) + "\n" for i, (a, b) in enumerate(zip(LOSS, HELD_OUT, strict=True)))
    assert READER.detect(source(name, text.encode())) is Match.MAYBE and lists_in(text) == []
    (run,), (plain,) = runs(text, name), runs(re.sub(r"[\[\]]|,$", "", text, flags=re.MULTILINE), name)
    assert isinstance(run, Run) and isinstance(plain, Run) and run.notes == plain.notes
    assert {name: one.values.tolist() for name, one in run.series.items()} == {
        name: one.values.tolist() for name, one in plain.series.items()
    }
    assert LOSS in [one.values.tolist() for one in run.series.values()]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize(
    ("text", "name"),
    [
        (rows(LOSS), "train_loss.csv"),
        (rows(STEPS, LOSS), "train_loss.csv"),
        (rows(STEPS, LOSS, HELD_OUT, between=" "), "loss_history.dat"),
        ("".join(f"tensor({one})\n" for one in LOSS), "loss.txt"),
        (listed(LOSS, HELD_OUT), "losses.txt"),
    ],
)
def test_a_mark_of_the_encoding_changes_nothing(text: str, name: str, encoding: str) -> None:
    file = source(name, text.encode(encoding))
    assert READER.detect(file) is Match.MAYBE
    plain, marked = runs(text, name), [*READER.read(name, [file])]
    assert [[*one.series] for one in plain] == [[*one.series] for one in marked]  # type: ignore[union-attr]
    assert isinstance(marked[0], Run) and LOSS in [one.values.tolist() for one in marked[0].series.values()]


LONG = [*LOSS, *(one / 10 for one in LOSS)]
LONG_HELD_OUT = [*HELD_OUT, *(one / 10 for one in HELD_OUT)]


@pytest.mark.parametrize("between", [",", " ", ";", ", ", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_curve_a_line(between: str, end: str) -> None:
    text = end.join(between.join(map(str, one)) for one in (LONG, LONG_HELD_OUT)) + end
    (run,) = runs(text, "loss.csv")
    assert isinstance(run, Run)
    assert [one.values.tolist() for one in run.series.values()] == [LONG, LONG_HELD_OUT]
    (alone,) = runs(between.join(map(str, LONG)) + end, "train_loss.txt")
    assert isinstance(alone, Run) and alone.series["train_loss"].values.tolist() == LONG


@pytest.mark.parametrize("name", ["features.csv", "data.txt", "weights.csv"])
def test_lines_of_numbers_that_nothing_calls_a_curve(name: str) -> None:
    text = "\n".join(",".join(map(str, one)) for one in (LONG, LONG_HELD_OUT)) + "\n"
    assert READER.detect(source(name, text.encode())) is Match.NO


def quoted(text: str, between: str = ",", mark: str = '"') -> str:
    lines = (between.join(f"{mark}{cell}{mark}" for cell in line.split(",")) for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("losses.csv", quoted(rows(STEPS, LOSS))),
        ("loss.csv", quoted(rows(STEPS, LOSS), ";")),
        ("loss.tsv", quoted(rows(STEPS, LOSS), "\t")),
        ("loss.csv", quoted(rows(STEPS, LOSS)).replace("\n", "\n\n")),
        ("loss.csv", quoted(rows(STEPS, LOSS)).replace("\n", "\r\n")),
        ("loss.csv", quoted(rows(LOSS))),
        ("train_loss.txt", quoted(rows(LOSS))),
        ("loss.csv", "".join(f'{i},"{value}"\n' for i, value in enumerate(LOSS))),
        ("loss.csv", "".join(f'"{i}",{value}\n' for i, value in enumerate(LOSS))),
        ("losses.csv", "".join(f'"{i}", "{value}"\n' for i, value in enumerate(LOSS))),
    ],
)
def test_quotes_about_numbers_are_no_part_of_them(name: str, text: str) -> None:
    (run,) = runs(text, name)
    assert isinstance(run, Run)
    (series,) = run.series.values()
    assert series.values.tolist() == pytest.approx(LOSS)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("loss.csv", '"epoch","loss"\n' + quoted(rows(STEPS, LOSS))),  # names: the reader of tables has it
        ("loss.csv", '"in the beginning"\n"was the word"\n' * 8),
        ("table.csv", quoted(rows(LOSS, HELD_OUT))),
        ("loss.json", json.dumps("0.5")),
        ("loss.csv", '"0.5 apples, 3 pears"\n' * 9),
    ],
)
def test_other_words_in_quotes_are_no_rows(name: str, text: str) -> None:
    assert READER.detect(source(name, text.encode())) is Match.NO
