"""Cells of a table that hold a list: parts of one value, of which the mean counts, or the history so far."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer

FIRST = [0.9, 0.7, 0.5, 0.375, 0.25, 0.125]
SECOND = [1.1, 0.9, 0.75, 0.625, 0.5, 0.4375]
MEANS = [(a + b) / 2 for a, b in zip(FIRST, SECOND, strict=True)]


def read(folder: Path, text: str, name: str = "log.csv") -> loganalyzer.Run:
    (folder / name).write_text(text, newline="")
    (run,) = loganalyzer.load(folder)
    return run


@pytest.mark.parametrize(
    "cell",
    [
        '"[{a}, {b}]"',
        "[{a}, {b}]",
        '"({a}, {b})"',
        "[{a} {b}]",
        "[{a}  {b}]",
        '"[np.float64({a}), np.float64({b})]"',
        '"array([{a}, {b}])"',
        '"array([{a}, {b}], dtype=float32)"',
        '"tensor([{a}, {b}])"',
        "\"tensor([{a}, {b}], device='cuda:0')\"",
        "'[{a}; {b}]'",
        '"[tensor({a}), tensor({b})]"',
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_mean_of_a_list_counts(tmp_path: Path, cell: str, end: str) -> None:
    rows = [f"{i},{cell.format(a=a, b=b)},0.{i}" for i, (a, b) in enumerate(zip(FIRST, SECOND, strict=True))]
    run = read(tmp_path, end.join(["epoch,loss,acc", *rows, ""]))
    assert run.series["loss"].values.tolist() == pytest.approx(MEANS)
    assert run.series["acc"].values.tolist() == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    assert [(note.code, note.details) for note in run.notes] == [("lists-in-cells", {"names": "loss"})]


@pytest.mark.parametrize(("separator", "name"), [(";", "log.csv"), ("\t", "log.tsv"), ("|", "log.csv")])
def test_between_other_separators(tmp_path: Path, separator: str, name: str) -> None:
    rows = [separator.join((str(i), f"[{a}, {a + 1}]", "0.5")) for i, a in enumerate(FIRST)]
    run = read(tmp_path, "\n".join([separator.join(("epoch", "dice", "loss")), *rows, ""]), name)
    assert run.series["dice"].values.tolist() == pytest.approx([a + 0.5 for a in FIRST])


@pytest.mark.parametrize("first", [1, 3])
def test_of_a_history_that_grows_the_last_value_counts(tmp_path: Path, first: int) -> None:
    rows = [f'{i},"{FIRST[: i + first]}",0.5' for i in range(len(FIRST) - first + 1)]
    run = read(tmp_path, "\n".join(["epoch,loss,acc", *rows, ""]))
    assert run.series["loss"].values.tolist() == FIRST[first - 1 :]


def test_lists_of_other_lengths_are_those_of_batches(tmp_path: Path) -> None:
    rows = [f'{i},"{[a] * (2 + i % 2)}",0.5' for i, a in enumerate(FIRST)]
    run = read(tmp_path, "\n".join(["epoch,loss,acc", *rows, ""]))
    assert run.series["loss"].values.tolist() == pytest.approx(FIRST)


def test_a_list_with_nan_is_nan_and_an_empty_one_is_missing(tmp_path: Path) -> None:
    rows = [f'{i},"[{a}, {b}]",0.5' for i, (a, b) in enumerate(zip(FIRST, SECOND, strict=True))]
    rows[2], rows[3] = '2,"[0.5, nan]",0.5', '3,"[]",0.5'
    run = read(tmp_path, "\n".join(["epoch,loss,acc", *rows, ""]))
    assert run.series["loss"].steps.tolist() == [0, 1, 2, 4, 5]
    assert run.series["loss"].values.tolist() == pytest.approx([*MEANS[:2], float("nan"), *MEANS[4:]], nan_ok=True)


@pytest.mark.parametrize("cell", ["[a, b]", "[[0.1, 0.2], [0.3, 0.4]]", "[0.1, 0.2", "(see 0.1)", "layer[0.1]"])
def test_other_words_are_no_lists(tmp_path: Path, cell: str) -> None:
    rows = [f'{i},{a},"{cell}"' for i, a in enumerate(FIRST)]
    run = read(tmp_path, "\n".join(["epoch,loss,dice", *rows, ""]))
    assert "dice" not in run.series and run.series["loss"].values.tolist() == FIRST
