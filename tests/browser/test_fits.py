"""The page fits what it shows: a run alone is its card, a phone gets few short rows, many runs do not print a page each."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import loganalyzer
from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.verdicts import Verdict
from tests.browser.conftest import LEVELS, Watched, problems, write_run
from tests.sweep_logs import write

Open = Callable[..., Watched]
PHONE = {"width": 390, "height": 844}
SHOWN_FIRST = 12


@pytest.fixture(scope="module")
def alone_url(lang: Lang, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder, e = tmp_path_factory.mktemp("alone"), np.arange(60)
    fall = 0.2 + 2 * np.exp(-e / 8)
    write_run(folder / "only", fall, fall + 0.02 * np.maximum(0, e - 20), lr=0.1)
    return _page(loganalyzer.analyze(folder), lang, folder)


@pytest.fixture(scope="module")
def sweep_url(lang: Lang, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("many")
    return _page(loganalyzer.analyze(write(folder / "nightly", seeds=3)), lang, folder)


def _page(report: loganalyzer.Report, lang: Lang, folder: Path) -> str:
    path = folder / "index.html"
    path.write_text(report.to_html(lang), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("script", [True, False])
def test_a_run_alone_is_its_card(alone_url: str, open_page: Open, script: bool) -> None:
    seen = open_page(alone_url, java_script_enabled=script, viewport={"width": 1440, "height": 900})
    page = seen.page
    assert not page.locator("#table, .sticky, .tile, #compare").count(), "nothing to choose, filter or compare"
    said = page.locator(".card .headline").inner_text()
    assert page.locator("main").inner_text().count(said) == 1, "the sentence stands once"
    for part in (".card figure:visible", ".card .steps"):
        box = page.locator(part).first.bounding_box()
        assert box and box["y"] < 400, "chart and actions are on the first screen"
    assert page.locator(page.locator(".skip").get_attribute("href") or "").count() == 1
    assert seen.errors == []


def test_a_run_alone_is_accessible(alone_url: str, open_page: Open) -> None:
    assert problems(open_page(alone_url).page, [*LEVELS, "best-practice"]) == []


def test_a_phone_gets_a_few_short_rows_and_all_when_asked(sweep_url: str, open_page: Open) -> None:
    page = open_page(sweep_url, viewport=PHONE).page
    rows, cards = page.locator("#table tbody tr:visible"), page.locator(".card:visible")
    assert (rows.count(), cards.count()) == (SHOWN_FIRST, SHOWN_FIRST)
    assert max(rows.evaluate_all("all => all.map(r => r.offsetHeight)")) < 120
    assert page.evaluate("document.documentElement.scrollHeight") < 9 * PHONE["height"]
    page.locator("#filter").fill("lr=0.1")
    assert page.locator("#table tbody tr:visible").count() == SHOWN_FIRST, "those of the 12 that match"
    page.locator("#filter").fill("verdict:diverging")
    assert 0 < rows.count() < SHOWN_FIRST
    page.locator("#filter").fill("")
    page.locator(".all:visible").first.click()
    assert (rows.count(), cards.count()) == (60, 60)
    assert not page.locator(".all:visible").count()


def test_a_phone_without_scripts_gets_a_few_rows_and_all_with_a_tick(sweep_url: str, open_page: Open) -> None:
    page = open_page(sweep_url, viewport=PHONE, java_script_enabled=False).page
    rows, cards = page.locator("#table tbody tr:visible"), page.locator(".card:visible")
    assert rows.count() == cards.count() == SHOWN_FIRST
    hidden = page.locator(".card").nth(20)
    page.goto(f"{sweep_url}#{hidden.get_attribute('id')}")
    assert hidden.is_visible(), "a link to a run leads to it"
    page.locator("#every-run").check()
    assert rows.count() == cards.count() == page.locator(".card").count() > SHOWN_FIRST
    wide = open_page(sweep_url, viewport={"width": 1024, "height": 844}, java_script_enabled=False).page
    assert wide.locator("#table tbody tr:visible").count() > SHOWN_FIRST and not wide.locator("#every-run").is_visible()


def test_the_bar_with_all_verdicts_is_one_line(url: str, open_page: Open, lang: Lang) -> None:
    page = open_page(url, viewport={"width": 1280, "height": 844}).page
    words = [messages.verdict(verdict, lang) for verdict in Verdict]
    page.evaluate(
        """words => { const bar = document.querySelector(".bar");
        while (bar.children.length < words.length) bar.append(bar.lastElementChild.cloneNode(true));
        document.querySelectorAll(".bar .word").forEach((e, i) => { e.textContent = words[i]; });
        document.querySelectorAll(".bar b").forEach(e => { e.textContent = "12"; }); }""",
        words,
    )
    assert page.locator(".bar li").count() == len(words)
    assert page.locator(".sticky").evaluate("e => e.clientHeight") < 60


def test_a_tick_does_not_take_the_keys(sweep_url: str, open_page: Open) -> None:
    page = open_page(sweep_url).page
    page.locator(".pick").first.check()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('.card')?.id") == page.locator(".card").first.get_attribute(
        "id"
    )


def test_of_many_runs_the_open_ones_are_printed(sweep_url: str, open_page: Open) -> None:
    page = open_page(sweep_url).page
    pages = lambda: len(re.findall(rb"/Type\s*/Page\b", page.pdf()))  # noqa: E731
    before = pages()
    assert before < 20
    page.locator(".card > details > summary").first.click()
    assert before < pages() < before + 5
    page.emulate_media(media="print")
    assert page.locator("#table thead").is_visible(), "the table is one on paper, too"
    page.set_viewport_size({"width": 718, "height": 1018})
    assert page.locator("#table").evaluate("t => t.offsetWidth <= t.parentNode.clientWidth"), "and fits the sheet"
    assert page.locator(".card .headline").last.is_visible()


@pytest.mark.parametrize("width", [768, 1024, 1440])
def test_the_table_fits_beside_two_settings(sweep_url: str, open_page: Open, width: int) -> None:
    page = open_page(sweep_url, viewport={"width": width, "height": 900}).page
    assert page.locator("#table").evaluate("t => t.offsetWidth <= t.parentNode.clientWidth")
