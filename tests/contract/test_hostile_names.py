"""Names from logs are untrusted: they go through every output without effect."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.reports import notebook, terminal
from loganalyzer.reports.safe import term_safe

HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "cost_$5_$6", "_x", "\x1b[2Jclear", "\x9b31m", "a\u202eb",
    "line\nbreak", "n" * 240, "'quoted'", "run[/foo]", "[link=http://127.0.0.1/]x", "{{7*7}}", "::error::x", "zero\u200bwidth",
    "caf\udce9",
]  # fmt: skip


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> loganalyzer.Report:
    root = tmp_path_factory.mktemp("hostile")
    history = {"loss": [1.0 / (i + 1) for i in range(30)], "val_loss": [1.1 / (i + 1) for i in range(30)]}
    for name in HOSTILE:
        folder = Path(f"{root}/{name.replace('/', '_')}")
        folder.mkdir()
        rows = [f"{e},{a},{b}" for e, (a, b) in enumerate(zip(*history.values(), strict=True))]
        (folder / "log.csv").write_text("epoch,loss,val_loss\n" + "\n".join(rows) + "\n")
    return loganalyzer.analyze(root)


def test_every_run_is_there_under_its_own_name(report: loganalyzer.Report) -> None:
    assert {r.id for r in report.runs} == {n.replace("/", "_") for n in HOSTILE}


def test_json_is_plain_ascii_and_gives_the_names_back(report: loganalyzer.Report) -> None:
    text = report.to_json()
    assert text.isascii()
    assert {r["id"] for r in json.loads(text)["runs"]} == {n.replace("/", "_") for n in HOSTILE}


def test_the_terminal_gets_no_control_character(report: loganalyzer.Report) -> None:
    from rich.console import Console

    stream = io.StringIO()
    console = Console(file=stream, width=100, markup=False, highlight=False, emoji=False)
    terminal.show(report, console, lang="en", verbose=True)
    shown = stream.getvalue()
    assert "run[_foo]" in shown and "\\x1b[2J" in shown
    assert all(c == "\n" or c.isprintable() for c in shown), [c for c in shown if c != "\n" and not c.isprintable()]


def test_the_notebook_gets_no_markup(report: loganalyzer.Report) -> None:
    shown = notebook.render(report)
    assert "<script" not in shown and "<img" not in shown


@pytest.mark.parametrize("name", HOSTILE)
def test_safe_text_is_safe_and_stays_so(name: str) -> None:
    safe = term_safe(name)
    assert safe.isprintable() and term_safe(safe) == safe
    assert len(term_safe(name, 20)) <= 20
