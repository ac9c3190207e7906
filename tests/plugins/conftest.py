"""Plugins as users install them: on the path of a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def with_plugins(site: Path) -> Run:
    """The command in a process that finds the packages in ``site``."""

    def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("LOGANALYZER_")}
        environment |= {"PYTHONPATH": os.pathsep.join([str(site), str(ROOT)]), "PYTHONUTF8": "1"}
        return subprocess.run(
            [sys.executable, "-m", "loganalyzer", *map(str, arguments)],
            capture_output=True, text=True, encoding="utf-8", env=environment, cwd=cwd or site, check=False,
        )  # fmt: skip

    return run


def install(site: Path, name: str, entry_points: str) -> None:
    """Make what lies in ``site`` a package of that name with these entry points, as an installer does."""
    info = site / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(entry_points, encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An empty folder for packages."""
    folder = tmp_path / "site"
    folder.mkdir()
    return folder
