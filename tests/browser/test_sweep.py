"""A sweep on the page: its answer and table on top, a cell shows its runs, the filter language, sorting by a setting."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import loganalyzer
from loganalyzer.messages import Lang
from tests.browser.conftest import LEVELS, Watched, problems
from tests.sweep_logs import write

Open = Callable[..., Watched]
SHOWN = "#table tbody tr:visible"


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> loganalyzer.Report:
    return loganalyzer.analyze(write(tmp_path_factory.mktemp("sweep") / "nightly", seeds=3))


@pytest.fixture(scope="module")
def sweep_url(sweep: loganalyzer.Report, lang: Lang, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("sweep-page") / "index.html"
    path.write_text(sweep.to_html(lang), encoding="utf-8")
    return path.as_uri()


def test_the_script_filters_as_the_command_line_does(browser: Browser) -> None:
    table = json.loads((Path(__file__).parents[1] / "where_cases.json").read_text(encoding="utf-8"))
    page = browser.new_page()
    page.add_script_tag(content=files("loganalyzer.reports.html").joinpath("templates/where.js").read_text())
    found = page.evaluate(
        """t => t.cases.map(([query]) => Object.keys(t.runs).filter(
             name => where.matches(t.runs[name].fields, t.runs[name].text, where.parse(query))).join(""))""",
        table,
    )
    page.close()
    assert [(query, got) for (query, _), got in zip(table["cases"], found, strict=True)] == [
        (query, expected) for query, expected in table["cases"]
    ]


def test_the_answer_is_on_the_first_screen(sweep_url: str, open_page: Open) -> None:
    seen = open_page(sweep_url)
    assert seen.errors == []
    assert seen.page.locator(".heat tbody td").count() == 20 and seen.page.locator(".heat .all-failed").count() == 3
    assert seen.page.locator(".heat .heat-best").inner_text().startswith("0.1")
    bottom = seen.page.evaluate("document.querySelector('.heat').getBoundingClientRect().bottom")
    assert bottom <= 800, "the table fits the first screen"
    assert seen.page.locator(".worst .tile").count() == 0, "a corner of a sweep is no alarm"


def test_a_cell_shows_its_runs(sweep_url: str, open_page: Open) -> None:
    page = open_page(sweep_url).page
    page.locator(".heat .heat-best a").click()
    assert page.locator("#filter").input_value() == "lr=0.1 batch_size=64"
    assert page.locator(SHOWN).count() == 3
    assert set(page.locator(f"{SHOWN} .c-setting").all_inner_texts()) == {"0.1", "64"}


def test_settings_and_results_are_filtered_by(sweep_url: str, open_page: Open) -> None:
    page = open_page(sweep_url).page
    for query, count in (
        ("lr>0.01", 24),
        ("lr>0.01 verdict:diverging", 9),
        ("best<0.3 -verdict:diverging", 27),
        ("val_loss<0.3 batch_size=64 lr<1", 6),
    ):
        page.fill("#filter", query)
        assert page.locator(SHOWN).count() == count, query


def test_sorting_by_a_setting_and_by_name_counts_numbers(sweep_url: str, open_page: Open) -> None:
    page = open_page(sweep_url).page
    page.locator(".c-setting .sort", has_text="lr").click()
    column = [float(t) for t in page.locator("#table tbody tr .c-setting:nth-child(4)").all_inner_texts()]
    assert column == sorted(column) and len(set(column)) == 5
    page.locator(".sort[data-key=run]").click()
    assert page.locator("#table tbody .c-run").all_inner_texts()[:12] == [f"s{i}" for i in range(12)]


def test_accessible_and_within_the_phone(sweep_url: str, open_page: Open) -> None:
    page = open_page(sweep_url, viewport={"width": 390, "height": 844}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert problems(page, LEVELS, [".sweep-top"]) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast(theme: str, sweep_url: str, open_page: Open) -> None:
    page = open_page(sweep_url, color_scheme=theme).page
    assert problems(page, LEVELS, [".sweep-top"]) == []
