"""Our replays against the real callbacks of Keras, PyTorch and Lightning, driven with the same values."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks import callbacks

os.environ.setdefault("KERAS_BACKEND", "torch")


@dataclass(frozen=True)
class Case:
    """One random curve and the settings of a callback."""

    values: tuple[float, ...]
    direction: callbacks.Direction
    patience: int
    min_delta: float
    factor: float
    cooldown: int
    relative: bool
    min_lr: float


def draw(seed: int) -> Case:
    """Curve number ``seed``: falling, level or rising, noisy, rounded or not, with now and then a NaN."""
    r = np.random.default_rng(seed)
    n = int(r.integers(2, 80))
    trend = float(r.choice([-1.0, 0.0, 0.5])) * np.linspace(0, 1, n)
    values = 2 + trend + float(r.choice([0.0, 0.01, 0.2])) * r.standard_normal(n)
    if r.random() < 0.5:
        values = np.round(values, int(r.integers(1, 4)))
    if r.random() < 0.15:
        values[int(r.integers(0, n))] = math.nan
    return Case(
        tuple(float(v) for v in values),
        "max" if r.random() < 0.4 else "min",
        int(r.integers(0, 8)),
        float(r.choice([0.0, 1e-4, 0.01, 0.1])),
        float(r.choice([0.1, 0.5])),
        int(r.integers(0, 4)),
        bool(r.random() < 0.5),
        float(r.choice([0.0, 1e-3])),
    )


def keras_stop(case: Case) -> bool:
    """Keras ``EarlyStopping`` stops at the same epoch with the same best."""
    from keras.callbacks import EarlyStopping  # type: ignore[import-untyped, unused-ignore]

    callback = EarlyStopping("val", min_delta=case.min_delta, patience=case.patience, mode=case.direction)
    model = SimpleNamespace(stop_training=False, metrics=[], optimizer=None)
    callback.set_model(model)
    callback.on_train_begin()
    at = None
    for epoch, value in enumerate(case.values):
        callback.on_epoch_end(epoch, {"val": value})
        if model.stop_training:
            at = epoch
            break
    ours = callbacks.keras_early_stopping(
        case.values, direction=case.direction, min_delta=case.min_delta, patience=case.patience
    )
    return ours == callbacks.Stop(at, callback.best_epoch)


def lightning_stop(case: Case) -> bool:
    """Lightning ``EarlyStopping`` stops at the same check."""
    import torch
    from pytorch_lightning.callbacks import EarlyStopping

    callback = EarlyStopping("val", min_delta=case.min_delta, patience=case.patience, mode=case.direction)
    at = None
    for i, value in enumerate(case.values):
        stop, _ = callback._evaluate_stopping_criteria(torch.tensor(value))
        if stop:
            at = i
            break
    ours = callbacks.lightning_early_stopping(
        case.values, direction=case.direction, min_delta=case.min_delta, patience=case.patience
    )
    return ours.index == at


def keras_reduce(case: Case) -> bool:
    """Keras ``ReduceLROnPlateau`` sets the same rates."""
    from keras.callbacks import ReduceLROnPlateau

    optimizer = SimpleNamespace(learning_rate=np.float32(0.1))
    callback = ReduceLROnPlateau(
        "val",
        factor=case.factor,
        patience=case.patience,
        mode=case.direction,
        min_delta=case.min_delta,
        cooldown=case.cooldown,
        min_lr=case.min_lr,
    )
    callback.set_model(SimpleNamespace(optimizer=optimizer, metrics=[]))
    callback.on_train_begin()
    rates = []
    for epoch, value in enumerate(case.values):
        callback.on_epoch_end(epoch, {"val": value})
        optimizer.learning_rate = np.float32(optimizer.learning_rate)
        rates.append(float(optimizer.learning_rate))
    ours = callbacks.keras_reduce_on_plateau(
        case.values, 0.1, direction=case.direction, factor=case.factor, patience=case.patience,
        min_delta=case.min_delta, cooldown=case.cooldown, min_lr=case.min_lr,
    )  # fmt: skip
    return ours.rates == tuple(rates)


def torch_reduce(case: Case) -> bool:
    """PyTorch ``ReduceLROnPlateau`` sets the same rates."""
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, mode=case.direction, factor=case.factor, patience=case.patience, threshold=case.min_delta,
        threshold_mode="rel" if case.relative else "abs", cooldown=case.cooldown, min_lr=case.min_lr,
    )  # fmt: skip
    rates = []
    for value in case.values:
        scheduler.step(value)
        rates.append(float(optimizer.param_groups[0]["lr"]))
    ours = callbacks.torch_reduce_on_plateau(
        case.values, 0.1, direction=case.direction, factor=case.factor, patience=case.patience,
        threshold=case.min_delta, relative=case.relative, cooldown=case.cooldown, min_lr=case.min_lr,
    )  # fmt: skip
    return ours.rates == tuple(rates)


CALLBACKS: dict[str, tuple[str, Callable[[Case], bool]]] = {
    "Keras EarlyStopping": ("keras", keras_stop),
    "Keras ReduceLROnPlateau": ("keras", keras_reduce),
    "PyTorch ReduceLROnPlateau": ("torch", torch_reduce),
    "Lightning EarlyStopping": ("pytorch_lightning", lightning_stop),
}


def equal(name: str, curves: int) -> int:
    """How many of ``curves`` random curves the replay and the real callback agree on."""
    check: Any = CALLBACKS[name][1]
    return sum(check(draw(seed)) for seed in range(curves))
