"""Exit code 1 says that the gate failed: whatever else goes wrong, however deep, ends with another code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = "import sys; sys.argv[1:] = {arguments!r}\n{before}\nfrom loganalyzer.cli import main; main()"
FAULTS = {
    "C's exit, as OpenBLAS calls it": "ctypes.CDLL(None).exit(1)",
    "sys.exit": "sys.exit(1)",
    "a message to sys.exit": "sys.exit('gone')",
    "no memory": "raise MemoryError",
    "a bug": "raise ValueError('a bug')",
    "too deep": "(f := lambda: f())()",
    "an exception of its own kind": "raise type('Odd', (BaseException,), {})",
}
PLACES = {
    "when the command is imported": "import builtins; own = builtins.__import__\n"
    "def late(name, *rest):\n    if name == 'click': {fault}\n    return own(name, *rest)\nbuiltins.__import__ = late",
    "when a run is judged": "import loganalyzer.pipeline.analyze as module\ndef late(*_, **__): {fault}\n"
    "module.discover = late",
    "when the fault is complained about": "import loganalyzer.pipeline.analyze as module, loganalyzer.cli.call as cli\n"
    "def bug(*_, **__): raise ValueError\ndef late(*_, **__): {fault}\nmodule.discover = bug\ncli.complain = late",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_ends_with_the_gates_code(logs: Path, fault: str, place: str) -> None:
    before = "import ctypes, sys\n" + PLACES[place].format(fault=FAULTS[fault])
    program = PROGRAM.format(arguments=[str(logs), "--no-html", "--fail-on", "diverging"], before=before)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr


def test_the_details_for_a_report_of_a_bug(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGANALYZER_DEBUG", "1")
    before = PLACES["when a run is judged"].format(fault=FAULTS["a bug"])
    program = PROGRAM.format(arguments=[str(logs), "--no-html"], before=before)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 3 and "Traceback" in done.stderr


@pytest.mark.parametrize("kilobytes", [40_000, 50_000, 60_000, 110_000, 150_000, 180_000, 250_000, 400_000])
def test_little_memory(logs: Path, tmp_path: Path, kilobytes: int) -> None:
    command = f"ulimit -v {kilobytes}; exec {sys.executable} -m loganalyzer {logs / 'good'} --fail-on diverging"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 3), done.stderr
    assert "Traceback" not in done.stderr and "please report" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 1
