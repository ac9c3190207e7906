"""The five documents against the schemas of those who read them (``schemas/README.md`` says where each is from)."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema
from sarif_pydantic import Sarif

from loganalyzer.messages import LANGUAGES
from loganalyzer.model.gate_result import GateResult
from loganalyzer.model.report import Analysis
from loganalyzer.reports import gitlab, junit, markdown, sarif
from loganalyzer.reports.json import render
from loganalyzer.reports.registry import RenderRequest
from tests.gate import cases

SCHEMAS = Path(__file__).parent / "schemas"
Case = tuple[Analysis, GateResult]


@cache
def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module", params=["hostile", "200", "empty", "samples", "damaged"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    return cases.judged(cases.everything(tmp_path_factory.mktemp("logs"))[request.param]())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sarif_is_the_standard(case: Case, lang: Any) -> None:
    document = json.loads(sarif.render(RenderRequest(*case, lang=lang)))
    jsonschema.Draft7Validator(schema("sarif-2.1.0.json")).validate(document)
    jsonschema.validate(document, schema("sarif_subset.json"))
    Sarif.model_validate(document)


def test_the_sarif_schema_is_the_whole_one_and_refuses_what_is_wrong() -> None:
    whole = schema("sarif-2.1.0.json")
    assert whole["$id"].endswith("/sarif-schema-2.1.0.json") and len(whole["definitions"]) == 52
    validator = jsonschema.Draft7Validator(whole)
    document = json.loads(sarif.render(RenderRequest(*cases.judged(cases.hostile()))))
    for path, wrong in (("level", "fatal"), ("message", {}), ("suppressions", [{}]), ("fixes_", [])):
        broken = json.loads(json.dumps(document))
        broken["runs"][0]["results"][0][path] = wrong
        assert not validator.is_valid(broken), path


@pytest.mark.parametrize("lang", LANGUAGES)
def test_junit_is_what_jenkins_reads(case: Case, lang: Any) -> None:
    reader = xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")
    text = junit.render(RenderRequest(*case, lang=lang))
    reader.validate(text)
    for right, wrong in (("<testsuites ", "<testsuites age='1' "), ("<testcase classname=", "<testcase class=")):
        if right in text:
            assert not reader.is_valid(text.replace(right, wrong, 1))


def test_gitlab_takes_every_issue(case: Case) -> None:
    issues = json.loads(gitlab.render(RenderRequest(*case)))
    jsonschema.validate(issues, schema("gitlab_code_quality.json"))
    assert len(issues) == len(case[1].failures) + len(case[1].warnings) + len(case[1].unread)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_our_own_report(case: Case, lang: Any) -> None:
    own = json.loads(files("loganalyzer.reports").joinpath("json_schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(own)
    jsonschema.validate(json.loads(render(case[0], lang=lang, version="1")), own)


def test_damage_is_told_in_every_document(tmp_path: Path) -> None:
    report, result = cases.judged(cases.damaged(tmp_path))
    assert {d.id for d in report.runs} >= {"whole", "bits"} and result.unread and "bits" in result.partly_read
    for text in (
        sarif.render(RenderRequest(report, result)),
        junit.render(RenderRequest(report, result)),
        gitlab.render(RenderRequest(report, result)),
        markdown.render(RenderRequest(report, result)).replace("\\", ""),
    ):
        for unread in result.unread:
            assert unread.file in text, unread
