"""Notebooks: what cells printed and showed, in both formats of the file; damage, media, and notebooks without curves."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest

import loganalyzer
from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Match
from loganalyzer.readers.notebook.html_tables import tables_in
from loganalyzer.readers.notebook.reader import READER
from tests.readers.sources import source

Output = dict[str, Any]
LOSSES = [2.5, 1.75, 1.25, 1.0, 0.875]


def stream(text: str | list[str], name: str = "stdout") -> Output:
    return {"output_type": "stream", "name": name, "text": text}


def shown(html: str = "", plain: str = "", kind: str = "display_data", **more: Any) -> Output:
    data = {**({"text/html": html} if html else {}), **({"text/plain": plain} if plain else {}), **more}
    return {"output_type": kind, "data": data, "metadata": {}}


def cell(*outputs: Output) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": ["x"], "outputs": list(outputs)}


TEXT_CELL = {"cell_type": "markdown", "metadata": {}, "source": ["# Training"]}


def notebook(*cells: dict[str, Any]) -> bytes:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode()


def table(names: list[str], rows: list[list[object]], index: bool = False) -> str:
    """A table as pandas, fastai and the Trainer write it."""
    head = "".join(f"<th>{name}</th>\n" for name in names)
    body = ""
    for row in rows:
        cells = "".join(
            f"<{tag}>{c}</{tag}>\n" for c, tag in zip(row, ["th" if index else "td"] + ["td"] * 99, strict=False)
        )
        body += f"<tr>\n{cells}</tr>\n"
    head = f'<thead>\n<tr style="text-align: left;">\n{head}</tr></thead>'
    return f'<div><table border="1" class="dataframe">{head}<tbody>\n{body}</tbody></table><p></div>'


def items(data: bytes, name: str = "train.ipynb") -> list[Run | Unread]:
    file = source(name, data)
    assert READER.detect(file) is Match.CERTAIN
    return list(READER.read(READER.key(file), [file]))


def runs(data: bytes) -> list[Run]:
    found = items(data)
    assert all(isinstance(item, Run) for item in found), found
    return [item for item in found if isinstance(item, Run)]


def only(*outputs: Output) -> Run:
    (run,) = runs(notebook(TEXT_CELL, cell(*outputs)))
    assert run.id == "train.ipynb#cell-2"
    return run


def values(run: Run) -> dict[str, list[float]]:
    return {name: one.values.tolist() for name, one in run.series.items()}


LINES = [f"Epoch {i}/5 - loss: {loss}\n" for i, loss in enumerate(LOSSES, 1)]
BARS = "".join(
    f"Epoch {i}/5\n\x1b[1m 1/20\x1b[0m \x1b[37m━━━━━━━━\x1b[0m \x1b[1m1s\x1b[0m 40ms/step - loss: 9.0000"
    + f"\x08\x08\x08\x08\r\x1b[1m20/20\x1b[0m \x1b[32m━━━━━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m1s\x1b[0m 40ms/step - loss: {loss}\n"
    for i, loss in enumerate(LOSSES, 1)
)
OLD_BARS = "".join(
    f"Epoch {i}/5\n20/20 [==============================] - 1s 40ms/step - loss: {loss}\n"
    for i, loss in enumerate(LOSSES, 1)
)
JAPANESE = "".join(f"エポック {i}: 損失 {loss}\n" for i, loss in enumerate(LOSSES, 1))


@pytest.mark.parametrize(
    "outputs",
    [
        [stream(LINES)],
        [stream("".join(LINES))],
        [stream([line.replace("\n", "\r\n") for line in LINES])],
        [stream(line) for line in LINES],
        [stream("".join(LINES)[:55]), stream("".join(LINES)[55:])],
        [stream(LINES, "stderr")],
        [stream([f"2026-01-02 10:00:0{i} INFO {line}" for i, line in enumerate(LINES)], "stderr")],
        [stream(LINES[:2]), stream("warning: slow\n", "stderr"), stream(LINES[2:])],
        [stream(LINES[0].rstrip()), stream("UserWarning: old\n", "stderr"), stream(LINES[1:])],
        [stream(LINES[:3]), shown(plain="<Figure size 640x480>"), stream(LINES[3:])],
        [stream(BARS)],
        [stream(OLD_BARS)],
        [stream(JAPANESE)],
    ],
)
def test_printed_trainings_of_a_cell(outputs: list[Output]) -> None:
    (losses,) = [one for name, one in values(only(*outputs)).items() if "epoch" not in name]
    assert losses == LOSSES


BOTH = ["Training Loss", "Validation Loss"]


@pytest.mark.parametrize(
    ("names", "row", "series", "unit"),
    [
        (["Step", "Training Loss"], lambda i, x: [10 * (i + 1), f"{x:.6f}"], "Training Loss", "step"),
        (["Step", *BOTH], lambda i, x: [i, "No log", x], "Validation Loss", "step"),
        (["Epoch", *BOTH, "Accuracy"], lambda i, x: [i + 1, x, x, 0.5], "Training Loss", "epoch"),
        (["epoch", "train_loss", "valid_loss", "time"], lambda i, x: [i, x, x, "00:12"], "valid_loss", "epoch"),
        (["Step", "Training Loss", "reward", "kl"], lambda i, x: [i, x, 0.1, 0.0], "Training Loss", "step"),
        (["Step", "Training Loss"], lambda i, x: [f"{i + 1},000", x], "Training Loss", "step"),
        (["エポック", "損失"], lambda i, x: [i, x], "損失", "epoch"),
    ],
)
def test_tables_of_trainings(names: list[str], row: Any, series: str, unit: str) -> None:
    html = table(names, [row(i, x) for i, x in enumerate(LOSSES)])
    run = only(stream("Num examples = 1,000\n"), shown(html, "<IPython.core.display.HTML object>"))
    assert run.series[series].values.tolist() == LOSSES and run.step_unit == unit and run.notes == ()


def test_the_steps_of_a_table_are_its_own() -> None:
    run = only(shown(table(["Step", "Training Loss"], [[500 * i, x] for i, x in enumerate(LOSSES, 1)])))
    assert run.series["Training Loss"].steps.tolist() == [500, 1000, 1500, 2000, 2500]


def test_a_dataframe_of_a_history_counts_by_its_index() -> None:
    run = only(
        shown(
            table(["", "loss", "val_loss"], [[i, x, x] for i, x in enumerate(LOSSES)], index=True),
            kind="execute_result",
        )
    )
    assert run.series["val_loss"].values.tolist() == LOSSES and run.step_unit == "epoch"


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        (["", "model", "accuracy"], [[0, "tree", 0.9], [1, "svm", 0.8]]),
        (["", "age", "loss"], [[0, 31, 0.9], [1, 42, 0.8]]),
        (["model", "epoch", "accuracy"], [["a", 3, 0.9], ["b", 4, 0.8]]),
        (["", "precision", "recall"], [["cat", 0.5, 0.9], ["dog", 0.5, 0.8]]),
        (["epoch", "loss"], [[0, 0.5]]),
    ],
)
def test_other_tables_are_no_trainings(names: list[str], rows: list[list[object]]) -> None:
    assert items(notebook(cell(shown(table(names, rows))))) == [Unread("train.ipynb", items(notebook())[0].note, True)]  # type: ignore[union-attr]


def fastai(losses: list[float], start: int = 0) -> Output:
    rows: list[list[object]] = [[i, x, x] for i, x in enumerate(losses, start)]
    return shown(table(["epoch", "train_loss", "valid_loss"], rows))


def test_a_training_over_several_tables_of_a_cell_is_one_run() -> None:
    run = only(fastai(LOSSES[:1]), stream("unfrozen\n"), fastai(LOSSES[1:]))
    assert run.series["valid_loss"].values.tolist() == LOSSES and run.series["valid_loss"].steps.tolist() == [
        0,
        1,
        2,
        3,
        4,
    ]
    assert [note.code for note in run.notes] == ["counted-anew"]
    run = only(*(fastai([loss]) for loss in LOSSES))
    assert run.series["valid_loss"].values.tolist() == LOSSES and run.series["valid_loss"].steps.tolist() == [
        0,
        1,
        2,
        3,
        4,
    ]
    run = only(fastai(LOSSES[:2]), fastai(LOSSES[2:], 2))
    assert run.series["valid_loss"].values.tolist() == LOSSES and run.notes == ()


def test_a_table_that_starts_anew_is_another_run() -> None:
    first, second = runs(notebook(cell(fastai(LOSSES), fastai([2.4, 1.5, 1.25]))))
    assert [first.id, second.id] == ["train.ipynb#cell-1#1", "train.ipynb#cell-1#2"]
    assert len(first.series["train_loss"]) == 5 and len(second.series["train_loss"]) == 3


HISTORY = {"loss": LOSSES, "val_loss": [3.0, 2.0, 1.5, 1.25, 1.5]}


def numpy_scalars(curves: dict[str, list[float]]) -> str:
    lists = {name: ", ".join(f"np.float64({x})" for x in own) for name, own in curves.items()}
    return "{" + ", ".join(f"'{name}': [{own}]" for name, own in lists.items()) + "}"


@pytest.mark.parametrize(
    "plain",
    [
        str(HISTORY),
        str(HISTORY).replace(", ", ",\n  "),
        f"defaultdict(<class 'list'>,\n            {HISTORY})",
        f"defaultdict(list, {HISTORY})",
        numpy_scalars(HISTORY),
        str({"history": HISTORY}),
    ],
)
def test_a_history_shown_as_a_dict(plain: str) -> None:
    run = only(shown(plain=plain, kind="execute_result"))
    assert values(run) == HISTORY and run.step_unit == "epoch"


def test_a_printed_history() -> None:
    assert values(only(stream(f"done\n{HISTORY}\n"))) == HISTORY


def test_a_history_that_repeats_what_an_earlier_cell_printed_is_no_second_run() -> None:
    printed = [f"Epoch {i}/5 - loss: {x:.4f}\n" for i, x in enumerate(LOSSES, 1)]
    exact = {"loss": [x + 0.00003 for x in LOSSES]}
    (run,) = runs(notebook(cell(stream(printed)), cell(shown(plain=str(exact), kind="execute_result"))))
    assert run.id == "train.ipynb#cell-1"
    other = {"loss": [x + 0.1 for x in LOSSES]}
    assert len(runs(notebook(cell(stream(printed)), cell(shown(plain=str(other), kind="execute_result"))))) == 2


def test_several_cells_and_several_trainings_of_a_cell() -> None:
    again = [line.replace("loss: ", "loss: 1") for line in LINES]
    found = runs(notebook(TEXT_CELL, cell(stream(LINES)), cell(), cell(stream(again + LINES))))
    assert [run.id for run in found] == ["train.ipynb#cell-2", "train.ipynb#cell-4#1", "train.ipynb#cell-4#2"]
    assert [run.series["loss"].values[0] for run in found] == [2.5, 12.5, 2.5]


def test_format_3() -> None:
    old = {
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 1, "source": ["x"]},
                    {"cell_type": "code", "input": ["fit()"], "prompt_number": 1, "outputs": [
                        {"output_type": "stream", "stream": "stdout", "text": LINES},
                        {"output_type": "display_data", "png": "iVBORw0KGgo=", "metadata": {}},
                    ]},
                    {"cell_type": "code", "input": ["h"], "outputs": [
                        {"output_type": "pyout", "prompt_number": 2, "text": ["{'acc': [0.5, 0.75],\n", " 'val_acc': [0.2, 0.5]}"]},
                    ]},
                    {"cell_type": "code", "input": ["t"], "outputs": [
                        {"output_type": "pyout", "html": [table(["Step", "Training Loss"], [[1, 7], [2, 6]])], "text": ["<x>"]},
                    ]},
                ]
            }
        ],
        "nbformat": 3,
        "nbformat_minor": 0,
    }  # fmt: skip
    found = runs(json.dumps(old).encode())
    assert [run.id for run in found] == [f"train.ipynb#cell-{n}" for n in (2, 3, 4)]
    assert found[0].series["loss"].values.tolist() == LOSSES
    assert found[1].series["val_acc"].values.tolist() == [0.2, 0.5]
    assert found[2].series["Training Loss"].values.tolist() == [7, 6]


def test_a_notebook_without_curves_is_expected() -> None:
    for data in (notebook(), notebook(TEXT_CELL, cell(stream("hello\n"), shown(plain="0.93"))), b"{}"):
        (item,) = items(data)
        assert isinstance(item, Unread) and item.expected and item.note.code == "no-training-log"


def test_scores_that_a_cell_lists_are_no_training() -> None:
    listed = "".join(f"Sample {n} (CER: {n % 7}.50%)\nReference: text\n\n" for n in range(5000, 5008))
    bar = "Evaluating: 100%|##########| 200/200 [03:12<00:00,  1.04it/s]\n"
    (item,) = items(notebook(cell(stream(bar + listed))))
    assert isinstance(item, Unread) and item.expected


PLAIN = notebook(TEXT_CELL, cell(stream(LINES), shown(plain="<Figure>")), cell(stream("done\n")))


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (PLAIN.replace(b'"metadata": {}', b'"metadata": {"x": NaN}'), []),
        (PLAIN.replace(b'"text/plain": "<Figure>"', b'"application/json": {"a": [NaN, Infinity]}'), []),
        (PLAIN[: PLAIN.index(b'"done')], ["json-damaged"]),
        (PLAIN.replace(b'"done\\n"', b"\n<<<<<<< HEAD\n"), ["json-damaged"]),
        (PLAIN.replace(b'"done\\n"', b'"\\ud800"'), []),
        (PLAIN.replace(b'"done\\n"', b"7"), []),
        (PLAIN.replace(b'"outputs": []', b'"outputs": null'), []),
        (PLAIN.decode().encode("utf-16"), []),
        (b"\xef\xbb\xbf" + PLAIN, []),
        (PLAIN.replace(b"\n", b"\r\n"), []),
    ],
    ids=["nan", "nan-in-data", "torn", "conflict", "surrogate", "number", "null", "utf-16", "bom", "crlf"],
)
def test_odd_and_damaged_files(data: bytes, codes: list[str]) -> None:
    (run,) = runs(data)
    assert run.series["loss"].values.tolist() == LOSSES and [note.code for note in run.notes] == codes


@pytest.mark.parametrize("head", [b"[1, 2]", b"not json", b"", b"\x00\x01{"])
def test_what_is_no_notebook(head: bytes) -> None:
    assert READER.detect(source("x.ipynb", head)) is Match.NO


def test_what_cannot_be_parsed() -> None:
    (item,) = items(b"{<<<<<<< HEAD")
    assert isinstance(item, Unread) and not item.expected and item.note.code == "json-damaged"
    with pytest.raises(ReadError):
        items(b"{" + b'"a":[' * 5000)


@pytest.mark.parametrize("broken", [False, True])
def test_images_cost_no_memory(broken: bool) -> None:
    image = "iVBORw0KGgoAAAANSUhEUg" * 500_000
    data = notebook(cell(stream(LINES), shown(**{"image/png": image, "image/svg+xml": ["<svg>" + "x" * 100_000]})))
    if broken:
        data = data[:-1]
    tracemalloc.start()
    try:
        (run,) = runs(data)
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()
    assert run.series["loss"].values.tolist() == LOSSES


CRAFTED = {
    "open tags": "<table" * 30_000,
    "open cells": "<table><tr>" + "<td>" * 50_000,
    "comments": "<table>" + "<!--" * 50_000,
    "attributes": "<table " + "a=b " * 50_000,
    "quotes": "<table " + "a='" * 60_000,
    "less-than": "<table>" + "<" * 200_000,
    "declarations": "<table>" + "<![" * 60_000,
    "entities": "<table><tr><td>" + "&" * 200_000,
    "ends": "<table>" + "</" * 100_000,
}


@pytest.mark.parametrize("html", CRAFTED.values(), ids=CRAFTED)
def test_crafted_html_is_parsed_in_one_pass(html: str) -> None:
    assert tables_in(html) == []


def test_a_row_of_another_length_and_a_table_without_rows() -> None:
    rows = "<TR><TH>a</TH><TH>b &amp; c</TH></TR><TR><TD>1<TD><b>2</b></TR><tr><td>9</td></tr>"
    (found,) = tables_in(f"<TABLE>{rows}</TABLE><table><tr><th>a</th></tr></table>")
    assert found.names == ("a", "b & c") and found.rows == (("1", "2"),)


def test_a_folder_with_a_notebook(tmp_path: Any) -> None:
    (tmp_path / "a.ipynb").write_bytes(PLAIN)
    (tmp_path / "b.ipynb").write_bytes(notebook(TEXT_CELL))
    report = loganalyzer.analyze(tmp_path)
    assert [(d.id, d.run.reader) for d in report.runs] == [("a.ipynb#cell-2", "notebook")]
    assert [(u.file, u.expected) for u in report.unread] == [("b.ipynb", True)]


@pytest.mark.parametrize("letter", ["\udcd0", "Ð", "損", "\ufffd"])
@pytest.mark.parametrize("line", ["{}/5 [==>...] - ETA: 1s - loss: 0", "{}/5 - loss: 0", "loss: 0"])
def test_a_loss_of_which_only_a_damaged_and_a_torn_value_are_left(line: str, letter: str) -> None:
    text = line.format(4) + letter + "\r" + line.format(5)
    assert all(isinstance(one, Run | Unread) for one in items(notebook(cell(stream(text, "stderr")))))
