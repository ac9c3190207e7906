"""Throw mutated files at every reader: no exception, no hang, no growth of memory.

    python benchmarks/mutations.py [--count 100000] [--reader ID ...] [--seed 0] [FOLDER ...]

The seeds are the smallest single-file logs of each reader below the folders (default: sample_runs and tests). Each is
cut, flipped, repeated, spliced or overwritten, written to a scratch file, then found and read as any other log. A
reader that raises is caught by the product itself and told as ``reader-failed``: this counts it, and shows the first.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loganalyzer.discovery import discover, read_job

ROOT = Path(__file__).resolve().parent.parent
SLOW_SECONDS = 2.0
LARGEST_SEED = 60_000
SEEDS_EACH = 6
NASTY = (
    b"\x00",
    b"\xff",
    b"\x80" * 9,
    b"\xff" * 8,
    b"nan",
    b"1e999",
    b'"',
    b"\n",
    b"\r",
    b",",
    b"{",
    b"[",
    b"-",
    b"\x1b[2J",
)


@dataclass(frozen=True)
class Seed:
    """A log that gives a run, and its place below its root (some readers go by folders)."""

    place: str
    content: bytes


def seeds(folders: Sequence[str]) -> dict[str, list[Seed]]:
    """Up to six small files for each reader."""
    found: dict[str, list[Seed]] = defaultdict(list)
    for folder in folders:
        for job in sorted(discover([folder]).jobs, key=lambda j: j.size):
            if job.size <= LARGEST_SEED and len(found[job.reader]) < SEEDS_EACH and read_job(job)[0]:
                place = job.files[0]
                found[job.reader].append(Seed(place, Path(job.root, place).read_bytes()))
    return {reader: some for reader, some in found.items() if some}


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


def attack(reader: str, files: Sequence[Seed], count: int, seed: int) -> bool:
    """Read ``count`` mutations; True if all went well."""
    rng = random.Random(f"{seed} {reader}")
    failures = slow = runs = 0
    worst, first = 0.0, ""
    start, before = time.perf_counter(), 0
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(count):
            chosen = files[number % len(files)]
            path = Path(scratch, str(number % len(files)), chosen.place)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(mutated(chosen.content, rng))
            began = time.perf_counter()
            found = discover([str(Path(scratch, str(number % len(files))))])
            for job in found.jobs:
                own, unread = read_job(job)
                runs += len(own)
                broken = [one for one in unread if one.note.code == "reader-failed"]
                failures += len(broken)
                first = first or (str(broken[0].note.details) if broken else "")
            took = time.perf_counter() - began
            worst, slow = max(worst, took), slow + (took > SLOW_SECONDS)
            if number == count // 5:
                before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 if before else 0.0
    seconds = time.perf_counter() - start
    print(
        f"{reader:16} {count:8,} files {runs:8,} runs {failures:4} failures {slow:3} slow (worst {worst:.2f} s) "
        f"{grown:6.1f} MiB more, {seconds:.0f} s{'  first: ' + first if first else ''}",
        flush=True,
    )
    return failures == 0 and slow == 0 and grown < 64


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", default=[str(ROOT / "sample_runs"), str(ROOT / "tests")])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--reader", action="append", help="only these readers")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    warnings.simplefilter("error")  # a user must never see one
    found = seeds(chosen.folders)
    wanted = sorted(r for r in found if not chosen.reader or r in chosen.reader)
    results = [attack(reader, found[reader], chosen.count, chosen.seed) for reader in wanted]
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
