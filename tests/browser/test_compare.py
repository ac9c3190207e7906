"""Runs side by side: the comparison of chosen runs, and the section on sweeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import HOSTILE, LEVELS, SWEEP, Watched, problems

Open = Callable[..., Watched]


def _pick(page: Page, name: str) -> Locator:
    return page.locator("#table tr", has=page.locator(".c-run", has_text=name)).locator(".pick").first


def _rows(page: Page) -> dict[str, list[str]]:
    rows = page.locator("#differences tbody tr").all()
    return {r.locator("th").inner_text(): r.locator("td").all_inner_texts() for r in rows}


def test_two_runs_overlaid_with_what_differs(url: str, open_page: Open) -> None:
    seen = open_page(url)
    page = seen.page
    assert page.locator("#compare").is_disabled()
    for name in ("healthy", "other"):
        _pick(page, name).check()
    page.locator("#compare").click()
    assert page.locator("#overlay polyline").count() == 2
    rows = _rows(page)
    assert sorted(rows["lr"]) == ["0.01", "0.02"]
    assert "seed" not in rows and "seed = 1" in page.locator("#differences .hint").inner_text()
    names = page.locator("#overlay svg").get_attribute("aria-label") or ""
    assert "healthy" in names and "other" in names and any(c.isdigit() for c in names)
    before = page.locator("#overlay polyline").first.get_attribute("points")
    page.select_option("#which", "train")
    assert page.locator("#overlay polyline").first.get_attribute("points") != before
    drawn = page.locator("#overlay polyline").first.get_attribute("points")
    page.locator("#logscale").press("Enter")
    assert page.locator("#logscale").get_attribute("aria-pressed") == "true"
    assert page.locator("#overlay polyline").first.get_attribute("points") != drawn
    assert page.locator("#overlay polyline").count() == 2 and seen.errors == [] and seen.requests == []


def test_runs_of_unequal_length_are_aligned_by_fraction(url: str, open_page: Open) -> None:
    page = open_page(url).page
    for name in ("healthy", "overfit"):
        _pick(page, name).check()
    page.locator("#compare").click()
    assert page.locator("#align").input_value() == "step"
    page.select_option("#align", "fraction")
    assert "100 %" in page.locator("#overlay").inner_text()
    drawn = [line.get_attribute("points") or "" for line in page.locator("#overlay polyline").all()]
    ends = [points.split()[-1].split(",")[0] for points in drawn]
    assert len(set(ends)) == 1


def test_a_comparison_can_be_sent_as_an_address(url: str, open_page: Open) -> None:
    page = open_page(url).page
    for name in ("healthy", "overfit", "other"):
        _pick(page, name).check()
    page.locator("#compare").click()
    page.select_option("#which", "train")
    page.locator("#logscale").click()
    again = open_page(page.url).page
    assert again.locator("#overlay polyline").count() == 3
    assert again.locator("#logscale[aria-pressed=true]").count() and again.locator("#which").input_value() == "train"


def test_twelve_at_most_each_with_a_look_of_its_own_and_a_run_without_values(url: str, open_page: Open) -> None:
    seen = open_page(url)
    page = seen.page
    _pick(page, "broken").check()
    for box in page.locator(".pick").all():
        if box.is_enabled() and not box.is_checked():
            box.check()
    assert page.locator(".pick:checked").count() == 12
    page.locator("#compare").click()
    assert page.locator("#differences thead th").count() == 13
    looks = page.locator("#differences thead path").evaluate_all(
        "all => all.map(p => p.getAttribute('style') + p.getAttribute('stroke-dasharray'))"
    )
    assert len(set(looks)) == 12 and seen.errors == []


def _sweep(page: Page) -> None:
    for rate in ("1.0", "0.1", "0.01", "0.001"):
        page.locator("#table tr", has=page.locator(f".c-run a:text-is('sweep/lr-{rate}')")).locator(".pick").check()
    page.locator("#compare").click()


def test_runs_stand_in_the_order_of_the_setting_that_varies(url: str, open_page: Open) -> None:
    page = open_page(url).page
    _sweep(page)
    assert _rows(page)["lr"] == ["0.001", "0.01", "0.1", "1.0"] or _rows(page)["lr"] == ["0.001", "0.01", "0.1", "1"]
    assert "lr" in page.locator("#overlay .hint").inner_text()


def test_each_best_value_is_marked_and_values_are_told_at_the_pointer(url: str, open_page: Open) -> None:
    seen = open_page(url)
    page = seen.page
    for name in ("healthy", "overfit"):
        _pick(page, name).check()
    page.locator("#compare").click()
    assert page.locator("#overlay circle.best").count() == 2
    on_line = page.evaluate("""() => [...document.querySelectorAll('#overlay circle.best')].every((c, i) => {
      const x = +c.getAttribute('cx'), y = +c.getAttribute('cy');
      return [...document.querySelectorAll('#overlay polyline')].some(l => l.getAttribute('points').split(' ')
        .map(p => p.split(',').map(Number)).some(p => Math.abs(p[0] - x) < .6 && Math.abs(p[1] - y) < .6)); })""")
    assert on_line, "the mark is on the log's own point"
    page.locator("#overlay svg").hover()
    told = page.locator("#tip").inner_text().split("\n")
    assert len(told) == 3 and all(any(c.isdigit() for c in line) for line in told)
    assert sum("healthy" in line or "overfit" in line for line in told) == 2
    page.locator("h1").hover()
    assert not page.locator("#tip").is_visible() and seen.errors == []


def test_one_run_that_exploded_does_not_flatten_the_others(url: str, open_page: Open) -> None:
    page = open_page(url).page
    page.evaluate("""() => { const e = document.querySelector('#data'), d = JSON.parse(e.textContent);
      window.runs = d.runs.filter(r => ['healthy', 'other', 'overfit'].includes(r.name)); window.said = d.text;
      const wild = JSON.parse(JSON.stringify(window.runs[0])); wild.name = 'wild';
      for (const c of Object.values(wild.curves)) c[1] = c[1].map((v, k) => k > 20 ? 1e31 * k : v); window.runs.push(wild); }""")
    reach = page.evaluate("""() => { compared(window.runs, window.said, { which: 'validation', log: false });
      return [...document.querySelectorAll('#overlay polyline')].slice(0, 3).map(l => { const ys =
        l.getAttribute('points').split(' ').map(p => +p.split(',')[1]); return Math.max(...ys) - Math.min(...ys); }); }""")
    assert min(reach) > 100, "each of the others uses the height of the picture"
    assert page.locator("#overlay .hint").count() == 1 or page.locator("#overlay .hint").text_content()


def test_hostile_names_and_settings_stay_text(url: str, open_page: Open) -> None:
    seen = open_page(url)
    page = seen.page
    for name in ("onerror", "window.hit=1", "cost_$5", "esc"):
        _pick(page, name).check()
    page.locator("#compare").click()
    for figure in page.locator(".card figure:visible").all()[:4]:
        figure.evaluate("f => { f.closest('details').open = true; f.focus(); }")
        page.keyboard.press("ArrowRight")
    page.locator("#sweeps details summary").first.click()
    assert HOSTILE[0] in page.locator("#sweeps thead").first.inner_text()
    assert page.evaluate("window.hit") is None and not page.locator("main img").count()
    assert len(page.locator("script").all()) == 2 and seen.errors == [] and seen.requests == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360)])
def test_comparison_sweeps_and_zoom_are_accessible(url: str, open_page: Open, scheme: str, width: int) -> None:
    page = open_page(url, color_scheme=scheme, viewport={"width": width, "height": 900}).page
    page.evaluate("document.querySelectorAll('.card > details, #sweeps details').forEach(d => { d.open = true; })")
    if width > 760:
        for name in ("healthy", "overfit"):
            _pick(page, name).check()
        page.locator("#compare").click()
    page.locator(".card figure:visible").first.focus()
    page.keyboard.press("+")
    card = page.locator(".card").first.get_attribute("id")
    parts = ["#sweeps", f"[id='{card}']", ".top", ".tools", *(["#comparison"] if width > 760 else [])]
    assert problems(page, [*LEVELS, "best-practice"], parts) == []


def test_the_sweep_is_plotted_told_and_tabled(url: str, open_page: Open) -> None:
    page = open_page(url).page
    group = page.locator(".group").first
    plot = group.locator("svg.sweep[aria-label*=lr]").first
    assert plot.locator(".good").count() == SWEEP - 1 and plot.locator(".bad").count() == 1
    assert plot.locator(".best").count() == 1
    told = plot.get_attribute("aria-label") or ""
    assert told.index("0.01 →") < told.index("0.001 →"), "the best first"
    group.locator("summary").click()
    link = group.locator("tbody a").first
    assert "0.01" in link.inner_text()
    link.click()
    assert page.locator(link.get_attribute("href") or "").locator("details").first.evaluate("d => d.open")


def test_a_point_of_a_plot_leads_to_its_run(url: str, open_page: Open) -> None:
    page = open_page(url).page
    point = page.locator("svg.sweep .good").first
    run = point.get_attribute("data-run")
    point.click()
    page.wait_for_function("id => document.getElementById(id).querySelector('details').open", arg=run)
    assert page.url.endswith(f"#{run}")


def test_without_scripts_the_sweep_is_there(url: str, open_page: Open) -> None:
    page = open_page(url, java_script_enabled=False).page
    assert page.locator("svg.sweep").first.is_visible() and not page.locator("#comparison").is_visible()
