"""HELD OUT: nothing may be tuned on these families. Sick trainings that nobody had in mind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.synthetic import curves
from benchmarks.synthetic.desk import Desk
from benchmarks.synthetic.family import Family, Truth
from benchmarks.synthetic.healthy import pair, sigma
from loganalyzer.model.run import Run


def sparse_overfitting(desk: Desk) -> tuple[Run, Truth]:
    """Thousands of training points, eight to fifteen evaluations; validation turns and loses a third of its gain."""
    count = int(desk.rng.integers(8, 16))
    seen = np.unique(np.linspace(desk.n // 30, desk.n - 1, count).round().astype(np.int64))
    desk = replace(desk, seen=seen)
    turn = desk.uniform(0.25, 0.5)
    fall = np.exp(-desk.t / (turn / 3))
    rise = (np.clip(desk.t - turn, 0, None) / (1 - turn)) ** desk.uniform(0.8, 1.3)
    first = fall[seen[0]]
    val = 0.5 + fall + desk.uniform(0.35, 0.9) * first * rise
    noisy = desk.uniform(0.002, 0.012) * first
    return desk.run(
        train=0.4 + fall - 0.3 * desk.t + desk.noise(sigma(desk, 0.02)), val=val + desk.noise(noisy)
    ), Truth(("overfitting",), ("moderate", "severe"), best=desk.best_span(val, max(0.01 * first, 1.5 * noisy)))


def overfitting_after_drop(desk: Desk) -> tuple[Run, Truth]:
    """The rate drops, training falls at once, validation falls with it and climbs from there on."""
    cut = desk.uniform(0.35, 0.55)
    after = np.clip(desk.t - cut, 0, None)
    curve = 0.35 + 0.65 * np.exp(-desk.t / 0.06)
    drop = 1 - np.exp(-after / 0.015)
    val = curve - 0.1 * drop + desk.uniform(0.25, 0.6) * (after / (1 - cut)) ** desk.uniform(0.7, 1.1)
    train = curve - 0.2 * drop - 0.1 * after
    noisy = sigma(desk, 0.015)
    rate = 0.1 * np.where(desk.t >= cut, 0.1, 1.0) if desk.chance(0.6) else None
    return desk.run(train=train + desk.noise(noisy), val=0.05 + val + desk.noise(noisy), lr=rate), Truth(
        ("overfitting",), ("moderate", "mild", "severe"), best=desk.best_span(val, max(0.01, 1.5 * noisy))
    )


def growing_swings(desk: Desk) -> tuple[Run, Truth]:
    """At the edge of stability: an oscillation that grows through the run to the size of the gain."""
    swing = desk.uniform(0.5, 0.9) * np.clip((desk.t - 0.1) / 0.9, 0, None) ** desk.uniform(0.8, 1.5)
    wave = np.sin(2 * np.pi * desk.uniform(8, min(30, desk.n / 6)) * desk.t + desk.uniform(0, 6))
    train, val = pair(desk, np.exp(-desk.t / 0.06), floor=1.0)
    noisy = sigma(desk, 0.03)
    return desk.run(train=train + swing * wave + desk.noise(noisy), val=val + swing * wave + desk.noise(noisy)), Truth(
        ("oscillating", "diverging"), tolerated=frozenset({"loss-spikes"})
    )


def relaxation(desk: Desk) -> tuple[Run, Truth]:
    """Learns slowly, loses it in a jump, learns again: a sawtooth of uneven teeth at a constant rate."""
    teeth = int(desk.rng.integers(6, min(25, desk.n // 6) + 1))
    edges = np.cumsum(desk.rng.uniform(0.6, 1.4, teeth))
    phase = desk.t * edges[-1]
    tooth = np.searchsorted(edges, phase, side="right").clip(0, teeth - 1)
    begin = np.concatenate([[0.0], edges])[tooth]
    within = np.clip((phase - begin) / (np.concatenate([edges, [1.0]])[tooth] - begin), 0, 1)
    height = desk.rng.uniform(0.7, 1.3, teeth)[tooth] * desk.uniform(0.45, 0.8)
    train, val = pair(desk, np.exp(-desk.t / 0.03), floor=0.5)
    swing = height * (1 - within) * (1 - np.exp(-desk.t / 0.04))
    noisy = sigma(desk, 0.03)
    return desk.run(train=train + swing + desk.noise(noisy), val=val + swing + desk.noise(noisy)), Truth(
        ("oscillating",), tolerated=frozenset({"loss-spikes", "epoch-boundary-pattern"})
    )


def metric_collapse(desk: Desk) -> tuple[Run, Truth]:
    """Only accuracies were logged; they climb, then fall to chance within a few per cent of the run and stay there."""
    start = desk.uniform(0.35, 0.75)
    end = desk.uniform(0.6, 0.95)
    chance = 1.0 / float(desk.rng.choice([2, 10, 100]))
    acc = curves.accuracy(np.exp(-desk.t / 0.08), chance, end)
    lost = np.clip((desk.t - start) / desk.uniform(0.01, 0.06), 0, 1)
    acc = acc * (1 - lost) + chance * lost
    return desk.run(
        train_acc=np.clip(acc + desk.noise(0.008), 0, 1), val_acc=np.clip(acc - 0.01 + desk.noise(0.008), 0, 1)
    ), Truth(("diverging",), ("blow-up",), onset=desk.span(start, start + 0.02))


def last_moments(desk: Desk) -> tuple[Run, Truth]:
    """A good run that explodes in its last twentieth; the log ends while the loss is high."""
    start = desk.uniform(0.88, 0.95)
    train, val = pair(desk, np.exp(-desk.t / desk.uniform(0.05, 0.15)))
    rise = desk.uniform(1.5, 8.0) * np.clip((desk.t - start) / (1 - start), 0, None) ** desk.uniform(0.5, 1.2)
    noisy = sigma(desk, 0.02)
    return desk.run(train=train + rise + desk.noise(noisy), val=val + rise + desk.noise(noisy)), Truth(
        ("diverging",), ("blow-up",), tolerated=frozenset({"loss-spikes"}), onset=desk.span(start, start + 0.03)
    )


def one_point(desk: Desk) -> tuple[Run, Truth]:
    """An evaluation alone: one value of each of several metrics."""
    return desk.run(val=np.full(desk.n, 0.7), val_acc=np.full(desk.n, 0.8)), Truth(
        ("inconclusive",), ("too-short", "no-objective")
    )


FAMILIES = (
    Family("sparse-overfitting", sparse_overfitting, least=200, held_out=True),
    Family("overfitting-after-drop", overfitting_after_drop, least=30, held_out=True),
    Family("growing-swings", growing_swings, least=80, held_out=True),
    Family("relaxation", relaxation, least=80, held_out=True),
    Family("metric-collapse", metric_collapse, least=30, held_out=True),
    Family("last-moments", last_moments, least=60, held_out=True),
    Family("one-evaluation", one_point, least=1, most=2, held_out=True),
)
