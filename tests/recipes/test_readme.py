"""The output at the top of both READMEs is what the program prints."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("page", ["README.md", "README.ja.md"])
def test_the_output_shown_is_what_is_printed(page: str) -> None:
    block = (ROOT / page).read_text(encoding="utf-8").split("```console\n$ analyze-logs ")[1].split("```")[0]
    arguments, _, shown = block.partition("\n")
    done = subprocess.run(
        [sys.executable, "-m", "loganalyzer", *shlex.split(arguments)],
        cwd=ROOT, env={**os.environ, "COLUMNS": "120"}, capture_output=True, text=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, shown), done.stderr
