"""The other scale of a chart, linear or logarithmic: curves, marks, names and ticks move, the values told do not."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page

import loganalyzer
from loganalyzer.messages import LANGUAGES, Lang
from tests.browser.conftest import LEVELS, Watched, problems

Open = Callable[..., Watched]
EPOCHS = 60
SAID = {"en": "log scale", "ja": "対数目盛"}

# where everything of the first panel is, in the SVG's units
READ = """svg => {
  const about = JSON.parse(svg.dataset.about), all = s => [...svg.querySelectorAll(s)];
  const pairs = e => { const n = e.getAttribute("d").match(/-?[\\d.]+/g).map(Number);
    return n.flatMap((v, k) => k % 2 ? [] : [[v, n[k + 1]]]); };
  const shown = e => getComputedStyle(e).display !== "none", y = e => +e.getAttribute("y");
  const middle = e => e.style.textAnchor === "middle" || e.getAttribute("text-anchor") === "middle";
  const number = e => parseFloat(e.textContent.replace(",", ""));
  const bands = all("path.c0:not(.hv, .train, .validation)").map(e => pairs(e).map(p => p[1]));
  return {
    frame: about.panels[0].frame,
    curves: Object.fromEntries(all("path.c0.hv").map(e => [e.classList[1], pairs(e)])),
    dots: all("use.c0, .c0 use").map(y),
    bands: bands.map(v => [Math.min(...v), Math.max(...v)]),
    ends: Object.fromEntries(all("text.e0").map(e => [/--(\\w+)/.exec(e.style.fill)[1], y(e)])),
    uprights: all("path.v0").map(e => e.getAttribute("d")).join("|"),
    ticks: all("text.s0, .z text").filter(e => shown(e) && !middle(e)).map(e => [y(e) - 3, number(e)]),
    steps: all("text").filter(e => shown(e) && middle(e)).length,
    title: svg.querySelector(".t0").textContent };
}"""


@pytest.fixture(scope="module")
def runs() -> dict[str, dict[str, np.ndarray]]:
    """Losses of every sort: overfitting (a mark), swinging (a band), over many decades (drawn logarithmically), raw
    noise beside a smooth line, negative, and NaN on the way."""
    rng, e = np.random.default_rng(8), np.arange(EPOCHS)
    fall, noise = 0.2 + 2 * np.exp(-e / 6), 0.004 * rng.normal(size=EPOCHS)
    deep = 3 * np.exp(-e / 4)
    long = np.arange(600)
    return {
        "overfit": {"loss": 2 * np.exp(-e / 8) + 0.03, "val_loss": fall + 0.02 * np.maximum(0, e - 20) + noise},
        "swinging": {"loss": fall + 0.4 + 0.3 * np.sin(e * 1.1), "val_loss": fall + 0.5 + 0.3 * np.sin(e * 1.1)},
        "deep": {"loss": deep + 1e-5, "val_loss": 1.3 * deep + 2e-5},
        "noisy": {"loss": 0.3 + 2 * np.exp(-long / 60) * np.exp(0.1 * rng.normal(size=600))},
        "negative": {"loss": fall - 1 + noise, "val_loss": fall - 0.9 + noise},
        "level": {"loss": 2.3036 + 0.5 * noise, "val_loss": 2.3065 + 0.5 * noise},
        "dead": {"loss": np.full(EPOCHS, np.nan), "val_loss": np.full(EPOCHS, np.inf)},
        "broken": {"loss": np.where((e > 20) & (e < 25), np.nan, fall), "val_loss": fall + 0.05 + noise},
    }


@pytest.fixture(scope="module")
def pages(runs: dict[str, dict[str, np.ndarray]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    root: Path = tmp_path_factory.mktemp("scale")
    for name, columns in runs.items():
        (root / "runs" / name).mkdir(parents=True)
        rows = (
            f"{i}," + ",".join(f"{v:.7g}" for v in row) for i, row in enumerate(zip(*columns.values(), strict=True))
        )
        (root / "runs" / name / "log.csv").write_text(",".join(["epoch", *columns]) + "\n" + "\n".join(rows) + "\n")
    report, urls = loganalyzer.analyze(root / "runs"), {}
    for lang in LANGUAGES:
        path = root / f"{lang}.html"
        path.write_text(report.to_html(lang), encoding="utf-8")  # type: ignore[arg-type]
        urls[lang] = path.as_uri()
    return urls


def _card(page: Page, name: str) -> Locator:
    card = page.locator(".card", has=page.locator(".name", has_text=name)).first
    card.locator("details").first.evaluate("d => { d.open = true; }")
    return card


def _switch(page: Page, name: str) -> tuple[Locator, Locator]:
    """The chart of a run, in hand, and the button of its scale."""
    card = _card(page, name)
    card.locator("figure:visible").focus()
    return card.locator("figure:visible .chart"), page.locator(".zoom [data-do=log]")


def _value(read: dict[str, Any], y: float, log: bool) -> float:
    """The value at a height of the first panel, by two of its ticks."""
    (y0, v0), (y1, v1) = min(read["ticks"]), max(read["ticks"])
    share = (y - y0) / (y1 - y0)
    return float(v0 * (v1 / v0) ** share if log else v0 + share * (v1 - v0))


@pytest.mark.parametrize("name", ["overfit", "swinging", "deep", "noisy", "broken"])
def test_curves_follow_the_ticks_on_both_scales(
    pages: dict[str, str], runs: dict[str, dict[str, np.ndarray]], open_page: Open, name: str
) -> None:
    seen = open_page(pages["en"])
    chart, button = _switch(seen.page, name)
    drawn_log = button.get_attribute("aria-pressed") == "true"
    assert drawn_log == (name == "deep"), "the program chooses first: logarithmic above two decades"
    before = chart.evaluate(READ)
    for log in (not drawn_log, drawn_log):
        button.click()
        read = chart.evaluate(READ)
        assert button.get_attribute("aria-pressed") == str(log).lower()
        assert (SAID["en"] in read["title"]) is log
        for kind, column in (("train", "loss"), ("validation", "val_loss")):
            if column not in runs[name]:
                continue
            logged = runs[name][column]
            points = read["curves"][kind]
            width, left = read["frame"][2], read["frame"][0]
            reach = max(v for _, v in read["ticks"]) - min(v for _, v in read["ticks"])
            for x, y in points[:: max(1, len(points) // 20)]:
                step = round((x - left) / width * (len(logged) - 1))
                told = _value(read, y, log)
                assert told == pytest.approx(logged[step], rel=0.04 if log else 0, abs=0 if log else 0.02 * reach), (
                    name, kind, step, log,
                )  # fmt: skip
        top, high = read["frame"][1], read["frame"][3]
        heights = [y for line in read["curves"].values() for _, y in line]
        assert top - 0.1 <= min(heights) and max(heights) <= top + high + 0.1
        assert max(heights) - min(heights) > 0.75 * high, "the panel is used"
    assert chart.evaluate(READ) == before, "and back again"
    assert seen.errors == [] and seen.requests == []


def test_marks_bands_and_names_move_with_the_curves(pages: dict[str, str], open_page: Open) -> None:
    page = open_page(pages["en"]).page
    chart, button = _switch(page, "overfit")
    before = chart.evaluate(READ)
    button.click()
    after = chart.evaluate(READ)
    place = {round(y, 1): i for i, (_, y) in enumerate(before["curves"]["validation"])}
    index = min(place.items(), key=lambda p: abs(p[0] - before["dots"][0]))[1]
    assert after["dots"][0] != before["dots"][0]
    assert after["dots"][0] == pytest.approx(after["curves"]["validation"][index][1], abs=1.0)
    assert after["uprights"] == before["uprights"]
    assert after["steps"] == before["steps"] > 3, "the axis of steps stays"
    for kind, line in after["curves"].items():
        top, high = after["frame"][1], after["frame"][3]
        assert after["ends"][kind] == pytest.approx(min(max(line[-1][1], top + 16.7), top + high - 16.7) + 3, abs=9)
    assert abs(after["ends"]["train"] - after["ends"]["validation"]) > 16
    chart, button = _switch(page, "swinging")
    before = chart.evaluate(READ)
    button.click()
    after = chart.evaluate(READ)
    assert len(before["bands"]) == 1
    for old, new in zip(before["bands"][0], after["bands"][0], strict=True):
        assert new != old
        assert _value(after, new, True) == pytest.approx(_value(before, old, False), rel=0.05)


def test_names_of_the_evidence_do_not_meet_the_longer_title(pages: dict[str, str], open_page: Open) -> None:
    for lang in LANGUAGES:
        page = open_page(pages[lang]).page
        for name in ("overfit", "swinging", "deep", "noisy", "broken"):
            chart, button = _switch(page, name)
            for _ in range(2):
                button.click()
                meeting = chart.evaluate("""svg => { const t = svg.querySelector('.t0').getBoundingClientRect();
                    return [...svg.querySelectorAll('text.v0')].filter(e => { const b = e.getBoundingClientRect();
                        return b.left < t.right && t.left < b.right && b.top < t.bottom - 2 && t.top < b.bottom - 2; })
                      .map(e => e.textContent); }""")
                assert meeting == [], (lang, name)


def test_the_values_told_stay_those_of_the_log(
    pages: dict[str, str], runs: dict[str, dict[str, np.ndarray]], open_page: Open
) -> None:
    page = open_page(pages["en"]).page
    for name in ("overfit", "deep"):
        _, button = _switch(page, name)
        for _ in range(2):
            button.click()
            figure = _card(page, name).locator("figure:visible")
            figure.focus()
            for _ in range(8):
                page.keyboard.press("ArrowRight")
            lines = page.locator("#tip").inner_text().split("\n")
            step = int(lines[0].split()[-1])
            told = [float(line.split()[-1]) for line in lines[1:3]]
            wanted = [runs[name][c][step] for c in ("loss", "val_loss")]
            assert told == pytest.approx(wanted, rel=0.01), (name, step)


def test_zoom_and_scale_work_together(pages: dict[str, str], open_page: Open) -> None:
    page = open_page(pages["en"]).page
    chart, button = _switch(page, "overfit")
    before = chart.evaluate(READ)
    page.locator(".zoom [data-do=in]").click()
    zoomed = chart.evaluate(READ)
    button.click()
    both = chart.evaluate(READ)
    assert both["curves"] != zoomed["curves"] and SAID["en"] in both["title"]
    inside = [(x, y) for x, y in both["curves"]["train"] if both["frame"][0] <= x <= sum(both["frame"][::2])]
    assert len(inside) > 10
    logs = [math.log(_value(both, y, True)) for _, y in inside]
    assert logs[0] > logs[-1]
    page.locator(".zoom [data-do=reset]").click()
    assert SAID["en"] in chart.evaluate(READ)["title"], "the whole run, still on the chosen scale"
    button.click()
    assert chart.evaluate(READ) == before


def test_a_curve_that_is_not_positive_has_no_switch(pages: dict[str, str], open_page: Open) -> None:
    seen = open_page(pages["en"])
    page = seen.page
    _, button = _switch(page, "negative")
    assert page.locator(".zoom").is_visible() and not button.is_visible()
    _, button = _switch(page, "overfit")
    assert button.is_visible()
    chart, button = _switch(page, "dead")
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    chart.hover()
    assert not button.is_visible() and seen.errors == [], "nothing finite at all"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_by_keyboard_in_both_languages_and_with_the_comparison_s_own_control(
    pages: dict[str, str], open_page: Open, lang: Lang
) -> None:
    page = open_page(pages[lang]).page
    _, button = _switch(page, "overfit")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.do") == "log":
            break
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true" and button.inner_text() == SAID[lang]
    page.keyboard.press("Space")
    assert button.get_attribute("aria-pressed") == "false"
    other = page.locator("#logscale")
    assert other.text_content() == SAID[lang] and other.get_attribute("class") == button.get_attribute("class")


def test_of_nearly_constant_values_enough_digits_are_told(
    pages: dict[str, str], runs: dict[str, dict[str, np.ndarray]], open_page: Open
) -> None:
    page = open_page(pages["en"]).page
    chart, button = _switch(page, "level")
    button.click()
    ticks = [value for _, value in chart.evaluate(READ)["ticks"]]
    assert len(set(ticks)) == len(ticks) > 2
    _card(page, "level").locator("figure:visible").focus()
    page.keyboard.press("ArrowRight")
    told = [float(line.split()[-1]) for line in page.locator("#tip").inner_text().split("\n")[1:3]]
    assert told == pytest.approx([runs["level"][c][0] for c in ("loss", "val_loss")], abs=2e-4)


def test_on_a_narrow_screen_the_name_of_the_evidence_is_in_sight(pages: dict[str, str], open_page: Open) -> None:
    page = open_page(pages["en"], viewport={"width": 390, "height": 800}).page
    card = page.locator(".card", has=page.locator(".name", has_text="overfit")).first
    card.locator("> details").evaluate("d => { d.open = false; }")
    card.locator("> details > summary").click()
    page.wait_for_timeout(200)
    figure, text = (
        card.locator("figure:visible").bounding_box(),
        card.locator(".phone text.v0", has_text="best").bounding_box(),
    )
    assert figure and text
    assert figure["x"] <= text["x"] and text["x"] + text["width"] <= figure["x"] + figure["width"]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_the_switch_is_accessible(pages: dict[str, str], open_page: Open, scheme: str, width: int) -> None:
    page = open_page(pages["en"], color_scheme=scheme, viewport={"width": width, "height": 800}).page
    _, button = _switch(page, "overfit")
    button.click()
    assert problems(page, [*LEVELS, "best-practice"], [".zoom"]) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
