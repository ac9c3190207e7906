"""``--watch`` with real trainings that write while they are watched."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loganalyzer.cli.command import command
from loganalyzer.cli.options.outputs import outputs_of
from loganalyzer.cli.options.values import CliOptions
from loganalyzer.cli.watch import FASTEST, REST, SLOWEST, Pace, Watch, own_files
from loganalyzer.config.load import load
from loganalyzer.pipeline import jobs
from tests.cli.conftest import Call
from tests.conftest import heed_interrupts

PATIENCE = 30.0
TRAINER = """
import sys, time
path, pause, rows = sys.argv[1], float(sys.argv[2]), sys.stdin.read().splitlines()
with open(path, "w") as log:
    for row in rows:
        print(row, file=log, flush=True)
        time.sleep(pause)
    if len(sys.argv) > 3:
        time.sleep(60)
"""


class Watching:
    """A process that watches, and what it has printed so far."""

    def __init__(self, root: Path, *arguments: str) -> None:
        (root / "tmp").mkdir(exist_ok=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GITHUB_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "loganalyzer", *arguments, "--watch"], cwd=root, text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=heed_interrupts,
            env={**environment, "TMPDIR": str(root / "tmp"), "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def until(self, pattern: str) -> str:
        """Wait for a line."""
        return self.wait(lambda: next((line for line in list(self.lines) if re.search(pattern, line)), ""), pattern)

    def wait(self, found: Callable[[], str], what: str) -> str:
        end = time.monotonic() + PATIENCE
        while not (line := found()):
            assert time.monotonic() < end and self.process.poll() is None, f"no {what} in:\n{self.said}"
            time.sleep(0.05)
        return line

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[..., Watching]]:
    begun: list[Watching] = []

    def begin(*arguments: str) -> Watching:
        begun.append(Watching(tmp_path, *arguments))
        begun[-1].until("Watching|監視")
        return begun[-1]

    yield begin
    for one in begun:
        one.process.kill()
        one.process.wait()
        one.reader.join()
        assert one.process.stdout is not None
        one.process.stdout.close()


@pytest.fixture
def train() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Begin a training that writes the rows of a log, and holds it open if asked to."""
    begun: list[subprocess.Popen[str]] = []

    def begin(path: Path, rows: list[str], pause: float = 0.0, *, hold: bool = False) -> subprocess.Popen[str]:
        path.parent.mkdir(parents=True, exist_ok=True)
        call = [sys.executable, "-c", TRAINER, str(path), str(pause), *(["hold"] if hold else [])]
        begun.append(subprocess.Popen(call, stdin=subprocess.PIPE, text=True))
        assert begun[-1].stdin is not None
        begun[-1].stdin.write("\n".join(rows))
        begun[-1].stdin.close()
        return begun[-1]

    yield begin
    for one in begun:
        one.kill()
        one.wait()


def rows(logs: Path, name: str) -> list[str]:
    return (logs / name / "log.csv").read_text().splitlines()


def test_a_training_that_goes_wrong_while_it_is_watched(
    watching: Callable[..., Watching], train: Callable[..., object], logs: Path, tmp_path: Path
) -> None:
    broken = [*rows(logs, "good")[:30], *(f"{epoch},nan,nan" for epoch in range(29, 60))]
    shutil.rmtree(logs / "bad")
    watched = watching("runs", "--json", "report.json", "--on-change", "cat >> told.txt")
    page, document = tmp_path / "reports" / "index.html", tmp_path / "report.json"
    first = page.read_text()
    train(logs / "new" / "log.csv", broken, 0.05)
    watched.until(r"new: stop now: it diverged at epoch 29\b")
    watched.wait(lambda: (tmp_path / "told.txt").exists() and (tmp_path / "told.txt").read_text(), "command")
    time.sleep(3)
    assert watched.said.count("stop now") == 1, "said once"
    assert first != page.read_text() and "<html" in page.read_text() and "#watch" in page.read_text()
    assert {run["id"]: run["verdict"] for run in json.loads(document.read_text())["runs"]}["new"] == "diverging"
    assert "stop now" in (tmp_path / "told.txt").read_text()
    assert watched.end() == 130
    assert "SIGINT" in watched.said and "Traceback" not in watched.said
    assert list((tmp_path / "tmp").iterdir()) == [], "nothing is left behind"


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_stop_on(watching: Callable[..., Watching], train: Callable[..., object], logs: Path, lang: str) -> None:
    watched = watching("runs", "--no-html", "--stop-on", "diverging", "--lang", lang)
    time.sleep(2)
    assert watched.process.poll() is None, "a run that ended before is none to stop"
    train(logs / "new" / "log.csv", rows(logs, "bad"), 0.01)
    assert watched.process.wait(timeout=PATIENCE) == 1
    time.sleep(0.2)
    assert "new" in watched.lines[-1] and ("stop now" in watched.said or "停止" in watched.said)


def test_a_run_that_goes_on_is_not_called_too_short(
    watching: Callable[..., Watching], train: Callable[..., subprocess.Popen[str]], logs: Path, tmp_path: Path
) -> None:
    (tmp_path / "loganalyzer.toml").write_text("settled-minutes = 0.03\n")
    watched = watching("runs", "--no-html")
    training = train(logs / "new" / "log.csv", rows(logs, "good")[:4], hold=True)
    watched.until(r"new: new, running so far, best val_loss [\d.]+ at epoch")
    assert "too short" not in watched.said
    training.kill()  # no file changes any more
    watched.until(r"new: ended, inconclusive")
    assert watched.end(signal.SIGTERM) == 143


def test_of_runs_that_have_just_begun_the_first_look_says_only_that(
    watching: Callable[..., Watching], train: Callable[..., subprocess.Popen[str]], logs: Path, tmp_path: Path
) -> None:
    train(tmp_path / "live" / "log.csv", rows(logs, "good")[:4], hold=True)
    time.sleep(1)
    watched = watching("live", "--no-html")
    watched.until(r"live: new, running so far, best val_loss [\d.]+ at epoch")
    assert watched.lines[1:3] == ["Running so far: live", "Watching 1 file; Ctrl-C ends it."]
    assert "verdict" not in watched.said and "gate" not in watched.said and "still being written" not in watched.said
    assert watched.end(signal.SIGTERM) == 143


def test_nothing_new_nothing_said(watching: Callable[..., Watching], logs: Path, tmp_path: Path) -> None:
    watched = watching("runs", "-o", "runs/report")
    before, page = len(watched.lines), tmp_path / "runs" / "report" / "index.html"
    written = page.stat().st_mtime_ns
    time.sleep(4)
    assert page.stat().st_mtime_ns == written, "its own page is no change"
    (logs / "notes.md").write_text("loss is fine")
    watched.wait(lambda: "yes" if page.stat().st_mtime_ns != written else "", "new page")
    shutil.rmtree(logs / "bad")
    watched.until("bad: no longer there")
    assert len(watched.lines) == before + 1, watched.said


def test_a_command_that_fails_is_said_and_the_watch_goes_on(watching: Callable[..., Watching], logs: Path) -> None:
    watched = watching("runs", "--no-html", "--on-change", "exit 3")
    shutil.copytree(logs / "good", logs / "new")
    watched.until("on-change failed: exit status 3")
    shutil.copytree(logs / "good", logs / "newer")
    watched.until("newer: new, converged")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["runs", "--stop-on", "diverging"], "--stop-on goes with --watch"),
        (["runs", "--on-change", "true"], "--on-change goes with --watch"),
        (["runs", "--watch", "--json", "-"], "--json - does not go with --watch"),
        (["runs", "--watch", "--eml", "mail.eml"], "--eml does not go with --watch"),
        (["runs", "--watch", "--write-baseline", "b.json"], "--write-baseline does not go with --watch"),
        (["runs", "--watch", "--stop-on", "warning"], "'warning' is no verdict"),
        (["runs", "--watch", "--stop-on", "divergin"], "did you mean 'diverging'"),
        (["s3://bucket/runs", "--watch"], "files or folders of this machine"),
        (["nowhere", "--watch"], "no such file or folder"),
    ],
)
def test_what_does_not_go_together(analyze_logs: Call, logs: Path, arguments: list[str], said: str) -> None:
    done = analyze_logs(*arguments, "--no-html")
    assert done.returncode == 2 and said in done.stderr, done.stderr


def test_only_what_changed_is_read_again(logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    reading = jobs.read_job

    def counted(job, seconds):  # type: ignore[no-untyped-def]
        read.append(job.run_id)
        return reading(job, seconds)

    monkeypatch.setattr(jobs, "read_job", counted)
    monkeypatch.chdir(tmp_path)
    for log in logs.rglob("*.csv"):
        os.utime(log, (1e9, 1e9))
    watched = Watch(plan("runs", "-q", "--cache", "kept", "-j", "1"), ())
    watched._judge()
    assert sorted(read) == ["bad", "good"]
    with (logs / "good" / "log.csv").open("a") as file:
        file.write("80,0.2,0.2\n")
    os.utime(logs / "good" / "log.csv", (1.1e9, 1.1e9))
    watched._judge()
    assert sorted(read[2:]) == ["good"]


def test_what_it_writes_itself_is_no_change(tmp_path: Path, logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    given = ("--json", "j.json", "--figures", "charts", "--next", "n.toml", "--history", "h", "--cache", "kept")
    found = {Path(path).relative_to(tmp_path.resolve()).as_posix() for path in own_files(plan("runs", *given))}
    assert found == {"reports/index.html", "j.json", "charts", "n.toml", "h/history.jsonl", "kept"}


def plan(*arguments: str):  # type: ignore[no-untyped-def]
    from loganalyzer.cli.run import prepare

    context = command.make_context("analyze-logs", ["--watch", *arguments], obj=[])
    options = CliOptions.of(context.params, outputs_of(command))
    history = context.params["history"]
    return prepare(context.params["paths"], options, load(command_line={"history": history}, environment={}))


def test_the_pace() -> None:
    pace = Pace()
    waits = []
    for _ in range(8):
        waits.append(pace.seconds)
        pace.slower()
    assert waits[0] == FASTEST and waits == sorted(waits) and waits[-1] == SLOWEST
    pace.after(0.01)
    assert pace.seconds == FASTEST
    pace.after(20.0)
    assert pace.seconds == REST * 20.0
