"""Work spread over processes: the order is kept, a lost worker costs its own piece of work, Ctrl-C ends all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from loganalyzer.pipeline.pool import map_jobs
from tests.conftest import heed_interrupts

LARGE = 40 * 2**20


@dataclass(frozen=True)
class Piece:
    number: int
    size: int = LARGE


def double(piece: Piece) -> tuple[int, int]:
    return 2 * piece.number, os.getpid()


def die_on_seven(piece: Piece) -> int:
    if piece.number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return piece.number


def lost(piece: Piece) -> Any:
    return f"lost {piece.number}"


def test_small_work_stays_in_this_process() -> None:
    answers = list(map_jobs(double, [Piece(n, size=10) for n in range(20)], lost=lost, workers=4))
    assert answers == [(2 * n, os.getpid()) for n in range(20)]


def test_large_work_is_spread_in_order() -> None:
    answers = list(map_jobs(double, [Piece(n) for n in range(30)], lost=lost, workers=2))
    assert [number for number, _ in answers] == [2 * n for n in range(30)]
    assert os.getpid() not in {process for _, process in answers}


def test_a_killed_worker_costs_one_piece() -> None:
    answers = list(map_jobs(die_on_seven, [Piece(n, LARGE // 8) for n in range(20)], lost=lost, workers=2))
    assert answers == [*range(7), "lost 7", *range(8, 20)]


def test_any_executor() -> None:
    with ThreadPoolExecutor(2) as threads:
        answers = list(map_jobs(double, [Piece(n) for n in range(9)], lost=lost, executor=threads))
    assert answers == [(2 * n, os.getpid()) for n in range(9)]


def test_an_executor_that_runs_at_once() -> None:
    class AtOnce(Executor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_result(fn(*args, **kwargs))
            return future

    assert [n for n, _ in map_jobs(double, [Piece(n) for n in range(9)], lost=lost, executor=AtOnce())] == [
        *range(0, 18, 2)
    ]


def test_a_fault_in_the_work_is_raised() -> None:
    def fault(piece: Piece) -> int:
        raise ValueError(piece.number)

    with pytest.raises(ValueError, match="0"):
        list(map_jobs(fault, [Piece(n, size=1) for n in range(3)], lost=lost))


SLOW = """
import time
from dataclasses import dataclass
from loganalyzer.pipeline.pool import map_jobs

@dataclass(frozen=True)
class Piece:
    size: int = 40 * 2**20

def wait(piece):
    time.sleep(30)

if __name__ == "__main__":
    print("ready", flush=True)
    list(map_jobs(wait, [Piece()] * 8, lost=wait, workers=2))
"""


def test_an_interrupt_ends_all_processes_quietly(tmp_path: Any) -> None:
    script = tmp_path / "slow.py"
    script.write_text(SLOW)
    process = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=heed_interrupts,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.7)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, errors = process.communicate(timeout=10)
    assert process.returncode == -signal.SIGINT
    assert errors.count("Traceback") == 1, errors
    with pytest.raises(ProcessLookupError):
        for _ in range(50):
            os.killpg(process.pid, 0)
            time.sleep(0.1)
