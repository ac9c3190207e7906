"""Run the harnesses side by side: ``python -m tests.fuzz [NAME ...] [--seconds 300] [--runs 20000] [--seed 2]``.

Exit status 1 if one finds something; the input then lies under build/fuzz. With the number of inputs fixed, the default,
the same seed makes the same mutations on every machine, so what passed once passes again. ``--seconds`` searches for as
long as that takes, however many inputs it is. Without Atheris it says so and leaves with 0.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOUND = ROOT / "build" / "fuzz"
HARNESSES = sorted(path.stem.removeprefix("fuzz_") for path in Path(__file__).parent.glob("fuzz_*.py"))
HANG_SECONDS = 20
MOST_MEMORY = 2048
"""MiB in all; Atheris keeps some of the arrays that it sees compared, so it grows. What an input may take, checks says."""
RUNS = {"json": 4000, "notebook": 2000, "printed": 3000, "settings": 20_000, "tables": 4000}
"""Inputs of a harness if nothing else is said: some seconds of each; ``MOST_RUNS`` of any other."""
MOST_RUNS = 5000
_DONE = re.compile(r"Done (\d+) runs in (\d+) second")


def fuzz(name: str, until: str, seed: int) -> tuple[bool, str]:
    """Whether a harness went through, and the line or the lines that tell about it."""
    limits = [f"-timeout={HANG_SECONDS}", f"-rss_limit_mb={MOST_MEMORY}", f"-artifact_prefix={FOUND}/{name}-"]
    flags = [f"-seed={seed}", until, *limits]
    run = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.one", name, *flags],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    said = run.stdout.decode("utf-8", "replace")
    done = _DONE.search(said)
    if run.returncode or not done:
        return False, f"{name}: FOUND SOMETHING (exit status {run.returncode})\n{said[-4000:]}"
    count, took = int(done[1]), max(int(done[2]), 1)
    return True, f"{name}: nothing found in {count:,} inputs, {count // took:,} a second"


def main() -> int:
    """Fuzz the harnesses asked for, as many at a time as there are processors."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"of {', '.join(HARNESSES)}; default: all")
    parser.add_argument("--runs", type=int, help="inputs of each harness; if nothing is said as many as its table has")
    parser.add_argument("--seconds", type=int, help="instead of a number of inputs")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    if not set(chosen.name) <= set(HARNESSES):
        parser.error(f"there are only {', '.join(HARNESSES)}")
    if find_spec("atheris") is None:
        version = ".".join(str(part) for part in sys.version_info[:2])
        print(f"Not fuzzed: Atheris is not installed (it has wheels for some Pythons only; this is {version}).")
        return 0
    FOUND.mkdir(parents=True, exist_ok=True)

    def one(name: str) -> tuple[bool, str]:
        runs = chosen.runs or RUNS.get(name, MOST_RUNS)
        return fuzz(name, f"-max_total_time={chosen.seconds}" if chosen.seconds else f"-runs={runs}", chosen.seed)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results = list(pool.map(one, chosen.name or HARNESSES))
    for _, line in results:
        print(line, flush=True)
    return 0 if all(good for good, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
