"""Whoever does the work, the answer is the same; a task lasts about a second; little is under way at a time."""

from __future__ import annotations

import os
import signal
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from loganalyzer import analyze
from loganalyzer.cli.command import command
from loganalyzer.model.errors import LogAnalyzerError, UsageError
from loganalyzer.pipeline import pool
from loganalyzer.pipeline.executors import opened
from loganalyzer.pipeline.pool import Pace, map_jobs

SAMPLES = Path(__file__).parents[2] / "sample_runs"


@dataclass(frozen=True)
class Piece:
    number: int
    size: int = 1000


def number(piece: Piece) -> int:
    return piece.number


def die_on_seven(piece: Piece) -> int:
    if piece.number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return piece.number


def lost(piece: Piece) -> Any:
    return f"lost {piece.number}"


class AtOnce(Executor):
    """Runs what it is given at once, and counts what was not yet asked for."""

    def __init__(self, seconds_per_job: float = 0.0) -> None:
        self.tasks: list[int] = []
        self.seconds_per_job = seconds_per_job

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        answers, _ = fn(*args, **kwargs)
        self.tasks.append(len(answers))
        future.set_result((answers, len(answers) * self.seconds_per_job))
        return future


def test_each_kind_gives_the_same_bytes(many: Path) -> None:
    expected = analyze(many).to_json()
    with ThreadPoolExecutor(3) as threads, ProcessPoolExecutor(2) as processes:
        for executor in (threads, processes, AtOnce()):
            assert analyze(many, executor=executor, width=2).to_json() == expected


@pytest.mark.parametrize("name", ["serial", "threads", "processes"])
def test_on_the_command_line(many: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out.json"
    done = CliRunner().invoke(
        command,
        [str(many), "-q", "--no-html", "--json", str(out), "--executor", name, "-j", "2"],
        catch_exceptions=False,
    )
    assert done.exit_code == 0
    assert out.read_text() == analyze(many).to_json()


def test_a_task_grows_until_it_lasts_a_second() -> None:
    once = AtOnce(seconds_per_job=0.01)
    pieces = [Piece(n) for n in range(5000)]
    assert list(map_jobs(number, pieces, lost=lost, executor=once, width=2)) == list(range(5000))
    assert sum(once.tasks) == 5000
    assert once.tasks[0] <= 16
    settled = once.tasks[10:30]
    assert all(90 <= size <= 100 for size in settled), settled
    assert once.tasks[-1] < 100, "the last ones are smaller, so that all workers finish together"


def test_slow_jobs_travel_one_by_one() -> None:
    once = AtOnce(seconds_per_job=3.0)
    list(map_jobs(number, [Piece(n) for n in range(200)], lost=lost, executor=once, width=2))
    assert set(once.tasks[10:]) == {1}


def test_a_task_is_bounded_in_bytes() -> None:
    pace = Pace(1)
    pace.learn(10**12, 1.0)
    assert len(pace.take([Piece(n, pool.MOST_BYTES // 3) for n in range(100)], 0)) == 3


def test_little_is_under_way_however_many_jobs() -> None:
    class Watching(ThreadPoolExecutor):
        outstanding = most = 0

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            self.outstanding += 1
            self.most = max(self.most, self.outstanding)
            return super().submit(fn, *args, **kwargs)

    with Watching(2) as watching:
        for answer in map_jobs(number, [Piece(n) for n in range(3000)], lost=lost, executor=watching, width=2):
            if answer % 16 == 15:
                watching.outstanding -= 1  # tasks of 16 at least, so this counts back no slower than they come
    assert watching.most <= 2 * 2 + 2 + 1


def where(piece: Piece) -> tuple[int, int]:
    return die_on_seven(piece), os.getpid()


def test_many_jobs_after_a_killed_worker_are_still_spread() -> None:
    answers: list[Any] = list(map_jobs(where, [Piece(n) for n in range(400)], lost=lost, workers=2))
    assert answers[7] == "lost 7"
    del answers[7]
    assert [number for number, _ in answers] == [*range(7), *range(8, 400)]
    processes = {pid for _, pid in answers}
    assert os.getpid() not in processes
    assert 3 <= len(processes) <= 6, "two, one that died alone and its successor, two: not one for every job"


def test_a_given_pool_that_breaks_is_replaced() -> None:
    with ProcessPoolExecutor(2) as processes:
        answers = list(map_jobs(die_on_seven, [Piece(n) for n in range(100)], lost=lost, executor=processes, width=2))
    assert answers == [*range(7), "lost 7", *range(8, 100)]


def test_an_executor_that_gives_up_is_told() -> None:
    class GivesUp(Executor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.cancel()
            return future

    with pytest.raises(LogAnalyzerError, match="gave up"):
        list(map_jobs(number, [Piece(1)], lost=lost, executor=GivesUp()))


def test_an_unknown_executor_is_told() -> None:
    with pytest.raises(UsageError, match="serial, threads, processes, dask://HOST:PORT"), opened("slurm"):
        pass


@pytest.mark.parametrize(
    ("options", "module", "extra"),
    [(["--executor", "dask://127.0.0.1:8786"], "distributed", "dask"), (["--parquet", "out"], "pyarrow", "parquet")],
)
def test_a_missing_extra_is_named(
    many: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: list[str], module: str, extra: str
) -> None:
    for name in [n for n in sys.modules if n.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(command, [str(many), "--no-html", *options])
    assert isinstance(done.exception, UsageError)
    assert f"needs the extra \"{extra}\": pip install 'analyze-logs[{extra}]'" in str(done.exception)
    assert list(tmp_path.iterdir()) == []
