"""Healthy runs on a grid of lengths and noise colours, for false alarms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.synthetic import curves
from benchmarks.synthetic.desk import Desk
from benchmarks.synthetic.family import Example
from benchmarks.synthetic.healthy import HEALTHY, pair, sigma
from benchmarks.synthetic.noise import COLOURS

LENGTHS = (10, 30, 100, 300, 1000, 10_000, 100_000)


def make(n: int, colour: str, seed: int) -> Example:
    """A settled fall with ``n`` points of training and validation loss and half of the time their accuracies."""
    rng = np.random.default_rng([n, COLOURS.index(colour), seed, 77])
    desk = Desk.draw(rng, n, n, colour)
    desk = replace(desk, seen=np.arange(n, dtype=np.int64)) if n <= 1000 else desk
    curve = curves.settled(desk)
    train, val = pair(desk, curve)
    noisy = sigma(desk)
    acc = curves.accuracy(curve, 0.1, desk.uniform(0.85, 0.98)) if desk.chance(0.5) else None
    run = desk.run(
        train=train + desk.noise(noisy),
        val=val + desk.noise(noisy),
        train_acc=None if acc is None else np.clip(acc + desk.noise(0.005), 0, 1),
        val_acc=None if acc is None else np.clip(acc - 0.01 + desk.noise(0.005), 0, 1),
    )
    return Example(run, HEALTHY, f"clean-{n}", seed, colour)
