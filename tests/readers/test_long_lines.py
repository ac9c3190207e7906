"""Logs whose first lines are longer than the head that detection usually sees."""

from __future__ import annotations

import gzip
import json
import math
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from loganalyzer import analyze
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Note
from loganalyzer.readers.base import HEAD_BYTES
from loganalyzer.readers.common.number_keys import quantities_in
from loganalyzer.readers.csv.header import MOST_COLUMNS

LOSSES = [2 * math.exp(-i / 12) + 0.2 if i < 20 else math.nan for i in range(30)]
Log = Callable[[int], str]


def noise(n: int) -> str:
    """About 30 ``n`` letters that hardly compress."""
    return random.Random(n).randbytes(15 * n).hex()


def table(separator: str, name: str, cell: str, *, last: bool = False) -> Log:
    """A table of a loss that becomes NaN and ``n`` other columns."""

    def text(n: int) -> str:
        others, cells = [name.format(i) for i in range(n)], [cell] * n
        rows = [["step", "loss"], *([str(step), str(loss)] for step, loss in enumerate(LOSSES))]
        lines = [
            [*more, *row] if last else [*row, *more] for row, more in zip(rows, [others, *[cells] * 30], strict=True)
        ]
        return "".join(separator.join(line) + "\n" for line in lines)

    return text


def records(n: int, *, last: bool) -> list[dict[str, float]]:
    others = {f"weight_norm_layer_{i}": 1.25 for i in range(n)}
    own = [{"step": float(step), "loss": loss} for step, loss in enumerate(LOSSES)]
    return [{**others, **one} if last else {**one, **others} for one in own]


def plain(step_lines: str) -> Log:
    return lambda n: step_lines.format(noise(n)) + "".join(f"{s},{loss}\n" for s, loss in enumerate(LOSSES))


LOGS: dict[str, Log] = {
    "wide.csv": table(",", "weight_norm_layer_{}", "1.234"),
    "short_cells.csv": table(",", "weight_norm_layer_{}", "1"),
    "loss_is_last.csv": table(",", "weight_norm_layer_{}", "1.25", last=True),
    "many_losses.csv": table(",", "loss_{}", "1.2"),
    "wide.tsv": table("\t", "weight_norm_layer_{}", "1.25"),
    "semicolons.csv": table(";", "weight_norm_layer_{}", "1.25"),
    "comment_above.csv": plain("# {}\nstep,loss\n"),
    "record_each.jsonl": lambda n: "".join(json.dumps(r) + "\n" for r in records(n, last=False)),
    "loss_is_last.jsonl": lambda n: "".join(json.dumps(r) + "\n" for r in records(n, last=True)),
    "array.json": lambda n: json.dumps(records(n, last=False)),
    "settings_above.jsonl": lambda n: json.dumps({"k": noise(n)}) + "".join(
        "\n" + json.dumps(r) for r in records(0, last=True)
    ),
    "lists.json": lambda n: json.dumps({**{f"w{i}": [1.5] * 30 for i in range(n // 4)}, "loss": LOSSES}),
    "printed.log": lambda n: noise(n) + "\n" + "".join(f"step {s} loss {v:.4f}\n" for s, v in enumerate(LOSSES)),
}  # fmt: skip


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("n", [1500, 2500, 3000, 6000])
def test_a_log_of_long_lines_is_read(name: str, n: int, packed: bool, tmp_path: Path) -> None:
    text = LOGS[name](n)
    assert len(text) > HEAD_BYTES / 2
    (tmp_path / name).write_text(text)
    if packed:
        (tmp_path / name).unlink()
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    report = analyze(tmp_path)
    assert [run.verdict.value for run in report.runs] == ["diverging"] and not report.unread


@pytest.mark.parametrize("name", ["wide.csv", "short_cells.csv", "many_losses.csv", "wide.tsv"])
@pytest.mark.parametrize("more", [-2, -1, 30_000])
def test_a_table_of_too_many_columns_is_a_failure(name: str, more: int, tmp_path: Path) -> None:
    (tmp_path / name).write_text(LOGS[name](MOST_COLUMNS + more))
    report = analyze(tmp_path)
    if more < -1:
        assert [run.verdict.value for run in report.runs] == ["diverging"]
        return
    (unread,) = report.unread
    count = MOST_COLUMNS + more + 2
    assert not unread.expected and not report.runs
    assert unread.note in (
        Note("too-many-columns", {"count": count, "limit": MOST_COLUMNS}),
        Note("first-line-too-long", {"limit": 2**19}),
    )


@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.jsonl"])
def test_a_first_line_without_end_is_no_silent_pass(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("{" + "x" * 2**20)
    assert [one.expected for one in analyze(tmp_path).unread] == [False]


@pytest.mark.parametrize("count", [1, 4_000, 30_000])
def test_numbered_keys_before_the_loss_are_one_kind(count: int) -> None:
    """A record may begin with a norm for each layer; a dictionary of words names no curve however long it is."""
    norms = ", ".join(f'"norm_{i}": 1' for i in range(count))
    assert Quantity.LOSS in quantities_in(f'{{{norms}, "loss": 0.5}}')
    words = ", ".join(f'"w{"".join(chr(103 + int(d)) for d in str(i))}": {i}' for i in range(count))
    assert quantities_in(f"{{{words}}}").isdisjoint({Quantity.LOSS, Quantity.METRIC})
