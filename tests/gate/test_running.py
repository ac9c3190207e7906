"""Runs that are still being written: found out from who holds the file, failed, or judged as they stand."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.gate.judge import judge
from loganalyzer.gate.running import Writing, find
from loganalyzer.messages import LANGUAGES
from loganalyzer.reports import gate_text
from tests.cli.conftest import Call, analyze_logs, logs
from tests.gate.build import analysis, diagnosis, settings

__all__ = ["analyze_logs", "logs"]
HOLD = "import sys; f = open(sys.argv[1], sys.argv[2]); print(flush=True); sys.stdin.read()"
linux = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are known on Linux only")


def held(path: Path, mode: str) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that keeps ``path`` open."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


@pytest.fixture
def trainer(logs: Path) -> Iterator[subprocess.Popen[bytes]]:
    yield from held(logs / "good" / "log.csv", "a")


@pytest.fixture
def reader(logs: Path) -> Iterator[subprocess.Popen[bytes]]:
    yield from held(logs / "good" / "log.csv", "r")


@linux
def test_a_log_that_a_process_writes_is_found(logs: Path, trainer: subprocess.Popen[bytes]) -> None:
    found = find(loganalyzer.analyze(logs))
    assert set(found) == {"good"} and str(trainer.pid) in found["good"].process
    alone = find(loganalyzer.analyze(logs / "good" / "log.csv"))
    assert [w.file for w in alone.values()] == ["log.csv"]


def test_who_only_reads_does_not_count(logs: Path, reader: subprocess.Popen[bytes]) -> None:
    assert find(loganalyzer.analyze(logs)) == {}


@pytest.mark.parametrize(
    ("ids", "running"),
    [
        ([f"log#{n}" for n in range(1, 12)], {"log#11"}),
        (["log#2", "log#10", "log#9"], {"log#10"}),
        (["m.db/aa", "m.db/bb"], {"m.db/aa", "m.db/bb"}),
        (["m.db/aa#1", "m.db/aa#2", "m.db/bb"], {"m.db/aa#2", "m.db/bb"}),
        (["run#1/a", "run#2/a"], {"run#1/a", "run#2/a"}),
    ],
)
def test_of_the_trainings_in_one_log_the_last_goes_on(ids: list[str], running: set[str], tmp_path: Path) -> None:
    (tmp_path / "log").write_text("")
    runs = [replace(one, run=replace(one.run, files=("log",))) for one in map(diagnosis, ids)]
    report = replace(analysis(*runs), roots=(str(tmp_path),))
    assert set(find(report, 5)) == running


def test_a_fresh_log_counts_only_where_asked_for(logs: Path) -> None:
    report = loganalyzer.analyze(logs)
    os.utime(logs / "good" / "log.csv", (1_000_000, 1_000_000))
    os.utime(logs / "bad" / "log.csv", (999_000, 999_000))
    assert find(report, now=1_000_060) == {}
    found = find(report, 5, now=1_000_060)
    assert set(found) == {"good"} and found["good"].age == 60


@linux
@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ((), 0, "still being written"),
        (("--fail-on", "plateau"), 1, "expected: a run that has ended"),
        (("--fail-on", "plateau", "--allow-running"), 0, "still being written"),
        (("--min-steps", "500", "--allow-running"), 1, "bad: min-steps"),
        (("--fail-on", "diverging", "--allow-running"), 1, "bad: diverging"),
    ],
)
def test_from_the_command_line(
    analyze_logs: Call, logs: Path, trainer: subprocess.Popen[bytes], more: tuple[str, ...], code: int, said: str
) -> None:
    done = analyze_logs(logs, "--no-html", *more)
    assert done.returncode == code and said in done.stdout, done.stdout
    assert "Gate failed: 2" not in done.stdout


@pytest.mark.parametrize(
    ("verdict", "document", "fails"),
    [
        ("diverging", {"fail-on": "diverging"}, True),
        ("overfitting", {"fail-on": "warning"}, True),
        ("underfitting", {"fail-on": "underfitting"}, False),
        ("underfitting", {"fail-on": "warning"}, False),
        ("inconclusive", {"preset": "strict"}, False),
        ("converged", {"min-steps": 50}, False),
        ("converged", {"gate.metrics": {"val/accuracy": {"min": 0.99}}}, False),
        ("plateau", {"gate.runs": [{"runs": "*", "expect": "converged"}]}, False),
    ],
)
def test_what_more_training_could_mend_is_only_told(verdict: str, document: dict[str, object], fails: bool) -> None:
    report = analysis(diagnosis("a", verdict))
    running = {"a": Writing("a/log.csv", "python (7)")}
    told = judge(report, settings({**document, "allow-running": True}), running=running)
    assert told.failed == fails and {"running"} < {f.check for f in (*told.warnings, *told.failures)}
    assert judge(report, settings(document), running=running).failed
    ended = judge(report, settings({**document, "allow-running": True}))
    assert ended.failed or (verdict == "converged" and "min-steps" not in document and "gate.metrics" not in document)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_reasons_in_words(lang: str) -> None:
    for writing, part in ((Writing("a/log.csv", "python (7)"), "python (7)"), (Writing("a/log.csv", age=120.0), "2")):
        result = judge(analysis(diagnosis()), settings({"fail-on": "plateau"}), running={"a": writing})
        assert part in gate_text.explain(result.failures[0], lang).found  # type: ignore[arg-type]
    entry = {"rule": "running", "runs": "a", "reason": "watched live"}
    assert not judge(
        analysis(diagnosis()), settings({"fail-on": "plateau", "ignore": [entry]}), running={"a": writing}
    ).failed
