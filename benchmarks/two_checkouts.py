"""Two checkouts side by side, for a change that must not change anything: what they say of the same logs, and how fast.

    python benchmarks/two_checkouts.py BEFORE AFTER [FOLDER ...] [--rounds N]

For each folder of logs: how many runs the two read, how many differ in verdict, kind, confidence or findings (rule, kind,
severity, numbers, evidence). Fields that were renamed on purpose are named in ``RENAMED``. Then the speed of both in turn,
as the least of ``--rounds`` processes each: one diagnosis, and what ``load`` takes for a text log, JSON Lines, a CSV
file and an event file. Prints Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

RENAMED = {"clear": "moderate"}
"""Kinds by their earlier names."""

DIAGNOSIS = """
import sys, time
import numpy as np
from loganalyzer import Run, Series, diagnose
n, times = int(sys.argv[1]), int(sys.argv[2])
rng, steps = np.random.default_rng(0), np.arange(n)
fall = 2 * np.exp(-steps / (n / 5)) + 0.3
curves = {"train/loss": fall + 0.05 * rng.standard_normal(n), "val/loss": fall + 0.1 + 0.05 * rng.standard_normal(n),
          "train/acc": 1 - fall / 3, "val/acc": 0.98 - fall / 3, "lr": 0.1 * np.exp(-steps / n),
          "grad_norm": 1 + 0.1 * rng.standard_normal(n)}
least = 9.0
for _ in range(times):
    run = Run("r", ("f",), "csv", {k: Series(k, steps, v) for k, v in curves.items()}, {"lr": 0.1, "batch_size": 32})
    start = time.perf_counter()
    diagnose(run)
    least = min(least, time.perf_counter() - start)
print(least)
"""
READING = """
import sys, time
from loganalyzer import load
load(sys.argv[1])
start = time.perf_counter()
load(sys.argv[1])
print(time.perf_counter() - start)
"""


ALLOCATOR = {
    "MALLOC_TRIM_THRESHOLD_": "100000000",
    "MALLOC_MMAP_THRESHOLD_": "100000000",
    "MALLOC_TOP_PAD_": "64000000",
}
"""glibc gives memory back and takes it again depending on where it happens to lie: that alone moves a row by a third."""


def environment(checkout: Path) -> dict[str, str]:
    return {**os.environ, **ALLOCATOR, "PYTHONPATH": str(checkout.resolve())}


def timed(checkout: Path, code: str, *arguments: str) -> float:
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, env=environment(checkout), capture_output=True, text=True, check=True, cwd="/")
    return float(done.stdout)


def answers(checkout: Path, folder: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        target = f"{scratch}/report.json"
        command = [sys.executable, "-m", "loganalyzer", str(folder.resolve()), "--no-html", "-q", "--json", target]
        subprocess.run(command, env=environment(checkout), check=True, cwd="/")
        runs = json.loads(Path(target).read_text(encoding="utf-8"))["runs"]
    return {run["id"]: said(run) for run in runs}


def said(run: dict[str, Any]) -> dict[str, Any]:
    """What is compared of a run, floats to nine digits."""
    names = ("rule", "kind", "severity", "status", "confidence", "numbers", "evidence")
    findings = [{name: finding.get(name) for name in names} for finding in run["findings"]]
    chosen = {name: run[name] for name in ("verdict", "kind", "confidence", "best")} | {"findings": findings}
    told: dict[str, Any] = json.loads(json.dumps(chosen), parse_float=lambda text: float(f"{float(text):.9g}"))
    for item in (told, *told["findings"]):
        item["kind"] = RENAMED.get(item["kind"], item["kind"])
    return told


def write_logs(folder: Path) -> dict[str, Path]:
    """A log of 100,000 steps in each format."""
    from torch.utils.tensorboard import SummaryWriter

    steps = [(i, 2 / (1 + i / 9000), 0.1 * 0.99999**i) for i in range(100_000)]
    text, lines, table = folder / "train.log", folder / "log.jsonl", folder / "metrics.csv"
    text.write_text("".join(f"step {i} | loss {loss:.5f} | lr {rate:.3e}\n" for i, loss, rate in steps))
    lines.write_text("".join(json.dumps({"step": i, "loss": loss, "lr": rate}) + "\n" for i, loss, rate in steps))
    table.write_text("step,loss,lr\n" + "".join(f"{i},{loss:.5f},{rate:.3e}\n" for i, loss, rate in steps))
    with SummaryWriter(str(folder / "events")) as writer:
        for i, loss, rate in steps:
            writer.add_scalar("loss", loss, i)
            writer.add_scalar("lr", rate, i)
    return {"text log": text, "JSON Lines": lines, "CSV": table, "event file": folder / "events"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    print("| folder | runs before | runs after | that differ |\n|---|---:|---:|---:|")
    for folder in chosen.folders:
        old, new = answers(chosen.before, folder), answers(chosen.after, folder)
        differ = sorted(run for run in old.keys() | new.keys() if old.get(run) != new.get(run))
        print(f"| {folder.name} | {len(old)} | {len(new)} | {len(differ)} |", flush=True)
        print("".join(f"<!-- {run} -->\n" for run in differ), end="", file=sys.stderr)
    with tempfile.TemporaryDirectory() as scratch:
        rows = [("one diagnosis, 100 points x 6 series", DIAGNOSIS, ("100", "300"))]
        rows += [("one diagnosis, 100,000 points x 6 series", DIAGNOSIS, ("100000", "30"))]
        rows += [(f"load: {kind}, 100,000 steps", READING, (str(p),)) for kind, p in write_logs(Path(scratch)).items()]
        print("\n| speed, least of each | before, ms | after, ms | after / before |\n|---|---:|---:|---:|")
        for what, code, arguments in rows:
            seconds = [
                [timed(side, code, *arguments) for side in (chosen.before, chosen.after)] for _ in range(chosen.rounds)
            ]
            before, after = (min(one) * 1e3 for one in zip(*seconds, strict=True))
            print(f"| {what} | {before:.2f} | {after:.2f} | {after / before:.2f} |", flush=True)


if __name__ == "__main__":
    main()
