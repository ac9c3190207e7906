#!/usr/bin/env python3
"""What --watch costs: CPU time of watching 100 runs, quiet and with one of them growing -> benchmarks/watch.md."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import write_runs

HERE = Path(__file__).parent
RUNS, SECONDS, MOST_SHARE = 100, 60, 0.01
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """What a process took over some seconds."""

    what: str
    seconds: float
    cpu: float

    @property
    def share(self) -> float:
        """CPU time as a share of one core."""
        return self.cpu / self.seconds


def cpu_seconds(process: int) -> float:
    """CPU time of a process and of its children that have ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def measured(process: int, what: str, seconds: int, log: Path | None = None) -> Cost:
    """Watch the process for so long; ``log`` gets a line each second."""
    began, before = time.monotonic(), cpu_seconds(process)
    while time.monotonic() - began < seconds:
        time.sleep(1)
        if log is not None:
            with log.open("a") as file:
                file.write(f"{int(time.monotonic() * 10)},0.2,0.3,0.9,0.8\n")
    return Cost(what, time.monotonic() - began, cpu_seconds(process) - before)


def costs(runs: int, seconds: int, *options: str) -> list[Cost]:
    """Measure a watch of so many runs: quiet, then with one that grows by a line each second."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_runs(root / "runs", runs)
        command = [sys.executable, "-m", "loganalyzer", "runs", "--watch", *options]
        process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.startswith("Watching"):
                    break
            time.sleep(5)  # what was begun is over
            quiet = measured(process.pid, "quiet", seconds)
            log = next(iter(sorted((root / "runs").rglob("*.csv"))))
            return [quiet, measured(process.pid, "one run grows by a line each second", seconds, log)]
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--runs", type=int, default=RUNS)
    given = parser.parse_args()
    load = os.getloadavg()[0]
    rows = [
        (outputs, cost)
        for outputs, options in (("page", ()), ("JSON", ("--no-html", "--json", "report.json")))
        for cost in costs(given.runs, given.seconds, *options)
    ]
    worst = max(cost.share for _, cost in rows if cost.what == "quiet")
    lines = [
        "# Watching runs: CPU time\n",
        f"Made by `python -m benchmarks.watch`. Machine: {platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}. Load average at the start: {load:.1f}. {given.runs} runs of 60 epochs x 4 series.\n",
        "| written | while | seconds | CPU seconds | share of a core |",
        "|---|---|---|---|---|",
        *(f"| {outputs} | {c.what} | {c.seconds:.0f} | {c.cpu:.2f} | {c.share:.2%} |" for outputs, c in rows),
        "",
        f"Quiet runs may take {MOST_SHARE:.0%} of a core: {'held' if worst < MOST_SHARE else 'NOT HELD'}. A run that grows is "
        "judged again alone, but the report is written for all of them; after each look four times as long as it took is "
        "waited, so that it stays below a fifth of a core however many runs there are.",
    ]
    (HERE / "watch.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
