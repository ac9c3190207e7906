"""Runs whose chosen curve is all scatter, beside one that shows what was learned; and those in which the choice stands."""

from __future__ import annotations

import numpy as np
import pytest

from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.diagnosis.telling_curve import roles_of
from loganalyzer.model.run import Floats, Run, Series

RNG = np.random.default_rng


def white(n: int, seed: int) -> Floats:
    return RNG(seed).standard_normal(n)


def rise(n: int, tau: float = 0.08) -> Floats:
    return 1 - np.exp(-np.linspace(0, 1, n) / tau)


def run_of(**curves: Floats) -> Run:
    """A run of 1000 steps, each curve logged at equal distances."""
    series = {
        name: Series(name, np.linspace(0, 1000, len(own)).astype(np.int64), np.asarray(own, float))
        for name, own in curves.items()
    }
    return Run("run", ("run.csv",), "csv", series, {}, (), "step")


def judged(run: Run) -> str:
    roles = roles_of(run)
    found = roles.reward or roles.train or roles.validation
    return found.name if found is not None else ""


EVALUATIONS, EPISODES = "eval/mean_reward", "rollout/ep_rew_mean"


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("low", "high"), [(0.1, 3.8), (-200.0, -20.0), (0.0, 500.0)])
def test_the_return_in_training_where_evaluations_scatter_about_it(seed: int, low: float, high: float) -> None:
    gain = high - low
    trained = low + gain * rise(300) + 0.05 * gain * white(300, seed)
    evaluated = high - 0.1 * gain + 0.4 * gain * white(65, seed + 50)
    run = run_of(**{EVALUATIONS: evaluated, EPISODES: trained})
    assert judged(run) == EPISODES
    assert diagnose(run).verdict == "converged"


@pytest.mark.parametrize(
    "evaluated",
    [
        -200 + 3 * white(65, 1),  # the policy that is evaluated never left the floor
        -180 + 160 * rise(65) + 9 * white(65, 2),
        np.full(65, -200.0),
        -30 - 150 * rise(65) + 9 * white(65, 3),
    ],
)
def test_evaluations_that_tell_are_judged(evaluated: Floats) -> None:
    trained = -200 + 180 * rise(300) + 9 * white(300, 4)
    assert judged(run_of(**{EVALUATIONS: evaluated, EPISODES: trained})) == EVALUATIONS


def test_neither_return_tells() -> None:
    run = run_of(**{EVALUATIONS: white(65, 1), EPISODES: white(300, 2)})
    assert judged(run) == EVALUATIONS


LOSS = 1.3 + 0.4 * np.abs(white(230, 7))


@pytest.mark.parametrize(
    ("name", "score"),
    [
        ("test/acc", 0.985 - 0.026 * (1 - rise(16, 0.15)) + 0.0005 * white(16, 1)),
        ("val_accuracy", 60 + 30 * rise(40) + 0.5 * white(40, 2)),
        ("test_rmse", 0.035 + 0.2 * (1 - rise(16, 0.3)) + 0.001 * white(16, 3)),
        ("FSD_test.ber", 1.5 + 2.4 * (1 - rise(16, 0.15)) + 0.03 * white(16, 4)),
        ("val_dice", 0.3 + 0.5 * rise(20, 0.15) + 0.005 * white(20, 5)),
    ],
)
def test_a_score_that_gained_where_the_loss_is_all_scatter(name: str, score: Floats) -> None:
    run = run_of(**{"train_loss": LOSS, name: score})
    assert judged(run) == name
    assert diagnose(run).verdict in {"converged", "underfitting"}


@pytest.mark.parametrize(
    ("loss", "score"),
    [
        (LOSS, 0.5 + 0.01 * white(16, 1)),  # it learned nothing
        (LOSS, 0.9 + 0.02 * rise(16) + 0.004 * white(16, 2)),  # too little to tell
        (0.3 + 2 * (1 - rise(230)) + 0.05 * white(230, 3), 0.6 + 0.3 * rise(16) + 0.005 * white(16, 4)),
        (1 + rise(230) + 0.05 * white(230, 5), 0.6 + 0.3 * rise(16) + 0.005 * white(16, 6)),  # the loss rises
    ],
)
def test_a_loss_that_tells_is_judged(loss: Floats, score: Floats) -> None:
    assert judged(run_of(train_loss=loss, val_acc=score)) == "train_loss"


def test_what_the_user_named_stands() -> None:
    run = run_of(train_loss=LOSS, val_acc=0.6 + 0.3 * rise(16) + 0.005 * white(16, 1))
    assert roles_of(run).train is None
    named = roles_of(run, {"train_loss": "train"})
    assert named.train is not None and named.train.name == "train_loss"
