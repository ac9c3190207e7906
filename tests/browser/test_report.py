"""What a person does with the report, done in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

import loganalyzer
from loganalyzer import messages
from loganalyzer.messages import Lang
from tests.browser.conftest import HOSTILE, LEVELS, SWEEP, Watched, problems

Open = Callable[..., Watched]


def test_the_page_is_quiet_complete_and_asks_for_nothing(url: str, open_page: Open, report: loganalyzer.Report) -> None:
    seen = open_page(url)
    assert seen.errors == [] and seen.requests == []
    assert seen.page.locator("#table tbody tr").count() == len(report.runs)
    assert seen.page.locator(".card").count() == len(report.runs)
    assert seen.page.locator(".card .wide svg.chart").count() == len(report.runs)
    assert "empty.csv" in seen.page.locator("#unread + ul").inner_text()


def test_hostile_names_are_only_names(url: str, open_page: Open) -> None:
    seen = open_page(url)
    assert seen.page.evaluate("window.hit") is None
    names = seen.page.locator("#table tbody .c-run").all_inner_texts()
    assert len([n for n in names if "<script>" in n or "onerror" in n]) == 2
    assert not seen.page.locator("main img").count()
    assert len(names) == 4 + SWEEP + len(HOSTILE)


def test_without_scripts_everything_is_still_there(url: str, open_page: Open) -> None:
    seen = open_page(url, java_script_enabled=False)
    assert seen.page.locator(".card .wide svg.chart").first.is_visible()
    assert seen.page.locator("#table tbody tr").first.is_visible()
    assert not seen.page.locator("#filter").is_visible()
    seen.page.locator(".card details.more > summary").first.click()
    seen.page.locator(".jump").first.click()
    how = seen.page.locator(".fix:popover-open .tabs")
    how.locator("label").nth(1).click()
    assert how.locator(".pane-2").is_visible() and not how.locator(".pane-1").is_visible()


def test_filter_by_text_and_verdict_and_find_it_in_the_address(url: str, open_page: Open) -> None:
    page = open_page(url).page
    page.fill("#filter", "overfit")
    assert page.locator("#table tbody tr:visible").count() == 1
    assert "text=overfit" in page.url
    page.fill("#filter", "")
    page.locator(".filter[data-verdict=diverging]").click()
    assert page.locator("#table tbody tr:visible").count() == 2
    assert "verdict=diverging" in page.url
    again = open_page(page.url).page
    assert again.locator("#table tbody tr:visible").count() == 2
    again.locator(".filter[data-verdict=diverging]").click()
    assert again.locator("#table tbody tr:visible").count() == 4 + SWEEP + len(HOSTILE)


def test_a_filter_without_a_hit_says_so_and_can_be_undone(url: str, open_page: Open, lang: Lang) -> None:
    page = open_page(url).page
    said = page.locator(".none")
    assert not said.is_visible()
    page.fill("#filter", "no such run")
    assert messages.ui("html", "no_match", lang) in said.inner_text()
    said.locator("button").click()
    assert page.locator("#table tbody tr:visible").count() == 4 + SWEEP + len(HOSTILE) and not said.is_visible()
    assert page.locator("#filter").input_value() == "" and "text=" not in page.url


def test_sorted_by_verdict_runs_of_one_stand_together(url: str, open_page: Open) -> None:
    page = open_page(url).page
    page.locator(".sort[data-key=verdict]").click()
    found = page.locator("#table tbody tr").evaluate_all("all => all.map(r => r.dataset.verdict)")
    assert [v for i, v in enumerate(found) if not i or found[i - 1] != v] == list(dict.fromkeys(found))


def test_sort(url: str, open_page: Open) -> None:
    page = open_page(url).page
    button = page.locator(".sort[data-key=run]")
    button.click()
    up = page.locator("#table .c-run a").all_inner_texts()
    assert page.locator("th[aria-sort=ascending]").count() == 1
    button.click()
    assert page.locator("#table .c-run a").all_inner_texts() == up[::-1]


def test_a_deep_link_opens_its_card(url: str, open_page: Open) -> None:
    page = open_page(url).page
    anchor = page.locator("#table .c-run a", has_text="healthy").get_attribute("href")
    deep = open_page(f"{url}{anchor}").page
    assert deep.locator(f"{anchor} > details").evaluate("d => d.open")
    assert deep.locator(anchor or "").evaluate("c => Math.abs(c.getBoundingClientRect().top) < 100")


def test_ticks_stay_ticked(url: str, open_page: Open) -> None:
    page = open_page(url).page
    tick = page.locator(".tick input").first
    tick.check()
    page.reload()
    assert page.locator(".tick input").first.is_checked()


def test_dark_and_light(url: str, open_page: Open, lang: Lang) -> None:
    page = open_page(url, color_scheme="dark").page
    background = "getComputedStyle(document.body).backgroundColor"
    dark, offered = page.evaluate(background), page.locator(".theme").inner_text()
    assert offered == messages.ui("html", "light", lang), "the button says what it gives"
    page.locator(".theme").click()
    assert page.evaluate(background) != dark
    assert page.locator(".theme").inner_text() == messages.ui("html", "dark", lang)


@pytest.mark.parametrize("width", [360, 768])
def test_narrow_screens_do_not_scroll_sideways(url: str, open_page: Open, width: int) -> None:
    page = open_page(url, viewport={"width": width, "height": 740}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".worst .headline").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility(url: str, open_page: Open, scheme: str) -> None:
    page = open_page(url, color_scheme=scheme).page
    assert problems(page, LEVELS) == []


def test_hovering_a_chart_tells_values(url: str, open_page: Open) -> None:
    page = open_page(url).page
    page.locator(".card .wide svg.chart").first.hover()
    assert page.locator("#tip").is_visible()


def test_print(url: str, open_page: Open, report: loganalyzer.Report) -> None:
    page = open_page(url, color_scheme="dark").page
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf()))
    assert pages > len(report.runs), "every run begins on a page of its own, after the overview"
    page.emulate_media(media="print", color_scheme="dark")
    breaks = page.evaluate("[...document.querySelectorAll('.card')].map(c => getComputedStyle(c).breakBefore)")
    assert breaks[0] == "auto" and set(breaks[1:]) == {"page"}
    assert page.locator("#cards").evaluate("h => getComputedStyle(h).breakBefore") == "page"
    ink = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ink').trim()")
    assert ink == "#1e2933", "dark ink on white paper, whatever the screen's theme"
    hidden = page.locator(".card .hp dl").first
    page.evaluate("document.querySelectorAll('.card > details').forEach(d => { d.open = true; })")
    assert hidden.is_visible(), "what is folded on the screen is printed"
    assert not page.locator(".tools").first.is_visible()


def test_same_input_same_bytes(report: loganalyzer.Report) -> None:
    assert report.to_html("ja") == report.to_html("ja")
    again = loganalyzer.analyze(report.roots)
    assert again.to_html("en") == report.to_html("en")


def test_a_finding_name_is_explained_on_hover_and_on_tap(url: str, open_page: Open) -> None:
    page = open_page(url, java_script_enabled=False).page
    term = page.locator(".card a.term").first
    told = term.get_attribute("title") or ""
    assert len(told) > 10
    target = term.get_attribute("href") or ""
    entry = page.locator(f"[id='{target[1:]}']")
    assert entry.locator("dt").text_content() == term.text_content() and entry.locator("dd").text_content() == told
    fold = page.locator("details.words")
    assert fold.get_attribute("open") is None
    page.goto(f"{url}{target}")  # the browser opens the fold
    assert fold.get_attribute("open") is not None and entry.locator("dd").inner_text() == told
    count = "links => links.filter(a => document.querySelectorAll(`[id='${a.hash.slice(1)}']`).length !== 1).length"
    assert page.locator("a.term").evaluate_all(count) == 0


def test_files_without_a_run_and_files_left_out_have_headings_of_their_own(
    url: str, open_page: Open, lang: str
) -> None:
    page = open_page(url).page
    failed, left_out = (
        page.locator("section[aria-labelledby=unread]"),
        page.locator("section[aria-labelledby=left-out]"),
    )
    assert "empty.csv" in failed.inner_text() and "species.csv" not in failed.inner_text()
    assert "species.csv" in (left_out.text_content() or "") and "empty.csv" not in (left_out.text_content() or "")
    wrong = {"en": "read", "ja": "読み込めなかった"}[lang]
    assert wrong not in left_out.locator("h2").inner_text()


def test_values_that_are_not_drawn_are_counted(url: str, open_page: Open) -> None:
    page = open_page(url).page
    card = page.locator(".card", has=page.locator(".name", has_text="broken")).first
    assert "29" in card.locator(".not-drawn").inner_text() and "60" in card.locator(".not-drawn").inner_text()
    assert not page.locator(".card", has=page.locator(".name", has_text="healthy")).locator(".not-drawn").count()
