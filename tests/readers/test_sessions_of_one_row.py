"""The last session of a log has one row: a training that was started again, or a summary of the one before."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

import loganalyzer

Row = Mapping[str, float]


def rows(count: int = 10, first: int = 0, **last: float) -> list[Row]:
    """A training whose values run from 1 (accuracy: from 0.1) to what ``last`` names."""
    return [
        {"epoch": first + i}
        | {n: round(end + ((0.1 if "acc" in n else 1.0) - end) * 0.6**i, 4) for n, end in last.items()}
        for i in range(count)
    ]


def csv(rows: Sequence[Row]) -> str:
    names = list(rows[0])
    return "\n".join([",".join(names), *(",".join(str(row.get(n, "")) for n in names) for row in rows), ""])


def lines(rows: Sequence[Row]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


WRITERS: list[tuple[str, Callable[[Sequence[Row]], str]]] = [("log.csv", csv), ("log.jsonl", lines)]


def read(
    folder: Path, writer: tuple[str, Callable[[Sequence[Row]], str]], records: Sequence[Row]
) -> list[loganalyzer.Run]:
    (folder / writer[0]).write_text(writer[1](records))
    return list(loganalyzer.load(folder))


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(
    ("before", "row"),
    [
        (rows(loss=0.1), {"epoch": 0, "loss": 0.95}),
        (rows(loss=0.1, val_loss=0.3), {"epoch": 0, "loss": 0.97, "val_loss": 1.02}),
        (rows(first=1, loss=0.1), {"epoch": 1, "loss": 1.3}),
        (rows(acc=0.9), {"epoch": 0, "acc": 0.12}),
        (rows(loss=0.1, acc=0.9), {"epoch": 0, "loss": 0.9, "acc": 0.2}),
        (rows(loss=0.1, lr=1.0), {"epoch": 0, "loss": 0.9, "lr": 1.0}),
        (rows(4, loss=0.05), {"epoch": 0, "loss": 0.8}),
        (rows(60, loss=0.1), {"epoch": 0, "loss": 0.99}),
        (rows(first=5, loss=0.1), {"epoch": 5, "loss": 0.9}),
        (rows(first=5, loss=0.1), {"epoch": 0, "loss": 2.5}),
    ],
)
def test_a_training_that_was_started_again(
    tmp_path: Path, writer: tuple[str, Callable[[Sequence[Row]], str]], before: list[Row], row: Row
) -> None:
    first, second = read(tmp_path, writer, [*before, row])
    for name in before[0].keys() - {"epoch"}:
        assert first.series[name].values.tolist() == [own[name] for own in before]
        assert second.series[name].values.tolist() == [row[name]]
    codes = {note.code for note in first.notes}
    assert "one-of-several" in codes and "steps-repeated" not in codes


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(
    ("before", "row"),
    [
        (rows(loss=0.1), {"epoch": 9, "loss": 0.1}),  # the last one once more
        (rows(loss=0.1), {"epoch": 5, "loss": 0.17}),  # the best one
        (rows(loss=0.1), {"epoch": 0, "loss": 1.0}),  # the same value
        (rows(loss=0.1), {"epoch": 0, "loss": 0.12}),  # a test behind it that counts anew
        (rows(loss=0.1, acc=0.9), {"epoch": 0, "loss": 0.11, "acc": 0.88}),
    ],
)
def test_a_summary_begins_no_training(
    tmp_path: Path, writer: tuple[str, Callable[[Sequence[Row]], str]], before: list[Row], row: Row
) -> None:
    (run,) = read(tmp_path, writer, [*before, row])
    assert len(run.series["loss"]) == 10


def test_of_printed_text_the_value_is_left_out_with_a_note(tmp_path: Path) -> None:
    text = "".join(f"epoch {row['epoch']} loss {row['loss']}\n" for row in rows(loss=0.1))
    (tmp_path / "train.log").write_text(text + "epoch 0 loss 0.95\n")
    (run,) = loganalyzer.load(tmp_path)
    assert run.series["loss"].values.tolist() == [row["loss"] for row in rows(loss=0.1)]
    assert [(note.code, note.details["count"]) for note in run.notes] == [("single-values", 1)]
