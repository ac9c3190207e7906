"""Logs that were emptied while a program wrote them begin with as many zero bytes as they had held."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import loganalyzer

LOSSES = [round(2 * 0.98**i, 5) for i in range(100)]
LOGS = {
    "train.log": "".join(f"step {i} loss {v}\n" for i, v in enumerate(LOSSES)),
    "metrics.jsonl": "".join(json.dumps({"step": i, "loss": v}) + "\n" for i, v in enumerate(LOSSES)),
    "metrics.csv": "step,loss\n" + "".join(f"{i},{v}\n" for i, v in enumerate(LOSSES)),
    "loss.txt": "".join(f"{i} {v}\n" for i, v in enumerate(LOSSES)),
}


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("zeros", [5000, 65536, 70_000, 300_001])
def test_what_is_behind_them_is_read(tmp_path: Path, name: str, zeros: int) -> None:
    (tmp_path / name).write_bytes(b"\0" * zeros + LOGS[name].encode())
    (run,) = loganalyzer.load(tmp_path)
    assert run.series["loss"].values[-1] == LOSSES[-1] and len(run.series["loss"]) >= 99


def test_a_file_of_nothing_else_is_none(tmp_path: Path) -> None:
    (tmp_path / "train.log").write_bytes(b"\0" * 200_000)
    assert loganalyzer.load(tmp_path) == []


@pytest.mark.parametrize(("step", "first"), [(10, 4480), (1, 0), (500, 120_000)])
@pytest.mark.parametrize("name", ["progress.csv", "train_log.csv", "losses.csv"])
def test_a_table_that_lost_its_header_with_them_is_refused_with_a_word(
    tmp_path: Path, name: str, step: int, first: int
) -> None:
    rows = "".join(f"0.0{i % 7},{v},{v / 3:.6f},{first + step * i},{v / 2},0.{i % 9}\n" for i, v in enumerate(LOSSES))
    (tmp_path / name).write_bytes(b"\0" * 200_000 + rows.encode())
    (unread,) = loganalyzer.analyze(tmp_path).unread
    assert unread.note.code == "rows-without-header" and not unread.expected
