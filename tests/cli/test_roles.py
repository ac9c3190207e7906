"""A glob of ``[roles]`` that matches nothing is most likely mistyped: it is told, wherever runs are judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.pipeline.options import Options
from tests.cli.conftest import Call

ROLES = '[roles]\n"los" = "train"\n"val_*" = "validation"\n'


@pytest.fixture
def configured(tmp_path: Path) -> None:
    (tmp_path / "loganalyzer.toml").write_text(ROLES)


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("more", [(), ("--no-html",), ("-j", "2"), ("--cache", "c"), ("--jsonl", "lines", "--no-html")])
def test_it_is_told_once_and_the_others_are_not(analyze_logs: Call, logs: Path, more: tuple[str, ...]) -> None:
    for _ in range(2):  # the second look with --cache comes from memory
        done = analyze_logs(logs, *more)
        assert done.returncode == 0 and done.stdout.count('"los" in [roles]') == 1
        assert "val_*" not in done.stdout


@pytest.mark.usefixtures("configured")
def test_it_is_told_beside_a_document_and_in_what_ci_shows(analyze_logs: Call, logs: Path) -> None:
    done = analyze_logs(logs, "--no-html", "--json", "-")
    assert len(json.loads(done.stdout)["runs"]) == 2 and '"los" in [roles]' in done.stderr
    assert analyze_logs(logs, "--no-html", "--json", "-", "-q").stderr == ""
    assert "los" in analyze_logs(logs, "--no-html", "--markdown", "-").stdout
    assert '::warning title=analyze-logs::"los"' in analyze_logs(logs, "--no-html", GITHUB_ACTIONS="true").stdout


@pytest.mark.usefixtures("configured")
def test_in_japanese_and_where_there_is_no_run(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    assert "設定の [roles] にある「los」は" in analyze_logs(logs, "--no-html", "--lang", "ja").stdout
    (tmp_path / "empty").mkdir()
    assert '"los"' not in analyze_logs("empty").stdout, "of nothing found nothing is said but that"


def test_in_python(logs: Path) -> None:
    report = loganalyzer.analyze(logs, options=Options(roles={"los": "train", "loss": "train"}))
    assert [note.details for note in report.warnings] == [{"pattern": "los"}]
    assert {d.patterns for d in report.runs} == {("loss",)}
    assert loganalyzer.analyze(logs).warnings == ()
