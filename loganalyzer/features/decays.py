"""Smooth ways down of a learning rate, fitted and compared by the Bayesian information criterion."""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.model.run import Floats

POWERS = (0.3, 0.5, 0.7, 0.8, 0.9, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0)
CUTS = (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.5)
"""Shares of a planned half cosine after which a run may have been stopped."""
CUT_SHORT = "cosine, stopped early"
HELD = tuple(np.arange(0.15, 0.96, 0.025).tolist())
"""Shares of the run for which a stable stretch may have lasted."""
GOOD = 0.985
"""A family must explain this share of the variance."""

EXACT = 1e-3
"""A squared error below this share of the noise is as good as none."""


def best_family(steps: Floats, u: Floats, noise: float) -> tuple[str, float]:
    """Which family fits ``u`` (peak 1, falling) best.

    Linear, cosine, exponential, inverse-sqrt, polynomial or warmup-stable-decay; "other" if none does. Also the share
    of the run after which a stable stretch ended.
    """
    steps, u = _without_tail(*_stairs(steps, u), noise)
    n = len(u)
    if n < 4:
        return "other" if n < 3 else "linear", 0.0
    s: Floats = (steps - steps[0]) / max(float(steps[-1] - steps[0]), 1e-12)
    floor = (noise * float(np.add.reduce(u)) / n) ** 2 + (3e-4) ** 2
    exact = EXACT * n * floor  # nothing fits better than these with fewer parameters
    straight = float(_linears(s[None, :], u)[0])
    if straight < exact:
        return "linear", 0.0
    # a schedule over n epochs is logged from its first to its last but one: its cosine lacks the last step
    curved = float(_linears(np.cos(np.array([[np.pi], [np.pi * (n - 1) / n]]) * s), u).min())
    if curved < exact:
        return "cosine", 0.0
    fits: dict[str, tuple[float, int]] = {"linear": (straight, 2), "cosine": (curved, 2)}
    for name, error_of in (("exponential", _exponential), ("inverse-sqrt", _inverse_sqrt)) if u.min() > 1e-9 else ():
        fits[name] = error_of(s, u), 2
        if fits[name][0] < exact:
            return name, 0.0
    fits[CUT_SHORT] = float(_linears(np.cos(np.pi * np.outer(CUTS, s)), u).min()), 3
    fits["polynomial"] = (float(_linears((1 - s)[None, :] ** np.array(POWERS)[:, None], u).min()), 3)
    held, stable = _held(s, u)
    if n >= 8:
        fits["warmup-stable-decay"] = (held, 5)
    scores = {name: n * math.log(sse / n + floor) + k * math.log(n) for name, (sse, k) in fits.items()}
    winner = min(scores, key=lambda name: scores[name])
    if fits[winner][0] > (1 - GOOD) * float(np.sum((u - u.mean()) ** 2)):
        return "other", stable
    return "cosine" if winner == CUT_SHORT else winner, stable


def _stairs(steps: Floats, u: Floats) -> tuple[Floats, Floats]:
    """One point for each level of a rate that is set once an epoch but logged more often."""
    same = u[1:] == u[:-1]
    if arrays.share(same) < 0.4:
        return steps, u
    starts = np.concatenate([[0], np.flatnonzero(~same) + 1])
    if len(starts) < 4:
        return steps, u
    return steps[starts], u[starts]


def _without_tail(steps: Floats, u: Floats, noise: float) -> tuple[Floats, Floats]:
    """Without a level stretch at the end (the smallest rate was reached before the run ended)."""
    near = u <= u[-1] + max(1e-5, 3 * noise * float(u[-1]))
    last_away = int(np.flatnonzero(~near)[-1]) if bool((~near).any()) else 0
    if len(u) - last_away > max(4, 0.12 * len(u)) and last_away >= 4:
        return steps[: last_away + 2], u[: last_away + 2]
    return steps, u


def _linears(bases: Floats, u: Floats) -> Floats:
    """Squared errors of ``a + b basis`` with the best a and b, for each row of ``bases`` (float64[k, n]); float64[k]."""
    n = len(u)
    centred = bases - (np.add.reduce(bases, axis=1) / n)[:, None]
    power = np.einsum("ij,ij->i", centred, centred)
    rest = u - np.add.reduce(u) / n
    slopes = (centred @ rest) / np.where(power > 0, power, 1.0)
    residual = rest - slopes[:, None] * centred
    squared: Floats = np.einsum("ij,ij->i", residual, residual)
    return squared


def _held(s: Floats, u: Floats) -> tuple[float, float]:
    """Squared error of a level up to a share of the run and a straight, cosine or 1 - sqrt decay; the share."""
    until = np.array(HELD)[:, None]
    rest = arrays.within((s[None, :] - until) / (1 - until), 0.0, 1.0)
    errors = np.minimum(np.minimum(_linears(rest, u), _linears(np.cos(np.pi * rest), u)), _linears(np.sqrt(rest), u))
    best = int(np.argmin(errors))
    return float(errors[best]), HELD[best]


def _exponential(s: Floats, u: Floats) -> float:
    """Squared error of ``a exp(-b s)``, fitted in the logarithm and refined for the weight that large values have."""
    logs = np.log(u)
    best = math.inf
    for weight in (np.ones_like(u), u, u * u):
        w = weight / weight.sum()
        ms, ml = float(w @ s), float(w @ logs)
        power = float(w @ (s - ms) ** 2)
        slope = float(w @ ((s - ms) * (logs - ml))) / power if power > 0 else 0.0
        shape = np.exp(arrays.within(slope * s, -700.0, 700.0))
        scale = float(u @ shape) / float(shape @ shape)
        best = min(best, float(np.sum((u - scale * shape) ** 2)))
    return best


def _inverse_sqrt(s: Floats, u: Floats) -> float:
    """Squared error of ``1 / sqrt(a + b s)``."""
    inverse = 1.0 / (u * u)
    best = math.inf
    for weight in (np.ones_like(u), u**3, u**6):
        w = weight / weight.sum()
        ms, mi = float(w @ s), float(w @ inverse)
        power = float(w @ (s - ms) ** 2)
        slope = float(w @ ((s - ms) * (inverse - mi))) / power if power > 0 else 0.0
        under = mi + slope * (s - ms)
        if slope <= 0 or under.min() <= 0:
            continue
        best = min(best, float(np.sum((u - 1.0 / np.sqrt(under)) ** 2)))
    return best if math.isfinite(best) else float(np.sum((u - arrays.median(u)) ** 2)) * 10
