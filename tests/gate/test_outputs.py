"""The documents: valid, escaped, capped, the same for the same input."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any
from xml.etree import ElementTree

import pytest

from loganalyzer import messages
from loganalyzer.gate.baseline import from_json, of_runs, to_json
from loganalyzer.gate.judge import judge
from loganalyzer.messages import LANGUAGES
from loganalyzer.model.gate_result import GateResult
from loganalyzer.model.report import Analysis
from loganalyzer.reports import gate_text, github, gitlab, junit, markdown, sarif
from loganalyzer.reports.registry import RenderRequest
from tests.contract.test_hostile_names import HOSTILE
from tests.gate import cases
from tests.gate.build import analysis, diagnosis, settings

LINK = re.compile(r"(?<!\\)!?\[[^\]]*(?<!\\)\]\(")


@pytest.fixture(scope="module", params=["hostile", "200", "empty", "samples", "damaged"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Analysis, GateResult]:
    return cases.judged(cases.everything(tmp_path_factory.mktemp("logs"))[request.param]())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_junit(case: tuple[Analysis, GateResult], lang: Any) -> None:
    text = junit.render(RenderRequest(*case, lang=lang))
    root = ElementTree.fromstring(text.encode("utf-8"))
    assert root.tag == "testsuites" and [c.tag for c in root if c.tag != "testsuite"] == []
    seen = set()
    for suite in root:
        cases = suite.findall("testcase")
        assert {c.tag for c in suite} <= {"testcase", "properties"} and suite.get("name") in ("runs", "gate", "unread")
        assert suite.get("tests") == str(len(cases))
        for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert suite.get(name) == str(len(suite.findall(f"testcase/{tag}")))
        for each in cases:
            assert set(each.attrib) - {"time"} == {"classname", "name"}
            tags = [c.tag for c in each]
            assert len(tags) == len(set(tags)) and len({*tags} & {"failure", "error", "skipped"}) <= 1
            key = (each.get("classname"), each.get("name"))
            assert key not in seen
            seen.add(key)
    analysed, result = case
    runs = [c.get("name") for c in root.findall("testsuite[@name='runs']/testcase")]
    assert len(runs) == len(analysed.runs), "a case for each run"
    assert root.get("failures") == str(len(root.findall("testsuite/testcase/failure")))
    known = {d.id for d in analysed.runs}
    failing = {f.run for f in result.failures if f.run in known}
    assert len(root.findall("testsuite[@name='runs']/testcase/failure")) == len(failing)
    told = "\n".join(str(f.text) for f in root.iter("failure"))
    assert told.count(messages.ui("gate", "where", lang)) >= len(result.failures), "each condition is explained"
    assert "\x1b" not in text and len(text) < 30_000_000


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sarif(case: tuple[Analysis, GateResult], lang: Any) -> None:
    text = sarif.render(RenderRequest(*case, lang=lang))
    document = json.loads(text)
    run = document["runs"][0]
    result = case[1]
    assert len(run["results"]) == len(result.failures) + len(result.warnings) + len(result.ignored)
    for each in run["results"]:
        assert run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"]
    prints = [r["partialFingerprints"]["analyzeLogs/v1"] for r in run["results"]]
    assert len(set(prints)) == len(prints)


def test_gitlab(case: tuple[Analysis, GateResult]) -> None:
    text = gitlab.render(RenderRequest(*case))
    issues = json.loads(text)
    assert len({i["fingerprint"] for i in issues}) == len(issues) and not text.startswith("\ufeff")


def test_a_fingerprint_does_not_depend_on_values() -> None:
    chosen = settings({"gate.metrics": {"val/accuracy": {"min": 0.95}}})
    prints = []
    for value in (0.5, 0.6):
        report = analysis(diagnosis("a", "converged", series={"val/accuracy": (value,)}))
        prints.append(sarif.fingerprint(judge(report, chosen).failures[0]))
    assert prints[0] == prints[1]


def test_markdown(case: tuple[Analysis, GateResult]) -> None:
    text = markdown.render(RenderRequest(*case))
    assert len(text.encode("utf-8", "replace")) <= markdown.COMMENT_LIMIT and text.startswith(markdown.MARKER)
    body = text.removeprefix(markdown.MARKER)
    assert "<" not in body and "\x1b" not in body and not LINK.search(body)
    assert not re.search(r"@\w", body) and "http://127" not in body
    lines = [line for line in body.splitlines() if line.startswith("|")]
    assert all(len(re.findall(r"(?<!\\)\|", line)) in (5, 8) for line in lines)


def test_markdown_says_that_it_was_cut() -> None:
    report = cases.two_hundred()
    assert "Cut at the size limit" in markdown.render(
        RenderRequest(report, judge(report, settings(cases.RULES))), limit=1_500
    )


def test_github(case: tuple[Analysis, GateResult]) -> None:
    text = github.render(*case)
    lines = text.splitlines()
    assert sum(line.startswith("::error ") for line in lines) <= 10
    assert sum(line.startswith("::warning ") for line in lines) <= 10
    for line in lines:
        assert re.fullmatch(r"::(error|warning) title=[^:,\r\n]+::.+", line), line
        assert not re.search(r"%(?!0A|0D|25|3A|2C)", line)
    assert len(github.summary(*case).encode()) <= 1024 * 1024


def test_the_worst_come_first_and_the_rest_is_counted() -> None:
    report = analysis(diagnosis("a", "overfitting"))
    bounds = {f"metric{i}": {"min": 1.0} for i in range(12)}
    lines = github.render(report, judge(report, settings({"gate.metrics": bounds}))).splitlines()
    assert len(lines) == 10 and "3 more" in lines[-1]


def test_runs_that_fail_one_condition_for_one_cause_are_one_annotation() -> None:
    report = cases.two_hundred()
    result = judge(report, settings({"fail-on": "overfitting"}))
    (line,) = github.render(report, result).splitlines()
    assert "200 runs" in line and "192 more" in line
    assert len(result.failures) == 200 and "Gate failed: 200" in "\n".join(gate_text.plain(report, result, "en"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_plain_lines(case: tuple[Analysis, GateResult], lang: Any) -> None:
    lines = list(gate_text.plain(*case, lang))
    assert lines and all(line.isprintable() for line in lines)
    assert len(lines) < 200


def test_same_input_same_bytes() -> None:
    for module in (junit, sarif, gitlab, markdown):
        one, two = (RenderRequest(*cases.judged(cases.hostile())) for _ in range(2))
        assert module.render(one) == module.render(two)
    assert github.render(*cases.judged(cases.hostile())) == github.render(*cases.judged(cases.hostile()))


@pytest.mark.parametrize("name", ["run[1]*?", "学習😀", "tab\there", *HOSTILE])
def test_the_snippet_is_toml_and_ignores_this_run_alone(name: str) -> None:
    report = analysis(diagnosis(name, "overfitting"))
    failure = judge(report, settings({"fail-on": "overfitting"})).failures[0]
    lines = gate_text.explain(failure, "ja").snippet
    assert all(line.isprintable() for line in lines)
    entry = tomllib.loads("\n".join(lines))["ignore"][0]
    assert not judge(report, settings({"fail-on": "overfitting", "ignore": [entry]})).failed
    other = analysis(diagnosis(name + "1xx", "overfitting"))
    assert judge(other, settings({"fail-on": "overfitting", "ignore": [entry]})).failed


@pytest.mark.parametrize("module", [sarif, gitlab])
def test_without_a_gate_runs_that_need_attention_are_listed(module: Any) -> None:
    good = diagnosis("good", "converged", severity="info")
    report = analysis(good, diagnosis("bad", "overfitting"), diagnosis("worse", "diverging"))
    found = json.loads(module.render(RenderRequest(report, judge(report, settings({})))))
    results = found["runs"][0]["results"] if module is sarif else found
    said = [r["message"]["text"] if module is sarif else r["description"] for r in results]
    assert len(said) == 2 and any("bad" in text for text in said) and any("worse" in text for text in said)
    assert {r.get("level", r.get("severity")) for r in results} <= {"warning", "minor"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("runs", [1, 2, 3, 40])
def test_what_is_as_in_the_baseline_is_one_line(lang: messages.Lang, runs: int) -> None:
    own = [diagnosis(f"r{number}", "converged") for number in range(runs)]
    before = from_json(to_json(of_runs(own)), "base.json")
    result = judge(analysis(*own), settings(), baseline=before)
    lines = [line for line in gate_text.plain(analysis(*own), result, lang) if line.startswith("  =")]
    assert len(lines) == 1 and str(2 * runs) in lines[0] and "r0 val/loss" in lines[0]
    assert len(lines[0]) < 120


def test_a_metric_that_moved_has_a_line_of_its_own() -> None:
    before = from_json(to_json(of_runs([diagnosis("a", "converged")])), "base.json")
    moved = analysis(diagnosis("a", "converged", series={"val/loss": (3.0, 0.999), "val/accuracy": (0.8,)}))
    lines = list(gate_text.plain(moved, judge(moved, settings(), baseline=before), "en"))
    assert any(line.startswith("  = a: val/loss: Baseline") for line in lines)
