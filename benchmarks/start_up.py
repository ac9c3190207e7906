"""Measure how long a start takes beside the start of Python with one library, and write benchmarks/start_up.md.

    python benchmarks/start_up.py [--times N]

All commands take turns within one run, and the best of each counts: other work on the machine then matters little. Modules
are compiled before, as after an installation.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import reading_data

HERE = Path(__file__).parent
BEFORE = (
    "Before frozen data were structs and readers were loaded by their signs, the first two took 5.7 and 6.1 times, the third",
    "3.7 times (processor time, the machine of 2026-11-28).",
)
NUMPY, CLICK = ("-c", "import numpy"), ("-c", "import click")


@dataclass(frozen=True)
class Row:
    """A command, the start that it is compared with, and how many times as long it may take."""

    title: str
    command: tuple[str, ...]
    beside: tuple[str, ...]
    goal: float


@dataclass
class Best:
    """Milliseconds by the clock and of the processor, the best so far."""

    wall: float = float("inf")
    cpu: float = float("inf")

    def take(self, command: tuple[str, ...], folder: Path) -> None:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["OPENBLAS_NUM_THREADS"] = "1"  # else numpy alone starts threads, which count as its processor time
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, *command], env=environment, check=True, capture_output=True, cwd=folder)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        self.wall = min(self.wall, 1e3 * wall)
        self.cpu = min(self.cpu, 1e3 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))


def rows(base: Path) -> list[Row]:
    logs = {kind: str(reading_data.small_runs(base / kind, 70, kind)) for kind in ("csv", "events")}
    one = str(reading_data.small_runs(base / "one", 1, "csv"))
    program = ("-m", "loganalyzer")
    return [
        Row("70 runs as CSV, `--no-html -q`", (*program, logs["csv"], "--no-html", "-q"), NUMPY, 4),
        Row("70 runs as event files, `--no-html -q`", (*program, logs["events"], "--no-html", "-q"), NUMPY, 4),
        Row("one CSV run, `--no-html --json -`", (*program, one, "--no-html", "--json", "-"), NUMPY, 2.5),
        Row("`--version`", (*program, "--version"), CLICK, 1.5),
    ]


def table(base: Path, times: int) -> list[str]:
    measured = rows(base)
    best = {command: Best() for row in measured for command in (row.command, row.beside)}
    for _ in range(times + 1):  # once more: the first call compiles
        for command, one in best.items():
            one.take(command, base)
    lines = [
        "| start | beside | ms | beside it | times | goal | CPU ms | beside it | times |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in measured:
        own, other = best[row.command], best[row.beside]
        lines.append(
            f"| {row.title} | `python {row.beside[0]} '{row.beside[1]}'` | {own.wall:.0f} | {other.wall:.0f} "
            f"| {own.wall / other.wall:.1f} | {row.goal} | {own.cpu:.0f} | {other.cpu:.0f} | {own.cpu / other.cpu:.1f} |"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as scratch:
        lines = table(Path(scratch), times)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    text = [
        "# Starts",
        "",
        f"`python benchmarks/start_up.py`: whole processes that take turns, the best of {times}; modules compiled before.",
        f"Measured on {machine}, load average {os.getloadavg()[1]:.1f}.",
        "",
        *lines,
        "",
        *BEFORE,
        "",
    ]
    print("\n".join(text))
    (HERE / "start_up.md").write_text("\n".join(text))


if __name__ == "__main__":
    main()
