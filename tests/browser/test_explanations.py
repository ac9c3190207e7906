"""Kind and confidence of a verdict are explained: on hover, on focus, on tap, and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

import loganalyzer
from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.confidence import level
from tests.browser.conftest import LEVELS, Watched, problems

Open = Callable[..., Watched]


def _terms(page: Page, name: str) -> Locator:
    """Kind (where there is one) and confidence of a run, on its card, which is opened."""
    card = page.locator(".card", has=page.locator(".name", has_text=name)).first
    card.locator("> details").evaluate("d => { d.open = true; }")
    return card.locator(".meta .term")


@pytest.fixture
def expected(report: loganalyzer.Report, lang: Lang) -> dict[str, list[tuple[str, str]]]:
    """Word and meaning of the kind and of the confidence, by run."""
    return {
        d.id: [
            *([(messages.kind(d.kind, lang), messages.kind_meaning(d.kind, lang))] if d.kind else []),
            (
                messages.confidence_grade(level(d.probability), lang),
                messages.confidence_meaning(level(d.probability), lang),
            ),
        ]
        for d in report.runs
        if d.id in ("overfit", "broken", "healthy")
    }


def test_hover_tells_what_the_words_mean(url: str, open_page: Open, expected: dict[str, list[tuple[str, str]]]) -> None:
    seen = open_page(url)
    page, box = seen.page, seen.page.locator("#meaning")
    assert len(expected) == 3 and not box.is_visible()
    for name, told in expected.items():
        terms = _terms(page, name)
        assert terms.all_inner_texts() == [word for word, _ in told]
        for term, (_, meaning) in zip(terms.all(), told, strict=True):
            term.hover()
            assert box.is_visible() and box.inner_text() == meaning
            assert term.get_attribute("title") is None, "no second tooltip over the first"
    box.hover()
    page.wait_for_timeout(400)
    assert box.is_visible(), "what is shown can be pointed at"
    page.locator("h1").hover()
    box.wait_for(state="hidden")
    row = page.locator("#table tbody tr", has=page.locator(".c-run", has_text="overfit")).first
    row.locator(".sure .term").hover()
    assert box.inner_text() == expected["overfit"][-1][1]
    assert seen.errors == [] and seen.requests == []


def test_the_keyboard_and_a_screen_reader_are_told(
    url: str, open_page: Open, expected: dict[str, list[tuple[str, str]]]
) -> None:
    page = open_page(url).page
    box = page.locator("#meaning")
    card = page.locator(".card", has=page.locator(".name", has_text="overfit")).first
    summary = card.locator("> details > summary")
    page.keyboard.press("Tab")
    summary.focus()
    lines = box.locator("div").all_inner_texts()
    assert lines == [f"{word} {meaning}" for word, meaning in expected["overfit"]] and len(lines) == 2
    told, line = box.bounding_box(), summary.locator(".headline").bounding_box()
    assert told and line and told["y"] + told["height"] <= line["y"] + 1, "the headline stays in sight"
    described = (summary.get_attribute("aria-describedby") or "").split()
    assert [page.locator(f"[id='{i}'] dd").inner_text() for i in described] == [m for _, m in expected["overfit"]]
    before = card.locator("> details").evaluate("d => d.open")
    page.keyboard.press("Escape")
    assert not box.is_visible() and card.locator("> details").evaluate("d => d.open") is before
    link = page.locator("#table a.term").first
    link.focus()
    assert box.is_visible() and link.get_attribute("aria-describedby") == box.get_attribute("id")
    assert box.get_attribute("role") == "tooltip"
    page.keyboard.press("Tab")
    assert not box.is_visible() and not page.locator("[aria-describedby=meaning]").count()


def test_the_first_tap_tells_and_the_second_does_what_it_would(
    url: str, open_page: Open, expected: dict[str, list[tuple[str, str]]]
) -> None:
    page = open_page(url, viewport={"width": 390, "height": 780}, has_touch=True).page
    box, term = page.locator("#meaning"), _terms(page, "overfit").first
    card = page.locator(".card", has=page.locator(".name", has_text="overfit")).first.locator("> details")
    term.scroll_into_view_if_needed()
    before = card.evaluate("d => d.open")
    term.tap()
    assert box.is_visible() and box.inner_text() == expected["overfit"][0][1]
    assert card.evaluate("d => d.open") is before, "it tells and does not fold the card"
    at = box.bounding_box()
    assert at and at["x"] >= 0 and at["x"] + at["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    term.tap()
    assert card.evaluate("d => d.open") is not before and not box.is_visible()
    link = page.locator("#table a.term").first
    link.tap()
    assert box.is_visible() and "#" not in page.url
    link.tap()
    entry = page.locator(link.get_attribute("href") or "")
    assert "#word-sure-" in page.url and not box.is_visible()
    assert entry.evaluate("e => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.top < 780; }")


def test_without_scripts_the_words_are_explained_by_title_and_list(
    url: str, open_page: Open, expected: dict[str, list[tuple[str, str]]]
) -> None:
    page = open_page(url, java_script_enabled=False).page
    for name, told in expected.items():
        for term, (_, meaning) in zip(_terms(page, name).all(), told, strict=True):
            assert term.get_attribute("title") == meaning
            entry = page.locator(f"[id='{term.get_attribute('data-word')}']")
            assert entry.count() == 1 and entry.locator("dd").inner_text() == meaning


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_an_explained_word_is_accessible(url: str, open_page: Open, scheme: str, width: int) -> None:
    page = open_page(url, color_scheme=scheme, viewport={"width": width, "height": 800}).page
    page.keyboard.press("Tab")
    page.locator(".card", has=page.locator(".name", has_text="overfit")).first.locator("> details > summary").focus()
    assert page.locator("#meaning").is_visible()
    card = page.locator(".card", has=page.locator(".name", has_text="overfit")).first.get_attribute("id")
    assert problems(page, [*LEVELS, "best-practice"], ["#meaning", f"[id='{card}']"]) == []
