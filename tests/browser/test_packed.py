"""A report of hundreds of runs: cards are filled when they are opened, and rows beyond the first are shown on demand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

import loganalyzer
from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.reports.html import page as html_page
from tests.browser.conftest import LEVELS, Watched, problems

Open = Callable[..., Watched]
FIRST = 5


@pytest.fixture(scope="module")
def packed(report: loganalyzer.Report, lang: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of ``report`` as it would be if so few runs were many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html_page, "PACKED_ABOVE", 3)
        patch.setattr(html_page, "SHOWN_FIRST", FIRST)
        text = report.to_html(lang)  # type: ignore[arg-type]
    path = tmp_path_factory.mktemp(f"packed-{lang}") / "index.html"
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


def _card(page: Page, name: str) -> str:
    card = page.locator(".card", has=page.locator(".name", has_text=name)).first
    return f"[id='{card.get_attribute('id')}']"


def test_the_first_rows_and_all_on_demand(packed: str, open_page: Open, report: loganalyzer.Report, lang: Lang) -> None:
    seen = open_page(packed)
    page, total = seen.page, len(report.runs)
    assert page.locator("#table tbody tr:visible").count() == page.locator(".card:visible").count() == FIRST
    more = page.locator(".all").first
    assert more.inner_text() == messages.ui("html", "script.all", lang).replace("%1", str(total))
    page.fill("#filter", "sweep/")
    assert page.locator("#table tbody tr:visible").count() == 4 and not more.is_visible()
    page.fill("#filter", "")
    page.locator(".sort[data-key=run]").click()
    names = page.locator("#table tbody tr:visible .c-run").all_inner_texts()
    assert len(names) == FIRST
    more.click()
    assert page.locator("#table tbody tr:visible").count() == page.locator(".card:visible").count() == total
    assert page.locator("#table tbody tr:visible .c-run").all_inner_texts()[:FIRST] == names, "the first in this order"
    assert not more.is_visible() and seen.errors == [] and seen.requests == []


def test_a_card_is_filled_when_it_is_opened(packed: str, url: str, open_page: Open) -> None:
    seen = open_page(packed)
    page, plain = seen.page, open_page(url).page
    for name in ("overfit", "broken"):
        card = page.locator(_card(page, name))
        card.locator("> details > summary").click() if not card.locator("> details").evaluate("d => d.open") else None
        card.locator(".about").wait_for()
        squeezed = "e => e.textContent.replace(/\\s+/g, '')"
        assert card.evaluate(squeezed) == plain.locator(_card(plain, name)).evaluate(squeezed)
    card = page.locator(_card(page, "overfit"))
    card.locator("figure:visible").hover()
    assert page.locator("#tip").is_visible(), "its chart answers"
    card.locator(".tick input").first.check()
    page.reload()
    again = page.locator(_card(page, "overfit"))
    again.locator(".about").wait_for()
    assert again.locator(".tick input").first.is_checked() and seen.errors == []


def test_links_lead_into_a_card_that_is_not_filled_yet(packed: str, url: str, open_page: Open) -> None:
    plain = open_page(url).page
    finding = plain.locator(f"{_card(plain, 'healthy')} .finding").first.get_attribute("id")
    page = open_page(f"{packed}#{finding}").page
    page.locator(f"[id='{finding}']").wait_for()
    assert page.locator(f"[id='{finding}']").is_visible()
    page.keyboard.press("k")
    page.wait_for_function("() => document.activeElement.closest('.card')?.querySelector('.about')")


def test_runs_are_compared_however_many_there_are(packed: str, open_page: Open) -> None:
    seen = open_page(packed)
    page = seen.page
    for box in page.locator(".pick:visible").all()[:3]:
        box.check()
    page.locator("#compare").click()
    page.locator("#differences thead").wait_for()
    assert page.locator("#differences thead th").count() == 4
    again = open_page(page.url)
    again.page.locator("#differences thead").wait_for()
    assert again.page.locator("#differences thead th").count() == 4 and seen.errors == again.errors == []


def test_without_scripts_the_table_is_whole(
    packed: str, open_page: Open, report: loganalyzer.Report, lang: Lang
) -> None:
    page = open_page(packed, java_script_enabled=False).page
    assert page.locator("#table tbody tr:visible").count() == len(report.runs)
    assert messages.ui("html", "packed", lang) in page.locator("main").inner_text()


def test_hostile_names_are_only_names_there_too(packed: str, open_page: Open) -> None:
    seen = open_page(packed)
    seen.page.locator(".all").first.click()
    seen.page.evaluate("document.querySelectorAll('.card > details').forEach(d => { d.open = true; })")
    seen.page.wait_for_function("() => !document.querySelector('[data-body]')")
    assert seen.page.evaluate("window.hit") is None and not seen.page.locator("main img").count()
    assert seen.errors == [] and seen.requests == []


def test_it_is_accessible(packed: str, open_page: Open) -> None:
    page = open_page(packed).page
    card = _card(page, "overfit")
    page.locator(f"{card} .about").wait_for()
    assert problems(page, [*LEVELS, "best-practice"], [card, ".rest", "#table"]) == []
