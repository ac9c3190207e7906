"""Wherever a run is shown in a line or two, a loss that was no number is mentioned, whatever the verdict."""

from __future__ import annotations

import numpy as np
import pytest

from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.messages import LANGUAGES
from loganalyzer.model.run import Run, Series
from loganalyzer.reports.alike import Alike

N = 60
X, STEPS = np.linspace(0, 1, N), np.arange(N)
NOISE = 0.01 * np.random.default_rng(3).standard_normal(N)
FALL = np.exp(-X / 0.15) + 0.05 + NOISE
TURN = FALL + 0.8 * np.clip(X - 0.3, 0, 1)
FLAT = 2.3 + NOISE
SWING = 0.7 + 0.3 * np.sin(STEPS * 2.1) + NOISE


def a_run(
    lost: list[int], train: np.ndarray, held_out: np.ndarray | None = None, bad: float = np.nan, **rate: float
) -> Run:
    """Curves whose values at ``lost`` are no numbers: of validation where there is one, else of training."""
    curves = {"train_loss": train.copy()} | ({} if held_out is None else {"val_loss": held_out.copy()})
    curves["val_loss" if held_out is not None else "train_loss"][lost] = bad
    if rate:
        curves["lr"] = rate["first"] * 10 ** (rate["decades"] * X)
    series = {name: Series(name, STEPS, values) for name, values in curves.items()}
    return Run("lr_find" if rate else "run", ("log.csv",), "csv", series, step_unit="epoch")


RUNS = {
    "training, at the end": a_run([*range(50, 60)], FALL),
    "training, once": a_run([30], FALL),
    "training, now and then": a_run([20, 26, 33, 40, 47], FALL),
    "training, infinite once": a_run([30], FALL, bad=np.inf),
    "a plateau, now and then": a_run([20, 26, 33, 40, 47], FLAT),
    "validation that turned, once": a_run([10], FALL, TURN),
    "validation that settled, once": a_run([10], FALL, FALL + 0.02),
    "validation, at the end": a_run([*range(40, 60)], FALL, TURN),
    "swings, once": a_run([30], SWING),
    "a range test by name": a_run([*range(50, 60)], FALL, decades=6, first=1e-6),
    "a range test by name, once": a_run([59], FALL, decades=6, first=1e-6),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
def test_it_is_mentioned(run: Run, lang: str) -> None:
    found = diagnose(run)
    assert found.needs_attention
    words = ("NaN", "Inf", "inf", "無限大")
    assert any(word in Alike((found,), "").headline(lang) for word in words)
