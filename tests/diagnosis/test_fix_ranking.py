"""The order of fixes: what the settings point at, then what the trials say."""

from __future__ import annotations

import pytest

from loganalyzer import messages
from loganalyzer.model.run import Detail
from loganalyzer.rules.fixes.ranking import UNTRIED, Trials, hints, ranked, rate, trials
from loganalyzer.rules.registry import load_rules


@pytest.mark.parametrize(
    ("rule", "settings", "first"),
    [
        ("plateau", {"init": "zero"}, "he-init"),
        ("plateau", {"model.activation": "sigmoid"}, "batch-norm"),
        ("plateau", {"normalize": "false"}, "normalise-inputs"),
        ("oscillating", {"shuffle": "false"}, "shuffle"),
        ("oscillating", {"optimizer.momentum": 0.99}, "momentum-0.9"),
        ("underfitting", {"weight_decay": 1.0}, "less-weight-decay"),
        ("underfitting", {"dropout": 0.9}, "less-dropout"),
        ("underfitting", {"epochs": 5}, "longer-training"),
    ],
)
def test_a_setting_far_out_points_at_its_fix(rule: str, settings: dict[str, Detail], first: str) -> None:
    assert ranked(("a", "b"), rule, "", settings)[0] == first


@pytest.mark.parametrize(
    ("rule", "settings"),
    [
        ("overfitting", {"init": "zero", "shuffle": "false", "momentum": 0.99}),
        ("plateau", {"init": "he", "activation": "relu", "normalize": "true", "weight_decay": 0.01, "dropout": 0.1}),
        ("oscillating", {"momentum": 0.9, "shuffle": "true"}),
        ("underfitting", {"epochs": 100, "dropout": "none", "weight_decay": float("nan")}),
    ],
)
def test_a_usual_setting_or_other_behaviour_points_at_nothing(rule: str, settings: dict[str, Detail]) -> None:
    assert hints(rule, settings) == []


def test_a_finding_that_explains_another_puts_its_fix_first() -> None:
    assert ranked(("he-init", "lr-up-10x"), "plateau", "stalled", {}, ["longer-schedule"])[0] == "longer-schedule"
    [lead] = next(rule for rule in load_rules() if rule.id == "schedule-frozen-too-early").leads
    assert (lead.fix, lead.of) == ("longer-schedule", ("plateau", "underfitting"))


def test_fixes_that_cured_come_before_those_that_did_not() -> None:
    order = ranked(("warm-up", "overfit-one-batch", "lr-down-10x"), "diverging", "non-finite", {})
    assert order.index("lr-down-10x") < order.index("overfit-one-batch")
    assert rate("diverging", "non-finite", "overfit-one-batch") == UNTRIED


def test_few_trials_weigh_little() -> None:
    assert UNTRIED < Trials(1, 1, 0).rate(UNTRIED) < Trials(10, 10, 0).rate(UNTRIED) < 1
    assert Trials(10, 0, 0).rate(UNTRIED) < Trials(1, 0, 0).rate(UNTRIED) < UNTRIED
    assert Trials(3, 3, 0).rate(0.1, 4.0) < Trials(3, 3, 0).rate(0.6, 4.0)


def test_trials_are_told_in_both_languages_where_there_were_enough() -> None:
    known = trials("diverging", "lr-down-10x", "non-finite")
    assert known is not None
    assert known.runs >= 3
    for lang in messages.LANGUAGES:
        assert str(known.runs) in messages.trial("diverging", "non-finite", "lr-down-10x", lang)
        assert messages.trial("diverging", "non-finite", "overfit-one-batch", lang) == ""
