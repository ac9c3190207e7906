"""The order of fixes: what the settings point at, then what the trials say."""

from __future__ import annotations

import pytest

from loganalyzer import messages
from loganalyzer.model.run import Detail
from loganalyzer.rules.base import Rule
from loganalyzer.rules.fixes import ranking
from loganalyzer.rules.fixes.ranking import ENOUGH, PRACTICE, Trials, hints, ranked, rate, trials
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
        ("underfitting", {"hidden": "64-1-64"}, "wider-model"),
        ("plateau", {"hidden_size": 2}, "wider-model"),
        ("plateau", {"hidden": "-".join(["32"] * 8)}, "batch-norm"),
        ("plateau", {"num_layers": 8}, "batch-norm"),
        ("underfitting", {"max_grad_norm": 0.01}, "looser-clipping"),
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
        ("plateau", {"num_layers": 7, "hidden_size": 4, "hidden": "-".join(["4"] * 7), "width": 0, "clip_norm": 0.0}),
        ("underfitting", {"max_grad_norm": 1.0, "hidden": "wide", "width": float("inf")}),
    ],
)
def test_a_usual_setting_or_other_behaviour_points_at_nothing(rule: str, settings: dict[str, Detail]) -> None:
    assert hints(rule, settings) == []


def test_a_finding_that_explains_another_puts_its_fix_first() -> None:
    assert ranked(("he-init", "lr-up-10x"), "plateau", "stalled", {}, ["longer-schedule"])[0] == "longer-schedule"
    [lead] = next(rule for rule in load_rules() if rule.id == "schedule-frozen-too-early").leads
    assert (lead.fix, lead.of) == ("longer-schedule", ("plateau", "underfitting"))


def table(rule: str, **fixes: tuple[int, int]) -> dict[str, dict[str, dict[str, int]]]:
    """Trials on one finding: of each fix how many runs, and how many of them were cured."""
    return {f"{rule}/": {f: {"runs": runs, "cured": cured, "better": 0} for f, (runs, cured) in fixes.items()}}


def test_without_enough_trials_the_order_is_that_of_published_practice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "_table", lambda: table("diverging", a=(9, 0), c=(9, 9)))
    assert ranked(("a", "b", "c"), "diverging", "", {}) == ("a", "b", "c")


def test_many_trials_move_a_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "_table", lambda: table("diverging", a=(40, 0), c=(40, 38)))
    assert ranked(("a", "b", "c"), "diverging", "", {}) == ("c", "b", "a")


@pytest.mark.parametrize("rule", [rule for rule in load_rules() if rule.fixes], ids=lambda rule: rule.id)
def test_plain_overfitting_and_all_else_begin_as_the_rule_says(rule: Rule) -> None:
    counted = [t for fix in rule.fixes if (t := trials(rule.id, fix)) is not None and t.runs >= ENOUGH]
    assert ranked(rule.fixes, rule.id, "", {}) == rule.fixes or counted


def test_few_trials_weigh_little() -> None:
    assert 0.3 < Trials(10, 10, 0).rate(0.3) < Trials(100, 100, 0).rate(0.3) < 1
    assert Trials(100, 0, 0).rate(0.3) < Trials(10, 0, 0).rate(0.3) < 0.3
    assert Trials(int(PRACTICE), int(PRACTICE), 0).rate(0.0) == pytest.approx(0.5)
    assert rate("diverging", "non-finite", "overfit-one-batch", 0.2) == 0.2


@pytest.mark.parametrize(("runs", "told"), [(9, False), (10, True)])
def test_trials_are_told_in_both_languages_where_there_were_enough(
    runs: int, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "_table", lambda: table("diverging", warm=(runs, 7)))
    for lang in messages.LANGUAGES:
        assert (str(runs) in messages.trial("diverging", "", "warm", lang)) is told
