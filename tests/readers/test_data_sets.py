"""One name on several data sets, told apart by a column: no row of held-out data takes the place of a training row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.model.run import Run
from loganalyzer.readers.csv.large_table import parse_large
from loganalyzer.readers.csv.table import parse_table

LOSS = [round(2.0 / (1 + i) + 0.3, 3) for i in range(8)]
Rows = Sequence[tuple[int, str, float]]


def interleaved(train: str = "train", held_out: str = "val") -> Rows:
    """A row of each data set for every epoch; held-out losses are higher by a tenth."""
    return [(i, name, round(v + d, 3)) for i, v in enumerate(LOSS) for name, d in ((train, 0.0), (held_out, 0.1))]


def one(tmp_path: Path, name: str, text: str) -> Run:
    (tmp_path / name).write_bytes(text.encode())
    runs = list(loganalyzer.load(tmp_path / name))
    assert len(runs) == 1
    return runs[0]


def values(run: Run) -> Mapping[str, list[float]]:
    return {n: s.values.tolist() for n, s in run.series.items() if "loss" in n}


def table(rows: Rows, column: str = "split", separator: str = ",", end: str = "\n") -> str:
    head = separator.join(["epoch", column, "loss"])
    return end.join([head, *(separator.join([str(e), s, str(v)]) for e, s, v in rows)]) + end


WANTED = {"loss": LOSS, "val/loss": [round(v + 0.1, 3) for v in LOSS]}


@pytest.mark.parametrize(
    "text",
    [
        table(interleaved()),
        table(interleaved(), "phase"),
        table(interleaved("Train", "Valid"), "Mode"),
        table(interleaved("training", "validation"), "subset", ";"),
        table(interleaved("train", "dev"), "partition", "\t"),
        table(interleaved("training_set", "eval_set"), "set", end="\r\n"),
        table(interleaved("訓練", "検証")),
        table(interleaved("训练集", "验证集")),
        table(sorted(interleaved(), key=lambda row: (row[1], row[0]))),  # first all of the training, then the other
        table(sorted(interleaved(), key=lambda row: (row[1] == "train", row[0]))),
        table(interleaved("TRAIN", "VAL"), "stage"),
    ],
)
def test_a_column_tells_the_data_set(tmp_path: Path, text: str) -> None:
    assert values(one(tmp_path, "log.csv", text)) == WANTED


def test_a_last_line_that_is_not_ended_has_no_number_of_fewer_digits(tmp_path: Path) -> None:
    text = table(interleaved())[:-1]  # ends in 0.65, which may be cut from 0.657
    assert values(one(tmp_path, "log.csv", text)) == {**WANTED, "val/loss": WANTED["val/loss"][:-1]}


def test_three_data_sets_and_what_they_share(tmp_path: Path) -> None:
    rows = "".join(
        f"{i},{s},{v + d},0.01,{0.5 + d}\n"
        for i, v in enumerate(LOSS)
        for s, d in (("train", 0.0), ("val", 0.1), ("test", 0.2))
    )
    run = one(tmp_path, "log.csv", f"epoch,split,loss,lr,accuracy\n{rows}")
    assert {n: len(s) for n, s in run.series.items()} == {
        "epoch": 8, "loss": 8, "lr": 8, "accuracy": 8, "val/loss": 8, "val/accuracy": 8, "test/loss": 8, "test/accuracy": 8
    }  # fmt: skip


def test_nan_of_held_out_rows_stays_theirs(tmp_path: Path) -> None:
    text = table([(e, s, float("nan") if (e, s) == (3, "val") else v) for e, s, v in interleaved()])
    run = one(tmp_path, "log.csv", text)
    assert len(run.series["loss"]) == len(run.series["val/loss"]) == 8
    assert [v != v for v in run.series["val/loss"].values].index(True) == 3
    assert run.series["loss"].values.tolist() == LOSS


@pytest.mark.parametrize(
    "rows",
    [interleaved("fast", "slow"), interleaved("train", "b"), interleaved("train", "train2"), interleaved("0", "1")],
)
def test_a_column_of_other_words_tells_none(tmp_path: Path, rows: Rows) -> None:
    assert not any("/" in name for name in one(tmp_path, "log.csv", table(rows)).series)


def test_large_tables_are_read_the_same() -> None:
    text = table(interleaved() * 3)
    large, small = parse_large(text.encode()), parse_table(text)
    assert large is not None and large.columns == small.columns == ("epoch", "loss", "val/loss")
    assert (large.values[:, 1:] == small.values[:, 1:]).sum() == 24 * 2


@pytest.mark.parametrize("key", ["split", "phase", "mode", "Split", "_type", "type", "kind", "event"])
@pytest.mark.parametrize("names", [("train", "val"), ("training", "validation"), ("Train", "Eval")])
def test_json_lines_tell_the_data_set(tmp_path: Path, key: str, names: tuple[str, str]) -> None:
    rows = [{"epoch": e, key: s, "loss": v} for e, s, v in interleaved(*names)]
    lines = one(tmp_path, "log.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert values(lines) == WANTED
    assert values(one(tmp_path, "log.json", json.dumps(rows))) == WANTED


def test_many_json_lines_are_decoded_in_one_go_and_told_apart(tmp_path: Path) -> None:
    rows = [
        {"step": e, "split": s, "loss": v, "lr": 0.1} for e in range(6000) for s, v in (("train", 1.0), ("val", 2.0))
    ]
    run = one(tmp_path, "log.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert {n: (len(s), set(s.values.tolist())) for n, s in run.series.items() if n != "lr"} == {
        "loss": (6000, {1.0}), "val/loss": (6000, {2.0})
    }  # fmt: skip


def test_names_that_say_their_data_set_keep_it(tmp_path: Path) -> None:
    rows = [{"epoch": e, "mode": s, ("val_loss" if s == "val" else "loss"): v} for e, s, v in interleaved()]
    run = one(tmp_path, "log.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert set(values(run)) == {"loss", "val_loss"}


@pytest.mark.parametrize(("name", "text"), [
    ("log.csv", "loss,accuracy\n" + "".join(f"{v},0.5\n" for v in LOSS)),
    ("log.jsonl", "".join(json.dumps({"loss": v}) + "\n" for v in LOSS)),
])  # fmt: skip
def test_numbered_rows_are_not_called_epochs(tmp_path: Path, name: str, text: str) -> None:
    assert one(tmp_path, name, text).step_unit == ""
