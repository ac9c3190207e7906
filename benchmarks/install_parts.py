"""What each package costs when it is installed: unpacked and compiled one by one -> benchmarks/install_parts.md.

An installer does two things with a wheel that is in its cache: it writes the files, and (pip) compiles them. Both are done here
for every wheel of an environment with ``analyze-logs``, by the processor's clock, so that other work on the machine and the
network matter little. What asks for what is read from the wheels.
"""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from zipfile import ZipFile

from packaging.metadata import Metadata
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
GOAL = 1.5
ASKED = ("numpy", "pandas", "scipy", "jinja2", "matplotlib", "click", "rich")
"""What a user who reads CSV files is to have; tbparse, and TensorBoard with it, come as well."""
OWN = "analyze-logs"
WITH = {"pandas": frozenset({"pandas", "tbparse"})}
"""What goes with a package, because it needs it."""
ROUNDS = 2


@dataclass(frozen=True)
class Part:
    """One wheel: its size, files, the seconds to write and to compile them, and what it asks for."""

    name: str
    megabytes: float
    files: int
    writing: float
    compiling: float
    needs: frozenset[str]

    @property
    def seconds(self) -> float:
        return self.writing + self.compiling


def part(wheel: Path, folder: Path) -> Part:
    """Measure one wheel, the quickest of the rounds."""
    with ZipFile(wheel) as archive:
        meta = Metadata.from_email(
            archive.read(next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))), validate=False
        )
        files = [one for one in archive.infolist() if not one.is_dir()]
    writing = compiling = float("inf")
    for number in range(ROUNDS):
        target = folder / f"{wheel.stem}-{number}"
        begin = process_time()
        with ZipFile(wheel) as archive:
            archive.extractall(target)
        written = process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compileall.compile_dir(target, quiet=2)
        writing, compiling = min(writing, written - begin), min(compiling, process_time() - written)
    size = sum(one.file_size for one in files) / 1e6
    return Part(canonicalize_name(meta.name), size, len(files), writing, compiling, asked(meta.requires_dist or ()))


def asked(requirements: Iterable[Requirement]) -> frozenset[str]:
    """The names that hold on this machine without any extra."""
    return frozenset(
        canonicalize_name(one.name) for one in requirements if one.marker is None or one.marker.evaluate({"extra": ""})
    )


def closure(names: Iterable[str], parts: Mapping[str, Part], without: frozenset[str] = frozenset()) -> set[str]:
    """These packages and what they ask for, in turn, but for ``without`` and what only that asks for."""
    found: set[str] = set()
    stack = [name for name in names if name not in without]
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack += parts[name].needs - without
    return found


def downloaded(folder: Path) -> None:
    """The wheel of this checkout and all that it asks for."""
    command = (sys.executable, "-m", "pip", "-q", "--disable-pip-version-check")
    subprocess.run((*command, "wheel", "--no-deps", "-w", folder, ROOT), check=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run((*command, "download", "--only-binary", ":all:", "-d", folder, wheel), check=True)


def packages(parts: Mapping[str, Part], board: set[str]) -> list[str]:
    """A row for each package, the dearest first; the last one is of those below a hundredth of all."""
    whole = sum(one.seconds for one in parts.values())
    rows, rest = [], []
    for one in sorted(parts.values(), key=lambda each: -each.seconds):
        if one.seconds < whole / 100:
            rest.append(one)
            continue
        by = ", ".join(sorted(n for n, p in parts.items() if one.name in p.needs))
        rows.append(
            f"| {one.name} | {one.megabytes:.1f} | {one.files:,} | {one.writing:.2f} | {one.compiling:.2f} "
            f"| {one.seconds / whole:.0%} | {'part of `tensorboard`' if one.name in board else by} |"
        )
    rows.append(
        f"| {len(rest)} others | {sum(p.megabytes for p in rest):.1f} | {sum(p.files for p in rest):,} "
        f"| {sum(p.writing for p in rest):.2f} | {sum(p.compiling for p in rest):.2f} "
        f"| {sum(p.seconds for p in rest) / whole:.0%} | {', '.join(sorted(p.name for p in rest))} |"
    )
    return rows


def sets(parts: Mapping[str, Part], board: set[str]) -> list[str]:
    """A row for each set of packages that one might install, beside TensorBoard alone."""
    heavy = ("scipy", "matplotlib", "pandas")
    chosen = {
        "`tensorboard`": board,
        f"what is asked for: {', '.join(ASKED)}, tbparse": closure((*ASKED, "tbparse"), parts),
        "`analyze-logs`": closure((OWN,), parts),
        **{f"`analyze-logs` without {name}": closure((OWN,), parts, WITH.get(name, frozenset({name}))) for name in heavy},
        "`analyze-logs` without all of them": closure((OWN,), parts, frozenset({*heavy, "tbparse"})),
        "what only `analyze-logs` asks for": closure((OWN,), parts) - closure((*ASKED, "tbparse"), parts),
    }  # fmt: skip
    rows = []
    for name, names in chosen.items():
        written, both = (sum(getattr(parts[n], each) for n in names) for each in ("writing", "seconds"))
        beside = [sum(getattr(parts[n], each) for n in board) for each in ("writing", "seconds")]
        rows.append(
            f"| {name} | {len(names)} | {sum(parts[n].megabytes for n in names):.0f} | {written:.1f} | {both:.1f} "
            f"| {written / beside[0]:.1f} | {both / beside[1]:.1f} |"
        )
    return rows


def limit(parts: Mapping[str, Part], board: set[str]) -> list[str]:
    """Where the goal is out of reach, and what could still be saved."""
    wanted, own = closure((*ASKED, "tbparse"), parts), closure((OWN,), parts)
    seconds = {name: sum(parts[n].seconds for n in names) for name, names in (("wanted", wanted), ("own", own))}
    times = seconds["wanted"] / sum(parts[n].seconds for n in board)
    more = 1 - seconds["wanted"] / seconds["own"]
    return [
        f"What is asked for takes {times:.1f} times as long as TensorBoard by itself, which is part of it: {GOAL} is out of reach",
        f"as long as it is installed by default. What `analyze-logs` adds to it, its own code included, is {more:.0%} of it.",
    ]


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (wheels := folder / "wheels").mkdir()
        downloaded(wheels)
        measured = [part(wheel, folder) for wheel in sorted(wheels.glob("*.whl"))]
    parts = {one.name: one for one in measured}
    board = closure(("tensorboard",), parts)
    lines = [
        "# What each package costs",
        "",
        f"Made by `python benchmarks/install_parts.py`. Machine: {platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}. Seconds of the processor to write the files of a wheel",
        "and to compile them, one wheel after the other; neither the installer's own work nor the network is in them. uv compiles",
        "nothing, and takes a file from its cache by a link instead of writing it.",
        "",
        "| package | MB | files | write (s) | compile (s) | share | asked for by |",
        "|---|--:|--:|--:|--:|--:|---|",
        *packages(parts, board),
        "",
        f"The goal is {GOAL} times `tensorboard`:",
        "",
        "| installed | packages | MB | write (s) | write and compile (s) | times `tensorboard`, written | and compiled |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *sets(parts, board),
        "",
        *limit(parts, board),
        "",
    ]
    print("\n".join(lines))
    Path(__file__).with_suffix(".md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
