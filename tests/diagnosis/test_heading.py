"""Which finding heads a run: the one that decided its verdict, or an error beside one that is none."""

from __future__ import annotations

import numpy as np
import pytest

from loganalyzer import Run, Series, diagnose, messages

X = np.linspace(0.0, 1.0, 40)
NOISE = 0.01 * np.random.default_rng(5).standard_normal(40)
FALL = np.exp(-X / 0.15) + NOISE


def run(**series: np.ndarray) -> Run:
    return Run("r", ("r.csv",), "csv", {n: Series(n, np.arange(len(v)), v) for n, v in series.items()})


@pytest.mark.parametrize(
    ("series", "heading"),
    [
        ({"train_cross_entropy": 3 * FALL - 2.5, "val_cross_entropy": 3 * FALL - 2.3}, "impossible-values"),
        ({"train_bce_loss": FALL - 0.4, "val_bce_loss": FALL - 0.35}, "impossible-values"),
        ({"train_mse": 8 * FALL - 3}, "impossible-values"),
        ({"train_loss": FALL + 0.2, "val_mae": 5 * FALL + 0.1, "val_loss": FALL + 0.3}, "converged"),
        ({"train_loss": FALL - 0.5, "val_loss": FALL - 0.4, "val_dice": 1.9 - FALL}, "impossible-values"),
        ({"train_dice_loss": FALL - 0.9, "val_dice_loss": FALL - 0.85, "val_dice": 0.9 - 0.8 * FALL}, "converged"),
        ({"train_nll": 3 * FALL - 2.5, "val_nll": 3 * FALL - 2.3}, "converged"),
        ({"train_cross_entropy": FALL + 0.1, "val_cross_entropy": FALL + 0.15}, "converged"),
        ({"train_bce_loss": 0.7 - 6 * X + NOISE, "val_bce_loss": 0.7 - 0.3 * X + 2 * X * X}, "overfitting"),
        ({"train_cross_entropy": 2.3 - 9 * X + NOISE}, "impossible-values"),
    ],
)
def test_what_heads_a_run(series: dict[str, np.ndarray], heading: str) -> None:
    diagnosis = diagnose(run(**series))
    assert diagnosis.heading is not None and diagnosis.heading.rule == heading
    assert diagnosis.findings[0] is diagnosis.heading
    assert messages.headline(diagnosis, "en") == messages.sentence(diagnosis.heading, diagnosis.run, "en")
