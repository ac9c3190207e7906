"""Measure reading against its promises and against its peers, and write benchmarks/reading.md.

    python benchmarks/reading.py [--scalars N] [--runs N] [--skip-peers] [--dir DIR]

Each reader runs in a fresh process, all in one go on one machine: the ratios are what counts. Seconds are from the call
to arrays in hand, the imports of the reader apart; the best of three (peers: once). Where other work shares the
machine, the processor seconds are the steadier measure.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import program
import reading_data as data
import reading_rows

HERE = Path(__file__).parent
READERS = {
    "loganalyzer": (
        "import loganalyzer",
        "runs = loganalyzer.load(sys.argv[1]); n = sum(len(s) for r in runs for s in r.series.values())",
    ),
    "plain protobuf loop": (
        "import glob, struct\nfrom tensorboard.compat.proto.event_pb2 import Event",
        "n = 0\n"
        "for f in glob.glob(sys.argv[1] + '/*'):\n"
        "  b = open(f, 'rb').read(); o = 0; out = {}\n"
        "  while o < len(b):\n"
        "    l, = struct.unpack_from('<Q', b, o); e = Event.FromString(b[o+12:o+12+l]); o += 16 + l\n"
        "    for v in e.summary.value:\n"
        "      out.setdefault(v.tag, []).append((e.step, e.wall_time, v.simple_value or v.tensor.tensor_content))\n"
        "  n += sum(map(len, out.values()))",
    ),
    "tbparse": (
        "from tbparse import SummaryReader",
        "r = SummaryReader(sys.argv[1], extra_columns={'wall_time'}); n = len(r.scalars) + len(r.tensors)",
    ),
    "EventAccumulator": (
        "from tensorboard.backend.event_processing.event_accumulator import EventAccumulator",
        "a = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0, 'tensors': 0}); a.Reload()\n"
        "n = sum(len(a.Scalars(t)) for t in a.Tags()['scalars']) + sum(len(a.Tensors(t)) for t in a.Tags()['tensors'])",
    ),
}
FRAME = (
    "import sys, time, warnings\nwarnings.simplefilter('ignore')\n{0}\n"
    "t = time.perf_counter(); c = time.process_time()\n{1}\n"
    "s, c = time.perf_counter() - t, time.process_time() - c\n"
    "(peak,) = [line for line in open('/proc/self/status') if line.startswith('VmHWM')]\n"  # ru_maxrss is inherited
    "print(n, s, int(peak.split()[1]) / 1024, c)"
)


@dataclass(frozen=True)
class Measured:
    """Seconds, peak MiB, points and processor seconds (of all threads) of one reader on one folder."""

    seconds: float
    peak: float
    points: int
    cpu: float = 0.0


def measure(reader: str, folder: Path, times: int) -> Measured:
    results = []
    for _ in range(times):
        code = FRAME.format(*READERS[reader])
        done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
        points, seconds, peak, cpu = done.stdout.split()[-4:]
        results.append(Measured(float(seconds), float(peak), int(points), float(cpu)))
    return min(results, key=lambda m: m.seconds)


def command(folder: Path, *options: str) -> program.Measured:
    """The whole program with JSON as its only output."""
    return program.analyze_logs(folder, "--json", os.devnull, *options)


def prepared(folder: Path, make: Callable[[Path], object]) -> Path:
    """The folder, made unless it is there already from an earlier measurement."""
    done = folder.with_suffix(".done")
    if not done.exists():
        make(folder)
        done.touch()
    return folder


def long_trainings(base: Path, scalars: int, *, peers: bool) -> list[str]:
    lines = [
        f"## {scalars:,} log calls of five tags, one file",
        "",
        "| style | reader | seconds | times loganalyzer | CPU seconds | times | peak MiB | peak / file | points |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for style in ("simple_value", "tensor"):
        folder = prepared(
            base / f"long-{style}-{scalars}",
            lambda f, style=style: data.write(f / data.NAME, data.long_training(scalars // 5, style)),  # type: ignore[misc]
        )
        size = (folder / data.NAME).stat().st_size / 2**20
        own = measure("loganalyzer", folder, 3)
        expected = scalars // 5 * 3 + 2 * len(range(0, scalars // 5, 10))
        for reader in READERS:
            if reader in ("tbparse", "EventAccumulator") and not peers:
                continue
            one = own if reader == "loganalyzer" else measure(reader, folder, 3 if "loop" in reader else 1)
            lossy = "" if one.points == expected else " (lossy)"
            lines.append(
                f"| {style} | {reader} | {one.seconds:.2f} | {one.seconds / own.seconds:.1f} "
                f"| {one.cpu:.2f} | {one.cpu / own.cpu:.1f} | {one.peak:.0f} "
                f"| {one.peak / size:.1f} | {one.points:,}{lossy} |"
            )
    return lines


def other_rows(base: Path, runs: int) -> list[str]:
    pictures = prepared(base / "pictures", lambda f: data.write(f / data.NAME, data.pictures(100, 1_000_000)))
    images = measure("loganalyzer", pictures, 3)
    rows = [("100 MB of images and 100 scalars, `load`", images.seconds, images.peak, "0.4 s, 200 MiB")]
    for kind, promise in (("csv", "0.8 s"), ("events", "0.9 s")):
        folder = prepared(base / f"small-{kind}", lambda f, kind=kind: data.small_runs(f, 70, kind))  # type: ignore[misc]
        best = min((command(folder) for _ in range(3)), key=lambda m: m.wall)
        rows.append((f"70 small runs as {kind}, verdicts as JSON, whole process", best.wall, best.peak, promise))
    many = prepared(base / f"many-{runs}", lambda f: data.many_runs(f, runs, 10, 1000))
    two = command(many, "-j", "2")
    rows.append((f"{runs:,} runs x 10 tags x 1000 points, JSON, 2 processes", two.wall, two.peak, "20 s, 600 MiB"))
    ones = prepared(base / "one-point", lambda f: data.one_point_files(f, 15_000))
    one = command(ones)
    rows.append(("one directory of 15,000 event files with one point each, JSON", one.wall, one.peak, "15 s"))
    lines = ["## The rest", "", "| what | seconds | peak MiB | promised below |", "|---|---:|---:|---|"]
    return lines + [f"| {what} | {seconds:.2f} | {peak:.0f} | {promise} |" for what, seconds, peak, promise in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scalars", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--skip-peers", action="store_true", help="leave out tbparse and EventAccumulator (a minute)")
    parser.add_argument("--dir", type=Path, help="keep the logs that are measured here")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        base = chosen.dir or Path(scratch)
        base.mkdir(parents=True, exist_ok=True)
        measurements = [
            *(partial(rows, Path(scratch)) for rows in reading_rows.SECTIONS),
            partial(long_trainings, base, chosen.scalars, peers=not chosen.skip_peers),
            partial(other_rows, base, chosen.runs),
        ]
        sections = []
        for measurement in measurements:
            sections.append(measurement())
            print("\n".join(sections[-1]), "\n", flush=True)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Linux, Python {platform.python_version()}"
    average = os.getloadavg()[1]
    shared = " (above the number of cores, other work shared the machine)" if average > (os.cpu_count() or 1) else ""
    load = f"load average {average:.1f}{shared}"
    text = ["# Reading: speed and memory", "", f"`python benchmarks/reading.py`, measured on {machine}, {load}.", ""]
    for section in sections:
        text += [*section, ""]
    (HERE / "reading.md").write_text("\n".join([*text, "Starts: [start_up.md](start_up.md).", ""]))


if __name__ == "__main__":
    main()
