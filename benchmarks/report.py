#!/usr/bin/env python3
"""The HTML report of 10, 100 and 1000 runs: size, time to make, to open, to filter -> benchmarks/report.md."""

from __future__ import annotations

import argparse
import math
import os
import platform
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import loganalyzer

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Limits:
    """The most that is allowed: bytes of the page, CPU seconds of one core to judge the runs and make it, seconds to open it
    and for a key of its filter."""

    size: float
    made: float = math.inf
    opened: float = math.inf
    key: float = math.inf


LIMITS = {10: Limits(0.6e6), 100: Limits(3.2e6), 1000: Limits(6e6, 15.0, 1.0, 0.1)}
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


KEYS = ("r", "ru", "run", "run-", "run-0", "run-09", "run-0", "run-", "", "verdict:diverging", "lr>0.01", "")
"""What is typed into the filter, as it grows and is taken back."""
TYPED = """async keys => { const box = document.querySelector('#filter'), times = [];
  for (const text of keys) {
    const begin = performance.now(); box.value = text; box.dispatchEvent(new Event('input', { bubbles: true }));
    document.body.offsetHeight; times.push(performance.now() - begin); await new Promise(r => requestAnimationFrame(r)); }
  return times; }"""
SETTLED = "() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"


@dataclass(frozen=True)
class Opened:
    """A page in headless Chromium, the best of 5 (a busy machine only adds).

    Seconds to the first paint, until it is loaded and its script has run, for a key of the filter with the layout that
    follows (the slowest of twelve); and its DOM nodes.
    """

    paint: float
    loaded: float
    key: float
    nodes: int


def opened(page: Path) -> Opened:
    """Open the page, and type into its filter."""
    from playwright.sync_api import sync_playwright

    chromium = next(p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n)))
    paint, loaded, keys, nodes = [], [], [], 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(5):
            tab = browser.new_page(viewport={"width": 1280, "height": 800})
            tab.goto(page.as_uri())
            tab.evaluate(SETTLED)
            tab.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0")
            paint.append(tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"))
            loaded.append(tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd / 1000"))
            keys.append(max(tab.evaluate(TYPED, list(KEYS))) / 1000)
            nodes = tab.evaluate("document.querySelectorAll('*').length")
            tab.close()
        browser.close()
    return Opened(min(paint), min(loaded), min(keys), nodes)


def _cpu() -> float:
    """CPU seconds of this process: what a busy machine does not change much."""
    return time.process_time()


def _allowed(limit: float) -> str:
    return "–" if math.isinf(limit) else f"{limit:g}"


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--counts", type=int, nargs="*", default=sorted(LIMITS))
    lines = [
        "# The report: size and time", "", "Made by `python benchmarks/report.py`. "
        f"Machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}. "
        f"Load average at the start: {os.getloadavg()[0]:.1f}. "
        "60 epochs x 4 series per run, half of the runs sick; judged by one process.", "",
        "| runs | verdicts (s) | page (s) | both, CPU s | allowed | size (MB) | allowed | first paint (s) | loaded (s) | allowed "
        "| a key of the filter (s) | allowed | DOM nodes |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    missed = 0
    for count in arguments.parse_args().counts:
        with tempfile.TemporaryDirectory() as folder:
            write_runs(Path(folder) / "runs", count)
            start, used = time.perf_counter(), _cpu()
            report = loganalyzer.analyze(Path(folder) / "runs", workers=1)
            judged = time.perf_counter() - start
            start = time.perf_counter()
            text = report.to_html()
            rendered, used = time.perf_counter() - start, _cpu() - used
            page = Path(folder) / "index.html"
            page.write_text(text, encoding="utf-8")
            seen = opened(page)
        size, most = len(text.encode()), LIMITS[count]
        missed += sum((size > most.size, used > most.made, seen.loaded > most.opened, seen.key > most.key))
        lines.append(
            f"| {count} | {judged:.2f} | {rendered:.2f} | {used:.1f} "
            f"| {_allowed(most.made)} | {size / 1e6:.2f} | {most.size / 1e6:.1f} "
            f"| {seen.paint:.2f} | {seen.loaded:.2f} | {_allowed(most.opened)} "
            f"| {seen.key:.3f} | {_allowed(most.key)} | {seen.nodes} |"
        )
        print(lines[-1], flush=True)
    lines += ["", "All within their limits." if not missed else f"{missed} figure(s) above their limit."]
    if ANCHORS.exists():
        lines += ["", ANCHORS.read_text(encoding="utf-8").rstrip()]
    (HERE / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return missed


if __name__ == "__main__":
    raise SystemExit(main())
