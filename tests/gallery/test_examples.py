"""The gallery in reports/examples is what today's code makes of sample_runs; every sample gets its verdict."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Literal

import pytest

import loganalyzer

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_runs"
INFOS = sorted(p for p in SAMPLES.rglob("info.toml"))


@pytest.fixture(scope="module")
def report() -> loganalyzer.Report:
    here = Path.cwd()
    os.chdir(ROOT)  # the page names the folder that was analysed, as `make examples` does
    try:
        return loganalyzer.analyze("sample_runs")
    finally:
        os.chdir(here)


def test_there_are_samples() -> None:
    assert len(INFOS) >= 14


@pytest.mark.parametrize("info", INFOS, ids=lambda p: p.parent.relative_to(SAMPLES).as_posix())
def test_every_sample_gets_the_verdict_that_it_was_made_for(info: Path, report: loganalyzer.Report) -> None:
    expected = tomllib.loads(info.read_text(encoding="utf-8"))["expected"]
    name = info.parent.relative_to(SAMPLES).as_posix()
    verdicts = {run.id: str(run.verdict) for run in report.runs if run.id == name or run.id.startswith(f"{name}/")}
    assert verdicts, f"{name} was not read: {[u for u in report.unread if u.file.startswith(name)]}"
    assert all(v in expected for v in verdicts.values()), (verdicts, expected)


def test_nothing_in_the_samples_is_unread(report: loganalyzer.Report) -> None:
    assert [u.file for u in report.unread if not u.expected] == []


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_gallery_is_fresh(report: loganalyzer.Report, lang: Literal["en", "ja"]) -> None:
    page = ROOT / "reports" / "examples" / lang / "index.html"
    assert page.read_text(encoding="utf-8") == report.to_html(lang), "run `make examples`, look at it, commit it"
