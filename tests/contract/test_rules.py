"""What must hold for every rule, ours and those to come."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest

from loganalyzer import messages
from loganalyzer.cli.pages import explain
from loganalyzer.diagnosis import sweep_actions, sweep_findings
from loganalyzer.diagnosis.answers import ask
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.features.view import View
from loganalyzer.gate import what_changed
from loganalyzer.model.outcome import Severity, Status, Verdict
from loganalyzer.model.run import Run, Series
from loganalyzer.model.verdicts import BY_PRIORITY
from loganalyzer.roles.assign import roles
from loganalyzer.rules.base import Abstention, Rule
from loganalyzer.rules.fixes.ranking import HINTS
from loganalyzer.rules.fixes.suspects import SUSPECTS
from loganalyzer.rules.registry import load_rules, rule_messages, rule_page
from loganalyzer.rules.validation import own_problems
from tests.rules.case import Case, load_cases

RULES = load_rules()
IDS = [rule.id for rule in RULES]
FOUND = [case for case in load_cases() if case.expect == "found"]
HEADINGS = ("What it sees", "Why it matters", "How it is measured", "When it is silent")
JAPANESE_HEADINGS = ("見るもの", "重要な理由", "測り方", "出さない場合")
LITERAL = "``(.+?)``"
CASES = Path(__file__).parent.parent / "rules" / "cases"


def run_of(**series: list[float]) -> Run:
    made = {
        name.replace("__", "/"): Series(name, np.arange(len(v), dtype=np.int64), np.array(v, dtype=float))
        for name, v in series.items()
    }
    return Run("r", ("r.csv",), "csv", made, step_unit="epoch")


HOSTILE = {
    "empty": [],
    "one point": [0.5],
    "two points": [0.5, 0.4],
    "flat": [0.5] * 30,
    "zeros": [0.0] * 30,
    "all NaN": [float("nan")] * 30,
    "all infinite": [float("inf")] * 30,
    "mixed": [1.0, float("nan"), float("inf"), -float("inf"), 0.5] * 6,
    "enormous": list(np.linspace(1e308, 1e307, 30)),
    "both enormous": [1.7e308, -1.7e308] * 15,
    "tiny": list(np.linspace(5e-324, 1e-320, 30)),
    "negative": list(np.linspace(-1.0, -3.0, 30)),
    "huge jump": [1.0] * 29 + [1e300],
    "long flat": [0.1] * 2000,
}


@pytest.mark.parametrize("values", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_no_series_breaks_a_rule(rule: Rule, values: list[float]) -> None:
    run = run_of(train_loss=values, val_loss=values, train_acc=values, val_acc=values, lr=values, grad_norm=values)
    with np.errstate(all="raise", under="ignore"):
        outcome = ask(rule, View(run, roles(run)))
    assert outcome.status is not Status.BROKEN, outcome.numbers


@pytest.mark.parametrize("rule", RULES, ids=IDS)
@pytest.mark.parametrize("tags", [("g_loss", "d_loss"), ("ep_rew_mean", "loss/entropy", "approx_kl"), ("odd",), ()])
def test_other_kinds_of_run_break_no_rule(rule: Rule, tags: tuple[str, ...]) -> None:
    rng = np.random.default_rng(0)
    run = run_of(**{tag.replace("/", "__"): list(rng.normal(size=40)) for tag in tags})
    assert ask(rule, View(run, roles(run))).status is not Status.BROKEN


@pytest.mark.parametrize("values", [[], [0.5], [0.5, 0.4]], ids=["empty", "one point", "two points"])
def test_too_little_finds_nothing_by_accident(values: list[float]) -> None:
    diagnosis = diagnose(run_of(train_loss=values, val_loss=values))
    assert diagnosis.verdict is Verdict.INCONCLUSIVE
    assert all(o.severity is Severity.INFO for o in diagnosis.findings)


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_the_page_has_its_four_headings(rule: Rule) -> None:
    page = rule_page(rule.id)
    places = [page.find(heading) for heading in HEADINGS]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_the_page_stands_in_japanese_too(rule: Rule) -> None:
    english, japanese = messages.page(rule.id, "en"), messages.page(rule.id, "ja")
    lines = japanese.splitlines()
    places = [lines.index(heading) for heading in JAPANESE_HEADINGS]
    assert places == sorted(places)
    for first, last in zip(places, [*places[1:], len(lines)], strict=True):
        assert re.search(r"[\u3040-\u30ff]", "".join(lines[first + 1 : last])), lines[first]
    assert set(re.findall(LITERAL, " ".join(english.split()))) == set(re.findall(LITERAL, japanese))


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_the_page_says_what_each_limit_decides(rule: Rule) -> None:
    assert {item.name for item in fields(rule.limits)} <= set(re.findall(LITERAL, rule_page(rule.id)))


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_limits_say_default_meaning_and_range(rule: Rule) -> None:
    assert is_dataclass(rule.limits)
    for item in fields(rule.limits):
        meta = item.metadata
        assert meta["meaning"]
        assert meta["low"] <= getattr(rule.limits, item.name) <= meta["high"]


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_every_limit_has_a_japanese_meaning_and_every_meaning_a_limit(rule: Rule) -> None:
    said = rule_messages(rule.id).get("limits", {})
    assert set(said) == {item.name for item in fields(rule.limits)}
    for item in fields(rule.limits):
        meaning = messages.limit(rule.id, item.name, "ja")
        assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", meaning), item.name
        assert meaning in explain(rule.id, "ja").replace("\n      ", "")
        assert item.metadata["meaning"] in " ".join(explain(rule.id, "en").split())


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_of_ours_passes_the_checks_of_plugins(rule: Rule) -> None:
    assert own_problems(rule) == []


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_every_rule_that_a_rule_names_exists(rule: Rule) -> None:
    named = {*rule.hint_for, *rule.explained_by, *(id_ for lead in rule.leads for id_ in lead.of)}
    assert named | {s.by for s in rule.suppressed_by} <= {*IDS, *Abstention}
    for s in rule.suppressed_by:
        assert {*s.kinds} <= {*rule.kinds} and {*s.variants} <= {*rule.variants}
        if s.by in IDS:
            by = RULES[IDS.index(s.by)]
            assert {*s.by_kinds} <= {*by.kinds} and {*s.by_variants} <= {*by.variants}
            assert by.verdict is not None, "only a deciding rule suppresses"


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_every_sentence_is_of_a_declared_variant(rule: Rule) -> None:
    assert set(rule_messages(rule.id)["sentences"]) == set(rule.variants)


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_every_cause_is_of_a_variant_that_names_one(rule: Rule) -> None:
    assert set(rule_messages(rule.id).get("causes", {})) == set(rule.causes) <= set(rule.variants)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.causes], ids=lambda rule: rule.id)
def test_every_cause_is_named_in_a_case_with_all_its_numbers(rule: Rule) -> None:
    named = {case.answer().variant or "found": case for case in FOUND if case.rule == rule.id}
    assert set(rule.causes) <= set(named)
    for variant in rule.causes:
        case = named[variant]
        for lang in messages.LANGUAGES:
            cause = messages.cause_of(case.answer(), case.run, lang)
            assert cause is not None and cause.variant == variant
            assert "{" not in cause.text + cause.check and "–" not in cause.text + cause.check


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.verdict], ids=lambda rule: rule.id)
def test_every_kind_of_a_verdict_has_words(rule: Rule) -> None:
    for kind in rule.kinds:
        for lang in messages.LANGUAGES:
            assert messages.kind_meaning(kind, lang), kind
            assert messages.kind(kind, lang) != kind or lang == "en"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.verdict in BY_PRIORITY], ids=lambda rule: rule.id)
def test_every_kind_of_a_verdict_is_given_in_a_case(rule: Rule) -> None:
    """A gate on a kind that no rule gives could never fail."""
    assert set(rule.kinds or [""]) <= {case.answer().kind for case in FOUND if case.rule == rule.id}


def test_every_fix_named_in_a_rule_has_words_and_every_fix_is_reachable() -> None:
    offered = {fix for rule in RULES for fix in (*rule.fixes, *rule.return_fixes)} | {
        *(fix for hint in HINTS for fix in hint.fixes),
        *(suspect.fix for suspect in SUSPECTS),
    }
    source = inspect.getsource(sweep_findings) + inspect.getsource(sweep_actions)
    sweeps = set(re.findall(r'"([a-z0-9.-]+)"', source)) & set(messages.fix_ids())
    assert offered | sweeps | {what_changed.FIX} == set(messages.fix_ids())


@pytest.mark.parametrize("case", FOUND, ids=[f"{case.rule}-{case.name}" for case in FOUND])
def test_what_a_case_finds_is_declared_and_has_words(case: Case) -> None:
    """Every found case, through sentence and fixes in each language, with all that it says declared on the rule."""
    rule, outcome = RULES[IDS.index(case.rule)], case.answer()
    assert outcome.kind in {"", *rule.kinds}
    assert (outcome.variant or "found") in rule.variants
    assert set(outcome.fixes) <= {*rule.fixes, *rule.return_fixes}
    sentences = {messages.sentence(outcome, case.run, lang) for lang in messages.LANGUAGES}
    assert len(sentences) == len(messages.LANGUAGES)
    for text in sentences:
        assert "{" not in text and "–" not in text, "a placeholder without a number"
    for fix_id in outcome.fixes:
        assert all(messages.fix(fix_id, lang).text for lang in messages.LANGUAGES)
    for evidence in outcome.evidence:
        assert not evidence.label or all(messages.label(case.rule, evidence.label, lang) for lang in messages.LANGUAGES)


@pytest.mark.parametrize("fix_id", messages.fix_ids())
def test_a_fix_is_whole_in_both_languages(fix_id: str) -> None:
    for lang in messages.LANGUAGES:
        fix = messages.fix(fix_id, lang)
        assert fix.text and fix.why
        assert not fix.url or fix.url.startswith("https://")
    assert fix.source or fix_id == "name-roles"
    for framework, code in fix.code.items():
        assert framework in {"pytorch", "keras"}
        compile(code, fix_id, "exec", flags=0x2000)  # PyCF_ALLOW_TOP_LEVEL_AWAIT: a snippet, not a module


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_every_rule_has_cases(rule: Rule) -> None:
    assert (CASES / f"{rule.id.replace('-', '_')}.toml").exists()
