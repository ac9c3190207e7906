"""The answers of the MCP server are bounded, and their pages hold everything, whatever there is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.cli.mcp import answers
from loganalyzer.config.load import load
from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.model.errors import UsageError
from loganalyzer.reports.brief import MOST_TOKENS, tokens

SAMPLES = Path(__file__).parents[2] / "sample_runs"
CHOSEN = ("converged-plain", "diverging-nan", "overfitting-severe", "plateau-zero-init", "underfitting-slow")
Name = Callable[[int], str]


@pytest.fixture(scope="module")
def few() -> loganalyzer.Report:
    report = loganalyzer.analyze([SAMPLES / name for name in CHOSEN])
    return replace(report, roots=("runs",), runs=tuple(d.without_series() for d in report.runs))


def many(few: loganalyzer.Report, count: int, name: Name) -> loganalyzer.Report:
    own = few.runs
    chosen = ((own[i % len(own)], name(i)) for i in range(count))
    return replace(few, runs=tuple(replace(d, run=replace(d.run, id=called)) for d, called in chosen))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("count", "name"),
    [
        (1_000, lambda i: f"night/{i}"),
        (500, lambda i: f"実験/{'長い名前' * 20}/{i}"),
        (300, lambda i: f"{'folder/' * 500}{i}"),
        (300, lambda i: f"\udc80\x1b]0;{i}"),
        (20, lambda i: f"{'x' * 9_000}{i}"),
    ],
    ids=["many", "japanese", "deep", "undecodable", "huge"],
)
def test_lists_are_bounded_and_hold_every_run_once(few: loganalyzer.Report, count: int, name: Name, lang: Lang) -> None:
    report = many(few, count, name)
    ids: list[str] = []
    offset: int | None = 0
    while offset is not None:
        text = answers.run_list(report, "", offset, answers.MOST_LISTED, lang)
        page = json.loads(text)
        assert len(text.encode("utf-8")) and (len(text) <= answers.PAGE or len(page["runs"]) == 1)
        ids += [run["id"] for run in page["runs"]]
        assert page["total"] == count and page["next_offset"] in (None, len(ids))
        offset = page["next_offset"]
    assert sorted(ids) == sorted(d.id for d in report.runs)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_answers_about_ten_thousand_runs_are_short(few: loganalyzer.Report, lang: Lang) -> None:
    report = many(few, 10_000, lambda i: f"night/{i}")
    text = answers.brief_of(report, load(environment={}), lang)
    assert tokens(text) < MOST_TOKENS and "list_runs" in text and "8,000" in text
    for offset, end in ((0, False), (9_990, True), (10_000, True), (10**9, True)):
        listed = answers.run_list(report, "", offset, answers.MOST_LISTED, lang)
        assert len(listed) <= answers.PAGE and (json.loads(listed)["next_offset"] is None) == end


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "text", ["", "short", "a line\n" * 5_000, "x" * 50_000, "語\n" * 20_000, "\n" * 30_000, "\udc80" * 9_000]
)
def test_pages_are_bounded_and_hold_the_whole_text(text: str, lang: Lang) -> None:
    pages: list[str] = []
    while True:
        page = answers.page_of(text, len(pages) + 1, lang)
        assert len(page) <= answers.PAGE
        more = f"page={len(pages) + 2}" in page.splitlines()[-1] if page else False
        pages.append(page.rpartition("\n")[0] if more else page)
        if not more:
            break
    whole = text.encode("utf-8", "backslashreplace").decode("utf-8")
    assert "".join(pages).replace("\n", "") == whole.replace("\n", "")
    with pytest.raises(UsageError, match=f"there is no page {len(pages) + 1}"):
        answers.page_of(text, len(pages) + 1, lang)


def test_a_run_with_many_settings_comes_in_pages(few: loganalyzer.Report) -> None:
    own = few.runs[1]
    settings = {f"setting_{i}": "v" * 300 for i in range(200)}
    report = replace(few, runs=(replace(own, run=replace(own.run, hyperparameters=settings)),))
    text = answers.one_run(report, own.id, "en")
    first = answers.page_of(text, 1, "en")
    assert own.id in first and "(page 1 of " in first and len(first) <= answers.PAGE
