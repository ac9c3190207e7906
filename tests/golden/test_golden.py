"""What a person reads of one run of each verdict, word for word: `make golden` rewrites it, a person reads the diff."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import loganalyzer
from loganalyzer.config.load import load
from loganalyzer.gate.changes import compare
from loganalyzer.gate.history import as_kept, trend
from loganalyzer.gate.judge import judge
from loganalyzer.gate.run_states import of_diagnosis
from loganalyzer.gate.watching import events, looks, should_stop
from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.model.changes import RunState
from loganalyzer.model.history import Entry
from loganalyzer.model.verdicts import Verdict
from loganalyzer.model.version import VERSION
from loganalyzer.reports import brief, markdown, terminal, trend_text, watch_text
from loganalyzer.reports.diff import Compared
from loganalyzer.reports.diff import terminal as diff
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


def yesterday(report: loganalyzer.Report) -> tuple[RunState, ...]:
    """The runs as they were a night ago: one was better, one was worse, one is gone since, one was not there yet."""
    states = {run.id: run for run in as_kept([of_diagnosis(d) for d in report.runs])}
    states["diverging-nan"] = replace(states["diverging-nan"], verdict=Verdict.CONVERGED, kind="")
    states["converged-plain"] = replace(states["converged-plain"], verdict=Verdict.OVERFITTING, kind="mild")
    states["gone"] = replace(states.pop("plateau-zero-init"), id="gone")
    return tuple(states.values())


def over_time(report: loganalyzer.Report, lang: Lang) -> str:
    """What the history says, with the words of the subject, and the same difference as ``diff`` says it."""
    before, now = yesterday(report), as_kept([of_diagnosis(d) for d in report.runs])
    entries = [Entry(f"2026-11-{day}T02:00:00Z", "3f2a91c0de55", before) for day in (25, 26, 27)]
    found = trend("nightly", entries, now, 0.02)
    stream = io.StringIO()
    console = Console(file=stream, width=80, markup=False, highlight=False, emoji=False)
    diff.show(Compared("old.json", "runs", compare(before, now, 0.02), 0.02), console, lang)
    said = [
        trend_text.heading(found, lang),
        *trend_text.lines(found, report.runs, lang),
        trend_text.news(found, lang),
        "",
    ]
    return "\n".join(said) + "\n" + "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def watched(report: loganalyzer.Report, lang: Lang) -> str:
    """What a watch says of runs that go on, then of those that have ended."""
    runs = [d for d in report.runs if d.id in CHOSEN]
    everything, nothing = {d.id for d in runs}, set[str]()
    begun, ended = looks(runs, everything), looks(runs, nothing)
    found = events({}, runs, begun, should_stop(runs, everything, ("diverging", "overfitting:severe")))
    found += events(begun, runs, ended, nothing)
    return "\n".join(watch_text.line(event, lang) for event in found) + "\n"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("over_time", over_time),
        ("watch", watched),
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


def test_the_page_for_agents_shows_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rewrite: bool
) -> None:
    for name, sample in (("first", "converged-plain"), ("second", "diverging-nan")):
        shutil.copytree(SAMPLES / sample, tmp_path / "runs" / name)
    monkeypatch.chdir(tmp_path)
    report = loganalyzer.analyze("runs")
    text = brief.render(RenderRequest(report, judge(report, load(environment={})), "en"))
    page = HERE.parents[1] / "docs" / "agents.md"
    shown = re.compile(r"(?<=```\n)analyze-logs \d\S*: runs\n.*?(?=```\n)", re.DOTALL)
    if rewrite:
        page.write_text(shown.sub(lambda _: text, page.read_text(encoding="utf-8")), encoding="utf-8")
    assert shown.findall(page.read_text(encoding="utf-8")) == [text], "make golden rewrites it; read the diff"
