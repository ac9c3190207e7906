"""Charts as files: one SVG and one PNG for each run, under harmless names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import loganalyzer
from loganalyzer.messages import LANGUAGES
from loganalyzer.reports import figure_files


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_run_has_its_two_files_and_no_name_leads_elsewhere(tmp_path: Path, lang: str) -> None:
    names = ["..%2f..%2fetc", "a b", "a-b", "損失", "n" * 200]
    for name in names:
        (tmp_path / "runs" / name).mkdir(parents=True)
        rows = [f"{e},{v:.5f}" for e, v in enumerate(np.exp(-np.arange(30) / 5) + 0.1)]
        (tmp_path / "runs" / name / "log.csv").write_text("epoch,loss\n" + "\n".join(rows) + "\n")
    written = list(figure_files.write(loganalyzer.analyze(tmp_path / "runs"), tmp_path / "out", lang))  # type: ignore[arg-type]
    assert len(written) == len(set(written)) == 2 * len(names)
    assert sorted(tmp_path.glob("out/*")) == sorted(written)
    assert all(p.read_bytes()[:4] == b"\x89PNG" for p in written if p.suffix == ".png")
    assert all("<svg" in p.read_text(encoding="utf-8") for p in written if p.suffix == ".svg")


def test_same_run_same_bytes(tmp_path: Path) -> None:
    report = loganalyzer.analyze(Path(__file__).resolve().parents[2] / "sample_runs" / "converged-cosine")
    first, second = ([p.read_bytes() for p in figure_files.write(report, tmp_path / n, "en")] for n in "ab")
    assert first == second
