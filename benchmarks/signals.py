#!/usr/bin/env python3
"""SIGTERM, SIGHUP and SIGINT at many moments with each local executor: what is left behind? -> benchmarks/signals.md."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.scale_data import make

HERE = Path(__file__).parent
RUNS, MOMENTS = 260, 30
EXECUTORS = ("serial", "threads", "processes")
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
OUTPUTS = (
    "--jsonl",
    "runs.jsonl",
    "--json",
    "a.json",
    "--parquet",
    "tables",
    "--cache",
    "cache",
    "-o",
    "page",
    "--worst",
    "5",
)
WHOLE = {"runs.jsonl", "a.json", "index.html", "runs.parquet", "findings.parquet", "groups.parquet"}
"""Names of complete outputs; they appear only when they are whole (the cache is a database that is valid at any time)."""
SECONDS_TO_GO = 1.0


@dataclass(frozen=True)
class Ended:
    """How one process ended: processes and files left, its exit code, whether it printed a traceback.

    ``begun`` is false where the signal came while Python itself was starting, before any line of the program.
    """

    code: int
    children: int
    files: tuple[str, ...]
    traceback: bool
    begun: bool = True


def heed_signals() -> None:
    """For ``preexec_fn``: nothing is ignored because of how this benchmark itself was started."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def started(logs: Path, place: Path, executor: str) -> subprocess.Popen[str]:
    """``analyze-logs`` on ``logs`` with many outputs, in a session and a temporary folder of its own."""
    (place / "tmp").mkdir(parents=True)
    command = [sys.executable, "-m", "loganalyzer", str(logs), "-q", "--executor", executor, "-j", "2", *OUTPUTS]
    return subprocess.Popen(
        command, cwd=place, env={**os.environ, "TMPDIR": str(place / "tmp")}, text=True, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=heed_signals,
    )  # fmt: skip


def stopped(process: subprocess.Popen[str], place: Path, number: signal.Signals, after: float) -> Ended | None:
    """Send the signal ``after`` seconds; None if the process had ended before, or all outputs were there and it ended with 0."""
    time.sleep(after)
    if process.poll() is not None:
        return None
    begun = listens(process.pid)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    until = time.monotonic() + SECONDS_TO_GO
    while (left := in_session(process.pid)) and time.monotonic() < until:
        time.sleep(0.05)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    if process.returncode == 0 and not left and {path.name for path in place.rglob("*")} >= WHOLE:
        return None
    return Ended(process.returncode, len(left), tuple(left_behind(place)), "Traceback" in errors, begun)


def listens(pid: int, number: signal.Signals = signal.SIGTERM) -> bool:
    """True once the process has a handler for the signal, or has ended."""
    try:
        caught = next(x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("SigCgt"))
    except (OSError, StopIteration):
        return True
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def in_session(leader: int) -> list[int]:
    """Processes of the session that ``leader`` began, itself apart; those that only wait to be reaped are none."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(session) == leader and state != "Z":
            found.append(int(stat.parent.name))
    return [pid for pid in found if pid != leader]


def left_behind(place: Path) -> Iterator[str]:
    """Files that are neither whole outputs nor the cache."""
    for path in place.rglob("*"):
        if path.is_file() and path.name not in WHOLE and path.parent.name != "cache":
            yield str(path.relative_to(place))


def measured(logs: Path, base: Path, executor: str) -> Iterator[str]:
    """A row of the table for each signal."""
    begun = time.perf_counter()
    whole = started(logs, base / f"{executor}-whole", executor)
    whole.communicate()
    seconds = time.perf_counter() - begun
    for number in SIGNALS:
        ends: list[Ended] = []
        early = 0
        for moment in range(MOMENTS):
            place = base / f"{executor}-{number.name}-{moment}"
            end = stopped(started(logs, place, executor), place, number, (moment + 0.5) / MOMENTS * seconds * 0.95)
            early += end is None
            ends += [end] if end else []
        begun = [e for e in ends if e.begun]
        wrong = Counter(e.code for e in begun if e.code != 128 + number)
        print(executor, number.name, dict(wrong), [e.files for e in ends if e.files], early, flush=True)
        yield (
            f"| {executor} | {number.name} | {len(begun)} | {sum(e.children for e in ends)} "
            f"| {sum(len(e.files) for e in ends)} | {sum(wrong.values())} | {sum(e.traceback for e in begun)} "
            f"| {len(ends) - len(begun)} |"
        )


def main() -> int:
    """Measure and write the page; 1 if anything was left or a code was wrong."""
    with tempfile.TemporaryDirectory() as folder:
        logs = make(Path(folder) / "logs", RUNS)
        rows = [row for executor in EXECUTORS for row in measured(logs, Path(folder), executor)]
    held = all(row.split("|")[4:8] == [" 0 "] * 4 for row in rows)
    (HERE / "signals.md").write_text(
        f"""# Signals: what a stopped analysis leaves

Made by `python benchmarks/signals.py`. Machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}.
{RUNS} runs with a page, JSON, JSON Lines, Parquet and a cache; each signal is sent to the first process alone, at {MOMENTS}
moments from its start to the end of its work. Children are counted {SECONDS_TO_GO:.0f} s after the end; files are those beside
whole outputs and the cache, in the folders of the outputs and in TMPDIR. A code is right if it is 128 and the signal's number.
Apart are signals that came while Python itself was starting, before the first line of the program: what they print and end
with is Python's affair. The moments that are missing from {MOMENTS} came when the process was done.

| executor | signal | moments | children left | files left | wrong codes | tracebacks | Python starting |
|---|---|--:|--:|--:|--:|--:|--:|
{chr(10).join(rows)}

{"Nothing was left, no code was wrong." if held else "Not all is as it should be."}
""",
        encoding="utf-8",
    )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
