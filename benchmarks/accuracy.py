"""Measure the diagnosis: `python benchmarks/accuracy.py` writes benchmarks/accuracy.md and accuracy.json.

`--quick` takes a small sample and writes elsewhere (`--out`); `--corpus DIR` (or LOGANALYZER_CORPUS) is the folder
that holds the labelled corpora `deepobs` and `algoperf`; `--peers PYTHON` is the Python of an environment with other
linters installed (see accuracy_lib/peers.py). Without either, the page says so and measures the rest.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.accuracy_lib import misses, page  # noqa: E402
from benchmarks.accuracy_lib.measure import FULL, QUICK, everything  # noqa: E402


def main() -> int:
    """Measure, write, say where."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a small sample, under a minute")
    parser.add_argument(
        "--per-family", type=int, metavar="N", help="runs per family (default 30); the rest in proportion"
    )
    parser.add_argument("--corpus", type=Path, default=os.environ.get("LOGANALYZER_CORPUS"), metavar="DIR")
    parser.add_argument("--peers", metavar="PYTHON", help="the Python of an environment with the peers")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where to write (default: benchmarks, or .cache if quick)"
    )
    options = parser.parse_args()
    out = options.out or ROOT / "benchmarks" / (".cache" if options.quick else "")
    folder = None if options.corpus is None else Path(options.corpus)
    if folder is not None and not folder.is_dir():
        parser.error(f"no such folder: {folder}")
    start = time.monotonic()
    effort = QUICK if options.quick else FULL
    if options.per_family:
        effort = effort.of(options.per_family)
    document, wrong = everything(effort, folder, options.peers)
    out.mkdir(parents=True, exist_ok=True)
    parts = ["python benchmarks/accuracy.py", "--quick" if options.quick else "",
             f"--per-family {options.per_family}" if options.per_family else "", "--corpus DIR" if folder else "",
             "--peers PYTHON" if options.peers else ""]  # fmt: skip
    command = " ".join(p for p in parts if p)
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    (out / "accuracy.json").write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")
    text = page.render(document, machine, command)
    (out / "accuracy.md").write_text(text)
    misses.draw(wrong, out / "accuracy_misses.png")
    print(text.split("## Generated runs")[0])
    print(f"{out / 'accuracy.md'} ({time.monotonic() - start:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
