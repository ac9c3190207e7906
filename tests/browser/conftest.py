"""The report in a real Chromium. A missing browser is a failure, not a skip: `make test` installs one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

import loganalyzer
from loganalyzer.messages import LANGUAGES

HOSTILE = ["<script>window.hit=1</script>", '"><img src=x onerror="window.hit=1">', "cost_$5_$6", "_x", "\x1b[2Jesc", "b\u202eidi",
           "new\nline", "n" * 230, "it's", "{{7*7}}", "javascript:hit()"]  # fmt: skip


LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def problems(page: Page, levels: list[str], include: list[str] | None = None) -> list[tuple[str, str]]:
    """What axe finds wrong: the rule and the element, on the whole page or on what ``include`` selects.

    On the whole page, of what one template repeats two runs of each verdict (card and row) and four fixes are looked at:
    axe takes a second a card.
    """
    page.evaluate("""() => { const seen = {};
      for (const row of document.querySelectorAll('#table tbody tr')) {
        const verdict = row.dataset.verdict; seen[verdict] = (seen[verdict] || 0) + 1;
        if (seen[verdict] > 2) for (const e of [row, document.getElementById(
          decodeURIComponent(row.querySelector('.c-run a').hash.slice(1)))]) e.setAttribute('data-twin', ''); }
      document.querySelectorAll('.fix').forEach((e, i) => { if (i > 3) e.setAttribute('data-twin', ''); }); }""")
    context = {"include": [[s] for s in include]} if include else {"exclude": [["[data-twin]"]]}
    found = Axe().run(page, context, {"runOnly": levels, "resultTypes": ["violations"]}).response["violations"]
    return [(v["id"], v["nodes"][0]["html"][:200]) for v in found]


@dataclass
class Watched:
    """A page, and what it must not do."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def write_run(folder: Path, train: np.ndarray, validation: np.ndarray, **hp: float) -> None:
    folder.mkdir(parents=True)
    rows = [f"{e},{t:.6g},{v:.6g},{0.1 * 0.97**e:.4g}" for e, (t, v) in enumerate(zip(train, validation, strict=True))]
    (folder / "log.csv").write_text("epoch,loss,val_loss,lr\n" + "\n".join(rows) + "\n")
    (folder / "hparams.json").write_text(json.dumps(hp))


SWEEP = 4


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> loganalyzer.Report:
    root = tmp_path_factory.mktemp("browser") / "runs"
    rng, e = np.random.default_rng(5), np.arange(60)
    fall = 0.2 + 2 * np.exp(-e / 6)
    noise = lambda: 0.005 * rng.normal(size=60)  # noqa: E731
    write_run(root / "healthy", fall + noise(), fall + 0.05 + noise(), lr=0.01, seed=1)
    write_run(root / "other", 0.9 * fall + noise(), fall + 0.02 + noise(), lr=0.02, seed=1)
    write_run(root / "overfit", 2 * np.exp(-e / 8) + noise(), fall + 0.02 * np.maximum(0, e - 20) + noise(), lr=0.1)
    write_run(root / "broken", np.where(e > 30, np.nan, fall), np.where(e > 30, np.nan, fall), lr=1.0)
    for name in HOSTILE:
        write_run(Path(f"{root}/{name.replace('/', '_')}"), fall + noise(), fall + 0.05 + noise(), lr=0.01)
    for i, rate in enumerate((0.001, 0.01, 0.1, 1.0)):
        level = fall * (1 + 0.3 * abs(i - 1)) if rate < 1 else np.where(e > 10, np.nan, fall)
        write_run(
            root / "sweep" / f"lr-{rate}",
            level + noise(),
            level + 0.05 + noise(),
            lr=rate,
            batch_size=32,
            **{HOSTILE[0]: i % 2},
        )
    (root / "empty.csv").write_text("")
    (root / "species.csv").write_text("width,species\n" + "1.2,setosa\n" * 60)
    return loganalyzer.analyze(root)


@pytest.fixture(scope="session", params=list(LANGUAGES))
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def url(report: loganalyzer.Report, lang: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp(f"page-{lang}") / "index.html"
    path.write_text(report.to_html(lang), encoding="utf-8")  # type: ignore[arg-type]
    return path.as_uri()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Watched]]:
    opened = []

    def open_it(url: str, **context: object) -> Watched:
        page = browser.new_page(**{"viewport": {"width": 1280, "height": 800}, **context})  # type: ignore[arg-type]
        watched = Watched(page)
        page.on("console", lambda m: watched.errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: watched.errors.append(str(e)))
        page.on("request", lambda r: watched.requests.append(r.url) if not r.url.startswith("file:") else None)
        page.goto(url)
        opened.append(page)
        return watched

    yield open_it
    for page in opened:
        page.close()
