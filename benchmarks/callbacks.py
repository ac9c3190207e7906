"""Early stopping and reduce-on-plateau as Keras, PyTorch and Lightning do them, replayed on a curve.

The semantics are those of Keras 3 (``EarlyStopping``, ``ReduceLROnPlateau``), PyTorch 2 (``ReduceLROnPlateau``) and
Lightning 2 (``EarlyStopping``): which comparison, which counter, and whether the patience-th or the following bad
evaluation acts. ``benchmarks.replays`` holds them against the real callbacks; the analyzer's own replay is held
against these.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Direction = Literal["min", "max"]


@dataclass(frozen=True)
class Stop:
    """Where training would have ended: after evaluation ``index`` (None: never), with ``best`` the best so far."""

    index: int | None
    best: int


@dataclass(frozen=True)
class Reduction:
    """The learning rate in force after each evaluation."""

    rates: tuple[float, ...]

    @property
    def indices(self) -> tuple[int, ...]:
        """The evaluations after which the rate was lowered."""
        return tuple(i for i in range(1, len(self.rates)) if self.rates[i] < self.rates[i - 1])


def _less(a: float, b: float) -> bool:
    """``a < b`` as Keras's backends compare: in single precision."""
    return bool(np.float32(a) < np.float32(b))


def keras_early_stopping(
    values: Sequence[float],
    *,
    direction: Direction = "min",
    min_delta: float = 0.0,
    patience: int = 0,
    baseline: float | None = None,
    start_from_epoch: int = 0,
) -> Stop:
    """Keras ``EarlyStopping``: stops at the patience-th evaluation that does not beat the best by ``min_delta``.

    The first value always counts as an improvement, and the first epoch never stops. With a baseline, only values that
    beat it too reset the counter.
    """
    sign = -1.0 if direction == "max" else 1.0
    delta = abs(min_delta)
    wait, best, best_index = 0, math.inf, 0
    seen = False
    for epoch, value in enumerate(values):
        if epoch < start_from_epoch:
            continue
        current = sign * value
        wait += 1
        if not seen or _less(current + delta, best):
            best, best_index = current, epoch
            if baseline is None or _less(current + delta, sign * baseline):
                wait = 0
            seen = True
            continue
        if wait >= patience and epoch > 0:
            return Stop(epoch, best_index)
    return Stop(None, best_index)


def lightning_early_stopping(
    values: Sequence[float],
    *,
    direction: Direction = "min",
    min_delta: float = 0.0,
    patience: int = 3,
    check_finite: bool = True,
    stopping_threshold: float | None = None,
    divergence_threshold: float | None = None,
) -> Stop:
    """Lightning ``EarlyStopping``: non-finite, then the thresholds, then the improvement, then the patience."""
    sign = -1.0 if direction == "max" else 1.0
    delta = np.float32(abs(min_delta))
    wait, best_index = 0, 0
    best = np.float32(math.inf)
    for i, value in enumerate(values):
        current = np.float32(sign * value)  # Lightning compares single-precision tensors
        if check_finite and not math.isfinite(value):
            return Stop(i, best_index)
        if stopping_threshold is not None and current < np.float32(sign * stopping_threshold):
            return Stop(i, best_index)
        if divergence_threshold is not None and current > np.float32(sign * divergence_threshold):
            return Stop(i, best_index)
        if current + delta < best:
            best, best_index, wait = current, i, 0
        else:
            wait += 1
            if wait >= patience:
                return Stop(i, best_index)
    return Stop(None, best_index)


def keras_reduce_on_plateau(
    values: Sequence[float],
    rate: float,
    *,
    direction: Direction = "min",
    factor: float = 0.1,
    patience: int = 10,
    min_delta: float = 1e-4,
    cooldown: int = 0,
    min_lr: float = 0.0,
) -> Reduction:
    """Keras ``ReduceLROnPlateau``: lowers the rate at the patience-th evaluation without an improvement."""
    sign = -1.0 if direction == "max" else 1.0
    delta, least = abs(min_delta), float(np.float32(min_lr))
    best: float | None = None
    wait = cooling = 0
    rate = float(np.float32(rate))  # the optimizer keeps its rate in single precision
    rates = []
    for value in values:
        current = sign * value
        if cooling > 0:
            cooling -= 1
            wait = 0
        if best is None or _less(current + delta, best):
            best, wait = current, 0
        elif cooling <= 0:
            wait += 1
            if wait >= patience and rate > least:
                rate = float(np.float32(max(rate * factor, min_lr)))
                cooling, wait = cooldown, 0
        rates.append(rate)
    return Reduction(tuple(rates))


def torch_reduce_on_plateau(
    values: Sequence[float],
    rate: float,
    *,
    direction: Direction = "min",
    factor: float = 0.1,
    patience: int = 10,
    threshold: float = 1e-4,
    relative: bool = True,
    cooldown: int = 0,
    min_lr: float = 0.0,
    eps: float = 1e-8,
) -> Reduction:
    """PyTorch ``ReduceLROnPlateau``: lowers the rate after *more than* ``patience`` evaluations without a new best."""
    best = math.inf if direction == "min" else -math.inf
    bad = cooling = 0
    rates = []
    for value in values:
        if direction == "min":
            better = value < (best * (1.0 - threshold) if relative else best - threshold)
        else:
            better = value > (best * (threshold + 1.0) if relative else best + threshold)
        if better:
            best, bad = value, 0
        else:
            bad += 1
        if cooling > 0:
            cooling -= 1
            bad = 0
        if bad > patience:
            lowered = max(rate * factor, min_lr)
            if rate - lowered > eps:
                rate = lowered
            cooling, bad = cooldown, 0
        rates.append(rate)
    return Reduction(tuple(rates))
