"""How training curves fall: power laws, exponentials, two time scales, late onsets; from 1 at the start towards 0."""

from __future__ import annotations

import numpy as np

from benchmarks.synthetic.desk import Desk
from benchmarks.synthetic.noise import Floats


def last_third(curve: Floats) -> float:
    """How far a curve falls in its last third, as a share of its whole fall."""
    return float((curve[2 * len(curve) // 3] - curve[-1]) / max(curve[0] - curve[-1], 1e-12))


def settled(desk: Desk, most: float = 0.02) -> Floats:
    """float64[n]: a fall from 1 to 0 that is over before the last third (at most ``most`` of it is left).

    It takes more than one point and more than a hundredth of the run: a gain that nobody saw is no gain.
    """
    for _ in range(200):
        curve = _shape(desk, desk.log_uniform(max(0.005, 1.0 / desk.n), 0.15))
        if last_third(curve) <= most and curve[min(desk.n - 1, 1 + desk.n // 100)] >= 0.3:
            return curve
    return _normalised(np.exp(-desk.t / max(0.05, 1.0 / desk.n)))


def unfinished(desk: Desk, least: float = 0.15) -> Floats:
    """float64[n]: a fall from 1 to 0 of which at least ``least`` lies in the last third of the run."""
    for _ in range(200):
        curve = _shape(desk, desk.log_uniform(0.3, 3.0))
        if last_third(curve) >= least:
            return curve
    return _normalised(1.0 - desk.t)


def _shape(desk: Desk, tau: float) -> Floats:
    t, kind = desk.t, int(desk.rng.integers(4))
    if kind == 0:
        return _normalised(np.exp(-t / tau))
    if kind == 1:
        return _normalised((1.0 + t / (0.4 * tau)) ** -desk.uniform(0.7, 2.0))
    if kind == 2:
        weight = desk.uniform(0.4, 0.9)
        return _normalised(weight * np.exp(-4.0 * t / tau) + (1.0 - weight) * np.exp(-t / tau))
    return _normalised(np.exp(-((t / tau) ** desk.uniform(0.7, 1.3))))


def _normalised(curve: Floats) -> Floats:
    return np.asarray((curve - curve[-1]) / (curve[0] - curve[-1]), dtype=np.float64)


def level(curve: Floats, floor: float, gain: float = 1.0) -> Floats:
    """``floor + gain * curve``."""
    return floor + gain * curve


def accuracy(curve: Floats, start: float, end: float, bend: float = 1.0) -> Floats:
    """An accuracy that goes from ``start`` to ``end`` as ``curve`` goes from 1 to 0; sooner where ``bend`` < 1."""
    return end - (end - start) * np.clip(curve, 0.0, None) ** (1.0 / bend)


def counted(desk: Desk, share: Floats, samples: int) -> Floats:
    """An accuracy measured on ``samples`` samples: binomial, hence noisy and in steps of 1/samples."""
    return np.asarray(desk.rng.binomial(samples, np.clip(share, 0.0, 1.0)) / samples, dtype=np.float64)


def returned(learned: np.ndarray, noise: float = 0.0) -> tuple[str, ...]:
    """The right verdicts of a run whose return follows ``learned`` (before noise), the preferred one first.

    Still underfitting where more than a tenth of the gain came in the last third, in doubt from a fortieth on; where
    the gain is less than six deviations of the ``noise``, it may as well be called a plateau.
    """
    gain = float(learned.max() - learned[0])
    late = float(learned[-1] - learned[2 * len(learned) // 3])
    verdicts = ("underfitting", "converged") if late > 0.1 * gain else ("converged",)
    if late > 0.025 * gain and len(verdicts) == 1:
        verdicts = ("converged", "underfitting")
    return (*verdicts, "plateau") if gain < 6 * noise else verdicts
