"""What a failed gate says: runs are counted, each once with all its reasons, and an ignore covers what stands above it."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from loganalyzer import messages
from loganalyzer.config.conditions import CHECKS
from loganalyzer.gate.history import trend
from loganalyzer.gate.judge import judge
from loganalyzer.messages import LANGUAGES
from loganalyzer.model.gate_result import GateResult
from loganalyzer.model.report import Analysis
from loganalyzer.reports import gate_text, html, junit, markdown, trend_text
from loganalyzer.reports.ignore_text import covering
from loganalyzer.reports.registry import RenderRequest
from tests.gate.build import analysis, diagnosis, settings
from tests.gate.test_changes import state
from tests.gate.test_history import night

OLD = [f"old{i}" for i in range(5)]
FRESH = [f"fresh{i}" for i in range(4)]
GATE = {"fail-on": "new,diverging", "history": "h"}


def second_night(**more: object) -> tuple[Analysis, GateResult]:
    """Five runs that diverged before, four that diverge now, one that overfits now, one that is well."""
    runs = [diagnosis(run, "diverging") for run in (*OLD, *FRESH)]
    runs += [diagnosis("turned", "overfitting", "severe"), diagnosis("well", "converged", severity="info")]
    before = [state(run, "diverging" if run in OLD else "converged") for run in (*OLD, *FRESH, "turned", "well")]
    found = trend("h", [night(1, *before)], [state(d.id, f"{d.verdict}:{d.kind}".strip(":")) for d in runs], 0.02)
    report = replace(analysis(*runs), trend=found)
    return report, judge(report, settings({**GATE, **more}))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_runs_are_counted_and_not_conditions(lang: str) -> None:
    report, result = second_night()
    assert len(result.failures) == 14 and len(result.failed_runs) == 10
    line = gate_text.headline(report, result, lang)
    assert line in (
        "Gate failed: 10 runs (5 new).",
        "ゲート不合格：10件の実行が条件を満たしていません（うち新規5件）。",
    )
    request = RenderRequest(report, result, lang)
    assert markdown.escaped(line) in markdown.render(request)
    assert 'failures="10"' in junit.render(request)
    assert line in html.render(report, lang=lang, gate=result)
    assert line in "\n".join(gate_text.plain(report, result, lang))


def test_a_run_is_told_once_with_its_reasons_and_what_is_new_comes_first() -> None:
    report, result = second_night()
    told = gate_text.explain_all(result.failures, report, "en")
    assert [(e.count, e.what.partition(":")[0]) for e in told] == [
        (4, "diverging, worse than last time (history)"), (1, "turned"), (5, "diverging"),
    ]  # fmt: skip
    assert told[0].expected == "any verdict but diverging; no worse verdict than last time (converged)"
    lines = gate_text.explain_all(result.failures, report, "ja")
    assert lines[0].what.startswith("発散（diverging）、前回より悪化（history）：4件：fresh0")


def test_what_is_known_is_one_line() -> None:
    report, result = second_night()
    assert report.trend is not None
    known = trend_text.known(report.trend, report.runs, "en")
    assert known == "5 known as bad since 2026-11-01, not new: 5 diverging"
    said = [*gate_text.plain(report, result, "en"), *markdown.render(RenderRequest(report, result, "en")).splitlines()]
    assert sum("known as bad" in line for line in said) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_conditions_on_no_single_run_are_named_beside_the_runs(lang: str) -> None:
    report, result = second_night(**{"require-runs": 20})
    line = gate_text.headline(report, result, lang)
    assert "10" in line and ("and 1 other condition" in line or "ほかの条件1件も" in line)
    alone = judge(analysis(diagnosis("a")), settings({"require-runs": 2}))
    assert gate_text.headline(analysis(diagnosis("a")), alone, "en") == "Gate failed: 1 condition does not hold."


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_ignore_of_a_group_covers_the_group_and_nothing_else(lang: str) -> None:
    """Every block that is printed, copied as it is: what it stands under passes, the rest still fails."""
    report, result = second_night()
    for told in gate_text.explain_all(result.failures, report, lang):
        entries = tomllib.loads("\n".join(told.snippet))["ignore"]
        _, left = second_night(ignore=entries)
        assert len(left.failed_runs) == len(result.failed_runs) - told.count
        assert not left.ignore_notes


@pytest.mark.parametrize(
    ("names", "others", "globs"),
    [
        (["a"], ["ab"], ["a"]),
        (["s2", "s10", "s1"], [], ["s1", "s2", "s10"]),
        ([f"lr0.1_s{i}" for i in range(12)], ["lr0.01_s0"], ["lr0.1_*"]),
        ([f"lr0.1_s{i}" for i in range(12)] + ["x"], ["lr0.1_t", "y"], [*(f"lr0.1_s{i}" for i in range(12)), "x"]),
        ([f"a/s{i}" for i in range(6)] + [f"b[1]/s{i}" for i in range(6)], ["c/s1"], ["a/*", "b[[]1]/*"]),
        ([f"n{i}" for i in range(10)], [], [f"n{i}" for i in range(10)]),
    ],
)
def test_globs_for_many_runs(names: list[str], others: list[str], globs: list[str]) -> None:
    assert list(covering(names, [*names, *others])) == globs


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("check", CHECKS)
def test_every_check_has_a_name(check: str, lang: str) -> None:
    assert messages.ui("gate", f"check.{check}", lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_night_passes_and_says_what_counts_as_known(lang: str) -> None:
    runs = [diagnosis(f"s{i}", "plateau") for i in range(5)]
    report = replace(analysis(*runs), trend=trend("h", [], [state(d.id, "plateau") for d in runs], 0.02))
    result = judge(report, settings({"fail-on": "new", "history": "h"}))
    assert not result.failed and len(result.known) == 5
    assert "5" in gate_text.headline(report, result, lang)
    (line,) = trend_text.lines(report.trend, report.runs, lang)  # type: ignore[arg-type]
    assert "5" in line and messages.verdict_count(runs[0].verdict, 5, lang) in line  # type: ignore[arg-type]
    # a condition of another kind fails as ever
    assert judge(report, settings({"fail-on": "new,plateau", "history": "h"})).failed
