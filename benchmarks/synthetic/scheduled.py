"""Healthy trainings whose curves have steps, jumps and waves that a schedule, a restart or chance explains."""

from __future__ import annotations

import itertools

import numpy as np

from benchmarks.synthetic import curves
from benchmarks.synthetic.desk import Desk
from benchmarks.synthetic.family import Family, Truth
from benchmarks.synthetic.healthy import HEALTHY, pair, sigma
from benchmarks.synthetic.noise import Floats
from loganalyzer.model.run import Run


def peak(desk: Desk) -> float:
    """A learning rate as people use it."""
    return float(desk.rng.choice([0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4]))


def step_decay(desk: Desk) -> tuple[Run, Truth]:
    """The rate falls tenfold twice; each time the loss drops to a new flat level, less far than before."""
    cuts = np.sort(desk.rng.uniform([0.3, 0.55], [0.5, 0.7]))
    levels = [1.0, desk.uniform(0.25, 0.45), 0.0]
    levels[2] = levels[1] - desk.uniform(0.1, 0.2)
    floors, t = np.array([levels[1], levels[2], levels[2] - 0.03]), desk.t
    phase = np.searchsorted(cuts, t)
    fast = max(0.01, 1.0 / desk.n)
    curve = floors[0] + (1 - floors[0]) * np.exp(-t / max(0.05, 1.0 / desk.n))
    for i, cut in enumerate(cuts):
        curve = curve - (floors[i] - floors[i + 1]) * np.where(t >= cut, 1 - np.exp(-(t - cut) / fast), 0.0)
    shrink = np.array([1.0, 0.5, 0.3])[phase]
    train, val = pair(desk, curve)
    noisy = sigma(desk, 0.02)
    rate = peak(desk) * 0.1**phase if desk.chance(0.6) else None
    return desk.run(
        train=train + desk.noise(1.0) * noisy * shrink, val=val + desk.noise(1.0) * noisy * shrink, lr=rate
    ), HEALTHY


def warm_restarts(desk: Desk) -> tuple[Run, Truth]:
    """SGDR: the rate jumps back up three to six times; the loss jumps with it and comes down lower or equal."""
    cycles = int(desk.rng.integers(3, 7))
    phase = (desk.t * cycles) % 1.0
    phase[-1] = 1.0
    wave = 0.5 * (1 + np.cos(np.pi * phase))
    lift = np.where(desk.t * cycles >= 1, desk.uniform(0.08, 0.25) * wave, 0.0)
    curve = np.exp(-desk.t / desk.uniform(0.04, 0.12)) + lift
    train, val = pair(desk, curve)
    noisy = sigma(desk, 0.02)
    rate = peak(desk) * np.maximum(wave, 1e-3) if desk.chance(0.75) else None
    accepted = ("converged",) if rate is not None else ("converged", "oscillating")
    return desk.run(train=train + desk.noise(noisy), val=val + desk.noise(noisy), lr=rate), Truth(
        accepted, tolerated=frozenset({"oscillating", "loss-spikes"})
    )


def cyclic(desk: Desk) -> tuple[Run, Truth]:
    """A triangular cyclic rate: the loss breathes with it, about a level that has settled."""
    cycles = int(desk.rng.integers(6, 14))
    phase = (desk.t * cycles) % 1.0
    wave = 1 - np.abs(2 * phase - 1)
    curve = np.exp(-desk.t / desk.uniform(0.03, 0.08)) + desk.uniform(0.08, 0.2) * wave * (1 - np.exp(-desk.t / 0.05))
    train, val = pair(desk, curve)
    noisy = sigma(desk, 0.02)
    rate = peak(desk) * (0.1 + 0.9 * wave)
    return desk.run(train=train + desk.noise(noisy), val=val + desk.noise(noisy), lr=rate), Truth(
        ("converged",), tolerated=frozenset({"oscillating"})
    )


def cosine(desk: Desk) -> tuple[Run, Truth]:
    """Warm-up, then a cosine to zero: noise in proportion to the rate, most of the last gain while it falls."""
    warm = desk.uniform(0.01, 0.06)
    t = desk.t
    rate = np.where(t < warm, t / warm, 0.5 * (1 + np.cos(np.pi * np.clip((t - warm) / (1 - warm), 0, 1))))
    curve = 0.82 * np.exp(-t / desk.uniform(0.04, 0.1)) + 0.18 * (0.5 * (1 + np.cos(np.pi * t)))
    train, val = pair(desk, curve)
    noisy = sigma(desk, 0.03)
    return desk.run(
        train=train + desk.noise(1.0) * noisy * (0.2 + 0.8 * rate),
        val=val + desk.noise(1.0) * noisy * (0.1 + 0.6 * rate),
        lr=peak(desk) * rate,
    ), HEALTHY


def warm_up_bump(desk: Desk) -> tuple[Run, Truth]:
    """The loss rises for the first per cent of the run while the rate warms up, then falls and settles."""
    curve = curves.settled(desk, 0.015)
    bump = desk.uniform(0.1, 0.5) * np.exp(-0.5 * ((desk.t - 0.025) / 0.012) ** 2)
    train, val = pair(desk, curve + bump)
    noisy = sigma(desk, 0.02)
    rate = peak(desk) * np.minimum(1.0, (desk.t + 1e-3) / 0.05) if desk.chance(0.5) else None
    return desk.run(train=train + desk.noise(noisy), val=val + desk.noise(noisy), lr=rate), Truth(
        ("converged",), tolerated=frozenset({"loss-spikes"})
    )


def resumed(desk: Desk) -> tuple[Run, Truth]:
    """Stopped and resumed once or twice: the optimizer's state is lost, the loss jumps and is back within 2 %."""
    curve = curves.settled(desk)
    places = np.sort(
        desk.rng.choice(np.arange(desk.n // 4, desk.n * 3 // 4), int(desk.rng.integers(1, 3)), replace=False)
    )
    bump = np.zeros(desk.n)
    width = max(0.4, 0.004 * desk.n)
    for place in places:
        bump[place:] += desk.uniform(0.05, 0.3) * np.exp(-np.arange(desk.n - place) / width)
    train, val = pair(desk, curve + bump)
    noisy = sigma(desk, 0.02)
    return desk.run(
        train=train + desk.noise(noisy), val=val + desk.noise(noisy), restarts=tuple(int(desk.steps[p]) for p in places)
    ), Truth(("converged",), tolerated=frozenset({"loss-spikes"}))


def spikes(desk: Desk) -> tuple[Run, Truth]:
    """One to six spikes of the training loss, each over within a per cent of the run."""
    train, val = pair(desk, curves.settled(desk))
    count = int(desk.rng.integers(1, 7))
    slots = np.linspace(0.15, 0.92, count + 1)
    places = [round(desk.uniform(a, a + 0.6 * (b - a)) * (desk.n - 1)) for a, b in itertools.pairwise(slots)]
    noisy = sigma(desk, 0.015)
    hit = np.zeros(desk.n)
    for place in places:
        tail = np.arange(desk.n - place)
        hit[place:] += (
            max(desk.uniform(0.3, 3.0), 25 * noisy)
            * np.exp(-tail / max(0.3, 0.001 * desk.n))
            * (tail < 0.01 * desk.n + 2)
        )
    norm = 1.0 + 0.3 * np.abs(desk.noise(1.0, "white")) + 10 * hit if desk.chance(0.5) else None
    return desk.run(train=train + hit + desk.noise(noisy), val=val + desk.noise(noisy), norm=norm), Truth(
        ("converged",),
        findings=frozenset({"loss-spikes"}),
        tolerated=frozenset({"gradient-norm"}),
        spikes=tuple(int(desk.steps[p]) for p in places),
    )


def ticks(desk: Desk, count: int) -> Floats:
    """float64[n], the phase 0..1 of ``count`` equal periods over the run."""
    return np.asarray((np.arange(desk.n) / desk.n * count) % 1.0, dtype=np.float64)


FAMILIES = (
    Family("step-decay", step_decay, least=24),
    Family("warm-restarts", warm_restarts, least=40),
    Family("cyclic-rate", cyclic, least=80),
    Family("cosine-schedule", cosine, least=16),
    Family("warm-up-bump", warm_up_bump, least=100),
    Family("resumed", resumed, least=40),
    Family("spikes-recovered", spikes, least=80, most=30_000),
)
