"""``analyze-logs mcp``: every tool over a real connection, nothing outside of the folders, nothing written, broken input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from loganalyzer.cli.mcp.answers import PAGE
from loganalyzer.reports.brief import MOST_TOKENS, tokens
from tests.cli.conftest import logs
from tests.mcp.session import ROOT, Answer, ask, tools

__all__ = ["logs"]
NAMES = ("analyze", "list_runs", "explain", "compare", "next_run")
GOOD = {
    "all": ("analyze", {}),
    "one": ("analyze", {"run": "bad"}),
    "folder": ("analyze", {"path": "good"}),
    "file": ("analyze", {"path": "good/log.csv"}),
    "by the name of the folder": ("analyze", {"path": "runs/good"}),
    "japanese": ("analyze", {"lang": "ja"}),
    "list": ("list_runs", {}),
    "list attention": ("list_runs", {"verdict": "attention"}),
    "list verdict": ("list_runs", {"verdict": "converged"}),
    "list second": ("list_runs", {"offset": 1, "limit": 1}),
    "list best": ("list_runs", {"sort": "best", "limit": 1}),
    "list where": ("list_runs", {"where": "verdict:diverging end>1"}),
    "list none": ("list_runs", {"where": "best>1e9", "sort": "-end"}),
    "explain": ("explain", {"rule": "overfitting"}),
    "explain ja": ("explain", {"rule": "overfitting", "lang": "ja"}),
    "compare": ("compare", {"before": "good", "now": "bad"}),
    "next": ("next_run", {"run": "bad"}),
    "next json": ("next_run", {"run": "bad", "format": "json", "action": "all"}),
}
SAID = {
    "all": "2 runs, 1 needs attention: 1 diverging.",
    "one": "Files: bad/log.csv",
    "folder": "The run went well.",
    "file": "The run went well.",
    "by the name of the folder": "analyze-logs 0.1.0: runs/good\n",
    "japanese": "2件の実行のうち1件に注意が必要です",
    "explain": "What it sees",
    "explain ja": "過学習",
    "compare": "bad",
    "next": 'run = "bad"',
}
WRONG = {
    "rule": ("explain", {"rule": "overfiting"}, "did you mean overfitting?"),
    "where": ("list_runs", {"where": "lrr>0.1"}, "no run has 'lrr' (keys: name, verdict,"),
    "where value": ("list_runs", {"where": "best>small"}, "needs a number, not 'small'"),
    "sort": ("list_runs", {"sort": "-bset"}, "did you mean 'best'?"),
    "run": ("analyze", {"run": "goood"}, "no run is called goood; did you mean 'good'?"),
    "no near run": ("analyze", {"run": "xyz"}, "no run is called xyz (there are:"),
    "several runs": ("next_run", {}, "name one with run ("),
    "near run": ("next_run", {"run": "goood"}, "no run is called goood; did you mean 'good'?"),
    "verdict": ("list_runs", {"verdict": "divergin"}, "did you mean 'diverging'?"),
    "page": ("analyze", {"run": "bad", "page": 99}, "there is no page 99: the answer has 1"),
    "no page": ("explain", {"rule": "overfitting", "page": 0}, "there is no page 0"),
    "offset": ("list_runs", {"offset": -1}, "offset is 0 or more"),
    "limit": ("list_runs", {"limit": 10_000}, "limit is from 1 to 200"),
    "action": ("next_run", {"run": "bad", "action": "4"}, "action must be one of: 1, 2, 3, all"),
    "format": ("next_run", {"run": "bad", "format": "xml"}, "format must be one of: toml"),
    "several": ("next_run", {}, "there are 2 runs"),
    "language": ("analyze", {"lang": "jp"}, "no language is called 'jp'"),
    "in its language": ("list_runs", {"offset": -1, "lang": "ja"}, "offset は 0 以上"),
    "type": ("analyze", {"page": "x"}, "valid integer"),
    "null": ("analyze", {"path": None}, "valid string"),
    "missing": ("explain", {}, "rule"),
    "tool": ("delete", {}, "Unknown tool"),
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """The answers to all calls of one session."""
    folder = logs.__wrapped__(tmp_path_factory.mktemp("served"))
    calls = {**GOOD, **{f"wrong {name}": (tool, given) for name, (tool, given, _) in WRONG.items()}}
    return dict(zip(calls, ask([*calls.values()], folder), strict=True))


def test_the_tools_say_that_they_only_read() -> None:
    offered = tools(ROOT / "sample_runs")
    assert tuple(tool.name for tool in offered) == NAMES
    for tool in offered:
        assert tool.annotations.read_only_hint and not tool.annotations.open_world_hint
        assert tool.description and all(name in tool.description for name in tool.input_schema["properties"])
    page = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"| `{name}` |" not in page] == []


@pytest.mark.parametrize("name", GOOD)
def test_every_tool_answers(answers: dict[str, Answer], name: str) -> None:
    answer = answers[name]
    assert not answer.failed, answer.text
    assert SAID.get(name, "") in answer.text and len(answer.text) <= PAGE
    if GOOD[name] in (("analyze", {}), ("analyze", {"lang": "ja"})):
        assert tokens(answer.text) < MOST_TOKENS


def test_lists_are_data(answers: dict[str, Answer]) -> None:
    whole, sick, good, second = (
        json.loads(answers[name].text) for name in ("list", "list attention", "list verdict", "list second")
    )
    assert [run["id"] for run in whole["runs"]] == ["bad", "good"] and whole["next_offset"] is None
    assert [run["id"] for run in sick["runs"]] == ["bad"] and sick["total"] == 1
    assert [run["id"] for run in good["runs"]] == ["good"]
    assert second["runs"] == whole["runs"][1:] and second["offset"] == 1
    assert json.loads(answers["next json"].text)["run"] == "bad"


def test_runs_are_found_by_their_values(answers: dict[str, Answer]) -> None:
    whole, best, where, none = (
        json.loads(answers[name].text) for name in ("list", "list best", "list where", "list none")
    )
    assert [run["id"] for run in best["runs"]] == ["good"] and best["total"] == 2
    assert [run["id"] for run in where["runs"]] == ["bad"] and none == {**none, "total": 0, "runs": []}
    for run in whole["runs"]:
        assert run["best"]["series"] == run["end"]["series"] == "val_loss"
        assert run["best"]["value"] <= run["end"]["value"] and 0 <= run["best"]["step"] <= run["end"]["step"] == 79


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(answers: dict[str, Answer], name: str) -> None:
    answer = answers[f"wrong {name}"]
    assert answer.failed and WRONG[name][2] in answer.text


OUTSIDE = (
    "..", "../secret", "../secret/log.csv", "good/../../secret", "/etc/passwd", "//etc", "~/secret", "runs/../secret",
    "out", "out/log.csv", "file.csv", "loop", "loop/x", "C:\\secret", "good\\log.csv", "a\0b", "s3://bucket/runs",
    "file:///etc/passwd", "nothing", "good/nothing", "x" * 5_000,
)  # fmt: skip


def test_nothing_outside_is_read_and_nothing_is_written(logs: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "log.csv").write_bytes((logs / "bad" / "log.csv").read_bytes())
    (logs / "out").symlink_to(secret)
    (logs / "file.csv").symlink_to(secret / "log.csv")
    (logs / "loop").symlink_to(logs / "loop")
    (logs / "inside").symlink_to(logs / "good")
    (tmp_path / "loganalyzer.toml").write_text("follow-links = true\n")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    before = seen(tmp_path)
    calls = [(tool, {"path": path}) for path in OUTSIDE for tool in ("analyze", "list_runs", "next_run")]
    calls += [("compare", {"before": path, "now": "good"}) for path in OUTSIDE]
    *refused, whole, inside = ask(
        [*calls, ("list_runs", {}), ("analyze", {"path": "inside"})], "runs", cwd=tmp_path, TMPDIR=str(temporary)
    )
    for (_, given), answer in zip(calls, refused, strict=True):
        assert answer.failed and "below the folders that are served (runs)" in answer.text, (given, answer)
        assert str(tmp_path) not in answer.text and len(answer.text) < 2_500
    assert [run["id"] for run in json.loads(whole.text)["runs"]] == ["bad", "good"]
    assert not inside.failed
    assert seen(tmp_path) == before and list(temporary.iterdir()) == []


def seen(folder: Path) -> dict[str, tuple[int, int]]:
    """Sizes and times of everything there."""
    return {
        str(path): (s.st_size, s.st_mtime_ns) for path in folder.rglob("*") if (s := path.lstat()) and path.is_file()
    }


def test_several_folders_are_told_apart_by_name(logs: Path, tmp_path: Path) -> None:
    calls = [("analyze", {}), ("list_runs", {"path": "bad"}), ("analyze", {"path": "log.csv"})]
    whole, bad, none = ask([*calls], logs / "good", logs / "bad")
    assert "2 runs, 1 needs attention" in whole.text and json.loads(bad.text)["total"] == 1
    assert none.failed and "(good, bad)" in none.text
    (more := tmp_path / "other" / "good").mkdir(parents=True)
    for arguments, said in (
        ((logs / "good", more), "two folders are called good"),
        ((logs / "good" / "log.csv",), "serves folders"),
        ((), "a folder called mcp is ./mcp"),
        ((tmp_path / "none",), "serves folders"),
    ):
        done = program(*map(str, arguments))
        assert (done.returncode, done.stdout) == (2, "") and said in done.stderr


def test_the_language_of_the_server_is_the_default(logs: Path) -> None:
    japanese, english = ask([("analyze", {}), ("analyze", {"lang": "en"})], logs, "--lang", "ja")
    assert "注意が必要です" in japanese.text and "needs attention" in english.text


def test_lines_that_are_no_messages_do_not_end_it(logs: Path) -> None:
    hello = {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
    }  # fmt: skip
    call = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "analyze", "arguments": {}}}
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    lines = [b"no json", b"\xff\xfe\x00", b"{}", b"[1, 2", json.dumps(hello).encode(), json.dumps(ready).encode()]
    sent = b"\n".join([*lines, b'"', json.dumps(call).encode(), b""])
    command = [sys.executable, "-m", "loganalyzer", "mcp", str(logs)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as server:
        assert server.stdin is not None and server.stdout is not None
        server.stdin.write(sent)
        server.stdin.flush()
        answer = next(a for line in server.stdout if (a := json.loads(line)).get("id") == 2)
        server.stdin.close()
    assert server.returncode == 0 and "1 needs attention" in answer["result"]["content"][0]["text"]


def test_without_the_sdk_the_extra_is_named(logs: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['mcp'] = None\n")
    done = program(str(logs), PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert done.returncode == 2 and "pip install 'analyze-logs[mcp]'" in done.stderr


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command itself, without a client."""
    return subprocess.run(
        [sys.executable, "-m", "loganalyzer", "mcp", *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
