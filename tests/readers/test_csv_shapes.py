"""Tables that are not a row a step: long ones, several runs in one, two header rows, lying ones, summaries, cells with more
than a number."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from loganalyzer.model.run import Run
from loganalyzer.readers.base import Match
from loganalyzer.readers.csv.reader import READER
from tests.readers.sources import source

COUNT = 12
LOSS = [round(2 / (i + 2) + 0.1, 4) for i in range(COUNT)]
HELD_OUT = [round(1.1 * one + 0.02, 4) for one in LOSS]
SCORE = [round(1 - one / 2.2, 4) for one in LOSS]


def runs(text: str, name: str = "log.csv") -> dict[str, Run]:
    file = source(name, text.encode())
    if READER.detect(file) is Match.NO:
        return {}
    return {one.id.removeprefix(name).lstrip("/"): one for one in READER.read(name, [file]) if isinstance(one, Run)}


def table(header: str, row: Callable[[int], str], end: str = "\n") -> str:
    return end.join([header, *(row(i) for i in range(COUNT)), ""])


LONG = [
    table("step,name,value", lambda i: f"{i},train_loss,{LOSS[i]}\n{i},val_loss,{HELD_OUT[i]}\n{i},lr,0.1"),
    table("epoch,metric,value", lambda i: f"{i},train_loss,{LOSS[i]}\n{i},val_loss,{HELD_OUT[i]}"),
    table("name;step;value", lambda i: f"train_loss;{i};{LOSS[i]}\nval_loss;{i};{HELD_OUT[i]}"),
    table("timestamp,tag,epoch,value", lambda i: f"17{i},train_loss,{i},{LOSS[i]}\n17{i},val_loss,{i},{HELD_OUT[i]}"),
    table("key\tvalue\tstep", lambda i: f"train_loss\t{LOSS[i]}\t{i}\nval_loss\t{HELD_OUT[i]}\t{i}"),
    table("epoch,split,metric,value", lambda i: f"{i},train,train_loss,{LOSS[i]}\n{i},val,loss,{HELD_OUT[i]}").replace(
        "val,loss", "val,val_loss"
    ),
    table("metric,epoch,value", lambda i: f"train_loss,{i},{LOSS[i]}")
    + "".join(f"val_loss,{i},{one}\n" for i, one in enumerate(HELD_OUT)),
    table("Step,Name,Value", lambda i: f"{i},train_loss,{LOSS[i]}\r\n{i},val_loss,{HELD_OUT[i]}", "\r\n"),
    table('"step","name","value"', lambda i: f'{i},"train_loss",{LOSS[i]}\n{i},"val_loss",{HELD_OUT[i]}'),
    table("epoch,variable,val", lambda i: f"{i},train_loss,{LOSS[i]}\n{i},val_loss,{HELD_OUT[i]}").rstrip("\n"),
]


@pytest.mark.parametrize("text", LONG)
def test_a_row_for_each_value(text: str) -> None:
    (run,) = runs(text).values()
    assert run.series["train_loss"].values.tolist() == LOSS
    assert run.series["val_loss"].values.tolist() == HELD_OUT
    assert run.series["val_loss"].steps.tolist() == [*range(COUNT)]


@pytest.mark.parametrize(
    "name", ["run", "fold", "seed", "model", "trial_id", "client", "Model", "experiment", "repeat"]
)
@pytest.mark.parametrize("in_turn", [True, False])
def test_a_column_that_tells_runs_apart(name: str, in_turn: bool) -> None:
    rows = [f"{label},{i},{a},{b}" for label in (1, 2) for i, (a, b) in enumerate(zip(LOSS, HELD_OUT, strict=True))]
    if in_turn:
        rows.sort(key=lambda row: int(row.split(",")[1]))
    found = runs("\n".join([f"{name},epoch,loss,val_loss", *rows]) + "\n")
    assert list(found) == ["1", "2"]
    for run in found.values():
        assert run.series["loss"].values.tolist() == LOSS and run.series["val_loss"].values.tolist() == HELD_OUT
        assert [note.code for note in run.notes] == ["one-of-several"]


@pytest.mark.parametrize("name", ["variant", "run", "model", "config", "seed"])
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_of_runs_that_come_back_one_may_have_a_single_row(name: str, place: str) -> None:
    """Rounds of a tournament: each run goes on where it stopped, but for those that are out."""
    labels = ["1", "2", "3"]
    labels.insert({"first": 0, "middle": 1, "last": 3}[place], "out")
    rows = [
        f"{half * 3 + i},{label},{LOSS[half * 3 + i]}"
        for half in (0, 1)
        for label in labels
        for i in range(3)
        if label != "out" or half == i == 0
    ]
    found = runs("\n".join([f"step,{name},loss", *rows]) + "\n")
    assert {label: run.series["loss"].values.tolist() for label, run in found.items()} == {
        label: LOSS[:1] if label == "out" else LOSS[:6] for label in labels
    }


@pytest.mark.parametrize("alone", [2, 3])
def test_of_runs_that_come_back_most_have_several_rows(alone: int) -> None:
    rows = [f"{i},{label},{LOSS[i]}" for label in "ab" for i in range(6)]
    rows += [f"0,lone{i},{SCORE[i]}" for i in range(alone)]
    assert not {"a", "b"} <= runs("\n".join(["step,variant,loss", *rows]) + "\n").keys()


def test_long_tables_of_several_runs() -> None:
    rows = [f"{run},{i},loss,{one}" for run in "ab" for i, one in enumerate(LOSS)]
    found = runs("\n".join(["run,step,metric,value", *rows]) + "\n")
    assert {label: run.series["loss"].values.tolist() for label, run in found.items()} == {"a": LOSS, "b": LOSS}


@pytest.mark.parametrize(
    "text",
    [
        table("model,epoch,loss", lambda i: f"unet,{i},{LOSS[i]}"),  # one run
        table("run,epoch,loss", lambda i: f"{i // 6},{i},{LOSS[i]}"),  # a training that was continued
        table("epoch,name,loss", lambda i: f"{i},best,{LOSS[i]}"),
        table("epoch,value,loss", lambda i: f"{i},0.5,{LOSS[i]}"),
        table("epoch,dataset,loss", lambda i: f"{i},cifar,{LOSS[i]}"),
    ],
)
def test_tables_of_one_run(text: str) -> None:
    (run,) = runs(text).values()
    assert run.series["loss"].values.tolist() == LOSS


@pytest.mark.parametrize(
    "text",
    [
        table("id,name,value", lambda i: f"{i},price,{LOSS[i]}"),
        table("step,name,value", lambda i: f"{i},item {i},{LOSS[i]}"),
        table("model,fold,accuracy", lambda i: f"net{i % 3},{i // 3},{SCORE[i]}"),
        table("run,lr,loss", lambda i: f"{i},0.{i + 1},{LOSS[i]}"),
        "epoch,0,1,2,3,4,5,6\nsales,1,2,3,4,5,6,7\n",
    ],
)
def test_other_tables(text: str) -> None:
    assert runs(text) == {}


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (",train,train,val,val", "epoch,loss,acc,loss,acc"),
        ("epoch,train,,val,", ",loss,acc,loss,acc"),
        ("epoch,train,train,val,val", "epoch,loss,acc,loss,acc"),
        (",Train,,Val,", "Epoch,Loss,Accuracy,Loss,Accuracy"),
    ],
)
def test_two_rows_of_names(above: str, below: str) -> None:
    (run,) = runs(f"{above}\n" + table(below, lambda i: f"{i},{LOSS[i]},{SCORE[i]},{HELD_OUT[i]},{SCORE[i]}")).values()
    low = {name.lower(): one.values.tolist() for name, one in run.series.items()}
    assert low["train/loss"] == LOSS and low["val/loss"] == HELD_OUT


@pytest.mark.parametrize("counter", ["epoch", "Epoch", "step"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_row_for_each_quantity(counter: str, separator: str) -> None:
    rows = [[counter, *map(str, range(COUNT))], ["loss", *map(str, LOSS)], ["val_loss", *map(str, HELD_OUT)]]
    (run,) = runs("\n".join(separator.join(row) for row in rows) + "\n").values()
    assert run.series["loss"].values.tolist() == LOSS and run.series["val_loss"].values.tolist() == HELD_OUT


@pytest.mark.parametrize(
    "summary",
    [
        "mean,0.4,0.5",
        "best epoch,11",
        "\nbest epoch,11\nbest val_loss,0.2\ntest_loss,0.3",
        "Average,0.4,0.5\nstd,0.1,0.1",
    ],
)
def test_rows_that_sum_up(summary: str) -> None:
    (run,) = runs(table("epoch,loss,val_loss", lambda i: f"{i},{LOSS[i]},{HELD_OUT[i]}") + summary + "\n").values()
    assert run.series["loss"].values.tolist() == LOSS and run.series["val_loss"].values.tolist() == HELD_OUT
    assert "text-in-number-columns" in {note.code for note in run.notes}


@pytest.mark.parametrize(
    "cell",
    [
        "{} ± 0.01", "{}±0.01", "{} +/- 0.01", "{}+-0.01", "{} (0.01)", "{}(±0.01)", "{} s", "{}s", "{} dB", "{} nats",
        "{}ms", "{} %", "{}%", "{}",
    ],
)  # fmt: skip
def test_cells_with_more_than_a_number(cell: str) -> None:
    (run,) = runs(table("epoch,loss,lr", lambda i: f"{i},{cell.format(LOSS[i])},0.1")).values()
    assert run.series["loss"].values.tolist() == LOSS


@pytest.mark.parametrize("cell", ["3D", "5 cats", "1st", "0.5-0.6", "0.5/1", "a ± b", "12:30", "v0.5"])
def test_cells_that_hold_no_number(cell: str) -> None:
    (run,) = runs(table("epoch,loss,note", lambda i: f"{i},{LOSS[i]},{cell}")).values()
    assert "note" not in run.series


@pytest.mark.parametrize("torn", ["0,0.", "0,0.5,0.4,0.3,0.2,0.1", ",,,", "x"])
@pytest.mark.parametrize("above", ["train,,val,", "train,train,val,val", "epoch,train,val,val"])
def test_two_header_rows_above_an_unfinished_row_only(above: str, torn: str) -> None:
    file = source("log.csv", f"{above}\nloss,acc,loss,acc\n{torn}".encode())
    assert READER.detect(file) in Match


@pytest.mark.parametrize("cut", ["{i},{a}WARNING: slow\n,{b}\n", "{i},{a}retrying\n,{b},\n", "{i},{a},x\n ,{b}\n"])
def test_the_end_of_a_row_that_another_program_cut_is_no_row(cut: str) -> None:
    own = table("epoch,loss,val_loss,lr", lambda i: f"{i},{LOSS[i]},{HELD_OUT[i]},0.1").splitlines(keepends=True)
    own[6] = cut.format(i=5, a=LOSS[5], b=9.5)
    (run,) = runs("".join(own)).values()
    assert run.series["loss"].values.max() < 9 and "ragged-rows" in {note.code for note in run.notes}
