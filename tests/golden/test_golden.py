"""What a person reads of one run of each verdict, word for word: `make golden` rewrites it, a person reads the diff."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import loganalyzer
from loganalyzer.config.load import load
from loganalyzer.gate.judge import judge
from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.model.version import VERSION
from loganalyzer.reports import brief, markdown, terminal
from loganalyzer.reports.mail.content import content
from loganalyzer.reports.mail.text_part import render as mail_text
from loganalyzer.reports.registry import RenderRequest

HERE = Path(__file__).parent
SAMPLES = HERE.parents[1] / "sample_runs"
CHOSEN = (
    "converged-plain", "diverging-nan", "inconclusive-too-short", "oscillating-momentum", "overfitting-severe",
    "plateau-zero-init", "underfitting-slow", "lr-sweep",
)  # fmt: skip


@pytest.fixture(scope="module")
def report() -> loganalyzer.Report:
    return loganalyzer.analyze([SAMPLES / name for name in CHOSEN])


def on_the_terminal(report: loganalyzer.Report, lang: Lang, verbose: bool = False) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=80, markup=False, highlight=False, emoji=False)
    terminal.show(report, console, lang=lang, verbose=verbose)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def in_full(report: loganalyzer.Report, lang: Lang) -> str:
    return on_the_terminal(report, lang, verbose=True)


def judged(report: loganalyzer.Report) -> Any:
    return judge(report, load(command_line={"fail-on": "diverging,overfitting"}, environment={}))


def as_markdown(report: loganalyzer.Report, lang: Lang) -> str:
    return markdown.render(RenderRequest(report, judged(report), lang))


def in_brief(report: loganalyzer.Report, lang: Lang) -> str:
    placed = replace(report, roots=("sample_runs",))
    return brief.render(RenderRequest(placed, judged(report), lang)).replace(VERSION, "VERSION")


def in_a_mail(report: loganalyzer.Report, lang: Lang) -> str:
    return mail_text(content(report, judged(report), lang=lang, title="nightly"), [], lang=lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("terminal", on_the_terminal),
        ("verbose", in_full),
        ("markdown", as_markdown),
        ("mail", in_a_mail),
        ("brief", in_brief),
    ],
)
def test_word_for_word(
    name: str, shown: Callable[[loganalyzer.Report, Lang], str], lang: Lang, report: loganalyzer.Report, rewrite: bool
) -> None:
    path, text = HERE / f"{name}.{lang}.txt", shown(report, lang)
    if rewrite:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), "make golden rewrites it; read the diff"
