"""A curve that every record had and the last ones do not: NaN as tables and JSON write it, or records of another kind."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

import loganalyzer
from loganalyzer.cli.command import command

CODE = "missing-to-the-end"
Row = Mapping[str, float | None]


def loss(i: int) -> float:
    return round(2.1 * math.exp(-i / 7) + 0.2, 4)


def rows(count: int = 24, missing: int = 6, **others: float) -> list[Row]:
    return [{"step": i, "loss": loss(i) if i < count - missing else None, **others} for i in range(count)]


def as_csv(records: list[Row]) -> str:
    names = list({name: None for record in records for name in record})
    cells = [["" if record.get(name) is None else str(record[name]) for name in names] for record in records]
    return "".join(",".join(line) + "\n" for line in [names, *cells])


def as_lines(records: list[Row]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def as_state(records: list[Row]) -> str:
    return json.dumps({"log_history": records, "global_step": len(records)})


WRITERS = {"log.csv": as_csv, "log.jsonl": as_lines, "trainer_state.json": as_state}
ENDED: Mapping[str, list[Row]] = {
    "beside a rate": rows(lr=0.1),
    "two records": rows(missing=2, lr=0.1),
    "half of them": rows(missing=12, lr=0.1),
    "beside another curve": [{**row, "accuracy": 0.1} for row in rows()],
    "validation only": [{"step": i, "loss": loss(i), "val_loss": loss(i) + 0.1 if i < 18 else None} for i in range(24)],
    "a loss that begins late": [{"step": i, "lr": 0.1, "loss": loss(i) if 4 < i < 18 else None} for i in range(24)],
}  # fmt: skip
NOT_ENDED: Mapping[str, list[Row]] = {
    "one record that is being written": rows(missing=1, lr=0.1),
    "sparse from the start": [{"step": i, "lr": 0.1, "loss": loss(i) if i % 3 == 0 and i < 18 else None} for i in range(24)],
    "a final evaluation": [*rows(missing=0, lr=0.1), {"step": 24, "test_loss": 0.3}, {"step": 25, "test_loss": 0.3}],
    "evaluation with the rate": [*rows(missing=0, lr=0.1), *({"step": 24 + i, "lr": 0.1, "eval_loss": 0.3} for i in range(4))],
    "records in turn": [{"step": i, "lr": 0.1, **({"loss": loss(i)} if i % 2 else {"val_loss": loss(i)})} for i in range(24)],
    "a gap that closes": [{"step": i, "lr": 0.1, "loss": None if 8 < i < 14 else loss(i)} for i in range(24)],
    "few values": rows(count=8, missing=4, lr=0.1),
    "the rate, no curve": [{"step": i, "loss": loss(i), "lr": 0.1 if i < 18 else None} for i in range(24)],
}  # fmt: skip


def gate(place: Path, *options: str) -> int:
    arguments = [str(place), "--no-html", "-q", "--fail-on", "diverging", *options]
    return CliRunner().invoke(command, arguments, obj=arguments).exit_code


def told(run: loganalyzer.Run) -> bool:
    return any(note.code == CODE for note in run.notes)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("case", ENDED)
def test_read_as_nan(tmp_path: Path, name: str, case: str) -> None:
    records = ENDED[case]
    curve = "val_loss" if "val_loss" in records[0] else "loss"
    (tmp_path / name).write_text(WRITERS[name](records))
    (run,) = loganalyzer.load(tmp_path / name)
    missing = sum(record[curve] is None for record in records[5:])
    values = run.series[curve].values
    assert told(run)
    assert (
        len(values) > missing
        and all(map(math.isnan, values[-missing:]))
        and not any(map(math.isnan, values[:-missing]))
    )
    assert gate(tmp_path) == 1


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("case", NOT_ENDED)
def test_left_alone(tmp_path: Path, name: str, case: str) -> None:
    (tmp_path / name).write_text(WRITERS[name](NOT_ENDED[case]))
    (run,) = loganalyzer.load(tmp_path / name)
    assert not told(run) and not any(math.isnan(v) for series in run.series.values() for v in series.values)


def test_rows_with_nothing_but_a_number_may_be_planned(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(as_csv(rows()))
    (run,) = loganalyzer.load(tmp_path / "log.csv")
    assert not told(run) and len(run.series["loss"].values) == 18
    assert gate(tmp_path) == 0 and gate(tmp_path, "--strict") != 0


def test_records_of_json_are_not_planned(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text(as_lines(rows()))
    (run,) = loganalyzer.load(tmp_path / "log.jsonl")
    assert told(run) and len(run.series["loss"].values) == 24
