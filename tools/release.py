"""Build everything that a release consists of into ``dist/``, and check it as its users will meet it.

``make release``, or ``python tools/release.py [--python INTERPRETER ...]``: a source distribution, the wheel that is built
from it, the bill of materials of an installation (CycloneDX), and the SHA-256 sums of all three. Before that, the wheel is
installed into a new virtual environment of each interpreter, where it analyses a copy of ``sample_runs/``. The first thing
that is wrong ends it with exit code 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAME: str = PROJECT["name"]
PACKAGE = "loganalyzer"
MOST_WHEEL_BYTES = 2 * 2**20
"""A wheel above this holds what does not belong into one: tests, reports, sample runs."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Build, check, describe."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--python", action="append", default=[], metavar="INTERPRETER", help="Try the wheel with it, too."
    )
    interpreters = [sys.executable, *parser.parse_args(arguments).python]
    sdist, wheel = build()
    check_sdist(sdist)
    check_wheel(wheel)
    run("-m", "twine", "check", "--strict", sdist, wheel)
    run("-m", "check_wheel_contents", wheel)
    for number, interpreter in enumerate(interpreters):
        with tempfile.TemporaryDirectory() as folder:
            python = installed(wheel, interpreter, Path(folder))
            analyse_samples(python, Path(folder), version_of(wheel))
            if number == 0:
                bom = bill_of_materials(python, wheel)
    sums = DIST / "SHA256SUMS"
    sums.write_text("".join(f"{sha256(file)}  {file.name}\n" for file in (sdist, wheel, bom)), encoding="ascii")
    print(sums.read_text(encoding="ascii"), end="")


def build() -> tuple[Path, Path]:
    """Build the source distribution, and the wheel from it, dated by the last commit so that others get the same wheel."""
    shutil.rmtree(DIST, ignore_errors=True)
    run("-m", "build", "--outdir", DIST, ROOT, env={"SOURCE_DATE_EPOCH": date_of_the_commit()})
    (sdist,) = DIST.glob("*.tar.gz")
    (wheel,) = DIST.glob("*.whl")
    return sdist, wheel


def check_sdist(sdist: Path) -> None:
    """Exit unless the source distribution holds every file of the repository."""
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    demand_none("the source distribution lacks", tracked() - held)


def check_wheel(wheel: Path) -> None:
    """Exit unless the wheel holds every file of the package, and beside it nothing but its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    demand_none("the wheel lacks", {name for name in tracked() if name.startswith(f"{PACKAGE}/")} - held)
    info = f"{NAME.replace('-', '_')}-{version_of(wheel)}.dist-info/"
    demand_none("the wheel has, beside the package,", {n for n in held if not n.startswith((f"{PACKAGE}/", info))})
    size = wheel.stat().st_size
    if size > MOST_WHEEL_BYTES:
        sys.exit(f"release: the wheel has {size:,} bytes, more than {MOST_WHEEL_BYTES:,}")


def installed(wheel: Path, interpreter: str, folder: Path) -> Path:
    """Install the wheel with its default dependencies into a new environment; return the environment's Python."""
    subprocess.run([interpreter, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    quiet = ("-q", "--disable-pip-version-check")
    subprocess.run([python, "-m", "pip", "install", *quiet, "--only-binary", ":all:", wheel], check=True)
    subprocess.run([python, "-m", "pip", "check", *quiet[1:]], check=True)
    return python


def analyse_samples(python: Path, folder: Path, version: str) -> None:
    """Run the installed command on a copy of the sample runs, out of sight of the repository; exit if anything is wrong."""
    shutil.copytree(ROOT / "sample_runs", folder / "sample_runs", ignore=shutil.ignore_patterns("__pycache__"))
    command = python.with_name("analyze-logs")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def said(*arguments: str) -> str:
        done = subprocess.run(
            [command, *arguments], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8"
        )
        if done.returncode or done.stderr:
            sys.exit(f"release: {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    lines = said("--version", "-v").splitlines()
    if lines[0] != f"{NAME} {version}" or not lines[2].startswith(str(folder)):
        sys.exit(f"release: --version -v says {lines}")
    for lang in ("en", "ja"):
        said("sample_runs", "--lang", lang, "--json", f"{lang}.json")
    page = folder / "reports" / "index.html"
    if page.stat().st_size < 100_000:
        sys.exit(f"release: the page has only {page.stat().st_size} bytes")
    print(f"release: works with {lines[1]}")


def bill_of_materials(python: Path, wheel: Path) -> Path:
    """Write what a default installation consists of as CycloneDX, the same bytes for the same versions."""
    target = wheel.with_name(f"{NAME}-{version_of(wheel)}.cdx.json")
    options = ("--output-reproducible", "--of", "JSON", "--pyproject", ROOT / "pyproject.toml", "-o", target)
    subprocess.run([python, "-m", "pip", "uninstall", "-q", "-y", "pip", "setuptools"], check=True)  # no part of it
    run("-m", "cyclonedx_py", "environment", *options, python)
    document = json.loads(target.read_text(encoding="utf-8"))
    document["metadata"]["component"]["version"] = version_of(wheel)  # the tool does not look up a dynamic one
    target.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return target


def tracked() -> set[str]:
    """Return the files of the repository, relative to its root. Outside a repository there are none to compare with."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()}


def date_of_the_commit() -> str:
    """Return the time of the last commit in seconds since 1970."""
    done = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def version_of(wheel: Path) -> str:
    """Return the version in a wheel's name."""
    return wheel.name.split("-")[1]


def sha256(file: Path) -> str:
    """Return the hexadecimal digest."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def demand_none(what: str, names: Iterable[str]) -> None:
    """Exit with the first of the names if there are any."""
    listed = sorted(names)
    if listed:
        sys.exit(f"release: {what} {len(listed)} files: {', '.join(listed[:5])}")


def run(*arguments: object, env: dict[str, str] | None = None) -> None:
    """Run a module of this Python; exit with its own code if it fails."""
    done = subprocess.run([sys.executable, *map(str, arguments)], env={**os.environ, **(env or {})})
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
