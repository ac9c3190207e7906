"""The signals of a run: declared once each, kept from rules that did not ask for them, made once for all."""

from __future__ import annotations

import numpy as np
import pytest

from loganalyzer.features.view import ACCESSORS, SIGNALS, Accessor, UndeclaredSignal, View
from loganalyzer.model.run import Run, Series
from loganalyzer.roles.assign import roles

STEPS = np.arange(20)


def view(**hyperparameters: float) -> View:
    series = {
        "train_loss": Series("train_loss", STEPS, np.exp(-STEPS / 5), np.arange(20.0)),
        "val_loss": Series("val_loss", STEPS[:3], np.array([1.0, 0.8, 0.7])),
        "lr": Series("lr", STEPS, np.full(20, 0.1)),
    }
    run = Run("r", ("r.csv",), "csv", series, hyperparameters=hyperparameters, step_unit="epoch")
    return View(run, roles(run))


def test_a_run_has_the_signals_that_it_logs() -> None:
    assert view().present == {"train", "validation", "objective", "learning_rate", "wall_time", "run"}
    assert view(momentum=0.9).has("hyperparameters")


def test_every_signal_says_what_it_is() -> None:
    assert SIGNALS.keys() == ACCESSORS.keys() and all(SIGNALS.values())


@pytest.mark.parametrize("name", [name for name, value in vars(View).items() if isinstance(value, Accessor)])
def test_a_value_is_seen_with_its_signal_only(name: str) -> None:
    own = vars(View)[name].signal
    assert own in SIGNALS
    getattr(view().narrowed(frozenset({own})), name)
    with pytest.raises(UndeclaredSignal, match=own):
        getattr(view().narrowed(frozenset(SIGNALS) - {own}), name)


def test_narrowed_views_share_what_was_made() -> None:
    whole = view()
    assert whole.narrowed(frozenset({"train"})).train is whole.train is whole.main


def test_too_few_validation_points_are_not_what_is_judged() -> None:
    made = view()
    assert made.objective is made.train and made.validation is not None


@pytest.mark.parametrize(
    ("train", "held_out", "judged"),
    [(6, 100, "val_loss"), (7, 28, "val_loss"), (7, 27, "train_loss"), (8, 400, "train_loss"), (6, 6, "train_loss")],
)
def test_a_handful_of_training_values_beside_many_evaluations_is_not_what_is_judged(
    train: int, held_out: int, judged: str
) -> None:
    series = {
        name: Series(name, np.linspace(1, 400, n).astype(np.int64), np.exp(-np.linspace(0, 3, n)))
        for name, n in (("train_loss", train), ("val_loss", held_out))
    }
    run = Run("r", ("r.csv",), "csv", series, step_unit="step")
    main = View(run, roles(run)).main
    assert main is not None and main.name == judged


@pytest.mark.parametrize(
    ("evaluations", "rollouts", "judged"),
    [
        (10, 120, "rollout"),
        (11, 44, "rollout"),
        (11, 43, "eval"),
        (12, 500, "eval"),
        (40, 500, "eval"),
        (10, 10, "eval"),
    ],
)
def test_few_evaluations_of_an_agent_say_less_than_its_returns_in_training(
    evaluations: int, rollouts: int, judged: str
) -> None:
    series = {
        name: Series(name, np.linspace(1, 9000, n).astype(np.int64), np.linspace(0, 50, n) ** 0.5)
        for name, n in (("eval/mean_reward", evaluations), ("rollout/ep_rew_mean", rollouts))
    }
    run = Run("r", ("r.csv",), "csv", series, step_unit="step")
    reward = roles(run).reward
    assert reward is not None and reward.name.startswith(judged)
