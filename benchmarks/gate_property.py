"""The property of the gate at length: ``python benchmarks/gate_property.py 100000`` draws so many folders.

Whatever is done to its folder, a run that went wrong fails the gate and a good one passes (``tests/gate/folders.py``).
Prints the cases in which that did not hold, and the rate.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.gate.test_property import slip

BATCH = 50


def main() -> int:
    """Run the cases in processes; 1 if one of them went wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("cases", type=int)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--workers", type=int, default=os.cpu_count())
    options.add_argument("--minutes", type=float, default=1e9, help="stop after so many")
    given = options.parse_args()
    start = time.monotonic()
    done, wrong = 0, 0
    with ProcessPoolExecutor(given.workers) as pool:
        batches = range(given.first, given.first + given.cases, BATCH)
        size = 2 * (given.workers or 1)
        for at in range(0, len(batches), size):
            if time.monotonic() - start > 60 * given.minutes:
                break
            for found in pool.map(_batch, batches[at : at + size]):
                done, wrong = done + BATCH, wrong + len(found)
                for text in found:
                    print(text, flush=True)
            print(f"{done} done, {wrong} wrong", file=sys.stderr, flush=True)
    seconds = time.monotonic() - start
    busy = sum(os.times()[:4])  # the workers have ended
    print(
        f"{done} cases from {given.first} on, {wrong} wrong, {seconds:.0f} s, {done / seconds:.1f} a second, "
        f"{done / busy:.1f} a second of one processor"
    )
    return 1 if wrong else 0


def _batch(first: int) -> list[str]:
    memory = Path("/dev/shm")  # thousands of small files: a disk would wait for each cache that is closed
    place = Path(tempfile.mkdtemp(prefix="gate-", dir=memory if os.access(memory, os.W_OK) else None))
    os.chdir(place)
    try:
        return [text for number in range(first, first + BATCH) if (text := slip(place, number))]
    finally:
        os.chdir("/")
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
