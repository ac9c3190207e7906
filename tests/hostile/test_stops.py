"""Stopped by a signal, at any time and with any executor: all processes end, no temporary file is left, the code says why."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.signals import Ended, in_session, left_behind, listens, started
from loganalyzer.cli import stops
from loganalyzer.cli.stops import Stop, Stops
from loganalyzer.model.exit_code import ExitCode

SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]
CODES = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGINT: 130}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs enough for several workers, the first ones longer, so that a signal comes in time."""
    folder = tmp_path_factory.mktemp("many")
    rng = np.random.default_rng(0)
    for number in range(300):
        place = folder / f"run{number:03d}"
        place.mkdir()
        rows = 2000 if number < 100 else 20
        losses = 2 * np.exp(-np.arange(rows) / rows * 6) + 0.01 * rng.normal(size=rows)
        (place / "log.csv").write_text("step,loss\n" + "".join(f"{i},{v:.5f}\n" for i, v in enumerate(losses)))
    return folder


def ended(process: subprocess.Popen[str], place: Path) -> Ended:
    _, errors = process.communicate(timeout=60)
    for _ in range(100):
        if not (left := in_session(process.pid)):
            break
        time.sleep(0.1)
    return Ended(process.returncode, len(left), tuple(left_behind(place)), "Traceback" in errors)


def wait_for(condition: Callable[[], object], process: subprocess.Popen[Any]) -> None:
    for _ in range(3000):
        if process.poll() is not None or condition():
            return
        time.sleep(0.02)


@pytest.mark.parametrize("executor", ["serial", "threads", "processes"])
@pytest.mark.parametrize("number", SIGNALS)
def test_while_runs_are_read(many: Path, tmp_path: Path, executor: str, number: signal.Signals) -> None:
    process = started(many, tmp_path, executor)
    wait_for(lambda: list(tmp_path.glob(".runs.jsonl.*")), process)  # a half-written file is there, and workers follow
    if executor == "processes":
        wait_for(lambda: in_session(process.pid), process)
    process.send_signal(number)
    process.send_signal(number)  # as ``timeout`` does: to the process, then to its group
    assert ended(process, tmp_path) == Ended(CODES[number], 0, (), False)


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("after", [0.1, 0.2, 0.4, 0.8])
def test_at_the_start(many: Path, tmp_path: Path, number: signal.Signals, after: float) -> None:
    process = started(many, tmp_path, "serial")
    # before, Python itself is starting: there is no handler yet, and the signal ends it as it ends any program
    wait_for(lambda: listens(process.pid), process)
    time.sleep(after / 4)
    process.send_signal(number)
    assert ended(process, tmp_path) == Ended(CODES[number], 0, (), False)


def test_workers_end_with_a_parent_that_was_killed(many: Path, tmp_path: Path) -> None:
    process = started(many, tmp_path, "processes")
    wait_for(lambda: in_session(process.pid), process)
    process.kill()
    assert ended(process, tmp_path).children == 0


def test_a_signal_that_is_ignored_stays_so(tmp_path: Path, many: Path) -> None:
    """``nohup`` means that the work goes on."""
    done = subprocess.Popen(
        [sys.executable, "-m", "loganalyzer", str(many / "run299"), "-q", "--no-html"], cwd=tmp_path,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )  # fmt: skip
    wait_for(lambda: listens(done.pid), done)
    done.send_signal(signal.SIGHUP)
    assert done.wait(timeout=60) == 0


LOST = {
    "in a destructor": "class A:\n  def __del__(self): os.kill(os.getpid(), 15)\nA()",
    "in code that catches all": "try: os.kill(os.getpid(), 15)\nexcept BaseException: pass",
    "and the code goes on for a while": "try: os.kill(os.getpid(), 15)\nexcept BaseException: time.sleep(.3)",
    "in a callback of C": "import sqlite3\nc = sqlite3.connect(':memory:')\n"
    "c.create_function('f', 0, lambda: os.kill(os.getpid(), 15))\n"
    "try: c.execute('select f()').fetchall()\nexcept sqlite3.Error: pass",
}


@pytest.mark.parametrize("how", LOST)
def test_a_lost_stop_comes_again(how: str) -> None:
    code = (
        "import os, time\nfrom loganalyzer.cli.stops import Stop, Stops\nstops = Stops(); stops.listen()\n"
        f"try:\n  exec({LOST[how]!r})\n  time.sleep(20)\n  print('lost')\nexcept Stop:\n  print('stopped', stops.code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("stopped 143\n", "")


def test_a_clean_up_is_not_interrupted() -> None:
    code = (
        "import os, time\nfrom loganalyzer.cli.stops import Stop, Stops\nstops = Stops(); stops.listen()\n"
        "try:\n  try:\n    os.kill(os.getpid(), 15)\n  finally:\n"
        "    os.kill(os.getpid(), 2)\n    try: raise OSError\n    except OSError: time.sleep(0.5)\n    print('cleaned')\n"
        "except Stop: print('stopped', stops.code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("cleaned\nstopped 143\n", "")


def test_a_clean_up_that_hangs_is_given_up() -> None:
    code = (
        "import os, time\nfrom loganalyzer.cli import stops as module\nmodule.SECONDS_TO_CLEAN_UP = 0.3\n"
        "stops = module.Stops(); stops.listen()\n"
        "try: os.kill(os.getpid(), 15)\nfinally: time.sleep(50)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=40).returncode == 143


def test_codes_are_those_of_shells() -> None:
    assert {ExitCode.HUNG_UP, ExitCode.INTERRUPTED, ExitCode.TERMINATED} == {128 + n for n in stops.SIGNALS}
    assert issubclass(Stop, KeyboardInterrupt) and Stops().code == 0
