"""The bar that stays in sight: verdicts, filter, parts of the page, from run to run by button and key."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import LEVELS, Watched, problems

Open = Callable[..., Watched]


def _in_hand(page: Page) -> str | None:
    """The id of the card that has the focus."""
    found: str | None = page.evaluate("document.activeElement.closest('.card')?.id ?? null")
    return found


def _cards(page: Page) -> list[str]:
    return [str(i) for i in page.locator(".card").evaluate_all("all => all.filter(c => !c.hidden).map(c => c.id)")]


@pytest.mark.parametrize("width", [1440, 1200, 390])
def test_the_bar_stays_in_sight_and_covers_no_card(url: str, open_page: Open, width: int) -> None:
    page = open_page(url, viewport={"width": width, "height": 844}).page
    page.locator("#next").click()
    page.locator("#next").click()
    bar = page.locator(".sticky").bounding_box()
    card = page.locator(f"[id='{_in_hand(page)}']").bounding_box()
    assert bar and card and bar["y"] == 0 and bar["height"] < 100
    assert bar["height"] - 1 <= card["y"] < bar["height"] + 60
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_keys_lead_from_run_to_run_and_back(url: str, open_page: Open) -> None:
    seen = open_page(url)
    page, order = seen.page, _cards(seen.page)
    visited = []
    for key in ("j", "n", "j", "k", "p"):
        page.keyboard.press(key)
        visited.append(_in_hand(page))
    assert visited == [order[0], order[1], order[2], order[1], order[0]]
    assert page.locator(f"[id='{order[0]}'] > details").evaluate("d => d.open")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "filter"
    page.keyboard.type("jk")
    assert page.locator("#filter").input_value() == "jk", "letters that are typed are letters"
    assert seen.errors == []


def test_keys_can_be_switched_off(url: str, open_page: Open) -> None:
    page = open_page(url).page
    page.locator("#keys").uncheck()
    page.locator("#keys").evaluate("e => e.blur()")
    page.keyboard.press("j")
    assert _in_hand(page) is None


def test_the_next_run_is_one_that_the_filter_leaves(url: str, open_page: Open) -> None:
    page = open_page(url).page
    page.locator(".filter[data-verdict=converged]").click()
    order = _cards(page)
    page.locator("#next").click()
    page.locator("#next").click()
    assert _in_hand(page) == order[1]
    assert page.locator(f"[id='{order[1]}']").get_attribute("class") == "card v-converged"


def test_the_parts_of_the_page_are_one_click_away(url: str, open_page: Open) -> None:
    page = open_page(url, java_script_enabled=False).page
    for link in page.locator(".places a").all():
        link.click()
        target = page.locator(link.get_attribute("href") or "")
        bar, at = page.locator(".sticky").bounding_box(), target.bounding_box()
        assert bar and at and (at["y"] >= bar["height"] or link.get_attribute("href") == "#top") and at["y"] < 720
    assert page.evaluate("scrollY") == 0, "the last leads to the top"


def test_a_path_is_copied(url: str, open_page: Open) -> None:
    page = open_page(url, permissions=["clipboard-read", "clipboard-write"]).page
    card = page.locator(".card", has=page.locator(".name", has_text="overfit")).first
    card.locator("> details").evaluate("d => { d.open = true; }")
    card.locator(".source-files > summary").click()
    card.locator(".source-files .copy").first.click()
    assert page.evaluate("navigator.clipboard.readText()") == card.locator(".source-files code").first.inner_text()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_head_and_bar_are_accessible(url: str, open_page: Open, scheme: str, width: int) -> None:
    page = open_page(url, color_scheme=scheme, viewport={"width": width, "height": 844}).page
    assert problems(page, [*LEVELS, "best-practice"], [".top", ".sticky", "footer"]) == []
