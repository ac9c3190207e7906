"""The gate through the real program: exit codes, outputs, what a person is told."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Call, analyze_logs, logs

__all__ = ["analyze_logs", "logs"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 0),
        (("--fail-on", "diverging"), 1),
        (("--fail-on", "overfitting"), 0),
        (("--fail-on", "overfitting,diverging"), 1),
        (("--fail-on", "error"), 1),
        (("--fail-on", "never"), 0),
        (("--fail-on", "divergin"), 2),
        (("--preset", "recommended"), 1),
        (("--min-steps", "10"), 0),
        (("--min-steps", "1000"), 1),
        (("--baseline", "nowhere"), 2),
        (("--junit", "-", "--sarif", "-"), 2),
        (("--config", "nowhere.toml"), 2),
    ],
)
def test_exit_codes(analyze_logs: Call, logs: Path, arguments: tuple[str, ...], code: int) -> None:
    done = analyze_logs(logs, "--no-html", *arguments)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_no_run_is_five_and_unread_is_four(analyze_logs: Call, tmp_path: Path, logs: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert analyze_logs(empty, "--no-html", "--fail-on", "error").returncode == 5
    assert analyze_logs(empty, "--no-html", "--allow-empty").returncode == 0
    (logs / "broken").mkdir()
    (logs / "broken" / "history.pkl").write_bytes(b"\x80\x04cos\nsystem\n(S'true'\ntR.")
    assert analyze_logs(logs, "--no-html").returncode == 0
    assert analyze_logs(logs, "--no-html", "--strict").returncode == 4
    assert analyze_logs(logs, "--no-html", "--strict", "--fail-on", "diverging").returncode == 1
    assert analyze_logs(logs / "broken", "--no-html", "--fail-on", "error").returncode == 5


def test_a_failure_says_what_where_expected_found_fix_and_how_to_ignore(analyze_logs: Call, logs: Path) -> None:
    done = analyze_logs(logs, "--no-html", "--fail-on", "diverging")
    for part in ("bad: diverging", "where: bad/log.csv", "expected: any verdict but diverging", "found: diverging (",
                 "do this next:", 'rule = "diverging"', 'runs = "bad"', "reason ="):  # fmt: skip
        assert part in done.stdout
    assert "ゲート不合格" in analyze_logs(logs, "--no-html", "--fail-on", "diverging", "--lang", "ja").stdout


def test_an_ignore_with_a_reason_opens_the_gate_and_stays_visible(
    analyze_logs: Call, logs: Path, tmp_path: Path
) -> None:
    text = 'fail-on = "diverging"\n[[ignore]]\nrule = "diverging"\nruns = "bad"\nreason = "known, being fixed"\n'
    (tmp_path / "loganalyzer.toml").write_text(text)
    done = analyze_logs(logs, "--no-html")
    assert done.returncode == 0 and "known, being fixed" in done.stdout
    (tmp_path / "loganalyzer.toml").write_text(text + "expires = 2020-01-01\n")
    done = analyze_logs(logs, "--no-html")
    assert done.returncode == 1 and "expired on 2020-01-01" in done.stdout


def test_a_configuration_inside_the_logs_is_not_read(analyze_logs: Call, logs: Path) -> None:
    (logs / "loganalyzer.toml").write_text("this is = not even toml [")
    (logs / "bad" / "pyproject.toml").write_text('[tool.loganalyzer]\nfail-on = "never"\n')
    assert analyze_logs(logs, "--no-html", "--fail-on", "diverging").returncode == 1


def test_all_outputs_of_one_analysis(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    files = {n: tmp_path / f"out.{n}" for n in ("json", "junit", "sarif", "markdown", "gitlab")}
    arguments = [a for n, f in files.items() for a in (f"--{n}", f)]
    done = analyze_logs(logs, "--no-html", "--fail-on", "diverging", *arguments)
    assert done.returncode == 1
    assert json.loads(files["json"].read_text())["schema"] == "loganalyzer/2"
    assert json.loads(files["sarif"].read_text())["runs"][0]["results"][0]["ruleId"] == "diverging"
    assert json.loads(files["gitlab"].read_text())[0]["check_name"] == "diverging"
    assert ElementTree.parse(files["junit"]).getroot().get("failures") == "1"
    assert "diverging" in files["markdown"].read_text()


def test_standard_output_is_the_document_and_nothing_else(analyze_logs: Call, logs: Path) -> None:
    done = analyze_logs(logs, "--no-html", "--fail-on", "diverging", "--sarif", "-", GITHUB_ACTIONS="true")
    assert done.returncode == 1 and json.loads(done.stdout)["version"] == "2.1.0"
    assert "::error" in done.stderr


def test_baseline_goes_round(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    assert analyze_logs(logs, "--no-html", "--write-baseline", "base.json").returncode == 0
    assert analyze_logs(logs, "--no-html", "--baseline", "base.json").returncode == 0
    assert analyze_logs(logs, "--no-html", "--json", "report.json").returncode == 0
    assert analyze_logs(logs, "--no-html", "--baseline", "report.json").returncode == 0
    assert analyze_logs(logs / "good", "--no-html", "--baseline", logs / "good").returncode == 0
    worse = analyze_logs(logs / "bad", "--no-html", "--baseline", logs / "good", "--markdown", "out.md")
    assert worse.returncode == 1 and "verdict worse" in worse.stdout
    assert "| Run | Metric | Baseline | Now | Difference | Allowed |" in (tmp_path / "out.md").read_text()


def test_github_gets_annotations_and_a_summary_by_itself(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    (logs / "bad").rename(logs / "::error::fake%0A,x")
    summary = tmp_path / "summary.md"
    done = analyze_logs(
        logs, "--no-html", "--fail-on", "diverging", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary)
    )
    lines = done.stdout.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("::stop-commands::"))
    token = lines[start].removeprefix("::stop-commands::")
    end = lines.index(f"::{token}::")
    commands = [line for i, line in enumerate(lines) if line.startswith("::") and not start <= i <= end]
    assert [c.split(" ")[0] for c in commands] == ["::error"], commands
    assert "%250A%2Cx" in commands[0]
    assert "Gate failed" in summary.read_text(encoding="utf-8")


def test_show_config(analyze_logs: Call, tmp_path: Path) -> None:
    (tmp_path / "loganalyzer.toml").write_text('preset = "strict"\nmin-steps = 5\n')
    done: subprocess.CompletedProcess[str] = analyze_logs("--show-config", LOGANALYZER_MIN_STEPS="9")
    assert done.returncode == 0
    assert "min-steps = 9  # environment LOGANALYZER_MIN_STEPS" in done.stdout
    assert "strict = true  # preset strict" in done.stdout


def test_sarif_points_into_the_repository(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    (tmp_path / "ml").mkdir()
    (tmp_path / "ml" / "gate.toml").write_text('fail-on = "diverging"\n')
    (tmp_path / "link.toml").symlink_to(tmp_path / "ml" / "gate.toml")
    for given in (tmp_path / "ml" / "gate.toml", "ml/../ml/gate.toml", "link.toml"):
        done = analyze_logs(logs, "--no-html", "--config", given, "--sarif", "out.sarif")
        assert done.returncode == 1, done.stderr
        result = json.loads((tmp_path / "out.sarif").read_text())["runs"][0]["results"][0]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "ml/gate.toml"


def test_the_summary_keeps_within_what_the_whole_step_may_write(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("x" * 921_000 + "\n")
    done = analyze_logs(
        logs, "--no-html", "--fail-on", "diverging", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary)
    )
    assert done.returncode == 1 and summary.stat().st_size < 900 * 1024
    assert "Cut at the size limit" in summary.read_text()


@pytest.mark.parametrize("allow", [False, True])
@pytest.mark.parametrize(("content", "code", "allowed"), [(None, 5, 0), (b"\x80\x04cos\nsystem\n(S'x'\ntR.", 5, 4)])
def test_unreadable_input_never_passes_as_good(
    analyze_logs: Call, tmp_path: Path, content: bytes | None, code: int, allowed: int, allow: bool
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    if content is not None:
        (folder / "model.pkl").write_bytes(content)
    done = analyze_logs(folder, "--no-html", "--fail-on", "error", *(["--allow-empty"] if allow else []))
    assert done.returncode == (allowed if allow else code), done.stdout + done.stderr


def test_a_baseline_begins_some_night(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    (tmp_path / "loganalyzer.toml").write_text('fail-on = ["diverging"]\n[baseline]\npath = "b.json"\n')
    none = analyze_logs(logs / "good", "--no-html")
    assert none.returncode == 2 and none.stdout == "", "told before any work is done"
    assert analyze_logs(logs, "--no-html", "--write-baseline", "b.json").returncode == 1
    assert not (tmp_path / "b.json").exists(), "what fails is no baseline, the first night neither"
    first = analyze_logs(logs / "good", "--no-html", "--write-baseline", "b.json")
    assert first.returncode == 0 and "there is no baseline b.json yet" in first.stderr
    second = analyze_logs(logs / "good", "--no-html", "--write-baseline", "b.json")
    assert second.returncode == 0 and second.stderr == "" and "= As in the baseline (1): good val_loss" in second.stdout
