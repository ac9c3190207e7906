"""Small logs with a known answer, and a way to call the real program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def analyze_logs(tmp_path: Path) -> Call:
    """Run ``analyze-logs`` in an empty working directory, as a user would."""

    def call(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "loganalyzer", *map(str, arguments)],
            cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", errors="surrogateescape", timeout=60,
            env={**{k: v for k, v in os.environ.items() if not k.startswith("GITHUB_")}, **environment},
        )  # fmt: skip

    return call


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A folder with one converged and one diverging training."""
    folder = tmp_path / "runs"
    rng = np.random.default_rng(0)
    epochs = np.arange(80)
    good = 0.2 + 2 * np.exp(-epochs / 6) + 0.004 * rng.normal(size=80)
    bad = good + np.where(epochs > 40, (epochs - 40) * 0.2, 0)
    for name, train in (("good", good), ("bad", bad)):
        (folder / name).mkdir(parents=True)
        rows = [f"{e},{t:.6f},{t + 0.02 + 0.004 * rng.normal():.6f}" for e, t in zip(epochs, train, strict=True)]
        (folder / name / "log.csv").write_text("epoch,loss,val_loss\n" + "\n".join(rows) + "\n")
    return folder
