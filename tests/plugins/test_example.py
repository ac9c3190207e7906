"""The example plugin, installed by pip and used by the command."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.plugins.conftest import ROOT, Run, with_plugins

SENTENCES = {"en": "stands alone: around it the values are about", "ja": "だけが突出しています。前後の値は約"}
FIXES = {"en": "the median of the five evaluations around it", "ja": "前後を含む5回の評価の中央値"}
PAGES = {"en": ("Lucky best", "the luck is gone"), "ja": ("偶然の最良値", "偶然の分は失われます")}


@pytest.fixture(scope="module")
def analyze_logs(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(ROOT / "examples" / "plugin", folder / "source")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", folder / "site", folder / "source"], check=True)
    return with_plugins(folder / "site")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose best validation value is luck, one of whose lines is damaged and the last one torn."""
    folder = tmp_path_factory.mktemp("logs")
    rng = np.random.default_rng(3)
    fall = np.exp(-np.linspace(0, 1, 60) / 0.15)
    train, val = fall + 0.01 * rng.standard_normal(60), 0.3 + fall + 0.01 * rng.standard_normal(60)
    val[50] = 0.1
    lines = [f"{i} train_loss {train[i]:.6f}\n{i} val_loss {val[i]:.6f}\n" for i in range(60)]
    lines[20] += "no point\n"
    (folder / "swan.lablog").write_text("LABLOG 1\n" + "".join(lines) + "60 val_loss 0.0", encoding="utf-8")
    return folder


@pytest.mark.parametrize("lang", SENTENCES)
def test_the_reader_reads_and_the_rule_speaks(analyze_logs: Run, logs: Path, lang: str) -> None:
    done = analyze_logs(logs, "--json", "-", "--no-html", "--lang", lang)
    assert done.returncode == 0 and not done.stderr, done.stderr
    [run] = json.loads(done.stdout)["runs"]
    assert (run["reader"], run["points"], run["step_unit"]) == ("lablog", 120, "epoch")
    assert len(run["notes"]) == 1, "one damaged line; the torn one may still be written"
    [finding] = [f for f in run["findings"] if f["rule"] == "lucky-best"]
    assert SENTENCES[lang] in finding["message"]
    assert finding["numbers"]["at"] == 50
    assert FIXES[lang] in finding["fixes"][0]["text"]
    assert finding["fixes"][1]["id"] == "more-validation-data", "a fix of ours"


@pytest.mark.parametrize("lang", PAGES)
def test_the_rule_is_explained_and_listed(analyze_logs: Run, lang: str) -> None:
    title, why = PAGES[lang]
    page = analyze_logs("--explain", "lucky-best", "-v", "--lang", lang)
    assert not page.stderr and why in page.stdout and "z = 6.0" in page.stdout
    assert f"{title}" in analyze_logs("--list", "rules", "--lang", lang).stdout
    assert (
        f"LABLOG {'files' if lang == 'en' else 'ファイル'}\n"
        in analyze_logs("--list", "readers", "--lang", lang).stdout
    )


@pytest.mark.parametrize("lang", SENTENCES)
def test_it_is_in_every_report(analyze_logs: Run, logs: Path, tmp_path: Path, lang: str) -> None:
    done = analyze_logs(
        logs, "-o", tmp_path / "out", "--lang", lang, "--fail-on", "warning", "--markdown", tmp_path / "r.md",
        "--sarif", tmp_path / "r.sarif", "--junit", tmp_path / "r.xml",
    )  # fmt: skip
    assert done.returncode == 1 and not done.stderr, done.stderr
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert SENTENCES[lang] in page and FIXES[lang] in page
    assert "lucky-best" in (tmp_path / "r.sarif").read_text("utf-8")


def test_its_limits_are_set_like_those_of_any_rule(analyze_logs: Run, logs: Path, tmp_path: Path) -> None:
    (tmp_path / "loganalyzer.toml").write_text("[limits.lucky-best]\nz = 40.0\n", encoding="utf-8")
    done = analyze_logs(logs, "--json", "-", "--no-html", cwd=tmp_path)
    assert "lucky-best" in json.loads(done.stdout)["runs"][0]["checked"]["pass"]
    (tmp_path / "loganalyzer.toml").write_text("[limits.lucky-best]\nz = 1.0\n", encoding="utf-8")
    assert "outside 3.0 to 50.0" in analyze_logs(logs, cwd=tmp_path).stderr


@pytest.mark.parametrize("lang", SENTENCES)
def test_the_output_is_written(analyze_logs: Run, logs: Path, lang: str) -> None:
    done = analyze_logs(logs, "--verdict-csv", "-", "--no-html", "--lang", lang)
    assert done.returncode == 0 and not done.stderr, done.stderr
    head, line = done.stdout.splitlines()
    assert head == "run,verdict,probability,headline"
    assert line.startswith("swan.lablog,converged," if lang == "en" else "swan.lablog,収束,"), line
    assert "--verdict-csv FILE|-" in analyze_logs("--help", "--lang", lang).stdout
