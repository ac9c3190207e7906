"""Accuracies on one scale, however they are logged, and what a guesser's look like."""

from __future__ import annotations

import math

import numpy as np
import pytest

from loganalyzer.features.accuracy import (
    accuracy_curves,
    accuracy_rose,
    accuracy_stayed_poor,
    at_chance,
    classes_of,
    constant_prediction,
    near_constant_prediction,
    stuck_accuracy,
    training_first,
    unit_metric,
    validation_first,
)
from loganalyzer.features.curve import Curve, MetricCurves

N = 40
RISING = np.linspace(0.2, 0.9, N)


def curve(y: np.ndarray, sign: float = 1.0) -> Curve:
    return Curve("series", np.arange(len(y)), np.asarray(y, dtype=float), sign, 0.0, float(len(y) - 1))


def metric(train: np.ndarray | None, validation: np.ndarray | None = None, name: str = "accuracy") -> MetricCurves:
    kept = (None if y is None else curve(y, -1.0) for y in (train, validation))
    return MetricCurves(name, "max", *kept)


@pytest.mark.parametrize("name", ["accuracy", "acc", "top 1", "masked accuracy"])
@pytest.mark.parametrize("unit", [1.0, 100.0])
def test_a_share_and_a_percentage_are_one_accuracy(name: str, unit: float) -> None:
    (own,) = accuracy_curves([metric(RISING * unit, name=name)], training_first, 3)
    assert own.unit == unit
    assert own.start == pytest.approx(0.2) and own.best == pytest.approx(own.end, abs=0.05)
    assert own.rise == pytest.approx(own.end - 0.2)


def test_an_error_rate_is_what_is_missing_to_all_right() -> None:
    errors = MetricCurves("wer", "min", curve(100 * (1 - RISING)), None)
    (own,) = accuracy_curves([errors], training_first, 3)
    assert own.start == pytest.approx(0.2) and own.name == "wer"


def test_which_curve_is_taken_and_how_many_values_it_needs() -> None:
    both = metric(RISING, 0.5 * RISING)
    assert next(accuracy_curves([both], training_first, 3)).start == pytest.approx(0.2)
    assert next(accuracy_curves([both], validation_first, 3)).start == pytest.approx(0.1)
    assert next(accuracy_curves([metric(None, RISING)], training_first, 3)).start == pytest.approx(0.2)
    assert not list(accuracy_curves([both], training_first, N + 1))
    assert not list(accuracy_curves([metric(RISING, name="bleu")], training_first, 3))


@pytest.mark.parametrize("values", [np.linspace(-1, 1, N), np.linspace(0, 500, N), np.full(N, np.nan)])
def test_what_is_on_no_known_scale_is_no_share(values: np.ndarray) -> None:
    assert unit_metric(curve(values, -1.0), 1) is None


@pytest.mark.parametrize("classes", [2, 3, 10, 1000])
def test_guessing_is_known_by_loss_and_accuracy_together(classes: int) -> None:
    assert classes_of(math.log(classes), 1 / classes) == classes
    assert classes_of(0.7 * math.log(classes), 1 / classes) != classes
    loss, accuracy = curve(np.full(N, math.log(classes))), metric(np.full(N, 1 / classes))
    assert at_chance(loss, [accuracy]) == (classes, pytest.approx(1 / classes))


def test_a_constant_prediction_is_no_better_than_the_entropy_of_its_share() -> None:
    stands = metric(np.full(N, 0.8), np.full(N, 0.75))
    entropy = -(0.8 * math.log(0.8) + 0.2 * math.log(0.2))
    assert constant_prediction(curve(np.linspace(0.7, entropy, N)), [stands]) == pytest.approx(0.75)
    assert constant_prediction(curve(np.linspace(0.7, 0.85 * entropy, N)), [stands]) is None
    assert near_constant_prediction(curve(np.linspace(0.7, 0.85 * entropy, N)), [stands]) == pytest.approx(0.75)
    assert near_constant_prediction(curve(np.linspace(0.7, 0.1, N)), [stands]) is None


def test_an_accuracy_may_be_stuck_poor_or_rise() -> None:
    flat, poor = metric(np.full(N, 0.3)), metric(0.3 + 0.02 * np.sin(np.arange(N)))
    assert stuck_accuracy([flat]) is not None and stuck_accuracy([metric(RISING)]) is None
    assert accuracy_stayed_poor([poor]) and not accuracy_stayed_poor([metric(RISING)])
    assert accuracy_rose([metric(RISING)]) and not accuracy_rose([poor])
