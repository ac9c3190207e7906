"""Every document reports whatever ends in an exit code of its own, and no two entries of a document are equal."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from loganalyzer.gate.judge import exit_code, judge
from loganalyzer.messages import LANGUAGES
from loganalyzer.model.report import Analysis
from loganalyzer.model.run import Note, Unread
from loganalyzer.reports import github, gitlab, junit, markdown
from loganalyzer.reports.registry import RenderRequest
from tests.gate.build import analysis, diagnosis, settings

TORN = Unread("torn.csv", Note("cannot-open", {"reason": "x"}))


def partly_read() -> Analysis:
    """A run of which points were lost."""
    one = diagnosis("a", "converged", severity="info")
    return analysis(replace(one, run=replace(one.run, notes=(Note("bad-rows", {"count": 3}, harmful=True),))))


@pytest.mark.parametrize(
    ("report", "strict", "code", "level", "sign"),
    [
        (analysis(), False, 5, "error", "❌"),
        (analysis(diagnosis("a", "converged"), unread=(TORN,)), False, 0, "warning", "⚠️"),
        (analysis(diagnosis("a", "converged"), unread=(TORN,)), True, 4, "error", "❌"),
        (partly_read(), False, 0, "warning", "⚠️"),
        (partly_read(), True, 4, "error", "❌"),
        (analysis(diagnosis("a", "converged")), True, 0, "", "✅"),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_exit_code_is_reported(report: Analysis, strict: bool, code: int, level: str, sign: str, lang: str) -> None:
    result = judge(report, settings({"strict": strict, "fail-on": "diverging"}))
    assert exit_code(report, result) == code
    lines = github.render(report, result, lang=lang).splitlines()
    assert [line.split()[0] for line in lines] == ([f"::{level}"] if level else [])
    said = markdown.render(RenderRequest(report, result, lang))
    assert ("strict" in said) == (bool(level) and code == 0)  # a gate that passes says what it did not see
    assert sign in said and all(other not in said for other in {"❌", "⚠️", "✅"} - {sign})


@pytest.mark.parametrize("strict", [True, False])
def test_github_shows_ten_of_a_level(strict: bool) -> None:
    runs = [diagnosis(f"r{i}", "diverging", severity="error") for i in range(8)]
    report = analysis(*runs, unread=tuple(replace(TORN, file=f"{i}.csv") for i in range(30)))
    result = judge(report, settings({"strict": strict, "fail-on": "diverging"}))
    lines = github.render(report, result).splitlines()
    for level in ("::error ", "::warning "):
        assert sum(line.startswith(level) for line in lines) <= 10
    assert "8 runs: r0, r1" in lines[0] and "diverging" in lines[0] and "more" in lines[-1]


def test_conditions_on_no_single_run_keep_their_names_apart_and_stay_visible_when_ignored() -> None:
    metrics = {name: {"min": 9.0, "aggregate": "median"} for name in ("val/accuracy", "val/loss")}
    document = {"gate.runs": [{"runs": "*", "metrics": metrics}, {"runs": "gone", "expect": "converged"}],
                "ignore": [{"rule": "expect", "runs": "gone", "reason": "not trained tonight"}]}  # fmt: skip
    report = analysis(diagnosis("a", "converged"))
    result = judge(report, settings(document))
    suite = ElementTree.fromstring(junit.render(RenderRequest(report, result))).find("testsuite[@name='gate']")
    assert suite is not None
    names = [(c.get("classname"), c.get("name")) for c in suite]
    assert len(names) == len(set(names)) == 3
    (skipped,) = suite.iter("skipped")
    assert "not trained tonight" in str(skipped.get("message"))
    assert suite.get("failures") == "2" and suite.get("skipped") == "1"


def test_two_bounds_on_one_metric_are_two_issues() -> None:
    bounds = [{"runs": "*", "metrics": {"val/accuracy": {"min": 0.99, "stat": stat}}} for stat in ("best", "last")]
    report = analysis(diagnosis("a", "converged"))
    issues = json.loads(gitlab.render(RenderRequest(report, judge(report, settings({"gate.runs": bounds})))))
    assert len(issues) == 2 == len({i["fingerprint"] for i in issues})
