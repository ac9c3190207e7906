"""Ways in which a bad run could pass for a good one: each fails, or is told."""

from __future__ import annotations

import datetime
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from loganalyzer.config.load import load
from loganalyzer.gate.baseline import best_of, from_json, of_runs, to_json
from loganalyzer.gate.judge import exit_code, judge
from loganalyzer.model.errors import ConfigError
from loganalyzer.model.exit_code import ExitCode
from loganalyzer.model.outcome import Outcome, Status
from loganalyzer.rules.registry import load_rules
from loganalyzer.testing import assert_healthy
from tests.cli.conftest import Call, analyze_logs, logs
from tests.gate.build import analysis, diagnosis, settings

__all__ = ["analyze_logs", "logs"]
TODAY = datetime.date(2026, 5, 1)
METRIC = "val/accuracy"


def seeds(*values: float) -> list[Any]:
    """Healthy runs whose accuracy is one value each."""
    return [
        diagnosis(f"seed-{i}", "converged", series={"val/loss": (1.0, 0.5), METRIC: (v, v)}, severity="info")
        for i, v in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("values", "bound", "code"),
    [
        ((0.5, 0.99), {"min": 0.2, "max": 0.8, "aggregate": "worst"}, 1),  # both ends of the range count
        ((0.1, 0.5), {"min": 0.2, "max": 0.8, "aggregate": "worst"}, 1),
        ((0.3, 0.5), {"min": 0.2, "max": 0.8, "aggregate": "worst"}, 0),
        ((0.1, 0.5), {"min": 0.2, "max": 0.8, "aggregate": "best"}, 0),
        ((0.1, 0.9), {"min": 0.2, "max": 0.8, "aggregate": "best"}, 1),
        ((0.1, 0.9), {"min": 0.5, "aggregate": "worst"}, 1),
        ((0.1, 0.9), {"max": 0.5, "aggregate": "best"}, 0),
        ((math.inf,), {"min": 0.9, "stat": "last"}, 1),  # no metric is infinitely good
        ((-math.inf,), {"max": 0.9, "stat": "median"}, 1),
        ((math.nan,), {"min": 0.0, "stat": "best"}, 1),
        ((0.9, math.inf), {"min": 0.5, "stat": "last", "aggregate": "mean"}, 1),
        ((0.9, 0.9, math.inf), {"min": 0.5, "stat": "last", "aggregate": "median"}, 1),
        ((0.9, math.inf), {"min": 0.5, "stat": "last", "aggregate": "worst"}, 1),
        ((0.9, math.nan), {"min": 0.5, "stat": "last", "aggregate": "best"}, 0),
        ((math.nan, math.inf), {"min": 0.5, "stat": "last", "aggregate": "best"}, 1),
    ],
)
def test_bounds(values: tuple[float, ...], bound: dict[str, Any], code: int) -> None:
    report = analysis(*seeds(*values))
    assert exit_code(report, judge(report, settings({"gate.metrics": {METRIC: bound}}), today=TODAY)) == code


@pytest.mark.parametrize("first", ["warning", "error"])
def test_a_bound_that_is_only_told_does_not_hide_one_that_counts(first: str) -> None:
    second = "error" if first == "warning" else "warning"
    document = {
        "gate.metrics": {METRIC: {"min": 0.9, "level": first}},
        "gate.runs": [{"runs": "*", "metrics": {METRIC: {"min": 0.9, "level": second}}}],
    }
    report = analysis(*seeds(0.5))
    assert exit_code(report, judge(report, settings(document), today=TODAY)) == 1


@pytest.mark.parametrize(
    ("block", "fails"),
    [
        ({"expect": "converged"}, True),
        ({"metrics": {METRIC: {"min": 0.1}}}, True),
        ({"fail-on": "diverging"}, True),
        ({"min-steps": 5}, True),
        ({"fail-on": "never"}, False),
    ],
)
def test_a_glob_that_matches_nothing(block: dict[str, Any], fails: bool) -> None:
    report = analysis(*seeds(0.5))
    result = judge(report, settings({"gate.runs": [{"runs": "sede-*", **block}]}), today=TODAY)
    assert [f.code for f in (result.failures if fails else result.warnings)] == ["no-match"]
    assert result.failed == fails


def test_every_block_that_matches_must_hold() -> None:
    blocks = [{"runs": "*", "expect": "plateau"}, {"runs": "s*", "expect": ["converged", "overfitting"]}]
    report = analysis(*seeds(0.5))
    assert judge(report, settings({"gate.runs": blocks}), today=TODAY).failed
    assert not judge(report, settings({"gate.runs": blocks[1:]}), today=TODAY).failed


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({}, 0),
        ({"preset": "strict"}, 0),  # its own "at least one run" is what allow-empty takes back
        ({"require-runs": 1}, 1),  # somebody wrote this down
        ({"gate.runs": [{"runs": "a", "expect": "converged"}]}, 0),
    ],
)
def test_no_run_where_none_is_allowed(document: dict[str, Any], code: int) -> None:
    chosen = settings({**document, "allow-empty": True})
    result = judge(analysis(), chosen, today=TODAY)
    assert exit_code(analysis(), result, allow_empty=True) == code
    assert exit_code(analysis(), result) == ExitCode.NO_RUNS


@pytest.mark.parametrize(
    ("fail_on", "fails"), [("diverging", True), ("diverging:non-finite", True), ("warning", True), ("plateau", False)]
)
def test_a_rule_that_broke_gave_no_verdict(fail_on: str, fails: bool) -> None:
    broken = Outcome("diverging", Status.BROKEN, numbers={"error": "ValueError"})
    (run,) = seeds(0.5)
    report = analysis(replace(run, outcomes=(*run.outcomes, broken)))
    result = judge(report, settings({"fail-on": fail_on}), today=TODAY)
    assert [f.code for f in (*result.failures, *result.warnings)] == ["broken"] and result.failed == fails


@pytest.mark.parametrize(
    "text",
    [
        "[limits.overfitting]\nshare = nan",  # a rule that compares with NaN never finds anything
        "[limits.overfitting]\nshare = true",
        "[gate.metrics.acc]\nmin = -inf",
        "[gate.metrics.acc]\nmin = nan",
        "[[gate.runs]]\nruns = '*'\nmetrics.acc = { max = inf }",
        "[baseline]\ntolerance = inf",
        "settled-minutes = nan",
    ],
)
def test_numbers_that_hold_for_everything(text: str, tmp_path: Path) -> None:
    (tmp_path / "loganalyzer.toml").write_text(text)
    with pytest.raises(ConfigError, match="no number"):
        load(directory=tmp_path, environment={}, rules=load_rules())


@pytest.mark.parametrize(
    ("before", "now", "worse"),
    [
        ("underfitting", "inconclusive", True),  # a log cut short is no better training
        ("diverging", "inconclusive", True),
        ("inconclusive", "inconclusive", False),
        ("inconclusive", "converged", False),
        ("diverging", "overfitting", False),
    ],
)
def test_a_verdict_beside_its_baseline(before: str, now: str, worse: bool) -> None:
    baseline = of_runs([diagnosis("a", before)])
    report = analysis(diagnosis("a", now))
    assert judge(report, settings(), baseline=baseline, today=TODAY).failed == worse


def test_a_run_that_the_baseline_does_not_know_is_told() -> None:
    baseline = of_runs([diagnosis("a"), diagnosis("b")])
    report = analysis(diagnosis("a"), diagnosis("b"), diagnosis("new"))
    result = judge(report, settings(), baseline=baseline, today=TODAY)
    assert not result.failed and [(f.run, f.code) for f in result.warnings] == [("new", "run-new")]
    assert judge(report, settings({"fail-on": "warning"}), baseline=baseline, today=TODAY).failed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"best": 0.8', '"best": -Infinity'),
        ('"best": 0.8', '"best": NaN'),
        ('"direction": "max"', '"direction": "up"'),
        ('"best": 0.8', '"best": 0.8, "best": 0.1'),
        ('"val/accuracy"', '"val/loss"'),
    ],
)
def test_a_baseline_that_holds_for_everything(old: str, new: str) -> None:
    text = to_json(of_runs([diagnosis("a")]))
    from_json(text, "b.json")
    assert old in text
    with pytest.raises(ConfigError, match=r"b\.json"):
        from_json(text.replace(old, new), "b.json")


def test_a_failing_night_does_not_become_the_baseline(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    both = ("--no-html", "--baseline", "b.json", "--write-baseline", "b.json")
    good = (logs / "good/log.csv").read_text()
    assert analyze_logs(logs / "good", "--no-html", "--write-baseline", "b.json").returncode == 0
    first = (tmp_path / "b.json").read_bytes()
    (logs / "good/log.csv").write_text((logs / "bad/log.csv").read_text())
    for _ in range(2):
        done = analyze_logs(logs / "good", *both)
        assert done.returncode == 1 and "is not written" in done.stderr and (tmp_path / "b.json").read_bytes() == first
    (logs / "good/log.csv").write_text(good)
    assert analyze_logs(logs / "good", *both).returncode == 0


def test_bounds_that_no_value_holds() -> None:
    with pytest.raises(ConfigError, match="no value is at least 2 and at most 1"):
        settings({"gate.metrics": {METRIC: {"min": 2, "max": 1}}})
    settings({"gate.metrics": {METRIC: {"min": 1, "max": 1}}})


def test_a_baseline_does_not_slide(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    """Each night is worse than the one before by less than the tolerance; the best ever written is what counts."""
    codes = []
    for night in range(4):
        rows = [f"{e},{(1.012**night) * (1 / (1 + e) + 0.2):.6f}" for e in range(60)]
        (logs / "good/log.csv").write_text("epoch,loss\n" + "\n".join(rows) + "\n")
        nightly = ("--no-html", "--baseline", "b.json", "--write-baseline", "b.json")
        codes.append(analyze_logs(logs / "good", *nightly).returncode)
    assert codes == [0, 0, 1, 1]
    best = json.loads((tmp_path / "b.json").read_text())["runs"]
    assert next(iter(best.values()))["metrics"]["loss"]["best"] == pytest.approx(1 / 60 + 0.2, abs=1e-6)


def test_the_best_of_two_baselines() -> None:
    earlier = of_runs([diagnosis("a", "converged"), diagnosis("gone")])
    now = of_runs(
        [diagnosis("a", "overfitting", series={"val/accuracy": (0.1, 0.9), "val/loss": (3.0, 1.5)}), diagnosis("b")]
    )
    best = {run.id: run for run in best_of(earlier, now).runs}
    assert sorted(best) == ["a", "b", "gone"] and best["a"].verdict == "converged"
    assert {name: metric.value for name, metric in best["a"].metrics.items()} == {"val/accuracy": 0.9, "val/loss": 1.0}


def test_a_baseline_that_another_program_rewrote(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    assert analyze_logs(logs / "good", "--no-html", "--json", "r.json").returncode == 0
    (tmp_path / "r.json").write_text(json.dumps(json.loads((tmp_path / "r.json").read_text()), separators=(",", ":")))
    assert analyze_logs(logs / "good", "--no-html", "--baseline", "r.json").returncode == 0
    assert analyze_logs(logs / "bad", "--no-html", "--baseline", "r.json").returncode == 1


def test_streaming_judges_every_run(analyze_logs: Call, logs: Path) -> None:
    for gates in (("--fail-on", "diverging"), ("--preset", "recommended"), ("--baseline", str(logs / "good"))):
        done = analyze_logs(logs, "--no-html", "--jsonl", "lines.jsonl", "--worst", "1", *gates)
        assert done.returncode == 1, (gates, done.stdout, done.stderr)


def test_remembered_answers_know_the_limits(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    cached = ("--no-html", "--cache", "remembered", "--json", "r.json")
    log = logs / "good/log.csv"
    log.write_text("".join(log.read_text().splitlines(keepends=True)[:40]))
    told = []
    for text in ("", "[limits.too-short]\npoints = 50\n", ""):
        (tmp_path / "loganalyzer.toml").write_text(text)
        assert analyze_logs(logs / "good", *cached).returncode == 0
        told.append(json.loads((tmp_path / "r.json").read_text())["runs"][0]["verdict"])
    assert told[0] == told[2] != told[1] == "inconclusive"


def test_in_a_test_suite_the_baseline_and_lost_points_count(logs: Path, tmp_path: Path) -> None:
    baseline = of_runs([diagnosis("elsewhere", "converged")] * 1 + [diagnosis("more", "converged")])
    (tmp_path / "b.json").write_text(to_json(baseline))
    chosen = load(command_line={"baseline.path": str(tmp_path / "b.json")}, environment={})
    with pytest.raises(AssertionError, match="elsewhere"):
        assert_healthy(logs / "good", settings=chosen)
    with (logs / "good/log.csv").open("a") as file:
        file.write("garbage,,x,y,z,1,2\n" * 3)
    with pytest.raises(AssertionError, match="points were lost"):
        assert_healthy(logs / "good")


@pytest.mark.parametrize("gate", [("--fail-on", "diverging"), ("--preset", "smoke"), ("--preset", "recommended")])
@pytest.mark.parametrize(("begin", "end", "code"), [(30, 60, 1), (59, 60, 1), (0, 60, 1), (10, 14, 0)])
def test_validation_that_is_nan_beside_a_finite_training(
    gate: tuple[str, str], begin: int, end: int, code: int, analyze_logs: Call, logs: Path
) -> None:
    losses = [2.0 * math.exp(-e / 9) + 0.3 for e in range(60)]
    rows = [f"{e},{v:.5f},{math.nan if begin <= e < end else v + 0.02:.5f}" for e, v in enumerate(losses)]
    (logs / "good/log.csv").write_text("epoch,loss,val_loss\n" + "\n".join(rows) + "\n")
    done = analyze_logs(logs / "good", "--no-html", *gate)
    assert done.returncode == code, done.stdout
