"""What must not be said to have gone well: validation that never beat guessing, that ends far above its best, and learning that
the schedule ended."""

from __future__ import annotations

import math

import numpy as np
import pytest

from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.model.outcome import Severity
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Detail, Floats, Run, Series


def noise(seed: int, n: int, size: float) -> Floats:
    return size * np.random.default_rng(seed).standard_normal(n)


def judged(curves: dict[str, Floats], **settings: Detail) -> Diagnosis:
    series = {name: Series(name, np.arange(len(values)), values) for name, values in curves.items()}
    return diagnose(Run("run", ("log.csv",), "csv", series, hyperparameters=settings, step_unit="epoch"))


def guesser(
    classes: int,
    *,
    level: float = 1.3,
    train: float = 0.25,
    right: float = 0.45,
    n: int = 40,
    first: float = 1.0,
    percent: bool = False,
) -> dict[str, Floats]:
    """Training falls to ``train`` of ln K from ``first`` of it, validation rests at ``level`` of it, ``right`` of its answers."""
    x, guess = np.linspace(0, 1, n), math.log(classes)
    rises = 1 / classes + (right - 1 / classes) * (1 - np.exp(-x / 0.1))
    return {
        "train_loss": guess * (train + (first - train) * np.exp(-x / 0.1)) + noise(1, n, 0.005 * guess),
        "val_loss": guess * (level + max(0.0, first - level) * np.exp(-x / 0.02)) + noise(2, n, 0.02 * guess),
        "val_acc": (100 if percent else 1) * (rises + noise(3, n, 0.002)),
    }


NEVER_BEAT_GUESSING = {
    "four classes as set": judged(guesser(4, first=8.0), num_classes=4),
    "ten classes as set": judged(guesser(10), num_classes=10),
    "a hundred classes as set": judged(guesser(100, right=0.1), n_classes=100),
    "two classes as set": judged(guesser(2, right=0.55), num_classes=2),
    "a thousand classes, in percent": judged(guesser(1000, right=0.1, percent=True), num_classes=1000),
    "by the first loss and accuracy": judged(guesser(4)),
    "ten, by the first loss and accuracy": judged(guesser(10)),
    "in percent, by the first loss and accuracy": judged(guesser(5, percent=True)),
    "by an accuracy that stands at a fifth": judged(guesser(5, first=1.6, right=0.2, level=1.2)),
    "by an accuracy that stands at a half": judged(guesser(2, first=1.6, right=0.5, level=1.2)),
    "far above": judged(guesser(4, level=4.0), num_classes=4),
}


@pytest.mark.parametrize("found", NEVER_BEAT_GUESSING.values(), ids=NEVER_BEAT_GUESSING.keys())
def test_validation_that_never_beat_guessing(found: Diagnosis) -> None:
    assert (found.verdict.value, found.kind) == ("overfitting", "severe")
    assert found.outcomes[0].variant == "guessing"
    assert found.actions[0].fix == "check-labels-inputs"


def test_what_beats_guessing_is_left_alone() -> None:
    others = {
        "below it": judged(guesser(4, level=0.9), num_classes=4),
        "classes unknown": judged(guesser(4, first=8.0)),
        "training does not beat it, either": judged(guesser(10, train=0.9), num_classes=10),
        "no classifier": judged({k: v for k, v in guesser(4).items() if k != "val_acc"}, num_classes=4),
        "a count of classes that is none": judged(guesser(4, first=8.0), num_classes=0.5),
    }
    assert all(not any(o.variant == "guessing" for o in d.findings) for d in others.values())


def far_above(
    best: float, end: float, *, at: int = 2, n: int = 40, train_end: float = 0.22, spread: float = 0.12
) -> dict[str, Floats]:
    """Noisy validation that is best early and ends far above that, beside training that goes on."""
    x = np.linspace(0, 1, n)
    level = np.where(np.arange(n) <= 2 * at, best * 1.15, best + (end - best) * np.clip(x * 1.5, 0, 1))
    held_out = level * np.exp(noise(n + at, n, spread))
    held_out[0], held_out[at] = 1.25 * end, best
    held_out[n // 2] *= 2
    return {
        "loss": train_end + 0.2 * np.exp(-x / 0.3) + 2.8 * np.exp(-x / 0.01) + noise(5, n, 0.02),
        "val_loss": held_out,
    }


@pytest.mark.parametrize(("best", "end"), [(1.03, 2.15), (0.5, 1.1), (0.8, 1.6), (2.0, 5.0), (0.1, 0.3)])
@pytest.mark.parametrize(("n", "spread"), [(40, 0.12), (60, 0.2)])
def test_an_end_far_above_the_best_is_no_success(best: float, end: float, n: int, spread: float) -> None:
    curves = far_above(best, end, n=n, spread=spread)
    found = judged(curves)
    assert found.verdict.value in ("overfitting", "diverging")
    assert found.best is not None
    assert found.best.value == curves["val_loss"].min()


def frozen(factor: float, n: int = 40, reach: float = 0.55, rate: float = 0.05) -> dict[str, Floats]:
    """A loss that falls with the sum of a rate that is multiplied by ``factor`` each epoch, and would go on falling."""
    rates = rate * factor ** np.arange(n)
    moved = np.concatenate([[0.0], np.cumsum(rates)[:-1]]) / rates.sum()
    loss = 1.3 - reach * (1 - np.exp(-2.5 * moved)) / (1 - math.exp(-2.5))
    return {"train/loss": loss + noise(7, n, 0.003), "val/loss": loss + 0.02 + noise(8, n, 0.004), "lr": rates}


@pytest.mark.parametrize(
    ("factor", "n"),
    [(0.6, 40), (0.5, 40), (0.7, 60), (0.8, 100), (0.6, 100), (0.5, 25), (0.4, 30), (0.75, 80), (0.3, 20), (0.65, 50)],
)
def test_a_schedule_that_ended_the_learning_is_said_to_have(factor: float, n: int) -> None:
    found = judged(frozen(factor, n))
    said = next(o for o in found.findings if o.rule == "schedule-frozen-too-early")
    assert (said.variant, said.severity) == ("cut-short", Severity.WARNING)
    assert found.needs_attention
    assert found.actions[0].fix == "longer-schedule"


def test_a_schedule_that_outlasted_the_learning_is_a_remark() -> None:
    n = 100
    rates, x = 0.1 * 0.85 ** np.arange(n), np.linspace(0, 1, n)
    loss = 0.1 + 1.2 * np.exp(-np.cumsum(rates) / 0.05)
    found = judged(
        {"train/loss": loss + noise(1, n, 0.003), "val/loss": loss + 0.02 + noise(2, n, 0.004) + 0 * x, "lr": rates}
    )
    assert found.verdict.value == "converged"
    assert not found.needs_attention
