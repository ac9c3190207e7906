"""Throw damaged files at every reader: no exception, no hang, no growth of memory, no run that is malformed.

    python -m benchmarks.mutations [--count 100000] [--format NAME ...] [--seed 0] [--write]

The seeds are small logs of every format (``mutation_seeds``). Each is cut, flipped, repeated, spliced or overwritten,
written to a scratch file, then found and read as any other log. A reader that raises is caught by the product itself
and told as ``reader-failed``: this counts it, and shows the first. Warnings are errors here: a user must never see one.
A run read from a damaged file must still be one: steps strictly increasing, as many values as steps.
``--write`` puts the rows into ``mutations.md``, beside those of the formats that were not asked for.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.mutation_seeds import FORMATS, Seed
from loganalyzer.discovery.discover import discover
from loganalyzer.model.run import Run
from loganalyzer.pipeline.read_job import read_job

PAGE = Path(__file__).with_name("mutations.md")
SLOW_SECONDS = 2.0
MOST_GROWTH = 64.0
NASTY = (
    b"\x00", b"\xff", b"\x80" * 9, b"\xff" * 8, b"nan", b"1e999", b'"', b"\n", b"\r", b",", b"{", b"[", b"-", b"]", b"}",
    b"\x1b[2J", b"9" * 400, b"\x00" * 64, b"0x", b"\xe2\x80\xa8", b"null", b"()", b"e", b".", b"\x95" + b"\xff" * 8,
)  # fmt: skip
HEAD = """# Damaged files

`nice -n 10 python -m benchmarks.mutations --count N --write`: logs of every format, one to four changes each (cut,
bit flipped, nasty bytes put in, bytes repeated, overwritten, taken out, copied), found and read as by the command line.
"Failures" are exceptions, warnings, and runs that are none (steps not increasing, values without steps). Growth is that
of the peak memory from the first fifth of the files to the last one. "Longest" is the processor time of the slowest file,
which may be 2 s at most. A row tells how many files it is about; all are made by one command when given time.

| format | files | with a run | failures | longest, CPU s | growth, MiB | seconds in all |
|---|---:|---:|---:|---:|---:|---:|
"""


@dataclass
class Tally:
    """What happened to one format."""

    format: str
    files: int = 0
    readable: int = 0
    failures: int = 0
    first: str = ""
    longest: float = 0.0
    grown: float = 0.0
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Whether all went well."""
        return not self.failures and self.longest <= SLOW_SECONDS and self.grown <= MOST_GROWTH

    def row(self) -> str:
        """A line of the table."""
        numbers = f"{self.longest:.2f} | {self.grown:.1f} | {self.seconds:.0f}"
        return f"| {self.format} | {self.files:,} | {self.readable:,} | {self.failures} | {numbers} |"


def mutated(data: bytes, rng: random.Random) -> bytes:
    """One to four changes."""
    result = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(result) + 1)
        span = min(len(result) - at, rng.choice((1, 4, 16, 200)))
        match rng.randrange(7):
            case 0:
                del result[at:]
            case 1 if at < len(result):
                result[at] ^= 1 << rng.randrange(8)
            case 2:
                result[at:at] = rng.choice(NASTY)
            case 3:
                result[at:at] = result[at : at + span] * rng.randint(1, 20)
            case 4:
                result[at : at + span] = rng.randbytes(span)
            case 5:
                del result[at : at + span]
            case _:
                source = rng.randrange(len(result) + 1)
                result[at:at] = result[source : source + span]
    return bytes(result)


def malformed(run: Run) -> str:
    """Why a run is none; "" if it is one."""
    if not run.series:
        return "no series"
    for name, one in run.series.items():
        if one.steps.dtype != np.int64 or one.values.dtype != np.float64:
            return f"{name}: {one.steps.dtype}, {one.values.dtype}"
        if len(one.steps) != len(one.values) or not len(one.steps):
            return f"{name}: {len(one.steps)} steps, {len(one.values)} values"
        if one.wall_times is not None and len(one.wall_times) != len(one.values):
            return f"{name}: {len(one.wall_times)} wall times, {len(one.values)} values"
        if not bool(np.all(one.steps[1:] > one.steps[:-1])):
            return f"{name}: steps not increasing"
    return ""


def faults(root: Path) -> tuple[int, list[str]]:
    """Read all below ``root``: how many runs, and what went wrong."""
    runs, wrong = 0, []
    for job in discover([str(root)]).jobs:
        own, unread = read_job(job)
        runs += len(own)
        wrong += [why for run in own if (why := malformed(run))]
        wrong += [str(one.note.details["error"]) for one in unread if one.note.code == "reader-failed"]
    return runs, wrong


def attack(name: str, seeds: Sequence[Seed], count: int, seed: int) -> Tally:
    """Read ``count`` mutations."""
    rng = random.Random(f"{seed} {name}")
    tally = Tally(name, count)
    began, before = time.perf_counter(), 0
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(count):
            which = number % len(seeds)
            root = Path(scratch, str(which))
            path = root / seeds[which].place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(mutated(seeds[which].content, rng))
            start = time.process_time()
            runs, wrong = faults(root)
            tally.longest = max(tally.longest, time.process_time() - start)
            tally.readable += runs > 0
            tally.failures += len(wrong)
            if wrong and not tally.first:
                tally.first = wrong[0]
                Path(tempfile.gettempdir(), f"mutation-{name}").write_bytes(path.read_bytes())
            if number == count // 5:
                before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tally.grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    tally.seconds = time.perf_counter() - began
    return tally


def write(rows: Sequence[str]) -> None:
    """Put the rows into the page, each in the place of the older one of its format."""
    old = PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else []
    known = {m[1]: line for line in [*old, *rows] if (m := re.match(r"\| ([\w-]+) \| [\d,]+ \|", line))}
    PAGE.write_text(HEAD + "".join(known[n] + "\n" for n in FORMATS if n in known), encoding="utf-8")


def main() -> int:
    """Attack the formats asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--format", action="append", choices=sorted(FORMATS), help="only these")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="update mutations.md")
    chosen = parser.parse_args()
    warnings.simplefilter("error")
    tallies = []
    for name, make in FORMATS.items():
        if not chosen.format or name in chosen.format:
            tallies.append(attack(name, make(), chosen.count, chosen.seed))
            print(tallies[-1].row(), "" if tallies[-1].good else f" first: {tallies[-1].first}", flush=True)
            if chosen.write:
                write([tallies[-1].row()])
    return 0 if all(tally.good for tally in tallies) else 1


if __name__ == "__main__":
    sys.exit(main())
