"""What fails, what is told, what is ignored: every verdict, severity and condition."""

from __future__ import annotations

import datetime
import math
from dataclasses import replace

import pytest

import loganalyzer
from loganalyzer.config.conditions import verdicts
from loganalyzer.gate.baseline import Baseline, from_json, of_runs, to_json
from loganalyzer.gate.judge import exit_code, judge
from loganalyzer.gate.metrics import find_series, measure
from loganalyzer.model.errors import ConfigError
from loganalyzer.model.outcome import Severity, Verdict
from loganalyzer.model.run import Note, Unread
from tests.gate import cases
from tests.gate.build import analysis, diagnosis, settings

TODAY = datetime.date(2026, 5, 1)
SEVERITIES = ["info", "warning", "error"]
FAIL_ON = [*[v.value for v in Verdict], "warning", "error", "never"]


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("fail_on", FAIL_ON)
def test_verdict_by_fail_on_by_severity(verdict: str, severity: str, fail_on: str) -> None:
    report = analysis(diagnosis("a", verdict, severity=severity))
    result = judge(report, settings({"fail-on": fail_on}), today=TODAY)
    threshold = SEVERITIES.index(fail_on) if fail_on in SEVERITIES else 9
    expected = verdict == fail_on or SEVERITIES.index(severity) >= threshold
    assert result.failed == expected
    assert exit_code(report, result) == (1 if expected else 0)
    assert len(result.failures) == expected


KINDS = sorted(word for word in verdicts() if ":" in word)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("severity", SEVERITIES)
def test_kind_by_fail_on_by_severity(kind: str, severity: str) -> None:
    """A kind fails on itself, on its verdict and, where kinds are degrees, on a milder one; on no other kind."""
    verdict, _, name = kind.partition(":")
    report = analysis(diagnosis("a", verdict, name, severity))
    for fail_on in (*KINDS, *(v.value for v in Verdict)):
        result = judge(report, settings({"fail-on": fail_on}), today=TODAY)
        milder = {
            "overfitting:moderate": ["overfitting:mild"],
            "overfitting:severe": ["overfitting:mild", "overfitting:moderate"],
        }
        expected = fail_on in (kind, verdict, *milder.get(kind, ()))
        assert exit_code(report, result) == expected, fail_on


def test_the_kinds_are_those_that_the_rules_give() -> None:
    """Every kind that a sample has is known; a gate on a kind that no rule gives could never fail."""
    found = {f"{d.verdict}:{d.kind}" for d in loganalyzer.analyze(cases.SAMPLES).runs if d.kind}
    assert found <= set(KINDS) and len(found) >= 8


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("expected", list(Verdict))
@pytest.mark.parametrize("severity", SEVERITIES)
def test_verdict_by_expected_verdict(verdict: str, expected: str, severity: str) -> None:
    report = analysis(diagnosis("a", verdict, severity=severity))
    chosen = settings({"fail-on": "warning", "gate.runs": [{"runs": "*", "expect": expected}]})
    assert exit_code(report, judge(report, chosen)) == (0 if verdict == expected else 1)


@pytest.mark.parametrize("failing", [False, True])
@pytest.mark.parametrize("unread", [False, True])
@pytest.mark.parametrize("torn", [False, True])
@pytest.mark.parametrize("strict", [False, True])
def test_exit_code_by_failure_unread_and_strict(failing: bool, unread: bool, torn: bool, strict: bool) -> None:
    """A failed condition comes first, then input that was not read, and that only where it was asked for."""
    one = diagnosis("a", "diverging" if failing else "converged", severity="info")
    if torn:
        one = replace(one, run=replace(one.run, notes=(Note("cut-off", {}, harmful=True),)))
    report = analysis(one, unread=(Unread("b.csv", Note("cannot-open", {"reason": "x"})),) if unread else ())
    result = judge(report, settings({"fail-on": "diverging", "strict": strict}))
    assert exit_code(report, result) == (1 if failing else 4 if strict and (unread or torn) else 0)


def test_kinds() -> None:
    report = analysis(diagnosis("a", "overfitting", "mild"), diagnosis("b", "overfitting", "severe"))
    result = judge(report, settings({"fail-on": "overfitting:severe"}))
    assert [f.run for f in result.failures] == ["b"]


def test_severities_of_the_configuration() -> None:
    chosen = settings({"fail-on": "error", "severities": {"overfitting": "error"}})
    report = analysis(diagnosis("a", "overfitting", severity="info")).with_severities(chosen.severities)
    assert report.runs[0].worst is Severity.ERROR and judge(report, chosen).failed


@pytest.mark.parametrize(
    ("bound", "code"),
    [
        ({"min": 0.8}, None),
        ({"min": 0.81}, "min"),
        ({"min": 0.75, "stat": "last"}, "min"),
        ({"max": 0.75, "stat": "last"}, None),
        ({"max": 0.79}, "max"),
        ({"min": 0.1, "max": 0.2}, "between"),
        ({"min": 0.59, "stat": "median"}, None),
        ({"min": 0.61, "stat": "median"}, "min"),
        ({"min": 0.71, "stat": "mean-last-10pct"}, "min"),
        ({"min": 0.99, "level": "off"}, None),
    ],
)
def test_metrics(bound: dict[str, object], code: str | None) -> None:
    result = judge(analysis(diagnosis()), settings({"gate.metrics": {"val/accuracy": bound}}))
    assert [f.code for f in result.failures] == ([code] if code else [])


def test_a_metric_in_other_spelling_and_a_missing_one() -> None:
    one = diagnosis(series={"epoch_val_acc": (0.1, 0.9), "val_loss": (2.0, 1.0)})
    series = find_series(one, "val/accuracy")
    assert series is not None and series.name == "epoch_val_acc"
    assert find_series(one, "val/f1") is None
    result = judge(analysis(one), settings({"gate.metrics": {"val/f1": {"min": 0.1}}}))
    assert [f.code for f in result.failures] == ["missing"]


def test_nan_is_within_no_bounds() -> None:
    one = diagnosis(series={"val/loss": (1.0, math.nan)})
    for bound in ({"max": 1e9}, {"min": -1e9}):
        result = judge(analysis(one), settings({"gate.metrics": {"val/loss": {**bound, "stat": "last"}}}))
        assert result.failed
    assert measure(one.run.series["val/loss"], "best", "min").value == 1.0


@pytest.mark.parametrize(
    ("aggregate", "fails"), [("median", False), ("worst", True), ("best", False), ("mean", True), ("each", True)]
)
def test_seeds(aggregate: str, fails: bool) -> None:
    runs = [diagnosis(f"s{i}", series={"val/accuracy": (v,)}) for i, v in enumerate((0.2, 0.9, 0.95))]
    bound = {"min": 0.85, "aggregate": aggregate}
    block = {"runs": "s*", "metrics": {"val/accuracy": bound}}
    result = judge(analysis(*runs, diagnosis("other", series={})), settings({"gate.runs": [block]}))
    assert result.failed == fails
    if fails and aggregate != "each":
        assert result.failures[0].run == "s*" and result.failures[0].numbers["count"] == 3


def test_blocks_by_glob() -> None:
    runs = (diagnosis("ablation/x", "plateau"), diagnosis("main/a", "plateau"), diagnosis("main/b", "converged"))
    blocks = [{"runs": "ablation/*", "expect": "plateau"}, {"runs": "main/*", "fail-on": "diverging"}]
    chosen = settings({"fail-on": "plateau", "gate.runs": blocks})
    assert not judge(analysis(*runs), chosen).failed
    chosen = settings({"gate.runs": [{"runs": "main/*", "expect": ["converged", "overfitting:mild"]}]})
    assert [f.run for f in judge(analysis(*runs), chosen).failures] == ["main/a"]
    chosen = settings({"gate.runs": [{"runs": "typo/*", "expect": "converged"}]})
    assert [f.code for f in judge(analysis(*runs), chosen).failures] == ["no-match"]


def test_too_few_steps_and_too_few_runs() -> None:
    assert not judge(analysis(diagnosis()), settings({"min-steps": 4})).failed
    assert judge(analysis(diagnosis()), settings({"min-steps": 5})).failures[0].numbers["last"] == 4
    assert judge(analysis(diagnosis()), settings({"require-runs": 2})).failures[0].code == "require-runs"


@pytest.mark.parametrize(
    ("expires", "runs", "state"),
    [(None, "a", "ok"), ("2026-05-01", "*", "ok"), ("2026-04-30", "*", "expired"), ("soon", "*", "malformed"),
     (None, "b", "unused"), ("2026-13-01", "*", "malformed"), ("", "*", "malformed")],
)  # fmt: skip
def test_ignores(expires: str | None, runs: str, state: str) -> None:
    entry = {"rule": "overfitting", "runs": runs, "reason": "known"}
    if expires is not None:
        entry["expires"] = expires
    result = judge(analysis(diagnosis("a")), settings({"fail-on": "overfitting", "ignore": [entry]}), today=TODAY)
    assert result.failed == (state != "ok")
    assert [i.reason for i in result.ignored] == (["known"] if state == "ok" else [])
    assert [n.state for n in result.ignore_notes] == ([] if state == "ok" else [state])


def test_unreadable_input_never_passes_when_strict() -> None:
    unread = (Unread("x.csv", Note("cannot-open")), Unread("notes.json", Note("cannot-open"), expected=True))
    report = analysis(diagnosis("a", "converged", severity="info"), unread=unread)
    for strict, code in ((False, 0), (True, 4)):
        result = judge(report, settings({"strict": strict}))
        assert [u.file for u in result.unread] == ["x.csv"] and exit_code(report, result) == code
    empty = analysis(unread=unread)
    assert exit_code(empty, judge(empty, settings())) == 5
    assert exit_code(empty, judge(empty, settings({"strict": True})), allow_empty=True) == 4


def test_nothing_found_is_five() -> None:
    result = judge(analysis(), settings({"fail-on": "error"}))
    assert exit_code(analysis(), result) == 5 and exit_code(analysis(), result, allow_empty=True) == 0


def baseline(*runs: object) -> Baseline:
    text = to_json(of_runs(runs))  # type: ignore[arg-type]
    return from_json(text, "base.json")


def test_baseline_same_is_fine_worse_is_not() -> None:
    before = baseline(diagnosis("a", "converged"))
    same = judge(analysis(diagnosis("a", "converged")), settings(), baseline=before)
    assert not same.failed and {c.metric for c in same.comparisons} == {"val/loss", "val/accuracy"}
    lower = {"val/loss": (3.0, 1.03), "val/accuracy": (0.81,)}
    worse = judge(analysis(diagnosis("a", "converged", series=lower)), settings(), baseline=before)
    assert [(f.code, f.numbers["metric"]) for f in worse.failures] == [("worse", "val/loss")]
    chosen = settings({"baseline.tolerance": 0.05})
    assert not judge(analysis(diagnosis("a", "converged", series=lower)), chosen, baseline=before).failed


def test_baseline_missing_metric_missing_run_worse_verdict() -> None:
    before = baseline(diagnosis("a", "converged"), diagnosis("b", "overfitting", "mild"))
    now = analysis(diagnosis("a", "underfitting", series={"val/loss": (1.0,)}))
    codes = {(f.run, f.code) for f in judge(now, settings(), baseline=before).failures}
    assert codes == {("a", "verdict-worse"), ("a", "missing"), ("b", "run-missing")}
    now = analysis(diagnosis("a", "converged"), diagnosis("b", "overfitting", "severe"))
    assert [f.code for f in judge(now, settings(), baseline=before).failures] == ["verdict-worse"]
    chosen = settings({"baseline.metrics": {"val/f1": {}}})
    codes = {(f.run, f.code) for f in judge(analysis(diagnosis("a", "converged")), chosen, baseline=before).failures}
    assert ("a", "not-in-baseline") in codes


DEEP = '{"schema": "loganalyzer-baseline/1", "runs": ' + "[" * 100_000
LONG = '{"schema": "loganalyzer-baseline/1", "runs": {"a": {"verdict": "converged", "metrics": {"x": {"best": %s}}}}}'


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema": "x"}', '{"schema": "loganalyzer/1", "runs": []}', "null", DEEP, DEEP + "]" * 100_000]
    + [
        LONG.replace("}}}}}", f', "direction": "{way}"}}}}}}}}}}') % ("1" + "0" * n)
        for way in ("min", "up")
        for n in (400, 5000)
    ],
    ids=range(12),
)
def test_what_is_no_baseline(text: str) -> None:
    with pytest.raises(ConfigError, match=r"base\.json"):
        from_json(text, "base.json")
