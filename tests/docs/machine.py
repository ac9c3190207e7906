"""A user's machine: a home, an environment with pip, and a folder with runs, a training script, a copy of the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
SHIPPED = ("loganalyzer", "examples", "pyproject.toml", "README.md", "LICENSE", "Makefile")
TRAIN = """
import argparse, math, pathlib
options = argparse.ArgumentParser()
options.add_argument("--out", default="")
options.add_argument("--seed", type=int, default=0)
chosen = options.parse_args()
lines = [f"epoch {e}: loss {2 * math.exp(-e / 8) + 0.1:.4f} val_loss {2 * math.exp(-e / 8) + 0.12:.4f}" for e in range(40)]
print("\\n".join(lines))
if chosen.out:
    folder = pathlib.Path(chosen.out, f"seed-{chosen.seed}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.log").write_text("\\n".join(lines))
"""


@dataclass(frozen=True)
class Machine:
    """``home`` holds the virtual environment ``venv``; ``repository`` is the copy to install from."""

    home: Path
    repository: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Without what belongs to the tests; pip takes what lies here, for nothing may depend on an index.

        ``PIP_NO_BUILD_ISOLATION`` is the value of ``build-isolation``: 0 for none, whatever its name says.
        """
        dropped = ("PYTHONPATH", "VIRTUAL_ENV", "PIP_CONSTRAINT")
        ours = ("GITHUB_", "LOGANALYZER_", "MLFLOW_")
        kept = {k: v for k, v in os.environ.items() if k not in dropped and not k.startswith(ours)}
        return kept | {
            "HOME": str(self.home), "PATH": f"{self.home}/venv/bin:{self.home}/bin:{os.environ['PATH']}",
            "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_COMPILE": "1",
            "PYTHONUTF8": "1", **self.variables,
        }  # fmt: skip

    def run(self, command: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run it in a shell as a CI system does: the first failure ends it."""
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", command], cwd=cwd, env=self.environment | variables,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", timeout=300,
        )  # fmt: skip


def new_machine(folder: Path) -> Machine:
    """A machine with an environment that has pip and all libraries, but not the package."""
    home, repository = folder / "home", folder / "repository"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
    repository.mkdir(parents=True)
    for name in SHIPPED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, repository / name, **({"ignore": ignored} if source.is_dir() else {}))
    new_environment(home / "venv")
    return with_programs(Machine(home, repository))


def with_programs(machine: Machine) -> Machine:
    """What a machine has beside the package: a Python, and a program that sends mail, of which this one sends none."""
    program(machine.home / "bin" / "python3", f'exec "{sys.executable}" "$@"')
    program(machine.home / "bin" / "mail", "cat > /dev/null")
    return machine


def new_environment(place: Path) -> None:
    """A virtual environment that sees the libraries of the tests, as if they were those of the system."""
    subprocess.run([sys.executable, "-m", "venv", "--system-site-packages", place], check=True)
    see_libraries(place)


def see_libraries(place: Path) -> None:
    """Have an environment see the libraries of the tests, the setuptools among them in place of its own old one."""
    packages = next((place / "lib").glob("python*/site-packages"))
    for old in packages.glob("setuptools*"):
        shutil.rmtree(old)
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")


def program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def new_project(folder: Path, machine: Machine) -> Path:
    """What the commands of the documentation find where they are called."""
    folder.mkdir(parents=True)
    for name in SHIPPED:
        (folder / name).symlink_to(machine.repository / name)
    (folder / "sample_runs").symlink_to(ROOT / "sample_runs")
    (folder / "tools").mkdir()
    (folder / "tools" / "loganalyzer").symlink_to(machine.repository)
    for recipe in (ROOT / "examples" / "recipes").iterdir():
        if recipe.is_file():
            (folder / recipe.name).symlink_to(recipe)
    (folder / "train.py").write_text(TRAIN, encoding="utf-8")
    write_run(folder / "runs" / "first", overfits=True, lr=0.1)
    write_run(folder / "runs" / "second", overfits=False, lr=0.03)
    for path in ("sweep", "s3/bucket/experiments"):
        shutil.copytree(ROOT / "sample_runs" / "lr-sweep", folder / path)
    return folder


def write_run(folder: Path, *, overfits: bool, lr: float) -> None:
    """A training of 60 epochs as a table, with its settings."""
    folder.mkdir(parents=True)
    noise = np.random.default_rng(0).normal(0, 0.004, (2, 60))
    epochs = np.arange(60)
    train = 0.05 + 2 * np.exp(-epochs / 8) + noise[0]
    held_out = train + 0.02 + noise[1] + (np.maximum(epochs - 20, 0) * 0.02 if overfits else 0)
    rows = [f"{e},{t:.5f},{v:.5f}" for e, t, v in zip(epochs, train, held_out, strict=True)]
    (folder / "log.csv").write_text("\n".join(["epoch,loss,val_loss", *rows]) + "\n", encoding="utf-8")
    (folder / "config.json").write_text(f'{{"lr": {lr}, "optimizer": "sgd", "epochs": 60}}', encoding="utf-8")
