#!/usr/bin/env python3
"""Size and building time of the mail for 10, 100 and 1000 runs, both languages -> benchmarks/mail.md."""

from __future__ import annotations

import datetime
import os
import platform
import sys
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import loganalyzer
from benchmarks.report import write_runs
from loganalyzer.config.load import load
from loganalyzer.gate.judge import judge
from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.reports import mail

HERE = Path(__file__).parent
COUNTS = (10, 100, 1000)
HTML_LIMIT, CHART_LIMIT, CLIPPED = 80_000, 20_000, 102_000
DATE = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)


def built(report: loganalyzer.Report, lang: Lang) -> EmailMessage:
    """The mail that a failing gate sends, without the attached report."""
    judged = judge(report, load(command_line={"fail-on": "diverging,overfitting"}, environment={}))
    return mail.build(
        report, judged, to=["a@example.org"], sender="b@example.org", lang=lang, title="nightly", date=DATE
    )


def measured(count: int, lang: Lang, report: loganalyzer.Report) -> tuple[str, bool]:
    """A row of the table, and whether all limits hold; HTML counted encoded, as it travels."""
    start = time.perf_counter()
    message = built(report, lang)
    seconds = time.perf_counter() - start
    part = message.get_body(("html",))
    assert part is not None
    html = len(part.as_bytes())
    charts = [len(p.get_content()) for p in message.walk() if p.get_content_type() == "image/png"]
    row = f"| {count} | {lang} | {html / 1000:.1f} | {len(charts)} | {max(charts) / 1000:.1f} | "
    row += f"{len(message.as_bytes()) / 1000:.0f} | {len(message['Subject'])} | {seconds:.2f} |"
    return row, html <= HTML_LIMIT and max(charts) <= CHART_LIMIT and len(message["Subject"]) <= 120


def main() -> int:
    """Measure and write the page; 1 if a limit does not hold."""
    rows, held = [], True
    for count in COUNTS:
        with tempfile.TemporaryDirectory() as folder:
            write_runs(Path(folder), count)
            report = loganalyzer.analyze(folder)
            for lang in LANGUAGES:
                row, fits = measured(count, lang, report)
                rows.append(row)
                held = held and fits
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    page = [
        "# The mail: size and time", "",
        f"Made by `python benchmarks/mail.py`. Machine: {machine}. 60 epochs x 4 series per run, half of the runs sick; the",
        f"report is not attached. Limits: HTML part {HTML_LIMIT // 1000} KB encoded (Gmail clips near {CLIPPED // 1000} KB), "
        f"a chart {CHART_LIMIT // 1000} KB, subject 120 characters.", "",
        "| runs | language | HTML part (KB) | charts | largest chart (KB) | whole message (KB) | subject | built in (s) |",
        "|--:|---|--:|--:|--:|--:|--:|--:|", *rows, "",
        "All within their limits." if held else "**A limit does not hold.**",
    ]  # fmt: skip
    (HERE / "mail.md").write_text("\n".join(page) + "\n", encoding="utf-8")
    print("\n".join(page))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
