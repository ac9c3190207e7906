"""A disk that is full (a limit on the size of files): exit code 2, one line that names the file, nothing half written."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from loganalyzer.model.exit_code import ExitCode

OUTPUTS = {
    "--json": "r.json", "--jsonl": "r.jsonl", "--markdown": "r.md", "--junit": "r.xml", "--sarif": "r.sarif",
    "--gitlab": "r.gitlab", "--brief": "r.txt", "--figures": "figures", "--parquet": "tables", "--cache": "cache",
    "--history": "history", "--write-baseline": "b.json", "--eml": "m.eml", "-o": "report",
}  # fmt: skip
MAIL = ("--email-to", "a@example.org", "--email-from", "b@example.org")


def call(folder: Path, most: int, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "loganalyzer", *map(str, arguments)],
        cwd=folder, capture_output=True, text=True, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )  # fmt: skip


@pytest.mark.parametrize(("option", "name"), OUTPUTS.items())
def test_an_output_that_does_not_fit(option: str, name: str, logs: Path, tmp_path: Path) -> None:
    if option == "--parquet":
        pytest.importorskip("pyarrow")
    work = tmp_path / "work"
    work.mkdir()
    page = () if option == "-o" else ("--no-html",)
    done = call(work, 1, logs / "bad", option, name, *page, *(MAIL if option == "--eml" else ()))
    assert done.returncode == ExitCode.USAGE, done.stderr
    *before, line = done.stderr.splitlines()
    assert not [text for text in before if "atplotlib" not in text]  # its own cache of fonts does not fit, either
    assert line.startswith("analyze-logs: cannot ") and name in line
    written = [p for p in (work / name, *(work / name).rglob("*")) if p.is_file() and p.stat().st_size]
    assert not written and not list(work.glob(f".{name}.*"))


def test_a_history_keeps_its_earlier_entries(logs: Path, tmp_path: Path) -> None:
    arguments = (logs / "good", "--no-html", "--history", "h.jsonl")
    assert call(tmp_path, 100_000, *arguments).returncode == ExitCode.DONE
    first = (tmp_path / "h.jsonl").read_bytes()
    assert call(tmp_path, len(first) + 20, *arguments).returncode == ExitCode.USAGE
    assert (tmp_path / "h.jsonl").read_bytes() == first
