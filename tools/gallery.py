#!/usr/bin/env python3
"""The gallery in ``reports/examples``: the report of the sample runs in every language, the same bytes on every day."""

from __future__ import annotations

import os
from pathlib import Path

import loganalyzer
from loganalyzer.messages import LANGUAGES

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Write ``index.html`` of each language."""
    os.chdir(ROOT)
    report = loganalyzer.analyze("sample_runs")
    for lang in LANGUAGES:
        page = ROOT / "reports" / "examples" / lang / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(report.to_html(lang), encoding="utf-8")


if __name__ == "__main__":
    main()
