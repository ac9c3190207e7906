"""The HTML part in a real Chromium: two widths, both languages, images on and off, light and dark."""

from __future__ import annotations

import base64
import datetime
import re
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

import loganalyzer
from loganalyzer.config.load import load
from loganalyzer.gate.judge import judge
from loganalyzer.messages import LANGUAGES
from loganalyzer.reports import mail

SAMPLES = Path(__file__).parents[2] / "sample_runs"
CHOSEN = ["diverging-nan", "overfitting-severe", "plateau-stalled", "converged-plain", "lr-sweep"]
LOOKS = [(640, "light"), (640, "dark"), (360, "light"), (360, "dark")]
# every element with text of its own, its colour and the nearest background behind it
COLOURS = """() => [...document.querySelectorAll('td, span')].filter(
  e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).map(e => {
  let b = e; while (b && getComputedStyle(b).backgroundColor === 'rgba(0, 0, 0, 0)') b = b.parentElement;
  return [e.className, getComputedStyle(e).color, getComputedStyle(b).backgroundColor, parseFloat(getComputedStyle(e).fontSize)];
})"""


@pytest.fixture(scope="module")
def report() -> loganalyzer.Report:
    return loganalyzer.analyze([SAMPLES / name for name in CHOSEN])


@pytest.fixture(scope="module", params=list(LANGUAGES))
def lang(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(scope="module")
def parts(report: loganalyzer.Report, lang: Any) -> tuple[str, dict[str, bytes]]:
    """The HTML part and its pictures, as a mail reader finds them in the message."""
    settings = load(command_line={"fail-on": "diverging,overfitting"}, environment={})
    message = mail.build(
        report, judge(report, settings), to=["a@example.org"], sender="b@example.org", lang=lang, title="nightly",
        date=datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), attachment=mail.Attachment("<p>all</p>", "r/index.html"),
    )  # fmt: skip
    body = message.get_body(("html",))
    assert body is not None
    pictures = [p for p in message.walk() if p.get_content_type() == "image/png"]
    return body.get_content(), {p["Content-ID"].strip("<>"): p.get_content() for p in pictures}


def opened(
    browser: Browser, parts: tuple[str, dict[str, bytes]], width: int, scheme: Any, images: bool
) -> tuple[Page, list[str]]:
    """The part as a reader shows it: content ids replaced by the pictures, or left alone where images are off."""
    html, pictures = parts
    if images:
        html = re.sub(
            r"cid:([^\"]+)", lambda m: "data:image/png;base64," + base64.b64encode(pictures[m[1]]).decode(), html
        )
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html, wait_until="load")
    return page, [url for url in asked if not url.startswith(("data:", "cid:"))]


@pytest.mark.parametrize("images", [True, False])
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_it_fits_is_legible_and_fetches_nothing(
    browser: Browser, parts: tuple[str, dict[str, bytes]], width: int, scheme: Literal["light", "dark"], images: bool
) -> None:
    page, fetched = opened(browser, parts, width, scheme, images)
    try:
        assert fetched == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        right = page.evaluate(
            "Math.max(...[...document.querySelectorAll('td, img')].map(e => e.getBoundingClientRect().right))"
        )
        assert right <= width + 0.5
        told = page.evaluate(COLOURS)
        assert len(told) > 15
        for name, front, back, size in told:
            assert contrast(front, back) >= 4.5, (name, front, back)
            assert size >= 14, name
        charts = page.evaluate("[...document.images].map(i => [i.naturalWidth, i.clientWidth, i.clientHeight, i.alt])")
        assert len(charts) == len(parts[1]) >= 4
        for natural, shown, height, alternative in charts:
            assert natural == (600 if images else 0)
            assert len(alternative) > 30
            assert shown <= width - 36 and height > 40
            if images and width == 360:
                assert abs(height / shown - 240 / 600) < 0.02  # shrunk, not squeezed
    finally:
        page.close()


def test_with_images_off_the_alternative_text_is_on_the_page(
    browser: Browser, parts: tuple[str, dict[str, bytes]]
) -> None:
    page, _ = opened(browser, parts, 640, "light", images=False)
    try:
        seen = page.evaluate("""[...document.images].map(i => {
            const s = getComputedStyle(i); return [s.color, s.backgroundColor, parseFloat(s.fontSize), i.clientHeight] })""")
        for front, back, size, height in seen:
            assert contrast(front, back) >= 4.5 and size >= 14 and height >= 3 * size
    finally:
        page.close()


def contrast(front: str, back: str) -> float:
    """WCAG 2.2 contrast ratio of two CSS colours."""
    light, dark = sorted((luminance(front), luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of ``rgb(r, g, b)`` as WCAG 2.2 defines it."""
    parts = [int(float(x)) / 255 for x in re.findall(r"[\d.]+", colour)[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
