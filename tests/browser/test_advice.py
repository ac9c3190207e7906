"""What to do next, as a person works through it: beside the chart, ticked off, copied, with everything else folded away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

import loganalyzer
from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.reports.summary import actions
from tests.browser.conftest import LEVELS, Watched, problems

Open = Callable[..., Watched]


def card_of(page: Page, name: str) -> Locator:
    return page.locator(".card", has=page.locator(".name", has_text=name)).first


def box(of: Locator) -> dict[str, float]:
    found = of.bounding_box()
    assert found is not None
    return dict(found)  # type: ignore[arg-type]


def wait_for_text(of: Locator, text: str) -> None:
    of.page.wait_for_function("([e, t]) => e.textContent === t", arg=[of.element_handle(), text])


def test_at_most_three_actions_a_card_and_none_for_a_healthy_run(
    url: str, open_page: Open, report: loganalyzer.Report, lang: Lang
) -> None:
    page = open_page(url).page
    for run in (d for d in report.runs if d.id in ("overfit", "broken", "healthy", "sweep/lr-1.0")):
        card = card_of(page, run.id)
        said = [text.replace("\u00a0", " ").strip() for text in card.locator(".steps .tick").all_inner_texts()]
        assert said == actions(run, lang)
        assert len(said) <= 3 and bool(said) is run.needs_attention
        assert card.locator("input[type=checkbox]").count() == len(said)
        assert not run.needs_attention or not card.locator("details.more").evaluate("d => d.open")


@pytest.mark.parametrize(("width", "beside"), [(1440, True), (1200, True), (1000, False), (390, False)])
def test_chart_and_actions_stand_beside_each_other_where_there_is_room(
    url: str, open_page: Open, width: int, beside: bool
) -> None:
    page = open_page(url, viewport={"width": width, "height": 900}).page
    card = card_of(page, "overfit")
    chart, steps = box(card.locator("figure")), box(card.locator(".next"))
    assert (steps["x"] >= chart["x"] + chart["width"]) is beside
    over = steps["y"] + steps["height"] <= chart["y"]
    assert over is not beside, "in one column what to do comes first"
    assert steps["x"] + steps["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_card_is_about_one_screen(url: str, open_page: Open) -> None:
    page = open_page(url, viewport={"width": 1440, "height": 900}).page
    for name in ("overfit", "broken"):
        assert box(card_of(page, name))["height"] < 1300
        assert box(card_of(page, name).locator(".next"))["height"] < 900


def test_code_is_copied_for_the_chosen_library(url: str, open_page: Open, lang: Lang) -> None:
    page = open_page(url, permissions=["clipboard-read", "clipboard-write"]).page
    step = card_of(page, "overfit").locator(".steps > li").first
    step.locator("details.how > summary").click()
    step.locator(".tabs label").nth(1).click()
    copy = step.locator(".copy")
    copy.click()
    wait_for_text(copy, messages.ui("html", "script.copied", lang))
    assert page.evaluate("navigator.clipboard.readText()") == step.locator(".pane-2 code").text_content()
    wait_for_text(copy, messages.ui("html", "copy", lang))


def test_code_is_copied_where_there_is_no_clipboard_for_pages_from_a_disk(
    url: str, open_page: Open, lang: Lang
) -> None:
    page = open_page(url).page
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    step = card_of(page, "overfit").locator(".steps > li").first
    step.locator("details.how > summary").click()
    step.locator(".copy").click()
    wait_for_text(step.locator(".copy"), messages.ui("html", "script.copied", lang))
    assert (
        page.evaluate("getSelection().toString().trim()") == (step.locator(".pane-1 code").text_content() or "").strip()
    )


def test_without_scripts_nothing_pretends_to_copy(url: str, open_page: Open) -> None:
    page = open_page(url, java_script_enabled=False).page
    step = card_of(page, "overfit").locator(".steps > li").first
    step.locator("details.how > summary").click()
    assert step.locator(".pane-1").is_visible() and not step.locator(".copy").is_visible()


def test_the_first_screen_says_what_to_do_with_numbers(
    url: str, open_page: Open, report: loganalyzer.Report, lang: Lang
) -> None:
    page = open_page(url).page
    first = page.locator(".tile").first
    name = first.locator(".name").inner_text()
    run = next(d for d in report.runs if d.id == name)
    assert actions(run, lang)[0] in first.locator(".first").inner_text().replace("\u00a0", " ")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1200), ("dark", 390)])
def test_accessible_with_everything_open(url: str, open_page: Open, scheme: str, width: int) -> None:
    page = open_page(url, color_scheme=scheme, viewport={"width": width, "height": 900}).page
    page.evaluate("document.querySelectorAll('.card details').forEach(d => { d.open = true; })")
    names = ("overfit", "broken", "healthy")
    cards = [f"[id='{card_of(page, name).get_attribute('id')}']" for name in names]
    assert problems(page, [*LEVELS, "best-practice"], cards) == []
