"""What it costs to get the first answer on a new machine, against installing TensorBoard alone -> benchmarks/install.md.

In one run, one after the other: a new virtual environment with the built wheel and the first ``analyze-logs sample_runs``
there, and a new one with ``pip install tensorboard``. Both are done once untimed, so that the packages are in pip's cache and
the network is not what is measured; the quickest of the timed rounds counts. Where uv is installed, it does the same.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
GOAL = 1.5
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
STARTS = 15
HEAVIEST = 10


@dataclass(frozen=True)
class Installer:
    """How packages get into a new environment: ``command`` is followed by what to install."""

    name: str
    command: Callable[[Path], Sequence[str | Path]]
    with_pip: bool


def installers() -> list[Installer]:
    """Pip, and uv where it is installed."""
    pip = Installer("pip", lambda python: (python, "-m", "pip", "install", "-q", "--disable-pip-version-check"), True)
    uv = shutil.which("uv")
    if uv is None:
        return [pip]
    return [pip, Installer("uv", lambda python: (uv, "pip", "install", "-q", "--python", python), False)]


def timed(*command: str | Path, cwd: Path | None = None) -> float:
    begin = perf_counter()
    subprocess.run(command, cwd=cwd, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return perf_counter() - begin


def first_answer(installer: Installer, what: str | Path, folder: Path, *, analyse: bool) -> tuple[float, float, Path]:
    """Seconds to install into a new environment, seconds of the first analysis there, and the environment."""
    place = folder / "venv"
    shutil.rmtree(place, ignore_errors=True)
    venv.create(place, with_pip=installer.with_pip, symlinks=True)
    python = place / "bin" / "python"
    installing = timed(*installer.command(python), what)
    analysing = timed(place / "bin" / "analyze-logs", ROOT / "sample_runs", cwd=folder) if analyse else 0.0
    return installing, analysing, place


def site_packages(place: Path) -> Path:
    return next((place / "lib").glob("python*/site-packages"))


def megabytes(*paths: Path) -> float:
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))]
    return sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink()) / 1e6


def packages(place: Path) -> int:
    """Installed distributions but pip and setuptools."""
    found = (info.name.partition("-")[0].lower() for info in site_packages(place).glob("*.dist-info"))
    return sum(name not in ("pip", "setuptools") for name in found)


def heaviest(place: Path) -> str:
    """The folders that take most, with what belongs to them (numpy and numpy.libs), in megabytes."""
    sizes: Counter[str] = Counter()
    for path in site_packages(place).iterdir():
        sizes[path.name.partition(".")[0].partition("-")[0].lower()] += round(megabytes(path))
    return ", ".join(f"{name} {size}" for name, size in sizes.most_common(HEAVIEST))


def quickest(*command: str | Path, cwd: Path) -> float:
    return min(timed(*command, cwd=cwd) for _ in range(STARTS))


def starts(place: Path, folder: Path) -> list[str]:
    """How long starting takes, as multiples of starting Python."""
    python = place / "bin" / "python"
    calls = {
        "`import loganalyzer`": (python, "-c", "import loganalyzer"),
        "`from loganalyzer import analyze`": (python, "-c", "from loganalyzer import analyze"),
        "`analyze-logs --version`": (place / "bin" / "analyze-logs", "--version"),
        "`analyze-logs --help`": (place / "bin" / "analyze-logs", "--help"),
    }
    empty = quickest(python, "-c", "pass", cwd=folder)
    rows = [f"| `pass` | {empty:.3f} | 1 |"]
    for name, command in calls.items():
        seconds = quickest(*command, cwd=folder)
        rows.append(f"| {name} | {seconds:.3f} | {seconds / empty:.1f} |")
    return rows


def built(folder: Path) -> Path:
    """The wheel of this checkout."""
    command = (
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--disable-pip-version-check",
        "-w",
        folder,
        ROOT,
    )
    timed(*command)
    (wheel,) = folder.glob("*.whl")
    return wheel


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    heavy = ""
    rows, weights, beginnings = [], [], []
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        wheel = built(folder)
        for installer in installers():
            ours, theirs = [], []
            for _ in range(rounds + 1):
                *seconds, place = first_answer(installer, wheel, folder, analyse=True)
                ours.append(seconds)
                if not weights:
                    own = [
                        p for p in site_packages(place).iterdir() if p.name.startswith(("loganalyzer", "analyze_logs"))
                    ]
                    weights.append(f"| the wheel | {megabytes(wheel):.1f} | |")
                    weights.append(f"| the package, installed | {megabytes(*own):.1f} | |")
                    weights.append(
                        f"| everything, installed | {megabytes(site_packages(place)):.0f} | {packages(place)} |"
                    )
                    heavy = heaviest(place)
                    beginnings = starts(place, folder)
                theirs.append(first_answer(installer, "tensorboard", folder, analyse=False)[0])
                if len(weights) == 3:
                    size = megabytes(site_packages(folder / "venv"))
                    weights.append(f"| `pip install tensorboard` | {size:.0f} | {packages(folder / 'venv')} |")
            install, analysis = min(ours[1:], key=sum)
            other = min(theirs[1:])
            ratio = (install + analysis) / other
            verdict = "reached" if ratio <= GOAL else "missed"
            rows.append(
                f"| {installer.name} | {install:.1f} | {analysis:.1f} | {other:.1f} | {ratio:.2f} | {verdict} |"
            )
    lines = [
        "# From nothing to the first answer",
        "",
        f"Made by `python benchmarks/install.py --rounds {rounds}`. Machine: {platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, load average at the start {load:.1f}. Packages come from the installer's cache.",
        "",
        "| installer | the wheel with its dependencies (s) | first `analyze-logs sample_runs` (s) | `tensorboard` alone (s) "
        f"| times | goal {GOAL} |",
        "|---|--:|--:|--:|--:|---|",
        *rows,
        "",
        "| weight, compiled files included | MB | distributions |",
        "|---|--:|--:|",
        *weights,
        "",
        f"The heaviest folders (MB): {heavy}.",
        "TensorBoard and what it needs are among our dependencies: the rest is mostly "
        "scipy, pandas and matplotlib, which pip also compiles.",
        "",
        f"| start, the quickest of {STARTS} | seconds | times |",
        "|---|--:|--:|",
        *beginnings,
    ]
    Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
