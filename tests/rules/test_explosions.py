"""A loss that came down and then grew without bound is diverging, however late, fast and far it grew."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

import loganalyzer
from loganalyzer.model.run import Run, Series

FALLEN = 0.3


def grown(count: int, begin: float, top: float, noise: float) -> Run:
    """A loss that falls to ``FALLEN`` and from a share ``begin`` of the run on grows by a factor at each step, to ``top``."""
    chance, turn = random.Random(4), int(count * begin)
    values = [
        (
            FALLEN + 2 * math.exp(-8 * i / count)
            if i < turn
            else FALLEN * (top / FALLEN) ** ((i - turn + 1) / (count - turn))
        )
        * (1 + chance.gauss(0, noise))
        for i in range(count)
    ]
    return Run("r", ("r",), "csv", {"loss": Series("loss", np.arange(count), np.array(values))})


@pytest.mark.parametrize("noise", [0.004, 0.2])
@pytest.mark.parametrize("top", [10.0, 1e4, 1e8, 1e20])
@pytest.mark.parametrize("begin", [0.3, 0.67, 0.85, 0.93])
@pytest.mark.parametrize("count", [60, 200, 1500])
def test_growth_is_diverging(count: int, begin: float, top: float, noise: float) -> None:
    assert loganalyzer.diagnose(grown(count, begin, top, noise)).verdict == "diverging"


@pytest.mark.parametrize("tail", [[0.31] * 8, [0.4, 0.33, 0.31, 0.3]])
@pytest.mark.parametrize("top", [10.0, 1e4, 1e8])
def test_what_comes_down_again_is_not(top: float, tail: list[float]) -> None:
    run = grown(120, 0.9, top, 0.004)
    values = np.concatenate([run.series["loss"].values, tail * 3])
    back = Run("r", ("r",), "csv", {"loss": Series("loss", np.arange(len(values)), values)})
    assert loganalyzer.diagnose(back).verdict != "diverging"
