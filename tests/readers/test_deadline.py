"""Reading stops when its time is up, in every reader: what was read until then is used, and a harmful note says so.

The clock is a counter: it goes on by one second each time it is asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from loganalyzer.discovery.discover import discover
from loganalyzer.discovery.job import Job
from loganalyzer.model.run import Run
from loganalyzer.pipeline.analyze import analyze
from loganalyzer.pipeline.options import Options
from loganalyzer.pipeline.read_job import read_job
from loganalyzer.readers.common import plain_rows
from loganalyzer.readers.tensorboard import event_file
from tests.cli.conftest import Call, analyze_logs
from tests.contract.test_secrets import CURVE, READERS
from tests.readers.test_trackers import event as clearml_event

__all__ = ["analyze_logs"]
STOPPED = {"stopped-at-line", "stopped-at-record"}


class Clock:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def clearml(root: Path) -> None:
    (root / "metrics.jsonl").write_text("".join(json.dumps([clearml_event(v, i)]) + "\n" for i, v in enumerate(CURVE)))
    (root / "task.json").write_text("{}")


def keras(root: Path) -> None:
    (root / "history.json").write_text(json.dumps({f"head{number}_loss": CURVE for number in range(20)}))


def rows_of(header: str, odd: str) -> str:
    """A table with a cell that numpy does not read in one go."""
    return header + odd + "".join(f"{i},{i},{v}\n" for i, v in enumerate(CURVE))


def tensorboard_export(root: Path) -> None:
    (root / "run-a-tag-loss.csv").write_text(rows_of("Wall time,Step,Value\n", "odd,0,1\n"))


def wandb_export(root: Path) -> None:
    (root / "export.csv").write_text(rows_of("Step,a - loss,b - loss\n", "0,1,odd\n"))


SAMPLES: dict[str, Callable[[Path], None]] = {
    **{reader: plant for reader, plant in READERS.items() if reader != "not-logs"},
    "clearml": clearml, "keras": keras, "tensorboard-export": tensorboard_export, "wandb-export": wandb_export,
}  # fmt: skip
"""A log for each reader that is long enough to be stopped in the middle."""


@pytest.fixture(params=sorted(SAMPLES))
def jobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs of a reader's log that give runs, and how often reading them asks the clock."""
    monkeypatch.setattr(event_file, "WINDOW", 512)
    monkeypatch.setattr(plain_rows, "BLOCK", 64)
    SAMPLES[request.param](tmp_path)
    with discover([str(tmp_path)]) as found:
        return [job for job in found.jobs if read_job(job)[0]]


def points(runs: list[Run]) -> int:
    return sum(len(one) for run in runs for one in run.series.values())


def test_every_reader_stops(jobs: list[Job]) -> None:
    assert jobs
    for job in jobs:
        clock = Clock()
        whole, _ = read_job(job, 1e9, clock)
        assert not STOPPED & {note.code for run in whole for note in run.notes}
        half = clock.now // 2
        runs, _ = read_job(job, half, Clock())
        assert 0 < points(runs) < points(whole), clock.now
        for run in runs:
            (note,) = [note for note in run.notes if note.code in STOPPED]
            assert note.harmful and note.details["seconds"] == half and note.details["count"] > 0


def test_a_file_of_which_nothing_was_read_is_unread(jobs: list[Job]) -> None:
    for job in jobs:
        runs, unread = read_job(job, 0.5, Clock())
        assert not runs and unread
        assert all(one.note.code in STOPPED and not one.expected for one in unread)


def test_what_was_cut_short_is_not_remembered(tmp_path: Path) -> None:
    logs, cache = tmp_path / "logs", tmp_path / "cache"
    logs.mkdir()
    READERS["text-log"](logs)
    (run,) = analyze(logs, options=Options(max_seconds=1e-9, cache=cache)).unread
    assert run.note.code in STOPPED
    assert len(analyze(logs, options=Options(cache=cache)).runs) == 1


def test_the_option_and_the_key(tmp_path: Path, analyze_logs: Call) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    READERS["text-log"](logs)
    assert analyze_logs(logs, "--no-html", "--strict").returncode == 0
    done = analyze_logs(logs, "--no-html", "--allow-empty", "--strict", "--max-seconds", "1e-9")
    assert done.returncode == 4 and "--max-seconds" in done.stdout + done.stderr
    Path(tmp_path / "loganalyzer.toml").write_text("max-seconds = 1e-9\n")
    assert analyze_logs(logs, "--no-html", "--allow-empty", "--strict").returncode == 4
    for wrong in ("0", "-1", "nan", "soon"):
        assert analyze_logs(logs, "--max-seconds", wrong).returncode == 2, wrong
