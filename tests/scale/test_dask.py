"""A real Dask scheduler with two worker processes: the same bytes as here, and nothing lost when a worker is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from loganalyzer import analyze
from loganalyzer.cli.command import command
from loganalyzer.model.errors import UsageError
from loganalyzer.pipeline import executors, pool
from loganalyzer.pipeline.pool import map_jobs
from tests.scale.test_executors import Piece, lost

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")


def die_on_three(piece: Piece) -> int:
    if piece.number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return piece.number


SAMPLES = Path(__file__).parents[2] / "sample_runs"
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
        ) as cluster,
    ):
        yield cluster


@pytest.fixture(scope="module")
def address(cluster: Any) -> str:
    return str(cluster.scheduler_address).replace("tcp://", "dask://")


def test_the_same_report_as_here(address: str, tmp_path: Path) -> None:
    out = tmp_path / "there.json"
    done = CliRunner().invoke(
        command,
        [str(SAMPLES), "-q", "--no-html", "--json", str(out), "--executor", address],
        catch_exceptions=False,
    )
    assert done.exit_code == 0, done.output
    here = analyze(SAMPLES)
    assert out.read_text() == here.to_json()
    with executors.opened(address) as place:
        there = analyze(SAMPLES, executor=place.executor, width=place.width)
    assert len(there.runs) == len(here.runs) > 30
    for one, other in zip(there.runs, here.runs, strict=True):
        assert list(one.run.series) == list(other.run.series)
        for mine, same in zip(one.run.series.values(), other.run.series.values(), strict=True):
            assert mine.steps.tobytes() == same.steps.tobytes()
            assert mine.values.tobytes() == same.values.tobytes()
    some, others = replace(there, runs=there.runs[::8]), replace(here, runs=here.runs[::8])  # charts take their time
    assert some.to_html("ja") == others.to_html("ja")


def test_a_worker_killed_half_way_loses_nothing(
    address: str, cluster: Any, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "FIRST_TASK", 2 * pool.OPENING_BYTES)  # tasks of two runs, so that half-way is half-way
    monkeypatch.setattr(pool, "TASK_SECONDS", 0.02)
    killed: list[int] = []
    with executors.opened(address) as place:
        assert place.width == 2

        def progress(done: int, total: int) -> None:
            if done == total // 2:
                pid = pids(cluster)[0]
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

        there = analyze(many, executor=place.executor, width=place.width, progress=progress)
    assert len(killed) == 1
    assert there.to_json() == analyze(many).to_json()
    cluster.wait_for_workers(2, timeout=60)


def pids(cluster: Any) -> list[int]:
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        return sorted(client.run(os.getpid).values())


def test_a_run_that_kills_its_worker_is_left_out_and_told(address: str, cluster: Any) -> None:
    with executors.opened(address) as place:
        answers = list(
            map_jobs(die_on_three, [Piece(n) for n in range(6)], lost=lost, executor=place.executor, width=2)
        )
    assert answers == [*range(3), "lost 3", 4, 5]


def test_no_scheduler_there_is_told() -> None:
    with pytest.raises(UsageError, match="no Dask scheduler answers"), executors.opened("dask://127.0.0.1:1"):
        pass


def test_another_version_on_the_workers_is_told(address: str, cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.wait_for_workers(2, timeout=60)
    monkeypatch.setattr(executors, "VERSION", "99.0")
    with pytest.raises(UsageError, match=r"here it is 99\.0"), executors.opened(address):
        pass


def test_workers_that_do_not_see_the_files_are_told(address: str, cluster: Any, tmp_path: Path) -> None:
    cluster.wait_for_workers(2, timeout=60)
    with pytest.raises(UsageError, match="does not see"), executors.opened(address, seen=[str(tmp_path / "none")]):
        pass
