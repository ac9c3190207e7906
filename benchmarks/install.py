"""What it costs to get the first answer on a new machine, against installing TensorBoard alone -> benchmarks/install.md.

In one run, one after the other, for each installer that there is (pip, pipx, uv): a new environment with the built wheel and
the first ``analyze-logs sample_runs`` there; the same with a slim wheel, which does not ask for the libraries that only some
outputs need; and a new environment with ``tensorboard``. Each is done once untimed, so that the packages are in the
installer's cache and the network is not what is measured; the quickest of the timed rounds counts.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from zipfile import ZIP_DEFLATED, ZipFile

ROOT = Path(__file__).resolve().parents[1]
GOAL = 1.5
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
STARTS = 15
HEAVIEST = 10


SOMETIMES = ("scipy", "matplotlib", "pandas", "tbparse")
"""What no answer about ``sample_runs`` needs: sweeps with seeds, pictures as files, large tables, ``--verify``."""


@dataclass(frozen=True)
class Installer:
    """How a program gets onto a machine: ``install`` is given an empty folder and what to install, ``tools`` the folder."""

    name: str
    install: Callable[[Path, str | Path], Sequence[Sequence[str | Path]]]
    tools: str
    packages: str
    environment: Callable[[Path], dict[str, str]] = lambda _: {}


def with_pip(*options: str) -> Callable[[Path, str | Path], Sequence[Sequence[str | Path]]]:
    """A new environment, and pip in it."""
    command = ("-m", "pip", "install", "-q", "--disable-pip-version-check", *options)
    return lambda place, what: (
        (sys.executable, "-m", "venv", place / "venv"),
        (place / "venv/bin/python", *command, what),
    )


def installers() -> list[Installer]:
    """Pip, and those of the others that are installed."""
    pip = "venv/lib/python*/site-packages"
    found = [
        Installer("pip", with_pip(), "venv/bin", pip),
        Installer("pip, `--no-compile`", with_pip("--no-compile"), "venv/bin", pip),
    ]
    if pipx := shutil.which("pipx"):
        folder = "pipx/venvs/*/lib/python*/site-packages"
        found.append(Installer("pipx", lambda _, what: ((pipx, "install", "-q", what),), "bin", folder, of_pipx))
    if uv := shutil.which("uv"):
        folder = "uv/*/lib/python*/site-packages"
        install = ("tool", "install", "-q", "--python", sys.executable)
        found.append(Installer("uv tool", lambda _, what: ((uv, *install, what),), "bin", folder, of_uv))
    return found


def of_pipx(place: Path) -> dict[str, str]:
    return {"PIPX_HOME": str(place / "pipx"), "PIPX_BIN_DIR": str(place / "bin"), "PIPX_DEFAULT_PYTHON": sys.executable}


def of_uv(place: Path) -> dict[str, str]:
    return {"UV_TOOL_DIR": str(place / "uv"), "UV_TOOL_BIN_DIR": str(place / "bin")}


def timed(*command: str | Path, cwd: Path | None = None, **variables: str) -> float:
    begin = perf_counter()
    environment = {**ENVIRONMENT, **variables}
    subprocess.run(command, cwd=cwd, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return perf_counter() - begin


@dataclass(frozen=True)
class Measured:
    """Seconds to install and of the first analysis after it (0: none made), and what lies on the disk then."""

    installing: float
    analysing: float
    megabytes: float
    distributions: int

    @property
    def seconds(self) -> float:
        return self.installing + self.analysing


def first_answer(installer: Installer, what: str | Path, folder: Path, *, analyse: bool) -> Measured:
    """Install into nothing, and analyse ``sample_runs`` there."""
    place = folder / "place"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    variables = installer.environment(place)
    installing = sum(timed(*command, **variables) for command in installer.install(place, what))
    program = place / installer.tools / "analyze-logs"
    analysing = timed(program, ROOT / "sample_runs", cwd=folder) if analyse else 0.0
    (packages,) = place.glob(installer.packages)
    return Measured(installing, analysing, megabytes(packages), distributions(packages))


def best(installer: Installer, what: str | Path, folder: Path, rounds: int, *, analyse: bool = True) -> Measured:
    """The quickest of the rounds."""
    measured = [first_answer(installer, what, folder, analyse=analyse) for _ in range(rounds)]
    return min(measured, key=lambda one: one.seconds)


def megabytes(*paths: Path) -> float:
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))]
    return sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink()) / 1e6


def distributions(packages: Path) -> int:
    """Installed distributions but pip and setuptools."""
    found = (info.name.partition("-")[0].lower() for info in packages.glob("*.dist-info"))
    return sum(name not in ("pip", "setuptools") for name in found)


def heaviest(packages: Path) -> str:
    """The folders that take most, with what belongs to them (numpy and numpy.libs), in megabytes."""
    sizes: Counter[str] = Counter()
    for path in packages.iterdir():
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
    timed(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--disable-pip-version-check", "-w", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    return wheel


def slim(wheel: Path, folder: Path) -> Path:
    """The same wheel without the requirements that only some outputs have."""
    folder.mkdir()
    target = folder / wheel.name
    with ZipFile(wheel) as source, ZipFile(target, "w", ZIP_DEFLATED) as copy:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".dist-info/METADATA"):
                lines = content.splitlines(keepends=True)
                asked = tuple(f"Requires-Dist: {one}".encode() for one in SOMETIMES)
                content = b"".join(line for line in lines if not line.startswith(asked))
            if not name.endswith(".dist-info/RECORD"):
                copy.writestr(name, content)
        copy.writestr(next(n for n in source.namelist() if n.endswith(".dist-info/RECORD")), b"")
    return target


def row(name: str, what: str, measured: Measured, other: Measured) -> str:
    ratio = measured.seconds / other.installing
    size = f"{measured.megabytes:.0f} | {measured.distributions}"
    times = f"{ratio:.1f} | {'reached' if ratio <= GOAL else 'missed'}" if measured is not other else "1 | "
    first = f"{measured.analysing:.1f}" if measured.analysing else ""
    return f"| {name} | {what} | {measured.installing:.1f} | {first} | {size} | {times} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="The installers' caches are full: do nothing untimed.")
    rounds = parser.parse_args().rounds
    load, rows = os.getloadavg()[0], []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        wheel = built(folder)
        smaller = slim(wheel, folder / "slim")
        for installer in installers():
            if not parser.parse_args().full:
                for one in (wheel, "tensorboard"):  # the slim wheel asks for nothing else
                    first_answer(installer, one, folder, analyse=False)
            whole, part = (best(installer, one, folder, rounds) for one in (wheel, smaller))
            other = best(installer, "tensorboard", folder, rounds, analyse=False)
            rows.append(row(installer.name, "`analyze-logs`", whole, other))
            rows.append(row(installer.name, "slim", part, other))
            rows.append(row(installer.name, "`tensorboard`", other, other))
            print(*rows[-3:], sep="\n", flush=True)
        pip = installers()[0]
        first_answer(pip, wheel, folder, analyse=True)
        (packages,) = (folder / "place").glob(pip.packages)
        heavy, beginnings = heaviest(packages), starts(folder / "place" / "venv", folder)
        size = megabytes(wheel)
    lines = [
        "# From nothing to the first answer",
        "",
        f"Made by `python benchmarks/install.py --rounds {rounds}`. Machine: {platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, load average at the start {load:.1f}. Packages come from the installer's cache. Making the",
        "environment counts. `slim` is a wheel that does not ask for what the first answer does not need: "
        f"{', '.join(SOMETIMES)}.",
        "The default asks for them, so that no output is missing after an installation. What each package costs: "
        "[install_parts.md](install_parts.md).",
        "",
        "| installer | what | install (s) | first `analyze-logs sample_runs` (s) | MB | distributions "
        f"| times `tensorboard` | goal {GOAL} |",
        "|---|---|--:|--:|--:|--:|--:|---|",
        *rows,
        "",
        f"The wheel has {size:.1f} MB. The heaviest folders of what pip installs, compiled files included (MB): {heavy}.",
        "",
        f"| start, the quickest of {STARTS} | seconds | times |",
        "|---|--:|--:|",
        *beginnings,
    ]
    Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
