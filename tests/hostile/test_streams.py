"""Standard streams that are closed, full or have no reader any more never change what is computed, nor the exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CALLS = {
    "good": (["runs/good", "--fail-on", "diverging", "--json", "a.json"], 0),
    "bad": (["runs/bad", "--fail-on", "diverging", "--json", "a.json"], 1),
    "a document": (["runs/bad", "--fail-on", "diverging", "--no-html", "--json", "-"], 1),
    "lines": (["runs/good", "--no-html", "--jsonl", "-"], 0),
    "no such file": (["nowhere"], 2),
    "no such option": (["runs", "--nothing"], 2),
    "no run": (["empty"], 5),
    "help": (["--help"], 0),
    "a page": (["--explain", "overfitting", "--lang", "ja"], 0),
    "verify": (["runs/good", "--verify"], 5),
}
SHELL = {
    "a reader that left": "({ %s; echo $? >&3; } | true) 3>code",
    "a reader of one line": "({ %s; echo $? >&3; } | head -1 >/dev/null) 3>code",
    "no standard output": "%s >&-; echo $? >code",
    "no standard error": "%s 2>&-; echo $? >code",
    "no reader of errors": "({ %s 2>&1 >/dev/null; echo $? >&3; } | true) 3>code",
    "full standard error": "%s 2>/dev/full; echo $? >code",
    "nothing open": "%s >&- 2>&- <&-; echo $? >code",
}


def run(how: str, arguments: list[str], place: Path) -> tuple[int, str]:
    command = " ".join([sys.executable, "-m", "loganalyzer", *arguments])
    done = subprocess.run(["bash", "-c", how % command], cwd=place, capture_output=True, text=True, timeout=120)
    return int((place / "code").read_text()), done.stderr


@pytest.mark.parametrize("how", SHELL)
@pytest.mark.parametrize("call", CALLS)
def test_the_code_stays(logs: Path, tmp_path: Path, call: str, how: str) -> None:
    (tmp_path / "empty").mkdir()
    arguments, expected = CALLS[call]
    code, errors = run(SHELL[how], arguments, tmp_path)
    assert code == expected, errors
    assert "Traceback" not in errors and "Exception" not in errors and "Error" not in errors
    if "a.json" in arguments:  # everything else is written as ever
        assert json.loads((tmp_path / "a.json").read_text())["runs"]
        assert (tmp_path / "reports" / "index.html").read_text().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(("call", "expected"), [("good", 6), ("bad", 1), ("lines", 6), ("help", 6), ("a document", 1)])
def test_a_full_disk_behind_standard_output_is_said(logs: Path, tmp_path: Path, call: str, expected: int) -> None:
    code, errors = run("%s >/dev/full; echo $? >code", CALLS[call][0], tmp_path)
    assert code == expected
    assert errors.endswith("analyze-logs: cannot write standard output: No space left on device\n")


def test_it_is_said_in_japanese(logs: Path, tmp_path: Path) -> None:
    _, errors = run("%s >/dev/full; echo $? >code", [*CALLS["good"][0], "--lang", "ja"], tmp_path)
    assert errors == "analyze-logs: 標準出力に書き込めません：No space left on device\n"
