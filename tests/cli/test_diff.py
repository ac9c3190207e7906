"""``analyze-logs diff``: reports, folders, exit codes, and a folder that is called diff."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Call


@pytest.fixture
def nights(analyze_logs: Call, logs: Path, tmp_path: Path) -> Path:
    """A report of yesterday, when both runs were good and there was a third one; the logs are of today."""
    shutil.copytree(logs, tmp_path / "yesterday")
    shutil.copy(logs / "good" / "log.csv", tmp_path / "yesterday" / "bad" / "log.csv")
    shutil.copytree(logs / "good", tmp_path / "yesterday" / "third")
    done = analyze_logs("yesterday", "--no-html", "-q", "--json", "old.json")
    assert done.returncode == 0, done.stderr
    return tmp_path / "old.json"


def test_a_report_and_a_folder(analyze_logs: Call, nights: Path) -> None:
    done = analyze_logs("diff", nights, "runs", "--json", "-")
    document = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert {run["id"]: run["verdict"] for run in document["runs"]} == {
        "bad": {"before": "converged", "now": "diverging:blow-up", "way": "worse"},
        "good": {"before": "converged", "now": "converged", "way": "same"},
    }
    assert [run["id"] for run in document["only_before"]] == ["third"]
    same = analyze_logs("diff", "yesterday", nights, "--json", "-")
    assert {run["way"] for run in json.loads(same.stdout)["runs"]} == {"same"}, "logs and their report are the same"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["old.json", "runs"], 0),
        (["old.json", "runs", "--fail-on", "worse"], 1),
        (["runs", "runs", "--fail-on", "worse"], 0),
        (["old.json", "yesterday", "--fail-on", "worse", "--markdown", "-"], 0),
        (["yesterday/third", "runs/good", "--fail-on", "worse"], 0),
        (["yesterday", "yesterday/third", "--fail-on", "worse"], 1),  # runs are missing
        (["old.json"], 2),
        (["old.json", "runs", "runs"], 2),
        (["old.json", "nowhere"], 2),
        (["old.json", "empty"], 2),
        (["old.json", "runs", "--fail-on", "diverging"], 2),
        (["old.json", "runs", "--json", "-", "--markdown", "-"], 2),
        (["--nonsense"], 2),
    ],
)
def test_exit_codes(analyze_logs: Call, nights: Path, tmp_path: Path, arguments: list[str], code: int) -> None:
    (tmp_path / "empty").mkdir()
    done = analyze_logs("diff", *arguments)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "reports").exists()


def test_a_folder_that_is_called_diff(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    logs.rename(tmp_path / "diff")
    for arguments in (["./diff"], ["--no-html", "diff"], ["--", "diff"]):
        done = analyze_logs(*arguments)
        assert done.returncode == 0 and "diverging" in done.stdout, arguments
    alone = analyze_logs("diff")
    assert alone.returncode == 2 and "./diff" in alone.stderr


def test_the_tolerance_is_that_of_the_configuration(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    worse = tmp_path / "worse" / "good"
    worse.mkdir(parents=True)
    lines = (logs / "good" / "log.csv").read_text().splitlines()
    rows = (line.split(",") for line in lines[1:])
    scaled = [f"{epoch},{loss},{float(validation) * 1.1:.6f}" for epoch, loss, validation in rows]
    (worse / "log.csv").write_text("\n".join([lines[0], *scaled]) + "\n")
    arguments = ("diff", "runs/good", "worse", "--fail-on", "worse")
    assert analyze_logs(*arguments).returncode == 1
    assert analyze_logs(*arguments, "--tolerance", "0.2").returncode == 0
    (tmp_path / "loganalyzer.toml").write_text("[baseline]\ntolerance = 0.2\n")
    assert analyze_logs(*arguments).returncode == 0
    assert analyze_logs(*arguments, "--tolerance", "-1").returncode == 2


def test_japanese(analyze_logs: Call, nights: Path) -> None:
    done = analyze_logs("diff", nights, "runs", "--lang", "ja")
    assert "悪化" in done.stdout and "収束 → 発散" in done.stdout
    assert "使い方" in analyze_logs("diff", "--help", "--lang", "ja").stdout
