"""W&B's "Export CSV": which columns are runs, bounds, x-axes, exports of several charts."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Match
from loganalyzer.readers.csv.wandb_export import READER, column_of
from tests.readers.sources import source

VALUES = [2.5, 1.75, 1.25, 1.0, 0.875, 0.75]


def export(columns: dict[str, Sequence[object]], bounds: bool = True, quoted: bool = True, end: str = "\n") -> bytes:
    """A chart's export: the first column is the x-axis, the others have bounds beside them."""
    names, table = [], []
    for number, (name, values) in enumerate(columns.items()):
        ends = ("", "__MIN", "__MAX") if bounds and number else ("",)
        names += [name + e for e in ends]
        table += [values] * len(ends)
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(text, quoting=quoting, lineterminator=end).writerows([names, *zip(*table, strict=True)])
    return text.getvalue().encode()


def read(data: bytes, name: str = "export.csv") -> list[Run]:
    file = source(name, data)
    assert READER.detect(file) is Match.CERTAIN
    found = list(READER.read(READER.key(file), [file]))
    assert all(isinstance(item, Run) for item in found), found
    return [item for item in found if isinstance(item, Run)]


STEPS = [0, 10, 20, 30, 40, 50]
SPARSE = ["", 1.0, "", 0.5, "", 0.25]


@pytest.mark.parametrize(
    "data",
    [
        export({"Step": STEPS, "sun-3 - loss": VALUES}),
        export({"Step": STEPS, "sun-3 - loss": VALUES}, quoted=False),
        export({"Step": STEPS, "sun-3 - loss": VALUES}, bounds=False),
        export({"Step": STEPS, "sun-3 - loss": VALUES}, end="\r\n"),
        export({"Step": STEPS, "loss": VALUES}),
        export({"_step": STEPS, "Group: lr=0.1 - loss": VALUES}),
        export({"Step": STEPS, "a - b - loss": VALUES}),
        export({"trainer/global_step": STEPS, "sun-3 - loss": VALUES}),
        export({"Relative Time (Process)": [i * 2.5 for i in range(6)], "s - loss": VALUES, "s - _step": STEPS}),
        export({"Step": range(6), "s - _step": STEPS, "s - loss": VALUES}),
        export({"Step": STEPS, "学習 - loss": VALUES}),
    ],
)
def test_one_run(data: bytes) -> None:
    (run,) = read(data)
    assert list(run.series) == ["loss"] and run.series["loss"].values.tolist() == VALUES
    assert run.series["loss"].steps.tolist() == STEPS and run.step_unit == "step" and run.id == "export.csv"
    assert run.notes == ()


def test_each_prefix_is_a_run() -> None:
    columns = {"Step": STEPS, "a - train/loss": VALUES, "a - val/loss": SPARSE, "lr=0.1 - train/loss": SPARSE}
    first, second = read(export(columns))
    assert [first.id, second.id] == ["export.csv/a", "export.csv/lr=0.1"]
    assert {n: len(s) for n, s in first.series.items()} == {"train/loss": 6, "val/loss": 3}
    assert second.series["train/loss"].steps.tolist() == [10, 30, 50]


def test_an_axis_of_epochs() -> None:
    (run,) = read(export({"epoch": range(6), "a - val_loss": VALUES}))
    assert run.step_unit == "epoch" and run.series["val_loss"].steps.tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("x", "start"), [("Relative Time (Process)", 0.0), ("Wall Time", 1.7e9), ("Relative Time (Wall)", 3.0)]
)
def test_an_axis_of_time_numbers_the_rows_and_is_their_clock(x: str, start: float) -> None:
    (run,) = read(export({x: [start + 2.5 * i for i in range(6)], "a - loss": VALUES}))
    walls = run.series["loss"].wall_times
    assert run.series["loss"].steps.tolist() == [0, 1, 2, 3, 4, 5] and walls is not None and walls[2] - walls[0] == 5.0
    assert [note.code for note in run.notes] == ["rows-numbered"]


def test_two_runs_of_one_name() -> None:
    data = b'"Step","a - loss","a - loss__MIN","a - loss","a - loss__MIN"\n' + b"".join(
        f'"{i}","{3 - i}","{3 - i}","{5 - i}","{5 - i}"\n'.encode() for i in range(4)
    )
    assert [(run.id, run.series["loss"].values[0]) for run in read(data)] == [
        ("export.csv/a", 3),
        ("export.csv/a~2", 5),
    ]


def test_what_is_cut() -> None:
    data = export({"Step": STEPS, "a - loss": VALUES}, quoted=False)
    (run,) = read(data[:-2])
    assert run.series["loss"].values.tolist() == VALUES and len(run.notes) == 1
    (item,) = READER.read("x.csv", [source("x.csv", export({"Step": STEPS, "a - gpu temperature": VALUES}))])
    assert isinstance(item, Unread) and item.expected


def test_the_charts_of_a_folder_show_the_same_runs(tmp_path: Path) -> None:
    for number, metric in enumerate(("train/loss", "val/loss", "lr")):
        data = export({"Step": STEPS, f"a - {metric}": VALUES, f"b - {metric}": VALUES})
        (tmp_path / f"wandb_export_2026-01-0{number + 1}T10_00_00.csv").write_bytes(data)
    report = loganalyzer.analyze(tmp_path)
    assert [(d.id.rpartition("/")[2], sorted(d.run.series)) for d in report.runs] == [
        ("a", ["lr", "train/loss", "val/loss"]),
        ("b", ["lr", "train/loss", "val/loss"]),
    ]


@pytest.mark.parametrize(
    ("name", "run", "metric", "bound"),
    [
        ("a - loss", "a", "loss", False),
        ("a - b - train/loss__MAX", "a - b", "train/loss", True),
        ("loss__MIN", "", "loss", True),
        ("a - loss.2", "a~2", "loss", False),
        ("a - map.5", "a", "map.5", False),
    ],
)
def test_columns(name: str, run: str, metric: str, bound: bool) -> None:
    column = column_of(name, ["a - loss"])
    assert (column.run, column.metric, column.bound) == (run, metric, bound)


@pytest.mark.parametrize(
    "text",
    [
        "epoch,loss,val_loss\n0,1,2\n1,1,2\n",
        "Step,train - loss,other\n0,1,2\n1,1,2\n",
        "name,a - loss\nx,1\ny,2\n",
        "Step,a - height\n0,1\n1,2\n",
        "epoch 1 - loss: 0.5, acc: 0.3\nepoch 2 - loss: 0.4, acc: 0.4\n",
    ],
)
def test_other_tables(text: str) -> None:
    assert READER.detect(source("x.csv", text.encode())) is Match.NO
