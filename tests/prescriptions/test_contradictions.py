"""No run is told two things that contradict each other, nor what its log speaks against."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.model.report import Diagnosis
from loganalyzer.rules.fixes.catalogue import entries
from loganalyzer.rules.fixes.contradictions import DOWN, MOVES, SUBJECTS, UP, consistent, subjects
from loganalyzer.rules.fixes.vetoes import VETOES, vetoed
from loganalyzer.rules.registry import load_rules
from tests.prescriptions.case import case_of, diagnosed
from tests.rules.case import load_cases

CASES = [case for case in load_cases() if case.expect == "found"]
SETTINGS: dict[str, dict[str, Any]] = {
    "unknown": {},
    "sgd": {"lr": 0.1, "optimizer": "sgd", "weight_decay": 0.0005, "dropout": 0.5, "batch_size": 32, "hidden_size": 64},
    "adam": {"lr": 1e-4, "optimizer": "adam", "weight_decay": 0.0, "dropout": 0.1, "momentum": 0.9, "epochs": 100},
}
FALLING = {"train_loss": "2 - 1.2 * x + 0.002 * noise(1)", "val_loss": "2.1 - 1.2 * x + 0.002 * noise(2)"}
FLAT = {"train_loss": "2.3026 + 0.003 * noise(1)"}
OVER = {
    "train_loss": "2 * exp(-4 * x) + 0.01 * noise(1)",
    "val_loss": "0.5 + 1.5 * exp(-12 * x) + 0.8 * x ** 2 + 0.002 * noise(2)",
}


def directions(fixes: Iterable[str]) -> dict[str, set[int]]:
    """The directions in which each quantity is moved."""
    found: dict[str, set[int]] = {}
    for fix in fixes:
        for quantity, way in MOVES.get(fix, {}).items():
            found.setdefault(quantity, set()).add(way)
    return found


def offered(d: Diagnosis) -> set[str]:
    return {fix for outcome in d.outcomes for fix in outcome.fixes}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.name}")
def test_what_is_offered_agrees_with_itself(case: Any, settings: dict[str, Any]) -> None:
    run = case.run
    run.hyperparameters.update(settings)
    d = diagnose(run)
    assert all(len(ways) == 1 for ways in directions(offered(d)).values())
    assert offered(d).isdisjoint(vetoed(case_of(d)))
    assert {p.fix for p in d.offered} == offered(d)
    assert len(d.actions) <= 3
    about = [subject for action in d.actions for subject in subjects(action.fix)]
    assert len(about) == len(set(about))
    assert {action.fix for action in d.actions} <= offered(d)
    assert d.needs_attention or not d.actions


def test_every_name_in_the_tables_is_a_fix() -> None:
    named = {*MOVES, *SUBJECTS, *(fix for veto in VETOES for fix in veto.fixes)}
    assert named <= entries().keys()
    assert all(way in (UP, DOWN) for moves in MOVES.values() for way in moves.values())


def test_quantities_that_rules_offer_to_move_both_ways_are_in_the_table() -> None:
    for rule in load_rules():
        kept = [fix for fixes in consistent([rule.fixes]) for fix in fixes]
        assert all(len(ways) == 1 for ways in directions(kept).values()), rule.id


def test_the_finding_that_decides_wins() -> None:
    assert consistent([("lr-half",), ("lr-up-3x", "warm-up"), ("lr-down-10x",)]) == [
        ("lr-half",), ("warm-up",), ("lr-down-10x",),
    ]  # fmt: skip
    assert consistent([("lr-down-10x", "lr-up-10x")], {"rate": UP}) == [("lr-up-10x",)]


@pytest.mark.parametrize(
    ("fix", "series", "settings", "without"),
    [
        ("lr-up-3x", FALLING, {"lr": 0.1, "optimizer": "sgd"}, {"lr": 0.01, "optimizer": "sgd"}),
        ("lr-up-3x", FALLING | {"lr": "0.001 * (1 + i)"}, {}, None),
        ("lr-up-3x", FALLING | {"grad_norm": "1 + 9 * x"}, {}, None),
        ("use-adam", FALLING, {"optimizer": "AdamW"}, {"optimizer": "SGD"}),
        ("use-adamw", {"train_loss": "1 + exp(-9 * x)"}, {"optimizer": "adamw"}, {"optimizer": "adam"}),
        ("batch-norm", FLAT, {"model_name_or_path": "bert-base"}, {"model": "mlp"}),
        ("augment", OVER, {"model": "bert-base"}, {"model": "resnet18"}),
        ("label-smoothing", OVER, {"model": "gpt2"}, {"model": "resnet18"}),
        ("fix-labels", OVER | {"val_perplexity": "exp(1 + 0 * x)"}, {}, None),
        ("transfer-learning", OVER, {"pretrained": "true"}, {"pretrained": "false"}),
        ("momentum-0.9", FALLING, {"momentum": 0.9}, {"momentum": 0.99}),
        ("less-dropout", FALLING, {"dropout": 0.0}, {"dropout": 0.5}),
        ("less-weight-decay", FALLING, {"weight_decay": 0}, {"weight_decay": 0.1}),
        ("longer-training", OVER, {}, None),
        ("longer-training", {"train_loss": "0.1 + 2 * exp(-15 * x) + 0.003 * noise(1)"}, {}, None),
        ("lr-down-10x", FLAT, {"lr": 1e-7, "optimizer": "adam"}, {"lr": 1e-2, "optimizer": "adam"}),
        ("lr-up-10x", FLAT, {}, {"lr": 1e-4}),
        ("cosine-schedule", FALLING | {"lr": "0.1 * exp(-3 * x)"}, {}, None),
        ("warm-up", FALLING | {"lr": "where(x < 0.2, 0.1 * (0.1 + 4.5 * x), 0.1)"}, {}, None),
        ("longer-schedule", FALLING, {}, {"lr_scheduler": "cosine"}),
        ("longer-schedule", FALLING, {"lr": 3e-4, "optimizer": "sgd"}, {"lr": 3e-4, "gamma": 0.9}),
        ("longer-schedule", FALLING, {"scheduler": "none"}, {"scheduler": "StepLR"}),
        ("longer-schedule", FALLING, {"lr_schedule": None}, {"lr_schedule": "linear"}),
        ("longer-schedule", FALLING, {"reduce_lr_on_plateau": False}, {"reduce_lr_on_plateau": True}),
        ("longer-schedule", FALLING, {"cos_lr": False}, {"cos_lr": True}),
        ("longer-schedule", FALLING, {"lr_step": 0}, {"lr_step": 30}),
        ("longer-schedule", FALLING | {"lr": "0.01 + 0 * x"}, {}, None),
        ("longer-schedule", FALLING | {"lr": "0.001 * (1 + 50 * x)"}, {}, None),
        ("longer-schedule", FALLING | {"lr": "10 ** (-5 + 5 * x)"}, {}, None),
        ("use-adam", FALLING, {"num_leaves": 31}, {"hidden_size": 31}),
        ("discriminative-rates", FALLING, {"model": "mlp"}, {"pretrained": "true"}),
        ("early-stopping", {"rollout/ep_rew_mean": "100 * x", "train/loss": "1 + 0 * x"}, {}, None),
    ],
)
def test_vetoes(fix: str, series: dict[str, str], settings: dict[str, Any], without: dict[str, Any] | None) -> None:
    assert fix in vetoed(case_of(diagnosed(series, settings)))
    if without is not None:
        assert fix not in vetoed(case_of(diagnosed(series, without)))


@pytest.mark.parametrize(
    "fix", sorted({fix for veto in VETOES for fix in veto.fixes} - {"early-stopping", "simple-start"})
)
def test_a_run_like_any_other_is_not_vetoed(fix: str) -> None:
    schedule = "cosine" if fix == "longer-schedule" else "none"
    pretrained = "true" if fix == "discriminative-rates" else "no"
    plain = case_of(diagnosed(FALLING, {"lr": 0.003, "pretrained": pretrained, "lr_scheduler": schedule}))
    assert fix not in vetoed(plain)


@pytest.mark.parametrize(
    ("lr", "kept", "gone"), [(0.5, "lr-down-10x", "lr-up-10x"), (1e-6, "lr-up-10x", "lr-down-10x")]
)
def test_a_run_that_never_learned_is_told_one_direction(lr: float, kept: str, gone: str) -> None:
    d = diagnosed(FLAT, {"lr": lr, "optimizer": "SGD"})
    assert kept in offered(d) and gone not in offered(d)
