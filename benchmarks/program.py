"""The whole program as a user starts it, measured from outside."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """Wall and processor seconds, and peak MiB of all its processes together.

    The peak is the largest sum of resident sizes seen; pages that processes share are counted in each of them.
    """

    wall: float
    cpu: float
    peak: float


def analyze_logs(*arguments: str | Path) -> Measured:
    """``analyze-logs`` with these arguments, without a report page. Raises RuntimeError where it does not end with 0."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "loganalyzer", "-q", "--no-html", *map(str, arguments)])
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(map(_resident, _family(process.pid))))
        time.sleep(0.02)
    wall = time.perf_counter() - start
    if process.returncode:
        raise RuntimeError(f"analyze-logs {arguments} ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Measured(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak)


def _family(pid: int) -> list[int]:
    """A process and all that it started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(p for child in children for p in _family(int(child)))]


def _resident(pid: int) -> float:
    """Resident size of a process in MiB; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (OSError, IndexError):
        return 0.0
