"""Which logged name plays which part: names as data, and who is who in a run."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from loganalyzer.model.names import Task, role_of, roles
from loganalyzer.model.run import Run, Series

ROLES = tomllib.loads((Path(__file__).parent / "cases" / "names.toml").read_text(encoding="utf-8"))["role"]


@pytest.mark.parametrize("name", ROLES)
def test_role_of_a_name(name: str) -> None:
    role = role_of(name)
    assert [role.quantity.value, role.split.value, role.direction] == ROLES[name]


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
