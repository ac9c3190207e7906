"""Rows of ``reading.md`` that compare readers with the plainest loop, and with themselves on longer logs.

Everything is a ratio of two measurements of one run on one machine. The processor seconds of the process are compared,
the best of several: other work on the machine then matters little.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import reading_logs as logs
import reading_trackers

from loganalyzer.model.errors import ReadError
from loganalyzer.readers.base import Source
from loganalyzer.readers.common.printed.runs import read_printed
from loganalyzer.readers.registry import load_readers

MOST_MEMORY = 6
MOST_GROWTH = 4 * 1.15
MOST_EXPONENT = 1.1
LONG, SCREENED, LONGEST_SECONDS = 200_000, 8_000, 0.2
OWN = "runs = loganalyzer.load(path); n = sum(len(s) for r in runs for s in r.series.values())"
FRAME = """
import resource, sys, time
{imports}
def work(path):
    {work}
    return n
def held(): return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 2**20
work(sys.argv[2])
before = held()
wall, cpu = time.perf_counter(), time.process_time()
n = work(sys.argv[1])
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
(peak,) = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]  # ru_maxrss holds the parent's, too
print(n, wall, cpu, before, int(peak.split()[1]) / 1024)
"""


@dataclass(frozen=True)
class Comparison:
    """A file of ``rows`` rows, the plain way to its numbers, and how many times as long reading may take."""

    title: str
    make: Callable[[Path, int], Path]
    rows: int
    imports: str
    work: str
    goal: float


COMPARISONS = (
    Comparison("pandas.read_csv", logs.csv, 900_000, "import pandas", "n = pandas.read_csv(path).size", 2),
    Comparison(
        "json.loads of each line",
        logs.json_lines,
        300_000,
        "import json, numpy",
        "out = {}\n    for line in open(path):\n"
        "        for name, value in json.loads(line).items(): out.setdefault(name, []).append(value)\n"
        "    n = sum(map(len, [numpy.array(values, float) for values in out.values()]))",
        1.5,
    ),
    Comparison(
        "split and float of each line",
        logs.text,
        300_000,
        "import numpy",
        "out = {}\n    for line in open(path):\n"
        '        words = line.replace(":", " ").replace(",", " ").split()\n'
        "        for name, value in zip(words[::2], words[1::2]): out.setdefault(name, []).append(float(value))\n"
        "    n = sum(map(len, [numpy.array(values, float) for values in out.values()]))",
        3,
    ),
)


@dataclass(frozen=True)
class Taken:
    """Seconds, processor seconds, MiB before and at most."""

    points: int
    wall: float
    cpu: float
    before: float
    peak: float


def _taken(imports: str, work: str, file: Path, small: Path, times: int) -> Taken:
    code = FRAME.format(imports=imports, work=work)
    found = []
    for _ in range(times):
        command = [sys.executable, "-c", code, str(file), str(small)]
        points, *rest = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        found.append(Taken(int(points), *map(float, rest)))
    return min(found, key=lambda one: one.cpu)


def against_loops(base: Path, times: int = 5) -> list[str]:
    """Reading of long logs beside the plainest loop, and the memory it takes."""
    lines = [
        "## Long logs of other kinds, beside the plainest way to their numbers",
        "",
        f"Both have read a small file before, so that imports are apart; the best of {times} by processor seconds. Memory is"
        " what reading took beyond what the process held before, in sizes of the file.",
        "",
        "| file | beside | CPU seconds | loop | times | goal | peak MiB | peak beyond the start / file | goal | points |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in COMPARISONS:
        file = one.make(base / f"long-{one.make.__name__}-{one.rows}", one.rows)
        small = one.make(base / f"small-{one.make.__name__}", 50)
        imports = f"{one.imports}\nimport loganalyzer"
        own = _taken(imports, OWN, file, small, times)
        loop = _taken(one.imports, one.work, file, small, times)
        size = file.stat().st_size / 2**20
        lines.append(
            f"| {file.name}, {one.rows:,} rows, {size:.0f} MiB | {one.title} | {own.cpu:.2f} | {loop.cpu:.2f} "
            f"| {own.cpu / loop.cpu:.1f} | {one.goal} | {own.peak:.0f} | {(own.peak - own.before) / size:.1f} "
            f"| {MOST_MEMORY} | {own.points:,} |"
        )
    return lines


def memory_of_json(base: Path, rows: int = 250_000) -> list[str]:
    """The memory that records of JSON take, whatever they are wrapped in."""
    lines = [
        "## Memory for JSON",
        "",
        f"{rows:,} records: the peak beyond what the process held after a small file of the same kind, in sizes of the file."
        f" Goal: at most {MOST_MEMORY}.",
        "",
        "| file | MiB | peak beyond the start / file | points |",
        "|---|---:|---:|---:|",
    ]
    for make in (logs.json_array, logs.trainer_state, logs.json_lines, logs.document):
        file = make(base / f"json-{make.__name__}", rows)
        own = _taken("import loganalyzer", OWN, file, make(base / f"small-json-{make.__name__}", 50), 1)
        size = file.stat().st_size / 2**20
        lines.append(f"| {file.name} | {size:.0f} | {(own.peak - own.before) / size:.1f} | {own.points:,} |")
    return lines


def growth(base: Path, short: int = 100_000, times: int = 2) -> list[str]:
    """Four times the points should take four times as long, eight times eight times, and memory grow with the file."""
    lines = [
        f"## {short:,}, {4 * short:,} and {8 * short:,} rows",
        "",
        f"Processor seconds of `load` in a process that has read a small log before, the best of {times}. Four times as many"
        f" rows: linear is 4, the goal at most {MOST_GROWTH:.1f}. The exponent is that of the power of the number of rows by"
        f" which the seconds grow from {short:,} to {8 * short:,}, goal {MOST_EXPONENT}. Memory is the peak beyond what the"
        f" process held before, in bytes for each byte of the longest log, goal {MOST_MEMORY}.",
        "",
        "| format | seconds | 4 x | 8 x | 4 x / 1 x | exponent | memory a byte | points |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    worst: list[tuple[float, float, str]] = []
    for name, make in (logs.FORMATS | reading_trackers.FORMATS).items():
        one = [
            _of_length(make, base / f"growth-{make.__name__}", rows, times) for rows in (short, 4 * short, 8 * short)
        ]
        (few, _), (more, _), (most, size) = one
        exponent = math.log(most.cpu / few.cpu, 8)
        memory = (most.peak - most.before) * 2**20 / size
        worst.append((exponent, memory, name))
        lines.append(
            f"| {name} | {few.cpu:.2f} | {more.cpu:.2f} | {most.cpu:.2f} | {more.cpu / few.cpu:.1f} | {exponent:.2f} "
            f"| {memory:.1f} | {most.points:,} |"
        )
    exponent, _, slowest = max(worst)
    memory, largest = max((memory, name) for _, memory, name in worst)
    return [*lines, "", f"Worst exponent: {exponent:.2f} ({slowest}). Most memory a byte: {memory:.1f} ({largest})."]


def _of_length(make: Callable[[Path, int], Path], folder: Path, rows: int, times: int) -> tuple[Taken, int]:
    """What reading a log of so many rows takes, and its size in bytes; the log is removed."""
    log, small = folder / str(rows), folder / "small"
    make(log, rows)
    make(small, 50)
    size = sum(path.stat().st_size for path in log.rglob("*") if path.is_file())
    taken = _taken("import loganalyzer", OWN, log, small, times)
    shutil.rmtree(folder)
    return taken, size


def long_lines(slowest: int = 25) -> list[str]:
    """Crafted lines: all of them in a moderate length, the slowest ones whole."""
    seconds = {line: _line_seconds(line) for line in logs.crafted(SCREENED)}
    worst = sorted(seconds, key=lambda line: seconds[line])[-slowest:]
    whole = {line: min(_line_seconds(line * (LONG // len(line))) for _ in range(3)) for line in worst}
    ordered = sorted(whole, key=lambda line: -whole[line])[:8]
    return [
        f"## One line of {LONG:,} characters",
        "",
        f"{len(seconds):,} crafted lines (brackets, bars, digits, quotes, letters without blanks, escape codes, words of all"
        f" grammars, one piece again and again) of {SCREENED:,} characters; the {slowest} slowest again at {LONG:,}: "
        f"detection by every reader and reading as printed text, CSV and JSON. Goal: under {LONGEST_SECONDS} s.",
        "",
        "| line | CPU seconds |",
        "|---|---:|",
        *(f"| `{_shown(line)}` | {whole[line]:.3f} |" for line in ordered),
    ]


def _shown(line: str) -> str:
    """The beginning of a line so that a table of Markdown can hold it."""
    return ascii(line[:40])[1:-1].replace("|", "&#124;").replace("`", "'") + " ..."


def _line_seconds(line: str) -> float:
    """Processor seconds of the slowest reader, detection and reading together."""
    printed = f"epoch 1 loss 0.5\nepoch 2 loss 0.4\n{line}\nepoch 3 loss 0.3\n".encode()
    start = time.process_time()
    list(read_printed("log.txt", "log.txt", printed))
    slowest = time.process_time() - start
    alone = line.encode()
    for name in ("log.csv", "log.json"):
        source = Source(name, len(alone), alone[:65_536], lambda: alone)
        for reader in load_readers():
            start = time.process_time()
            try:
                if reader.detect(source):
                    list(reader.read(name, [source]))
            except ReadError:
                pass
            slowest = max(slowest, time.process_time() - start)
    return slowest


SECTIONS: tuple[Callable[[Path], list[str]], ...] = (
    lambda _base: long_lines(),
    against_loops,
    memory_of_json,
    growth,
)
"""All sections of the page; each takes the folder for its logs."""
