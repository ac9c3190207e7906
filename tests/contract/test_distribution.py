"""The distribution and the package have different names; each is written in one place, and a clash is noticed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from loganalyzer.model import distribution
from loganalyzer.model.version import VERSION

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def extras_that_errors_name() -> Iterator[str]:
    """The second argument of every call of ``needs_extra``."""
    for file in (ROOT / "loganalyzer").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "needs_extra":
                assert isinstance(node.args[1], ast.Constant), file
                yield node.args[1].value


def put(site: Path, name: str, package: str) -> Path:
    """Install a distribution that brings a package, as old installers note it."""
    info = site / f"{name.replace('-', '_')}-0.1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.2\n", encoding="utf-8")
    (info / "top_level.txt").write_text(f"{package}\n", encoding="utf-8")
    return site


def test_the_name_is_that_of_the_project() -> None:
    assert PROJECT["name"] == distribution.NAME
    assert PROJECT["scripts"] == {distribution.NAME: "loganalyzer.cli:main"}


def test_every_extra_that_an_error_names_exists() -> None:
    named = set(extras_that_errors_name())
    assert {"remote", "dask", "parquet"} <= named <= set(PROJECT["optional-dependencies"])


def test_the_changelog_begins_with_this_version() -> None:
    first = next(line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line[:3] == "## ")
    assert first.split()[1] == VERSION


@pytest.mark.parametrize(
    ("name", "package", "found"),
    [
        ("loganalyzer", "loganalyzer", ("loganalyzer",)),
        ("Log_Analyzer.NG", "loganalyzer", ("log-analyzer-ng",)),
        ("analyze-logs", "loganalyzer", ()),
        ("Analyze_Logs", "loganalyzer", ()),
        ("loganalyzer-lablog", "loganalyzer_lablog", ()),
        ("log-analyzer", "log_analyzer", ()),
    ],
)
def test_another_distribution_with_our_package_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, package: str, found: tuple[str, ...]
) -> None:
    monkeypatch.setattr(sys, "path", [str(put(tmp_path, name, package))])
    assert distribution.others() == found


@pytest.mark.parametrize(("lang", "words"), [("en", "is installed too"), ("ja", "もインストールされて")])
def test_version_says_what_is_in_its_way_only_if_asked(tmp_path: Path, lang: str, words: str) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(put(tmp_path, "loganalyzer", "loganalyzer")), str(ROOT)]),
    }

    def said(*options: str) -> subprocess.CompletedProcess[str]:
        call = [sys.executable, "-m", "loganalyzer", "--version", "--lang", lang, *options]
        return subprocess.run(call, env=environment, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8")

    assert (said().stdout, said().stderr) == (f"analyze-logs {VERSION}\n", "")
    verbose = said("-v")
    assert verbose.returncode == 0 and verbose.stdout.splitlines()[2] == str(ROOT / "loganalyzer")
    assert words in verbose.stderr and "pip uninstall loganalyzer" in verbose.stderr
