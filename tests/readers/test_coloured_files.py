"""Tables and records that keep the colours of the terminal they were meant for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import loganalyzer

LOSSES = [round(2.4 / i + 0.2, 4) for i in range(1, 13)]
ROWS = [("epoch", "loss", "lr"), *((str(i), str(loss), "0.001") for i, loss in enumerate(LOSSES, 1))]
RECORDS = [{"epoch": i, "loss": loss} for i, loss in enumerate(LOSSES, 1)]


def table(separator: str = ",", cell: str = "{}", row: str = "{}") -> str:
    return "".join(row.format(separator.join(map(cell.format, cells))) + "\n" for cells in ROWS)


def records(form: str, separator: str = "\n") -> str:
    return "".join(form.format(json.dumps(one)) + separator for one in RECORDS)


FILES = {
    "cells.csv": table(cell="\x1b[33m{}\x1b[0m"),
    "rows.csv": table(row="\x1b[1;32m{}\x1b[0m"),
    "true_colour.csv": table(cell="\x1b[38;2;255;128;0m{}\x1b[39m"),
    "palette.csv": table(cell="\x1b[38;5;208m{}\x1b[m"),
    "colons.csv": table(cell="\x1b[38:5:208m{}\x1b[0m"),
    "tabs.tsv": table("\t", cell="\x1b[33m{}\x1b[0m"),
    "semicolons.csv": table(";", row="\x1b[2m{}\x1b[22m"),
    "header_only.csv": "\x1b[4m" + table().replace("\n", "\x1b[0m\n", 1),
    "windows.csv": table(row="\x1b[32m{}\x1b[0m").replace("\n", "\r\n"),
    "marked.csv": "\ufeff" + table(row="\x1b[32m{}\x1b[0m"),
    "records.jsonl": records("\x1b[32m{}\x1b[0m"),
    "records.json": records("\x1b[32m{}\x1b[0m"),
    "records.log": records("\x1b[32m{}\x1b[0m"),
    "keys.jsonl": records("{}").replace('"loss"', '\x1b[34m"loss"\x1b[0m'),
    "torn.jsonl": records("\x1b[32m{}\x1b[0m") + '\x1b[32m{"epoch": 13, "lo',
    "array.json": "[" + records("\x1b[32m{}\x1b[0m", ",\n")[:-2] + "]",
}


@pytest.mark.parametrize("name", FILES)
def test_colours_are_no_part_of_a_value(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FILES[name], newline="", encoding="utf-8")
    (run,) = loganalyzer.load(tmp_path)
    assert run.series["loss"].values.tolist() == LOSSES
    assert run.series["loss"].steps.tolist() == list(range(1, 13))


def test_a_large_table_as_well(tmp_path: Path) -> None:
    count = 60_000
    rows = "".join(f"\x1b[36m{i}\x1b[0m,{1 / (i + 1):.6f}\n" for i in range(count))
    (tmp_path / "log.csv").write_text("step,loss\n" + rows)
    (run,) = loganalyzer.load(tmp_path)
    assert len(run.series["loss"]) == count


@pytest.mark.parametrize("code", ["\x1b[31", "\x1b[", "\x1b31m"])
def test_a_torn_code_at_the_end_costs_no_row(tmp_path: Path, code: str) -> None:
    (tmp_path / "log.csv").write_text(table() + code)
    (run,) = loganalyzer.load(tmp_path)
    assert run.series["loss"].values.tolist() == LOSSES
