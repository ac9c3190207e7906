"""Measure how cost grows with the number of runs, and write benchmarks/scale.md.

    python benchmarks/scale.py [--runs 20000] [--same 2000] [--dir DIR]

Runs of 80 epochs x 5 series, each a CSV file and a settings file. The whole program is measured from the outside: wall
seconds, processor seconds of all its processes, the largest sum of their resident sizes. Where other work shares the
machine, processor seconds are the steadier measure.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

import scale_data  # noqa: E402  (beside this file, and the package above it)
from program import Measured, analyze_logs  # noqa: E402

HERE = Path(__file__).parent
CORES = len(os.sched_getaffinity(0))
WALL, PEAK, CACHED, FLAT = 150, 700, 12, 0.15
"""What is promised: seconds and MiB for 20,000 runs, seconds with a warm cache, how flat the cost of a run stays."""


def said(holds: bool) -> str:
    return "yes" if holds else "**no**"


def growth(base: Path, runs: int) -> list[str]:
    """Verdicts as JSON Lines at three sizes."""
    sizes = [max(200, runs // 20), max(400, runs // 4), runs]
    measured: list[Measured] = []
    lines = [
        f"## JSON Lines on {CORES} cores: cost per run",
        "",
        "| runs | seconds | ms a run | CPU s | CPU ms a run | peak MiB, all processes | lines, MB |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for size in sizes:
        out = base / "runs.jsonl"
        one = analyze_logs(base / f"runs-{size}", "-j", str(CORES), "--jsonl", out)
        measured.append(one)
        lines.append(
            f"| {size:,} | {one.wall:.1f} | {1000 * one.wall / size:.2f} | {one.cpu:.1f} "
            f"| {1000 * one.cpu / size:.2f} | {one.peak:.0f} | {out.stat().st_size / 1e6:.0f} |"
        )
        with out.open("rb") as file:
            assert sum(1 for _ in file) == size
        out.unlink()
    small, large = measured[0], measured[-1]
    by_wall = large.wall / sizes[-1] / (small.wall / sizes[0]) - 1
    by_cpu = large.cpu / sizes[-1] / (small.cpu / sizes[0]) - 1
    lines += [
        "",
        f"- a run among {runs:,} costs {by_wall:+.0%} wall and {by_cpu:+.0%} CPU beside one among {sizes[0]:,}; "
        f"within {FLAT:.0%}: wall {said(by_wall <= FLAT)}, CPU {said(by_cpu <= FLAT)}",
        f"- 20,000 runs under {WALL} s: "
        + (said(large.wall < WALL) if runs >= 20_000 else "not measured this time")
        + f" ({runs:,}: {large.wall:.0f} s; {large.cpu / CORES:.0f} s of CPU on each core)",
        f"- peak under {PEAK} MiB: {said(large.peak < PEAK)}; it grows by "
        f"{1024 * (large.peak - small.peak) / (sizes[-1] - sizes[0]):.1f} KiB a run",
    ]
    return lines


def again(base: Path, runs: int) -> list[str]:
    """The same runs with a cache, and as tables."""
    folder = base / f"runs-{runs}"
    first = analyze_logs(folder, "-j", str(CORES), "--jsonl", os.devnull, "--cache", base / "cache")
    second = analyze_logs(folder, "-j", str(CORES), "--jsonl", os.devnull, "--cache", base / "cache")
    size = sum(f.stat().st_size for f in (base / "cache").rglob("*") if f.is_file()) / 1e6
    lines = [
        f"## {runs:,} runs remembered",
        "",
        "| what | seconds | CPU s | peak MiB | on disk, MB |",
        "|---|---:|---:|---:|---:|",
        f"| first look, `--cache` | {first.wall:.1f} | {first.cpu:.1f} | {first.peak:.0f} | {size:.0f} |",
        f"| second look, nothing changed | {second.wall:.1f} | {second.cpu:.1f} | {second.peak:.0f} | {size:.0f} |",
        "",
        f"- the second look under {CACHED} s: {said(second.wall < CACHED)}",
    ]
    return lines


def tables(base: Path, runs: int) -> list[str]:
    """Parquet, and the comparison of sweeps on its own."""
    one = analyze_logs(base / f"runs-{runs}", "-j", str(CORES), "--parquet", base / "tables")
    sizes = ", ".join(f"{p.stem} {p.stat().st_size / 1e6:.1f} MB" for p in sorted((base / "tables").glob("*.parquet")))
    lines = [
        "## Parquet, and sweeps compared",
        "",
        f"- {runs:,} runs as tables: {one.wall:.1f} s, {one.cpu:.1f} s CPU, peak {one.peak:.0f} MiB ({sizes})",
        "",
        "| runs of one random search (rate, batch size, seed) | CPU s to compare | ms a run |",
        "|---:|---:|---:|",
    ]
    for size in (1000, 4000, 16_000):
        seconds = comparison(base / f"runs-{max(200, runs // 20)}", size)
        lines.append(f"| {size:,} | {seconds:.2f} | {1000 * seconds / size:.3f} |")
    return lines


def comparison(folder: Path, size: int) -> float:
    """CPU seconds of comparing ``size`` runs of one folder whose settings all differ."""
    from loganalyzer import Options, analyze
    from loganalyzer.diagnosis.sweeps import compare

    known = analyze(next(folder.iterdir()), options=Options(keep_series=False)).runs
    rng = random.Random(0)
    runs = []
    for number in range(size):
        settings = {"lr": 10 ** rng.uniform(-4, -1), "batch_size": rng.randrange(16, 4096), "seed": rng.randrange(5)}
        one = known[number % len(known)]
        runs.append(replace(one, run=replace(one.run, id=f"search/run{number:06d}", hyperparameters=settings)))
    start = time.process_time()
    compare(runs)
    return time.process_time() - start


def discovery(base: Path, runs: int) -> list[str]:
    """What of the cost is finding the runs, which one process does alone."""
    from loganalyzer.discovery.discover import discover

    lines = ["## Finding the runs (one process)", "", "| runs | CPU s | ms a run |", "|---:|---:|---:|"]
    for size in (max(200, runs // 20), runs):
        start = time.process_time()
        with discover([str(base / f"runs-{size}")]) as found:
            count = len(found.jobs)
        seconds = time.process_time() - start
        assert count == size
        lines.append(f"| {size:,} | {seconds:.2f} | {1000 * seconds / size:.3f} |")
    return lines


@contextmanager
def cluster() -> Iterator[tuple[str, list[int]]]:
    """A Dask scheduler with two worker processes: its address and the processes' ids."""
    from distributed import Client, LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as one:
        with Client(one.scheduler_address, set_as_default=False) as client:
            pids = sorted(client.run(os.getpid).values())
        yield one.scheduler_address.replace("tcp://", "dask://"), pids


def same_everywhere(base: Path, runs: int) -> list[str]:
    """The same bytes here, on a Dask cluster (also with a worker killed half-way) and from a bucket."""
    folder, expected = base / "experiments", base / "here.json"
    here = analyze_logs(folder, "-j", str(CORES), "--json", expected)
    rows = [("here", here, True, "")]
    there = base / "there.json"
    with cluster() as (address, pids):
        one = analyze_logs(folder, "--executor", address, "--json", there)
        rows.append(("Dask, two workers", one, there.read_bytes() == expected.read_bytes(), ""))
        killer = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"import os,time; time.sleep({one.wall / 2}); os.kill({pids[0]}, {signal.SIGKILL:d})",
            ]
        )
        one = analyze_logs(folder, "--executor", address, "--json", there)
        killer.wait()
        note = "one worker killed half-way"
        rows.append((f"Dask, {note}", one, there.read_bytes() == expected.read_bytes(), ""))
    rows.append(_bucket(folder, expected, there))
    lines = [
        f"## {runs:,} runs: the same report bytes everywhere",
        "",
        "| where | seconds | CPU s here | same bytes | requests |",
        "|---|---:|---:|---|---|",
    ]
    return lines + [f"| {w} | {m.wall:.1f} | {m.cpu:.1f} | {said(ok)} | {extra} |" for w, m, ok, extra in rows]


def _bucket(folder: Path, expected: Path, there: Path) -> tuple[str, Measured, bool, str]:
    import boto3
    from scale_remote import BUCKET, serving

    with serving() as server:
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        for file in files:
            key = file.relative_to(folder.parent).as_posix()
            client.put_object(Bucket=BUCKET, Key=key, Body=file.read_bytes())
        server.kinds.clear()
        one = analyze_logs(f"s3://{BUCKET}/{folder.name}", "-j", str(CORES), "--json", there)
        asked = ", ".join(f"{count:,} {kind}" for kind, count in sorted(server.kinds.items()))
    return "S3 (moto on loopback)", one, there.read_bytes() == expected.read_bytes(), f"{asked}; {len(files):,} objects"


def prepared(base: Path, runs: int, same: int) -> None:
    for size in {max(200, runs // 20), max(400, runs // 4), runs}:
        if not (base / f"runs-{size}").exists():
            scale_data.make(base / f"runs-{size}", size)
    if not (base / "experiments").exists():
        scale_data.make(base / "experiments", same)
    # the first process pays for what the others find in the machine's memory
    analyze_logs(base / f"runs-{max(200, runs // 20)}", "--jsonl", os.devnull)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--same", type=int, default=2000, help="runs that are compared byte by byte across places")
    parser.add_argument("--dir", type=Path, help="keep the runs that are measured here")
    chosen = parser.parse_args()
    start = time.perf_counter()
    loads: list[float] = []
    with tempfile.TemporaryDirectory() as scratch:
        base = chosen.dir or Path(scratch)
        base.mkdir(parents=True, exist_ok=True)
        prepared(base, chosen.runs, chosen.same)
        sections = []
        for measure, size in (
            (growth, chosen.runs), (again, chosen.runs), (tables, chosen.runs), (discovery, chosen.runs),
            (same_everywhere, chosen.same),
        ):  # fmt: skip
            loads.append(os.getloadavg()[0])
            sections.append(measure(base, size))
            print("\n".join(sections[-1]), flush=True)
    machine = f"{CORES} cores, {platform.machine()}, Linux, Python {platform.python_version()}"
    shared = "; other work shared the machine, so wall times are too long" if max(loads) > CORES + 1.5 else ""
    text = [
        "# Very many runs: cost and memory",
        "",
        f"`make scale`, measured on {machine}, load average {min(loads):.1f} to {max(loads):.1f}{shared}. "
        f"{scale_data.EPOCHS} epochs x 5 series a run (CSV, 4 KB) with a settings file; two thirds of the runs are sick. "
        f"The whole took {(time.perf_counter() - start) / 60:.0f} minutes.",
        "",
    ]
    for section in sections:
        text += [*section, ""]
    (HERE / "scale.md").write_text("\n".join(text))


if __name__ == "__main__":
    main()
