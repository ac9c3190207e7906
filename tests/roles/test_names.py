"""Which logged name plays which part: names as data, and who is who in a run."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from loganalyzer.model.role import Task
from loganalyzer.model.run import Run, Series
from loganalyzer.roles.assign import role_of, roles

CASES = Path(__file__).parent / "cases"
ROLES = tomllib.loads((CASES / "names.toml").read_text(encoding="utf-8"))["role"]
FRAMEWORKS = tomllib.loads((CASES / "frameworks.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ROLES)
def test_role_of_a_name(name: str) -> None:
    role = role_of(name)
    assert [role.quantity.value, role.split.value, role.direction] == ROLES[name]


@pytest.mark.parametrize(
    ("framework", "name"), [(framework, name) for framework, names in FRAMEWORKS.items() for name in names]
)
def test_role_of_a_name_of_a_framework(framework: str, name: str) -> None:
    role = role_of(name)
    assert [role.quantity.value, role.split.value, role.direction] == FRAMEWORKS[framework][name][:3]


def run(**lengths: int) -> Run:
    names = {name.replace("__", "/"): n for name, n in lengths.items()}
    return Run("r", (), "t", {k: Series(k, np.arange(n), np.linspace(2.0, 1.0, n)) for k, n in names.items()})


def test_loss_without_split_beside_validation_is_training() -> None:
    found = roles(run(loss=20, val_loss=20, accuracy=20))
    assert found.train is not None and found.train.name == "loss"
    assert found.validation is not None and found.validation.name == "val_loss"
    assert not found.objective_is_metric


def test_epoch_means_are_preferred_to_steps() -> None:
    found = roles(run(train_loss_step=500, train_loss_epoch=20, val_loss=20))
    assert found.train is not None and found.train.name == "train_loss_epoch"


def test_a_metric_is_the_objective_only_without_a_loss() -> None:
    found = roles(run(train_acc=20, val_acc=20))
    assert found.objective_is_metric and found.direction == "max"


def test_parts_of_a_loss_are_summed() -> None:
    found = roles(run(train__box_loss=9, train__cls_loss=9, val__box_loss=9, val__cls_loss=9))
    assert found.train is not None and found.train.values[0] == pytest.approx(4.0)
    assert found.validation is not None and len(found.validation) == 9


def test_rewards_make_reinforcement_and_two_players_an_adversarial_run() -> None:
    assert roles(run(rollout__ep_rew_mean=9, train__value_loss=9)).task is Task.REINFORCEMENT
    assert roles(run(G_loss=9, D_loss=9)).task is Task.ADVERSARIAL


def test_overrides_by_glob() -> None:
    found = roles(run(odd_a=9, odd_b=9), {"odd_a": "train", "*_b": "validation"})
    assert found.train is not None and found.train.name == "odd_a"
    assert found.validation is not None and found.validation.name == "odd_b"


def curves(settings: dict[str, str | int | float] | None = None, **values: list[float]) -> Run:
    series = {name: Series(name, np.arange(len(v)), np.array(v, float)) for name, v in values.items()}
    return Run("r", (), "t", series, settings or {})


FALL = [2.0 - i / 8 for i in range(12)]
RISE = [i / 12 for i in range(12)]


def test_several_evaluation_sets_give_their_mean() -> None:
    found = roles(curves(loss=FALL, eval_g0_loss=FALL, eval_g1_loss=[v + 1 for v in FALL], eval_g0_accuracy=RISE))
    assert found.train is not None and found.train.name == "loss"
    assert found.validation is not None and found.validation.name == "(eval_g0_loss + eval_g1_loss) / 2"
    np.testing.assert_allclose(found.validation.values, np.array(FALL) + 0.5)


@pytest.mark.parametrize(
    ("once", "train", "validation"),
    [
        ("Avg Valid CE", "TRAIN CROSS ENTROPY", "VALID CROSS ENTROPY"),
        ("final test loss", "train perplexity", "val perplexity"),
        ("mean_val_loss", "train_mse", "val_mse"),
        ("best_loss", "train rmse", "valid rmse"),
    ],
)
def test_a_loss_printed_once_does_not_stand_for_the_course_of_another(once: str, train: str, validation: str) -> None:
    found = roles(curves(**{once: [0.3], train: FALL, validation: FALL}))
    assert found.train is not None and found.validation is not None
    assert (found.train.name, found.validation.name) == (train, validation)


@pytest.mark.parametrize(("short", "long"), [("dice", "mean Dice"), ("iou", "mean_iou"), ("f1", "avg_f1")])
def test_a_best_value_printed_now_and_then_is_no_course_of_a_metric(short: str, long: str) -> None:
    found = roles(curves(**{"loss": FALL, short: RISE[:2], long: RISE}))
    assert [m.train.name for m in found.metrics if m.train is not None and m.name == short] == [long]


def test_parts_that_training_logs_too_are_no_evaluation_sets() -> None:
    found = roles(curves(loss=FALL, recon_loss=FALL, kl_loss=FALL, val_recon_loss=FALL, val_kl_loss=FALL))
    assert found.train is not None and found.train.name == "loss" and found.validation is None


@pytest.mark.parametrize(
    ("settings", "direction"),
    [
        ({"mode": "min"}, "min"),
        ({"checkpoint.mode": "max"}, "max"),
        ({"greater_is_better": "false", "metric_for_best_model": "accuracy"}, "min"),
        ({"metric": "rmse"}, "min"),
        ({"monitor": "val_accuracy"}, "max"),
        ({"metric_for_best_model": "eval_wer"}, "min"),
    ],
)
def test_settings_tell_the_direction_of_a_vague_metric(settings: dict[str, str | int | float], direction: str) -> None:
    found = roles(curves(settings, train_metric=RISE, val_metric=RISE))
    assert [(m.direction, m.name) for m in found.metrics] == [(direction, "metric")]


def test_curves_tell_the_direction_of_a_vague_metric() -> None:
    assert roles(curves(train_metric=RISE, val_metric=FALL)).metrics[0].direction == "max"
    assert roles(curves(train_metric=FALL, val_metric=FALL)).metrics[0].direction == "min"
    worse = roles(curves(loss=RISE, val_metric=RISE))  # a training that blows up: the metric gets worse with the loss
    assert worse.metrics[0].direction == "min"


def test_a_vague_metric_that_nothing_decides_plays_no_part() -> None:
    flat = [0.5, 0.4, 0.5, 0.6, 0.5, 0.4, 0.5, 0.6]
    found = roles(curves(loss=FALL[:8], val_metric=flat))
    assert not found.metrics and found.by_name["val_metric"].quantity.value == "other"


def test_losses_of_policy_and_value_are_an_agent_s() -> None:
    assert roles(run(loss__policy=20, loss__value=20, selfplay__game_length=20)).task is Task.REINFORCEMENT
    assert roles(run(loss__box=20, loss_value=20)).task is Task.SUPERVISED
