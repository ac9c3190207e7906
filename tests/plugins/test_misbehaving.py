"""A plugin that hangs, ends the process, forks or prints is named in a line; the gate and the other findings stand."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path

import pytest

from tests.plugins.conftest import install, with_plugins
from tests.plugins.test_broken import RULE, Broken, add_rule

BRIEF = "import loganalyzer.model.guarded as g; g.MOST_SECONDS = 0.5; g.AGAIN_SECONDS = 0.2"
ENDLESS = {
    "counts for ever": "while True: pass",
    "sleeps": "__import__('time').sleep(3600)",
    "catches everything": "\n    ".join(["while True:", "    try: sum(range(1000))", "    except Exception: pass"]),
}
ENDS = {
    "exits well": "raise SystemExit(0)",
    "exits with a word": "__import__('sys').exit('enough')",
    "exits with a code": "raise SystemExit(7)",
}
READER = """
{brief}
from loganalyzer.readers.base import Match, Reader

def detect(source):
    {detect}
def key(source):
    {key}
def read(key, sources):
    {read}

READER = Reader("mine{number}", "Mine", detect, key, read)
"""
FORMAT = """
{brief}
from loganalyzer.reports.registry import Format

def render(request):
    {body}

FORMAT = Format("mine", "Mine.", render=render)
"""


def log(folder: Path, name: str = "log.csv", turn: int = 20) -> Path:
    rows = "".join(f"{i},{1.0 / (i + 1) if i < turn else math.nan}\n" for i in range(40))
    (folder / name).write_text(f"epoch,loss\n{rows}", encoding="utf-8")
    return folder / name


def with_rules(site: Path, *bodies: str) -> set[str]:
    """Install rules with these bodies; their ids."""
    ids = [f"theirs-{n}" for n in range(len(bodies))]
    points = []
    for n, (own, body) in enumerate(zip(ids, bodies, strict=True)):
        module = RULE.format(id=own, limits="Limits()", fields="", body=body)
        points.append(add_rule(site, f"theirs_{n}", Broken("", id=own, module=f"{BRIEF}\n{module}")))
    install(site, "slow-rules", "[loganalyzer.rules.v1]\n" + "".join(points))
    return set(ids)


def judged(site: Path, file: Path, *more: str | Path) -> subprocess.CompletedProcess[str]:
    done = with_plugins(site)(file, "--no-html", "--fail-on", "diverging", *more)
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.parametrize("executor", [[], ["--executor", "threads", "-j", "2"], ["--executor", "processes", "-j", "2"]])
def test_rules_in_every_executor(site: Path, tmp_path: Path, executor: list[str]) -> None:
    slow = [body for name, body in ENDLESS.items() if name != "sleeps" or "threads" not in executor]
    ids = with_rules(site, *slow, *ENDS.values())
    folder = tmp_path / "runs"
    folder.mkdir()
    log(folder, "a.csv")
    log(folder, "b.csv", turn=40)
    done = judged(site, folder, *executor, "--json", tmp_path / "r.json")
    assert done.returncode == 1 and "the plugin package slow-rules took longer than 0.5 s" in done.stderr
    assert "the plugin package slow-rules asked for the end of the process" in done.stderr
    runs = json.loads((tmp_path / "r.json").read_text("utf-8"))["runs"]
    assert "diverging" in {run["verdict"] for run in runs} and len(runs) == 2
    assert all({f["rule"] for f in run["findings"] if f["status"] == "broken"} == ids for run in runs)


def test_what_rules_print_and_fork_is_no_output(site: Path, tmp_path: Path) -> None:
    bodies = ("print('x' * 99)", "__import__('sys').stdout.write('{}')", "__import__('os').fork()")
    with_rules(site, *(f"{body}\n    return passed()" for body in bodies))
    done = judged(site, log(tmp_path), "--json", "-", "-q")
    assert done.returncode == 1 and [run["verdict"] for run in json.loads(done.stdout)["runs"]] == ["diverging"]


@pytest.mark.parametrize("function", ["detect", "key", "read"])
def test_readers(site: Path, tmp_path: Path, function: str) -> None:
    points = []
    for n, body in enumerate([*ENDLESS.values(), *ENDS.values()]):
        whole = {
            "detect": f"return Match.CERTAIN if source.name.endswith('.mine{n}') else Match.NO",
            "key": "return source.path",
            "read": "return iter(())",
        }
        text = READER.format(number=n, brief=BRIEF, **{**whole, function: body})
        (site / f"theirs_{n}.py").write_text(text, encoding="utf-8")
        points.append(f"mine{n} = theirs_{n}:READER\n")
        (tmp_path / f"x.mine{n}").write_text("anything")
    install(site, "slow-readers", "[loganalyzer.readers.v1]\n" + "".join(points))
    log(tmp_path)
    done = judged(site, tmp_path, "--max-seconds", "1")
    assert done.returncode == 1 and "the plugin package slow-readers took longer than" in done.stderr
    assert "the plugin package slow-readers asked for the end of the process" in done.stderr


@pytest.mark.parametrize("name", ["sleeps", "exits well"])
def test_an_output(site: Path, tmp_path: Path, name: str) -> None:
    (site / "theirs.py").write_text(FORMAT.format(brief=BRIEF, body={**ENDLESS, **ENDS}[name]), encoding="utf-8")
    install(site, "slow-outputs", "[loganalyzer.formats.v1]\nmine = theirs:FORMAT\n")
    done = judged(site, log(tmp_path), "--mine", tmp_path / "out.txt")
    assert done.returncode == 2 and "--mine" in done.stderr and "the plugin package slow-outputs" in done.stderr


def test_modules(site: Path, tmp_path: Path) -> None:
    texts = ("raise SystemExit(0)", "print('hello')\nRULE = 3", "while True: pass")
    for n, text in enumerate(texts):
        (site / f"theirs_{n}.py").write_text(f"{BRIEF}\n{text}\n", encoding="utf-8")
    (site / "sitecustomize.py").write_text(f"{BRIEF}\n", encoding="utf-8")
    points = "".join(f"mine{n} = theirs_{n}:RULE\n" for n in range(len(texts)))
    install(site, "slow-rules", f"[loganalyzer.rules.v1]\n{points}")
    done = judged(site, log(tmp_path), "--json", "-", "-q")
    assert done.returncode == 1 and done.stderr.count("slow-rules is left out") == 3
    assert len(json.loads(done.stdout)["runs"]) == 1
