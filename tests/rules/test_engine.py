"""How the engine asks, isolates and picks."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loganalyzer import diagnosis as diagnosis_package
from loganalyzer.diagnosis.answers import ask, with_limits
from loganalyzer.diagnosis.calibration import UNSTABLE, weighed
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.diagnosis.second_opinion import second_opinion
from loganalyzer.features.view import UndeclaredSignal, View
from loganalyzer.model.errors import ConfigError
from loganalyzer.model.outcome import Outcome, Severity, Status, found, passed
from loganalyzer.model.report import Best, Diagnosis
from loganalyzer.model.run import Run, Series
from loganalyzer.model.verdicts import BY_PRIORITY, Verdict
from loganalyzer.roles.assign import roles
from loganalyzer.rules.base import Abstention, Lead, Rule, Suppression
from loganalyzer.rules.registry import load_rules

X = np.linspace(0, 1, 100)
FALL = np.exp(-X / 0.1)


def make(**series: np.ndarray) -> Run:
    made = {
        name: Series(name, np.arange(len(v), dtype=np.int64), np.asarray(v, dtype=float)) for name, v in series.items()
    }
    return Run("r", ("r",), "csv", made, step_unit="epoch")


def noise(seed: int) -> np.ndarray:
    return 0.01 * np.random.default_rng(seed).standard_normal(100)


def test_a_failing_rule_costs_nothing_else() -> None:
    def fail(view: View, limits: object) -> Outcome:
        raise ZeroDivisionError("no")

    bad = Rule("bad", None, fail)
    diagnosis = diagnose(make(train_loss=FALL + noise(1)), rules=[*load_rules(), bad])
    assert diagnosis.verdict is Verdict.CONVERGED
    assert [o.rule for o in diagnosis.outcomes if o.status is Status.BROKEN] == ["bad"]


def test_a_rule_sees_only_what_it_declared() -> None:
    run = make(train_loss=FALL, val_loss=FALL)
    view = View(run, roles(run)).narrowed(frozenset({"train"}))
    assert view.train is not None
    with pytest.raises(UndeclaredSignal):
        _ = view.validation


def test_a_rule_without_its_signals_is_not_asked() -> None:
    rule = next(r for r in load_rules() if r.id == "overfitting")
    run = make(train_loss=FALL)
    assert ask(rule, View(run, roles(run))).status is Status.NOT_APPLICABLE


def test_unknown_rules_and_limits_are_errors_with_a_hint() -> None:
    with pytest.raises(ConfigError, match="overfitting"):
        with_limits(load_rules(), {"overfiting": {}})
    with pytest.raises(ConfigError, match="share"):
        with_limits(load_rules(), {"overfitting": {"shar": 0.2}})


def test_priority_and_causes() -> None:
    rising = FALL + 0.9 * np.clip(X - 0.4, 0, 1) + noise(1)
    diagnosis = diagnose(make(train_loss=rising, val_loss=rising + 0.1 + noise(2)))
    assert diagnosis.verdict is Verdict.DIVERGING
    assert diagnosis.outcomes[0].rule == diagnosis.deciding == "diverging"
    assert "converged" not in {o.rule for o in diagnosis.findings}


def test_a_fix_that_the_run_already_has_is_not_offered() -> None:
    run = make(train_loss=FALL + noise(1), val_loss=FALL + 0.5 * np.clip(X - 0.3, 0, 1) + noise(2))
    plain = diagnose(run).outcomes[0]
    with_decay = diagnose(replace(run, hyperparameters={"optimizer/weight-decay": 0.01, "dropout": 0.0})).outcomes[0]
    assert "weight-decay" in plain.fixes
    assert "weight-decay" not in with_decay.fixes
    assert "add-dropout" in with_decay.fixes


def test_a_lucky_value_is_the_best_that_is_named_but_not_what_is_judged() -> None:
    val = FALL + 0.5 * np.clip(X - 0.3, 0, 1) + noise(2)
    usual = diagnose(make(train_loss=FALL + noise(1), val_loss=val))
    assert usual.wasted is not None
    assert 0.5 < usual.wasted < 0.85
    val[80] = -5.0
    lucky = diagnose(make(train_loss=FALL + noise(1), val_loss=val))
    assert lucky.best == Best("val_loss", 80, -5.0)
    assert (lucky.verdict, lucky.deciding) == (usual.verdict, usual.deciding)


def test_confidence_of_a_verdict_that_depends_on_the_last_tenth_is_capped() -> None:
    last = np.where(X > 0.92, 0.45, 0.0)
    diagnosis = diagnose(make(train_loss=FALL + last + noise(1)))
    opinion = second_opinion(diagnosis.roles)[diagnosis.verdict]
    assert diagnosis.probability <= round(weighed(UNSTABLE, opinion, noted=False), 4)


def test_the_same_run_gives_the_same_answer() -> None:
    run = make(train_loss=FALL + noise(1), val_loss=FALL + noise(2))
    first, second = diagnose(run), diagnose(run)
    assert first.outcomes == second.outcomes
    assert first.probability == second.probability


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (np.where(np.arange(60) >= 10, np.exp(np.arange(60) / 6), 1.0 - 0.05 * np.arange(60)), True),
        (0.1 + np.exp(-np.arange(60) / 6), False),
    ],
    ids=["beside a divergence", "in a healthy run"],
)
def test_a_setting_is_a_hint_only_beside_behaviour_that_agrees(values: np.ndarray, shown: bool) -> None:
    series = Series("loss", np.arange(60), values)
    run = Run("r", ("r.csv",), "csv", {"loss": series}, hyperparameters={"optimizer": "adam", "lr": 0.5})
    hint = next(o for o in diagnose(run).outcomes if o.rule == "unusual-settings-high")
    assert (hint.status is Status.FOUND) is shown
    assert hint.cause == ("diverging" if shown else "")


def test_six_points_cannot_show_for_sure_that_a_run_settled() -> None:
    def sure(points: int) -> float:
        fall = 1.0 / (1.0 + np.linspace(0.0, 8.0, points) ** 2)
        diagnosis = diagnose(make(train_loss=fall))
        assert diagnosis.verdict is Verdict.CONVERGED
        return diagnosis.probability

    assert sure(6) < 0.85 < sure(24)


def test_the_engine_knows_no_rule_by_name() -> None:
    ids = {rule.id for rule in load_rules()}
    for path in Path(diagnosis_package.__path__[0]).glob("*.py"):
        texts = {n.value for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Constant)}
        assert not texts & ids, path.name


def finding(id_: str, verdict: Verdict | None = None, **fields: Any) -> Rule:
    """A rule that always finds something; ``outcome`` among the fields goes into what it finds."""
    given = {"score": 0.8, **fields.pop("outcome", {})}
    return Rule(id_, None, lambda view, limits: found(Severity.INFO, **given), verdict=verdict, **fields)


def silent(id_: str, verdict: Verdict, score: float = 0.0, **fields: Any) -> Rule:
    return Rule(id_, None, lambda view, limits: passed(score=score), verdict=verdict, **fields)


def judge(*rules: Rule) -> Diagnosis:
    return diagnose(make(train_loss=FALL + noise(1)), rules=rules)


def found_by(diagnosis: Diagnosis) -> list[str]:
    return [o.rule for o in diagnosis.findings]


def test_the_first_verdict_that_holds_wins_and_explains_the_others() -> None:
    diagnosis = judge(finding("flat", Verdict.PLATEAU), finding("up", Verdict.DIVERGING, outcome={"kind": "rising"}))
    assert (diagnosis.verdict, diagnosis.kind, diagnosis.deciding) == (Verdict.DIVERGING, "rising", "up")
    assert [(o.rule, o.cause) for o in diagnosis.findings] == [("up", ""), ("flat", "up")]


def test_a_verdict_is_no_surer_than_the_rules_above_it_are_of_being_silent() -> None:
    sure = judge(silent("up", Verdict.DIVERGING), finding("flat", Verdict.PLATEAU)).probability
    near = judge(silent("up", Verdict.DIVERGING, 0.45), finding("flat", Verdict.PLATEAU)).probability
    assert near < sure


def test_a_healthy_verdict_stands_beside_no_other_one() -> None:
    diagnosis = judge(finding("well", Verdict.CONVERGED), finding("flat", Verdict.PLATEAU))
    assert found_by(diagnosis) == ["flat"]


def test_too_little_data_comes_before_all_verdicts_and_leaves_findings_alone() -> None:
    short = finding("short", Verdict.INCONCLUSIVE, abstains=Abstention.NO_DATA)
    diagnosis = judge(finding("up", Verdict.DIVERGING), finding("spike"), short)
    assert (diagnosis.verdict, diagnosis.kind) == (Verdict.INCONCLUSIVE, "short")
    assert found_by(diagnosis) == ["short", "up", "spike"]


def test_in_another_task_verdicts_are_silent_but_for_kinds_that_hold_for_any() -> None:
    game = finding("game", Verdict.INCONCLUSIVE, abstains=Abstention.OTHER_TASK)
    nan = finding("nan", Verdict.DIVERGING, outcome={"kind": "nan"}, kinds=("nan",), for_any_task=("nan",))
    fell = finding("fell", suppressed_by=(Suppression(Abstention.OTHER_TASK),))
    diagnosis = judge(finding("flat", Verdict.PLATEAU), nan, fell, finding("spike"), game)
    assert found_by(diagnosis) == ["game", "nan", "spike"]


@pytest.mark.parametrize("told", [True, False])
def test_rules_for_the_undecided_are_asked_last_and_only_then(told: bool) -> None:
    asked = []

    def check(view: View, limits: object) -> Outcome:
        asked.append("last")
        return found(Severity.INFO, score=0.3)

    last = Rule("last", None, check, verdict=Verdict.INCONCLUSIVE, abstains=Abstention.UNDECIDED)
    other = finding("odd", Verdict.INCONCLUSIVE) if told else silent("odd", Verdict.INCONCLUSIVE)
    diagnosis = judge(last, other)
    assert (diagnosis.deciding, asked) == (("odd", []) if told else ("last", ["last"]))


def test_without_a_rule_that_decides_a_run_is_undecided() -> None:
    diagnosis = judge(finding("spike"), finding("hint", hint_for=("spike",)))
    assert (diagnosis.verdict, diagnosis.kind, diagnosis.deciding) == (Verdict.INCONCLUSIVE, "undecided", "")
    assert found_by(diagnosis) == ["spike"], "no hint where nothing was decided"


def test_a_long_run_that_fits_no_verdict_is_undecided_and_not_too_short() -> None:
    rules = [r for r in load_rules() if r.verdict not in BY_PRIORITY]
    run = make(train_loss=FALL + noise(1))
    diagnosis = diagnose(run, rules=rules)
    assert (diagnosis.verdict, diagnosis.kind, diagnosis.deciding) == (Verdict.INCONCLUSIVE, "undecided", "undecided")
    assert next(o for o in diagnosis.outcomes if o.rule == "too-short").status is Status.PASS
    assert "undecided" not in {o.rule for o in diagnose(run).outcomes}


@pytest.mark.parametrize(
    ("suppression", "stays"),
    [
        (Suppression("up"), False),
        (Suppression("other"), True),
        (Suppression("up", by_kinds=("rising",)), False),
        (Suppression("up", by_kinds=("nan",)), True),
        (Suppression("up", by_variants=("never",)), True),
        (Suppression("up", kinds=("back",)), False),
        (Suppression("up", kinds=("shift",)), True),
        (Suppression("up", variants=("many",)), True),
        (Suppression("up", from_onset=True), False),
        (Suppression("late", from_onset=True), True),
    ],
)
def test_a_finding_is_suppressed_where_all_conditions_hold(suppression: Suppression, stays: bool) -> None:
    late = suppression.by == "late"
    up = finding(
        "late" if late else "up", Verdict.DIVERGING, outcome={"kind": "rising", "numbers": {"at": 90 if late else 10}}
    )
    spike = finding("spike", suppressed_by=(suppression,), outcome={"kind": "back", "numbers": {"at": 50}})
    assert ("spike" in found_by(judge(up, spike))) is stays


def test_a_lead_puts_its_fix_before_those_of_the_findings_that_it_explains() -> None:
    schedule = finding("schedule", leads=(Lead("normalise-inputs", ("flat",)),))
    fixes = {"outcome": {"fixes": ("he-init", "lr-half")}, "fixes": ("he-init", "lr-half")}
    diagnosis = judge(finding("flat", Verdict.PLATEAU, **fixes), finding("spike", **fixes), schedule)
    by_rule = {o.rule: o.fixes for o in diagnosis.findings}
    assert by_rule == {"flat": ("normalise-inputs", "he-init", "lr-half"), "spike": fixes["fixes"], "schedule": ()}


def test_a_rule_that_names_the_best_point_gives_it() -> None:
    numbers = {"series": "train_loss", "at": 7, "best": 0.25}
    best = judge(finding("turned", Verdict.OVERFITTING, names_best=True, outcome={"numbers": numbers})).best
    assert best == Best("train_loss", 7, 0.25)
    assert judge(finding("turned", Verdict.OVERFITTING, names_best=True)).best is not None


def test_rules_can_be_kept_in_a_set() -> None:
    assert len(set(load_rules())) == len(load_rules())
