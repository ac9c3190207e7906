"""Replays of early stopping and of reduce-on-plateau: equal to the real callbacks, and by hand."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from benchmarks import replays
from benchmarks.callbacks import Stop, keras_early_stopping, lightning_early_stopping, torch_reduce_on_plateau
from loganalyzer.features.replay import PATIENCES, keras_kept


@pytest.mark.parametrize("name", sorted(replays.CALLBACKS))
def test_equal_to_the_real_callback(name: str) -> None:
    pytest.importorskip(replays.CALLBACKS[name][0], exc_type=ImportError)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert replays.equal(name, 150) == 150


@pytest.mark.parametrize(
    ("values", "patience", "stop"),
    [
        ([3, 2, 1, 2, 2, 2], 3, Stop(5, 2)),
        ([3, 2, 1, 2, 2], 3, Stop(None, 2)),
        ([3, 3, 3], 0, Stop(1, 0)),
        ([1], 0, Stop(None, 0)),
    ],
)
def test_keras_stops_at_the_patience_th_epoch_without_a_new_best(
    values: list[float], patience: int, stop: Stop
) -> None:
    assert keras_early_stopping(values, patience=patience) == stop


def test_higher_is_better() -> None:
    assert keras_early_stopping([0.1, 0.5, 0.4, 0.3], direction="max", patience=2) == Stop(3, 1)


def test_lightning_stops_at_a_value_that_is_no_number() -> None:
    assert lightning_early_stopping([2.0, float("nan"), 1.0]).index == 1


def test_pytorch_waits_one_longer_than_its_patience() -> None:
    assert torch_reduce_on_plateau([1, 1, 1, 1, 1], 0.1, patience=2).indices == (3,)


@pytest.mark.parametrize("seed", range(20))
def test_all_patiences_at_once_give_what_each_gives_alone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = np.round(np.exp(-np.arange(150) / rng.uniform(5, 60)) + 0.1 * rng.standard_normal(150), 2)
    stops = {p: keras_early_stopping(values.tolist(), patience=p) for p in PATIENCES}
    assert keras_kept(values, PATIENCES) == {p: stop.best for p, stop in stops.items() if stop.index is not None}
