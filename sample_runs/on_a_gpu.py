"""Train every scenario on a GPU, in each precision, and judge the logs: `python sample_runs/on_a_gpu.py OUT` -> ON_A_GPU.md.

The runs lie in OUT/PRECISION/SCENARIO. A verdict is right if it is one that the scenario promises, whatever the device.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from make_samples import RUNS
from trainer import SCENARIOS

HERE = Path(__file__).resolve().parent
PRECISIONS = ("off", "bf16", "fp16")
NAMES = {"off": "float32", "bf16": "bfloat16", "fp16": "float16 with a loss scale"}
NO_GPU = "on_a_gpu.py: this torch sees no GPU; the runs in this folder were made on a CPU"


@dataclass(frozen=True, slots=True)
class Trained:
    """One scenario as it was trained; `seconds` is the whole process, beside others on the same GPU."""

    scenario: str
    precision: str
    seconds: float
    failed: str


def trained(scenario: str, precision: str, out: Path) -> Trained:
    """Train a scenario in a process of its own, logged as in this folder."""
    how = RUNS.get(scenario, "--format csv").split()
    command = [sys.executable, str(HERE / "train.py"), "--scenario", scenario, *how, "--device", "cuda"]
    began = time.perf_counter()
    done = subprocess.run(
        [*command, "--amp", precision, "--out", str(out / precision)], capture_output=True, text=True, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    failed = done.stderr.strip().splitlines()[-1] if done.returncode else ""
    return Trained(scenario, precision, time.perf_counter() - began, failed)


def judged(folder: Path) -> dict[str, str]:
    """Return the verdict of each run below `folder`, by the name of its scenario."""
    report = folder / "report.json"
    command = [sys.executable, "-m", "loganalyzer", str(folder), "--no-html", "-q", "--json", str(report)]
    subprocess.run(command, cwd=HERE.parent, check=True)
    runs = json.loads(report.read_text(encoding="utf-8"))["runs"]
    return {run["id"].split("/")[0]: run["verdict"] for run in runs}


def verdicts(out: Path) -> dict[tuple[str, str], str]:
    """Return the verdict by scenario and precision."""
    return {(name, amp): word for amp in PRECISIONS for name, word in judged(out / amp).items()}


def page(done: Sequence[Trained], words: dict[tuple[str, str], str], seconds: float) -> Iterator[str]:
    """Yield the lines of the page: the device, the sum, a row per scenario."""
    right = sum(words.get((one.scenario, one.precision), "") in SCENARIOS[one.scenario].expected for one in done)
    yield "# The scenarios, trained on a GPU\n"
    yield (
        f"`python sample_runs/on_a_gpu.py OUT`: {torch.cuda.get_device_name()}, {os.cpu_count()} CPU cores, "
        f"torch {torch.__version__}, Python {sys.version.split()[0]}. {len(done)} trainings in {seconds:.0f} s, "
        f"as many at a time as there are cores; {right} of {len(done)} verdicts are among those that the scenario promises.\n"
    )
    yield "Each cell: the verdict, then the seconds of the whole process beside the others.\n"
    yield "| scenario | expected | " + " | ".join(NAMES[amp] for amp in PRECISIONS) + " |"
    yield "|---" * (2 + len(PRECISIONS)) + "|"
    by_cell = {(one.scenario, one.precision): one for one in done}
    for name in dict.fromkeys(one.scenario for one in done):
        expected = SCENARIOS[name].expected
        cells = (_cell(by_cell[name, amp], words.get((name, amp), "not read"), expected) for amp in PRECISIONS)
        yield f"| {name} | {' or '.join(expected)} | " + " | ".join(cells) + " |"


def _cell(one: Trained, word: str, expected: Sequence[str]) -> str:
    if one.failed:
        return f"not trained: {one.failed}"
    return (word if word in expected else f"**{word}**") + f" ({one.seconds:.0f} s)"


def main() -> int:
    """Train, judge, write the page; return 2 where there is no GPU."""
    if not torch.cuda.is_available():
        print(NO_GPU, file=sys.stderr)
        return 2
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "gpu_runs")
    began = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(trained, name, amp, out) for amp in PRECISIONS for name in SCENARIOS]
        done = [job.result() for job in jobs]
    seconds = time.perf_counter() - began
    (HERE / "ON_A_GPU.md").write_text("\n".join(page(done, verdicts(out), seconds)) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
