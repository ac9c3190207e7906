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
    chart, steps = box(card.locator("figure:visible")), box(card.locator(".next"))
    assert (steps["x"] >= chart["x"] + chart["width"]) is beside
    over = steps["y"] + steps["height"] <= chart["y"]
    assert over is not beside, "in one column what to do comes first"
    assert steps["x"] + steps["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_card_is_one_screen(url: str, open_page: Open) -> None:
    page = open_page(url, viewport={"width": 1440, "height": 900}).page
    for name in ("overfit", "broken"):
        assert box(card_of(page, name))["height"] < 900
        assert box(card_of(page, name).locator(".next"))["height"] < 700


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


@pytest.mark.parametrize("javascript", [True, False])
def test_why_and_how_opens_where_one_is(url: str, open_page: Open, javascript: bool) -> None:
    page = open_page(url, java_script_enabled=javascript).page
    card = card_of(page, "overfit")
    card.locator("details.more > summary").click()
    ask = card.locator(".jump").first
    ask.scroll_into_view_if_needed()
    before = box(ask)["y"]
    ask.click()
    shown = page.locator(".fix:popover-open")
    assert shown.count() == 1 and shown.is_visible()
    assert len(shown.inner_text()) > 60 and abs(box(ask)["y"] - before) < 1, "and the page has not moved"
    shown.locator("[popovertargetaction=hide]").click()
    assert not page.locator(".fix:popover-open").count()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_why_and_how_is_accessible(url: str, open_page: Open, scheme: str, width: int) -> None:
    page = open_page(url, color_scheme=scheme, viewport={"width": width, "height": 844}).page
    card_of(page, "overfit").locator("details.more > summary").click()
    card_of(page, "overfit").locator(".jump").first.click()
    at = box(page.locator(".fix:popover-open"))
    assert at["x"] >= 0 and at["x"] + at["width"] <= width
    assert problems(page, [*LEVELS, "best-practice"], [".fix:popover-open"]) == []


def test_what_was_measured_is_behind_one_fold(url: str, open_page: Open) -> None:
    page = open_page(url).page
    card = card_of(page, "overfit")
    assert not card.locator(".finding").first.is_visible()
    card.locator(".found > summary").click()
    assert card.locator(".finding").first.is_visible()
    finding = card.locator(".finding").first.get_attribute("id")
    deep = open_page(f"{url}#{finding}").page
    assert deep.locator(f"[id='{finding}']").is_visible(), "a link to a finding opens its fold"


def test_a_closed_card_is_a_line_that_opens_in_place(url: str, open_page: Open) -> None:
    for width, most in ((1440, 60), (390, 110)):
        page = open_page(url, viewport={"width": width, "height": 844}).page
        card = card_of(page, "healthy")
        assert box(card)["height"] < most
        card.locator("> details > summary").click()
        assert card.locator("figure:visible").count() == 1 and box(card)["height"] > 300


def test_one_chart_that_fits_the_phone(url: str, open_page: Open) -> None:
    page = open_page(url, viewport={"width": 390, "height": 844}).page
    card = card_of(page, "overfit")
    figures = card.locator("figure:visible")
    assert figures.count() == 1 and not card.locator(".spark:visible").count()
    at = box(figures)
    outside = figures.evaluate("""f => [...f.querySelectorAll('text')].filter(t => { const r = t.getBoundingClientRect();
      return r.width && (r.left < 0 || r.right > innerWidth); }).map(t => t.textContent)""")
    assert at["x"] >= 0 and at["x"] + at["width"] <= 390 and outside == []
    sizes = figures.evaluate("f => [...f.querySelectorAll('text')].map(t => t.getBoundingClientRect().height)")
    assert min(sizes) >= 9, "what is drawn can be read"
    assert figures.locator("text.s0").count() >= 2
