"""Learning-rate schedules as their published formulas give them, logged with noise, rounding and thinning."""

# ruff: noqa: E501 - one line for each family reads as the table that it is

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Random = np.random.Generator


@dataclass(frozen=True)
class Logged:
    """A logged learning rate, the curves that were watched, and the family that it comes from."""

    family: str
    steps: Ints
    values: Floats
    monitored: tuple[tuple[Ints, Floats], ...] = ()


def _warm(rate: Callable[[Floats], Floats], share: float) -> Callable[[Floats], Floats]:
    """``rate`` (over 0..1) behind a linear warm-up of ``share`` of the run."""

    def warmed(t: Floats) -> Floats:
        body = rate(np.clip((t - share) / (1 - share), 0, 1))
        return np.where(t < share, np.maximum(t / share, 1e-3), body)

    return warmed


def _cosine(t: Floats, low: float = 0.0) -> Floats:
    return low + (1 - low) * 0.5 * (1 + np.cos(np.pi * t))


def _steps_at(edges: Floats, factor: float) -> Callable[[Floats], Floats]:
    return lambda t: factor ** np.searchsorted(edges, t, side="right").astype(float)


def _triangular(cycles: float, low: float, shrink: float) -> Callable[[Floats], Floats]:
    def rate(t: Floats) -> Floats:
        at = t * cycles
        size = shrink ** np.floor(at)
        return low + (1 - low) * size * (1 - np.abs(2 * (at - np.floor(at)) - 1))

    return rate


def _one_cycle(t: Floats, up: float, start: float, end: float, curved: bool) -> Floats:
    def blend(a: float, b: float, s: Floats) -> Floats:
        return b + (a - b) * 0.5 * (1 + np.cos(np.pi * s)) if curved else a + (b - a) * s

    return np.where(
        t < up, blend(start, 1.0, np.clip(t / up, 0, 1)), blend(1.0, end, np.clip((t - up) / (1 - up), 0, 1))
    )


def _restarts(first: float, growth: float) -> Callable[[Floats], Floats]:
    def rate(t: Floats) -> Floats:
        out, begin, length = np.zeros_like(t), 0.0, first
        while begin < 1.0 + 1e-9:
            own = (t >= begin) & (t < begin + length)
            out[own] = _cosine((t[own] - begin) / length, 0.01)
            begin, length = begin + length, length * growth
        return out

    return rate


def _plateau(r: Random, epochs: int) -> tuple[Floats, Floats]:
    """A rate as reduce-on-plateau sets it (PyTorch's semantics, relative threshold 1e-4), and the loss that it watched."""
    patience, factor = int(r.integers(4, 9)), float(r.choice([0.1, 0.2, 0.5]))
    rate, best, bad, level = 1.0, math.inf, 0, 1.0
    rates, losses = np.zeros(epochs), np.zeros(epochs)
    floor = 0.5
    for e in range(epochs):
        rates[e] = rate
        level = floor + (level - floor) * 0.8
        losses[e] = level * (1 + 0.01 * r.standard_normal())
        if losses[e] < best * (1 - 1e-4):
            best, bad = losses[e], 0
        else:
            bad += 1
        if bad > patience:
            rate, bad = rate * factor, 0
            floor *= 0.85
    return rates, losses


def families() -> dict[str, tuple[str, Callable[[Random], Callable[[Floats], Floats]]]]:
    """Name -> (family, draw): 18 kinds, each drawn anew with its own numbers."""
    return {
        "constant": ("constant", lambda r: lambda t: np.ones_like(t)),
        "constant after warm-up": ("constant", lambda r: _warm(lambda t: np.ones_like(t), float(r.uniform(0.02, 0.12)))),
        "step": ("step", lambda r: _steps_at(np.arange(1, (k := int(r.integers(3, 7)))) / k, float(r.choice([0.1, 0.2, 0.5])))),
        "multi-step": ("multi-step", lambda r: _steps_at(np.array([0.5, 0.75, 0.9]) + r.uniform(-0.03, 0.03), float(r.choice([0.1, 0.2, 0.3])))),
        "multi-step after warm-up": ("multi-step", lambda r: _warm(_steps_at(np.array([0.6, 0.8]), 0.1), 0.05)),
        "exponential": ("exponential", lambda r: (lambda k: lambda t: np.exp(-k * t))(float(r.uniform(1.5, 6)))),
        "cosine": ("cosine", lambda r: (lambda low: lambda t: _cosine(t, low))(float(r.choice([0.0, 0.01, 0.1])))),
        "cosine after warm-up": ("cosine", lambda r: _warm(_cosine, float(r.uniform(0.02, 0.12)))),
        "warm restarts": ("warm-restarts", lambda r: _restarts(float(r.choice([0.125, 0.2, 0.25])), 1.0)),
        "warm restarts, growing": ("warm-restarts", lambda r: _restarts(1 / 7, 2.0)),
        "one-cycle, cosine": ("one-cycle", lambda r: (lambda up: lambda t: _one_cycle(t, up, 0.04, 1e-5, True))(float(r.uniform(0.2, 0.4)))),
        "one-cycle, linear": ("one-cycle", lambda r: (lambda up: lambda t: _one_cycle(t, up, 0.04, 1e-4, False))(float(r.uniform(0.2, 0.45)))),
        "cyclic": ("cyclic", lambda r: _triangular(float(r.integers(3, 7)), 0.1, float(r.choice([1.0, 0.5])))),
        "linear": ("linear", lambda r: (lambda low: lambda t: 1 - (1 - low) * t)(float(r.choice([0.0, 0.05, 0.2])))),
        "linear after warm-up": ("linear", lambda r: _warm(lambda t: 1 - t, float(r.uniform(0.02, 0.12)))),
        "polynomial": ("polynomial", lambda r: (lambda p: lambda t: (1 - t) ** p)(float(r.choice([0.5, 1.5, 2.0, 3.0])))),
        "inverse square root": ("inverse-sqrt", lambda r: (lambda w: lambda t: np.where(t < w, np.maximum(t / w, 1e-3), np.sqrt(w / np.maximum(t, w))))(float(r.uniform(0.02, 0.1)))),
        "warmup-stable-decay": ("warmup-stable-decay", lambda r: _warm((lambda c: lambda t: np.where(t < c, 1.0, (1 - t) / (1 - c)))(float(r.uniform(0.5, 0.85))), 0.05)),
        "reduce on plateau": ("reduce-on-plateau", lambda r: lambda t: np.ones_like(t)),
    }  # fmt: skip


def draw(name: str, r: Random, noise: float, digits: int, points: int) -> Logged:
    """One logged schedule: relative noise, significant digits printed, and thinned to ``points``."""
    family, make = families()[name]
    peak = float(10 ** r.uniform(-4.5, -0.5))
    monitored: tuple[tuple[Ints, Floats], ...] = ()
    if family == "reduce-on-plateau":
        rates, losses = _plateau(r, max(120, min(points, 300)))
        steps = np.arange(len(rates), dtype=np.int64)
        monitored = ((steps, losses),)
    else:
        total = int(r.choice([2000, 5000, 20000]))
        steps = np.unique(np.linspace(0, total - 1, min(points, total)).astype(np.int64))
        rates = make(r)(steps / total)
    values = rates * peak * (1 + noise * r.standard_normal(len(rates)))
    values = np.array([float(f"{v:.{digits}g}") for v in values])
    return Logged(family, steps, values, monitored)
