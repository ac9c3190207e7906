"""Every verdict is whole: whatever one needs beside its record and its words, a test here misses."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any, get_args

import jsonschema
import pytest
from rich.style import Style

from loganalyzer import messages
from loganalyzer.config.conditions import parse_fail_on
from loganalyzer.config.load import load
from loganalyzer.gate.baseline import from_json, of_runs, to_json
from loganalyzer.gate.judge import judge
from loganalyzer.model.verdicts import BY_PRIORITY, DEGREES, VERDICTS, Tone, Topic, Verdict, current, with_kind
from loganalyzer.reports import github, junit, markdown, notebook
from loganalyzer.reports import json as json_report
from loganalyzer.reports.html import closing, page
from loganalyzer.reports.html.palette import verdict_style
from loganalyzer.reports.mail import message
from loganalyzer.reports.registry import RenderRequest
from loganalyzer.reports.summary import summary
from loganalyzer.reports.wrap import columns
from loganalyzer.rules.registry import load_rules
from tests.gate.build import analysis, diagnosis, settings

STYLE = files("loganalyzer.reports.html").joinpath("templates", "style.css").read_text(encoding="utf-8")
MAIL = files("loganalyzer.reports.mail").joinpath("template.html.j2").read_text(encoding="utf-8")
SCHEMA: dict[str, Any] = json.loads(
    files("loganalyzer.reports").joinpath("json_schema.json").read_text(encoding="utf-8")
)
each_verdict = pytest.mark.parametrize("verdict", list(Verdict))
each_language = pytest.mark.parametrize("lang", messages.LANGUAGES)


@each_verdict
def test_its_record_is_whole(verdict: Verdict) -> None:
    info = VERDICTS[verdict]
    assert len(info.sign) == 1 == columns(info.sign)
    assert len(info.ascii_sign) == 1 and info.ascii_sign.isascii()
    assert Style.parse(info.style)
    assert info.tone in get_args(Tone) and set(info.points_at) <= set(get_args(Topic))
    assert (verdict in BY_PRIORITY) == info.judged


def test_no_two_look_or_rank_the_same() -> None:
    for what in ("sign", "ascii_sign", "colours", "badness"):
        assert len({getattr(info, what) for info in VERDICTS.values()}) == len(Verdict) == len(VERDICTS), what
    assert [v for v in Verdict if VERDICTS[v].healthy] == [min(Verdict, key=lambda v: VERDICTS[v].badness)]


@each_verdict
@each_language
def test_it_has_words(verdict: Verdict, lang: messages.Lang) -> None:
    assert messages.verdict(verdict, lang) in messages.verdict_with_kind(verdict, "", lang)
    assert messages.verdict_meaning(verdict, lang).endswith((".", "。"))
    assert "7" in messages.verdict_count(verdict, 7, lang)


@each_verdict
def test_some_rule_gives_it(verdict: Verdict) -> None:
    assert any(rule.verdict is verdict for rule in load_rules())


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@each_verdict
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_its_colour_can_be_read_on_the_paper_of_either_theme(verdict: Verdict, theme: int) -> None:
    papers = re.findall(r"--paper: (#\w{6}); --page: (#\w{6})", STYLE)
    assert len(papers) == 3 and papers[1] == papers[2]
    colour = VERDICTS[verdict].colours[theme]
    assert all(contrast(colour, paper) >= 4.5 for paper in papers[theme])
    assert verdict_style().count(f".v-{verdict} {{ --v: {colour}; }}") == (1, 2)[theme]


@pytest.mark.parametrize("tone", get_args(Tone))
def test_the_mail_has_a_style_for_every_tone(tone: str) -> None:
    for name in (f".row-{tone}", f".{tone}"):
        assert re.search(rf"^{re.escape(name)} {{", MAIL, re.M), name
        assert re.search(rf"^  .*{re.escape(name)} {{", MAIL, re.M), f"{name} in the dark"


@each_verdict
@each_language
def test_every_output_shows_it(verdict: Verdict, lang: messages.Lang) -> None:
    report = analysis(diagnosis("a", verdict.value), diagnosis("b", verdict.value))
    result = judge(report, settings({"fail-on": verdict.value}))
    word = messages.verdict(verdict, lang)
    html = page.render(report, lang=lang)
    request = RenderRequest(report, result, lang)
    assert f'class="card v-{verdict}"' in html and f".v-{verdict} {{" in html
    for text in (html, notebook.render(report, lang), markdown.render(request),
                 junit.render(request), github.render(report, result, lang=lang)):  # fmt: skip
        assert word in text
    mail = message.render(report, result, lang=lang)
    assert word in mail and f"row-{verdict.info.tone}" in mail
    healthy = verdict.info.healthy
    assert healthy or messages.verdict_count(verdict, 2, lang) in summary(report, lang)
    assert healthy or summary(analysis(diagnosis("a", verdict.value)), lang) == messages.verdict_of_one(verdict, lang)
    assert len(closing.lines(report.runs[0], lang)) == len(get_args(Topic))
    document = json_report.as_dict(report, lang=lang)
    jsonschema.validate(document, SCHEMA)
    assert {run["verdict"] for run in document["runs"]} == {verdict.value}


def test_the_schema_of_json_lists_what_there_is() -> None:
    assert SCHEMA["$id"] == json_report.SCHEMA == SCHEMA["properties"]["schema"]["const"]
    assert SCHEMA["$defs"]["verdict"]["enum"] == [v.value for v in Verdict], "run `make schema`"


@each_verdict
def test_the_gate_and_the_configuration_know_it(verdict: Verdict, tmp_path: Any) -> None:
    assert parse_fail_on(verdict.value) == (verdict.value,)
    (tmp_path / "loganalyzer.toml").write_text(f'[[gate.runs]]\nruns = "*"\nexpect = "{verdict}"\n', encoding="utf-8")
    chosen = load(environment={}, directory=tmp_path)
    assert chosen.gate.runs[0].expect == (verdict.value,)
    given, other = analysis(diagnosis("a", verdict.value)), next(v for v in Verdict if v is not verdict)
    assert not judge(given, chosen).failed and judge(analysis(diagnosis("a", other.value)), chosen).failed
    assert judge(given, settings({"fail-on": verdict.value})).failed


@each_verdict
@pytest.mark.parametrize("before", list(Verdict))
def test_a_baseline_ranks_it(before: Verdict, verdict: Verdict) -> None:
    """Worse is worse; and that a verdict cannot be given any more is no better than any that could."""
    baseline = from_json(to_json(of_runs([diagnosis("a", before.value)])), "base.json")
    result = judge(analysis(diagnosis("a", verdict.value)), settings(), baseline=baseline)
    worse = verdict is not before and (not verdict.info.judged or verdict.info.badness > before.info.badness)
    assert [f.code for f in result.failures] == ["verdict-worse"] * worse


def test_names_of_before_still_work() -> None:
    assert current("overfitting:clear") == "overfitting:moderate" and current("overfitting") == "overfitting"
    assert parse_fail_on("overfitting:clear, error") == ("overfitting:moderate", "error")
    moderate = analysis(diagnosis("a", "overfitting", "moderate"))
    assert judge(moderate, settings({"fail-on": "overfitting:clear"})).failed
    run = {"id": "a", "verdict": "overfitting", "kind": "clear", "best": None, "objective": {"direction": "min"}}
    for schema in ("loganalyzer/1", "loganalyzer/2"):
        baseline = from_json(json.dumps({"schema": schema, "runs": [run]}), "old.json")
        assert baseline.runs[0].kind == "moderate"
        assert not judge(moderate, settings(), baseline=baseline).failed
        assert judge(analysis(diagnosis("a", "overfitting", "severe")), settings(), baseline=baseline).failed
    assert [with_kind(Verdict.OVERFITTING, degree) for degree in DEGREES][1] == "overfitting:moderate"


def test_a_limit_may_be_set_by_its_former_name(tmp_path: Any) -> None:
    (tmp_path / "loganalyzer.toml").write_text("[limits.overfitting]\nclear = 0.3\n", encoding="utf-8")
    chosen = load(environment={}, directory=tmp_path, rules=load_rules())
    from loganalyzer.diagnosis.answers import with_limits

    rules = {rule.id: rule for rule in with_limits(load_rules(), chosen.limits)}
    assert rules["overfitting"].limits.moderate == 0.3
    both = {"overfitting": {"moderate": 0.4, "clear": 0.3}}
    assert {r.id: r for r in with_limits(load_rules(), both)}["overfitting"].limits.moderate == 0.4


def test_a_rule_may_be_named_by_its_former_id(tmp_path: Any) -> None:
    former = {rule.formerly: rule.id for rule in load_rules() if rule.formerly}
    assert former == {"bold-settings": "unusual-settings-high", "timid-settings": "unusual-settings-low"}
    (tmp_path / "loganalyzer.toml").write_text(
        '[severities]\nbold-settings = "warning"\n[limits.bold-settings]\nmomentum = 0.8\n'
        '[[ignore]]\nrule = "timid-settings"\nreason = "known"\n',
        encoding="utf-8",
    )
    chosen = load(environment={}, directory=tmp_path, rules=load_rules())
    assert list(chosen.severities) == ["unusual-settings-high"] and chosen.ignore[0].rule == "unusual-settings-low"
    assert chosen.limits == {"unusual-settings-high": {"momentum": 0.8}}
    assert "limits\0unusual-settings-high\0momentum" in chosen.origins
    from loganalyzer.cli.pages import explain
    from loganalyzer.diagnosis.answers import with_limits

    both = {"unusual-settings-high": {"momentum": 0.7}, "bold-settings": {"momentum": 0.8}}
    for given, momentum in ((both, 0.7), ({"bold-settings": {"momentum": 0.8}}, 0.8)):
        changed = {r.id: r for r in with_limits(load_rules(), given)}
        assert changed["unusual-settings-high"].limits.momentum == momentum
    assert explain("timid-settings", "en") == explain("unusual-settings-low", "en")
