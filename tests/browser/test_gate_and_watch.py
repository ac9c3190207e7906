"""The gate's result below the headline, a filter whose key no run has, and the page of runs that are watched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import loganalyzer
from loganalyzer.config.load import load
from loganalyzer.gate.judge import judge
from loganalyzer.messages import Lang
from loganalyzer.model.watched import Watched
from tests.browser.conftest import LEVELS, problems

Open = Callable[..., Any]


@pytest.fixture
def page_of(tmp_path: Path, report: loganalyzer.Report, lang: Lang) -> Callable[..., Path]:
    """Write the report as a page, with the gate's result on it."""

    def write(**changes: object) -> Path:
        result = judge(report, load(command_line={"fail-on": "diverging"}, environment={}))
        path = tmp_path / "index.html"
        path.write_text(replace(report, **changes).to_html(lang, gate=result), encoding="utf-8")  # type: ignore[arg-type]
        return path

    return write


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_gate_stands_below_the_headline(
    page_of: Callable[..., Path], open_page: Open, lang: Lang, width: int, scheme: str
) -> None:
    seen = open_page(page_of().as_uri(), viewport={"width": width, "height": 800}, color_scheme=scheme)
    gate = seen.page.locator(".gate")
    assert gate.locator("p").inner_text().startswith(("✗ Gate failed: 2 runs", "✗ ゲート不合格：2件の実行"))
    assert seen.page.locator("h1").bounding_box()["y"] < gate.bounding_box()["y"] < 800
    assert gate.locator(".told").count() == 4, "what was found and what to do next, of two failures"
    gate.locator("summary").click()
    assert gate.locator(".copy").get_attribute("data-copy") == gate.locator("pre").inner_text()
    assert gate.locator("pre").inner_text().startswith("[[ignore]]\nrule = ")
    gate.locator("a").first.click()
    assert seen.page.locator(".card:target").count() == 1, "a reason leads to its run"
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert not seen.errors and not problems(seen.page, LEVELS, [".gate"])


def test_a_key_that_no_run_has_is_named_with_those_that_there_are(
    page_of: Callable[..., Path], open_page: Open, lang: Lang
) -> None:
    seen = open_page(page_of().as_uri())
    seen.page.fill("#filter", "<b>lrr</b>:2")
    unknown = seen.page.locator("#unknown")
    assert "<b" in unknown.inner_text() and "verdict" in unknown.inner_text() and "lr" in unknown.inner_text()
    shown = "#table tbody tr:visible"
    seen.page.fill("#filter", "lr>=0.1")
    expected = seen.page.locator(shown).count()
    for query in ("learning_rate>=0.1", "学習率>=0.1"):
        seen.page.fill("#filter", query)
        assert seen.page.locator(shown).count() == expected > 0
    seen.page.fill("#filter", "判定:発散" if lang == "ja" else "判定:diverging")
    assert seen.page.locator(shown).count() == 2 and not seen.errors


def test_a_watched_page_reloads_itself_where_it_was_asked_to(
    page_of: Callable[..., Path], open_page: Open, lang: Lang
) -> None:
    path = page_of(watched=Watched("2026-11-28 19:00:00", ("healthy",)))
    seen = open_page(path.as_uri())
    seen.page.clock.install()
    seen.page.goto(path.as_uri() + "#watch")
    notice = seen.page.locator(".watched")
    assert "19:00:00" in notice.inner_text() and "healthy" in notice.inner_text()
    page_of(watched=Watched("2026-11-28 19:00:05", ()))
    with seen.page.expect_event("load"):
        seen.page.clock.run_for(5_100)
    assert "19:00:05" in notice.inner_text() and "healthy" not in notice.inner_text() and not seen.errors


def test_a_watched_page_stays_as_it_is_until_somebody_asks(
    page_of: Callable[..., Path], open_page: Open, lang: Lang
) -> None:
    path = page_of(watched=Watched("2026-11-28 19:00:00", ()))
    seen = open_page(path.as_uri())
    seen.page.clock.install()
    seen.page.goto(path.as_uri())
    page_of(watched=Watched("2026-11-28 19:00:05", ()))
    seen.page.clock.run_for(60_000)
    assert "19:00:00" in seen.page.locator(".watched").inner_text()
    seen.page.locator(".watched a").click()
    with seen.page.expect_event("load"):
        seen.page.clock.run_for(5_100)
    assert "19:00:05" in seen.page.locator(".watched").inner_text()
