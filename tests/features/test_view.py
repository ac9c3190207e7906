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
