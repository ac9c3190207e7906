"""Hover values and zoom on the charts: by drag, by double-click, by button, by key."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import Watched

Open = Callable[..., Watched]


@pytest.fixture
def seen(url: str, open_page: Open) -> Watched:
    return open_page(url)


def _card(page: Page, name: str) -> Locator:
    card = page.locator(".card", has=page.locator(".name", has_text=name)).first
    card.locator("details").first.evaluate("d => { d.open = true; }")
    return card


def _drag(page: Page, chart: Locator, begin: float, end: float) -> None:
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box
    y = box["y"] + 0.3 * box["height"]
    page.mouse.move(box["x"] + begin * box["width"], y)
    page.mouse.down()
    for share in (0.5 * (begin + end), end):
        page.mouse.move(box["x"] + share * box["width"], y)
    page.mouse.up()


def _drawn(chart: Locator) -> str:
    return str(
        chart.evaluate("e => [...e.querySelectorAll('path:not(.cursor)')].map(p => p.getAttribute('d')).join('|')")
    )


def _texts(chart: Locator) -> list[str]:
    return [
        t
        for t in chart.evaluate("e => [...e.querySelectorAll('.z text')].map(t => t.textContent)")
        if isinstance(t, str)
    ]


def _height_used(chart: Locator) -> float:
    """How much of the first panel's height the curves fill, as far as they are in view."""
    script = """e => { const f = JSON.parse(e.dataset.about).panels[0].frame, ys = [];
      for (const c of e.querySelectorAll('.c0.hv')) { const n = c.getAttribute('d').match(/-?[\\d.]+/g).map(Number);
        for (let k = 0; k < n.length; k += 2) if (n[k] >= f[0] && n[k] <= f[0] + f[2]) ys.push(n[k + 1]); }
      return (Math.max(...ys) - Math.min(...ys)) / f[3]; }"""
    return float(chart.evaluate(script))


def test_drag_zooms_over_steps_and_the_values_refit(seen: Watched) -> None:
    chart = _card(seen.page, "overfit").locator("figure:visible .chart")
    before = _drawn(chart)
    _drag(seen.page, chart, 0.45, 0.8)
    steps = [float(t) for t in _texts(chart)[-6:]]
    assert "zoomed" in (chart.get_attribute("class") or "")
    assert min(steps) > 20 and max(steps) < 59
    assert 0.8 < _height_used(chart) <= 1
    assert not chart.locator("text.s0").first.is_visible()
    chart.dblclick()
    assert _drawn(chart) == before and not chart.locator(".z").count()
    assert seen.errors == [] and seen.requests == []


def test_every_key_does_what_the_hint_says(seen: Watched) -> None:
    page = seen.page
    card = _card(page, "overfit")
    figure, chart = card.locator("figure:visible"), card.locator("figure:visible .chart")
    before = _drawn(chart)
    figure.focus()
    assert page.locator(".zoom").is_visible() and page.locator(".zoom .hint").inner_text()
    page.keyboard.press("ArrowRight")
    first = page.locator("#tip").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator("#tip").inner_text() != first
    page.keyboard.press("+")
    near = _texts(chart)
    page.keyboard.press("Shift+ArrowRight")
    assert near and _texts(chart) != near
    page.keyboard.press("-")
    page.keyboard.press("Escape")
    assert _drawn(chart).startswith(before[:200]) and not chart.locator(".z").count()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.do") == "in"
    page.keyboard.press("Enter")
    assert chart.locator(".z").count()
    page.locator(".zoom [data-do=reset]").click()
    assert not chart.locator(".z").count() and seen.errors == []


def test_the_values_told_are_those_of_the_log(seen: Watched) -> None:
    page = seen.page
    run = next(r for r in json.loads(page.locator("#data").inner_text())["runs"] if r["name"] == "healthy")
    logged = dict(zip(*run["curves"]["validation"], strict=True))
    card = _card(page, "healthy")
    card.locator("figure:visible").focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    lines = page.locator("#tip").inner_text().split("\n")
    step = int(lines[0].split()[-1])
    assert step == 11 and len(lines) == 4
    told = [float(line.split()[-1]) for line in lines[1:]]
    assert told[1] == pytest.approx(logged[step], rel=5e-3)
    assert told[2] == pytest.approx(0.1 * 0.97**11, rel=5e-3)


def test_a_run_without_a_finite_value_can_be_pointed_at(seen: Watched) -> None:
    chart = _card(seen.page, "broken").locator("figure:visible .chart")
    _drag(seen.page, chart, 0.6, 0.75)
    chart.dblclick()
    assert seen.errors == []


def test_without_scripts_no_control_is_shown(url: str, open_page: Open) -> None:
    page = open_page(url, java_script_enabled=False).page
    assert not page.locator(".zoom").count() and not page.locator("figure[tabindex]").count()
    assert page.locator(".card .wide svg.chart text.s0").first.is_visible()


def test_touch_scrolls_and_zooms_by_button(url: str, open_page: Open) -> None:
    page = open_page(url, viewport={"width": 360, "height": 740}, has_touch=True).page
    card = _card(page, "overfit")
    card.locator("figure:visible").tap()
    page.locator(".zoom [data-do=in]").tap()
    assert card.locator(".chart .z").count()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_names_stay_on_zoom_with_the_values_at_the_edge(seen: Watched) -> None:
    page = seen.page
    card = _card(page, "overfit")
    chart = card.locator("figure:visible .chart")
    whole = chart.locator("text.e0").all_text_contents()
    _drag(page, chart, 0.2, 0.5)
    near = [t.text_content() or "" for t in chart.locator("text.e0").all()]
    assert all(t.is_visible() for t in chart.locator("text.e0").all())
    assert [t.split()[0] for t in near] == [t.split()[0] for t in whole] and near != whole
    inside = chart.evaluate("""svg => { const f = JSON.parse(svg.dataset.about).panels[0].frame;
      return [...svg.querySelectorAll('text.e0')].every(t => +t.getAttribute('x') > f[0] + f[2]
        && +t.getAttribute('y') > f[1] && +t.getAttribute('y') < f[1] + f[3] + 9); }""")
    assert inside
    chart.dblclick()
    assert chart.locator("text.e0").all_text_contents() == whole


def test_the_values_told_have_the_look_of_their_curves(seen: Watched) -> None:
    page = seen.page
    _card(page, "overfit").locator("figure:visible .chart").hover()
    assert page.locator("#tip .key.train").count() >= 1 and page.locator("#tip .key.validation").count() == 1
    colours = page.locator("#tip .key").evaluate_all("all => all.slice(0, 2).map(k => getComputedStyle(k).color)")
    assert len(set(colours)) == 2
