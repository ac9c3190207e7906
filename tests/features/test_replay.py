"""Replays of early stopping and of reduce-on-plateau: equal to the real callbacks, and by hand."""

from __future__ import annotations

import warnings

import pytest

from benchmarks import replays
from loganalyzer.features.replay import (
    Stop,
    keras_early_stopping,
    lightning_early_stopping,
    torch_reduce_on_plateau,
)


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
