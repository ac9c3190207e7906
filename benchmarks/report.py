#!/usr/bin/env python3
"""Size, rendering time and painting time of the HTML report for 10, 100 and 1000 runs -> benchmarks/report.md."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

import loganalyzer

HERE = Path(__file__).parent
LIMITS = {10: (0.6e6, None, None), 100: (3e6, None, None), 1000: (8e6, 25.0, 1.0)}
ANCHORS = HERE / "report_anchors.md"
EPOCHS = 60


def write_runs(folder: Path, count: int) -> None:
    """``count`` CSV logs: half of them healthy, the others overfitting, diverging, oscillating or stuck."""
    rng, e = np.random.default_rng(count), np.arange(EPOCHS)
    for i in range(count):
        scale, noise = float(np.exp(rng.uniform(-1, 1))), 0.01 * rng.normal(size=EPOCHS)
        fall = 0.2 + 2 * np.exp(-e / rng.uniform(4, 9))
        train, held_out = fall + noise, fall + 0.05 + 0.01 * rng.normal(size=EPOCHS)
        kind = i % 8
        if kind == 1:
            held_out = held_out + 0.03 * np.maximum(0, e - 20)
        elif kind == 3:
            train = np.where(e > 40, train * 1.3 ** (e - 40), train)
        elif kind == 5:
            train = train + 0.5 * np.sin(e)
        elif kind == 7:
            train, held_out = 2.303 + noise, 2.303 + 0.005 * rng.normal(size=EPOCHS)
        path = folder / f"sweep-{i // 100}" / f"run-{i:04d}"
        path.mkdir(parents=True)
        rows = (
            f"{a},{scale * b:.6g},{scale * c:.6g},{0.1 * 0.97**a:.4g},{1 - b / 3:.4f}"
            for a, b, c in zip(e, train, held_out, strict=True)
        )
        (path / "log.csv").write_text("epoch,loss,val_loss,lr,val_accuracy\n" + "\n".join(rows) + "\n")


def painted(page: Path) -> tuple[float, int]:
    """Seconds from navigation to the first contentful paint in headless Chromium (median of 3), and DOM nodes."""
    from playwright.sync_api import sync_playwright

    chromium = next(p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n)))
    times = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(3):
            tab = browser.new_page(viewport={"width": 1280, "height": 800})
            tab.goto(page.as_uri())
            tab.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
            times.append(tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"))
            nodes = tab.evaluate("document.querySelectorAll('*').length")
            tab.close()
        browser.close()
    return float(np.median(times)), int(nodes)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--counts", type=int, nargs="*", default=sorted(LIMITS))
    lines = [
        "# The report: size and time", "", "Made by `python benchmarks/report.py`. "
        f"Machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}. "
        f"Load average at the start: {os.getloadavg()[0]:.1f}. "
        "60 epochs x 4 series per run, half of the runs sick.", "",
        "| runs | verdicts (s) | page (s) | size (MB) | allowed | first paint (s) | allowed | DOM nodes |",
        "|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    missed = 0
    for count in arguments.parse_args().counts:
        with tempfile.TemporaryDirectory() as folder:
            write_runs(Path(folder) / "runs", count)
            start = time.perf_counter()
            report = loganalyzer.analyze(Path(folder) / "runs", workers=None)
            judged = time.perf_counter() - start
            start = time.perf_counter()
            text = report.to_html()
            rendered = time.perf_counter() - start
            page = Path(folder) / "index.html"
            page.write_text(text, encoding="utf-8")
            paint, nodes = painted(page)
        size = len(text.encode())
        most, seconds, paint_limit = LIMITS.get(count, (None, None, None))
        missed += (
            bool(most and size > most)
            + bool(seconds and rendered > seconds)
            + bool(paint_limit and paint > paint_limit)
        )
        lines.append(
            f"| {count} | {judged:.2f} | {rendered:.2f}{f' (at most {seconds:.0f})' if seconds else ''} | {size / 1e6:.2f} | "
            f"{f'{most / 1e6:.1f}' if most else '–'} | {paint:.2f} | {f'{paint_limit:.0f}' if paint_limit else '–'} | {nodes} |"
        )
        print(lines[-1], flush=True)
    lines += ["", "All within their limits." if not missed else f"{missed} figure(s) above their limit."]
    if ANCHORS.exists():
        lines += ["", ANCHORS.read_text(encoding="utf-8").rstrip()]
    (HERE / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return missed


if __name__ == "__main__":
    raise SystemExit(main())
