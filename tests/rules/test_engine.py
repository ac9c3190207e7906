"""How the engine asks, isolates and picks."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from loganalyzer import diagnosis as diagnosis_package
from loganalyzer.diagnosis.answers import ask, with_limits
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.diagnosis.verdict import UNSTABLE
from loganalyzer.features.view import UndeclaredSignal, View
from loganalyzer.model.errors import ConfigError
from loganalyzer.model.outcome import Outcome, Status, Verdict
from loganalyzer.model.run import Run, Series
from loganalyzer.roles.assign import roles
from loganalyzer.rules.base import Rule
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


def test_best_is_robust_and_waste_is_told() -> None:
    val = FALL + 0.5 * np.clip(X - 0.3, 0, 1) + noise(2)
    val[80] = -5.0
    diagnosis = diagnose(make(train_loss=FALL + noise(1), val_loss=val))
    assert diagnosis.best is not None
    assert 20 <= diagnosis.best.step <= 45
    assert diagnosis.wasted is not None
    assert 0.5 < diagnosis.wasted < 0.85


def test_confidence_of_a_verdict_that_depends_on_the_last_tenth_is_capped() -> None:
    last = np.where(X > 0.92, 0.45, 0.0)
    diagnosis = diagnose(make(train_loss=FALL + last + noise(1)))
    assert diagnosis.probability <= UNSTABLE


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
    hint = next(o for o in diagnose(run).outcomes if o.rule == "bold-settings")
    assert (hint.status is Status.FOUND) is shown
    assert hint.cause == ("diverging" if shown else "")


def test_six_points_cannot_show_for_sure_that_a_run_settled() -> None:
    def sure(points: int) -> float:
        fall = 1.0 / (1.0 + np.linspace(0.0, 8.0, points) ** 2)
        diagnosis = diagnose(make(train_loss=fall))
        assert diagnosis.verdict is Verdict.CONVERGED
        return diagnosis.probability

    assert sure(6) < 0.8 < sure(24)


def test_the_engine_knows_no_rule_by_name() -> None:
    ids = {rule.id for rule in load_rules()}
    for path in Path(diagnosis_package.__path__[0]).glob("*.py"):
        texts = {n.value for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Constant)}
        assert not texts & ids, path.name
