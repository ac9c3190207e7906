#!/usr/bin/env python3
"""Pictures of the gallery for the README: first screen and one card in both languages, by headless Chromium."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

GALLERY = Path(__file__).resolve().parents[1] / "reports" / "examples"
FIRST_SCREEN = {"width": 1280, "height": 760}


def main() -> None:
    """Write ``first-screen-{en,ja}.png`` and ``card-{en,ja}.png`` into the gallery."""
    chromium = next(p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for lang in ("en", "ja"):
            page = browser.new_page(viewport=FIRST_SCREEN)  # type: ignore[arg-type]
            page.goto((GALLERY / lang / "index.html").as_uri())
            page.screenshot(path=GALLERY / f"first-screen-{lang}.png")
            card = page.locator(".card.v-overfitting").first
            page.set_viewport_size({"width": 1280, "height": 1900})
            if not card.evaluate("card => card.open"):
                card.locator("summary").first.click()
            card.scroll_into_view_if_needed()
            card.screenshot(path=GALLERY / f"card-{lang}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
