"""Trainings that learned nothing, or not enough."""

from __future__ import annotations

import numpy as np

from benchmarks.synthetic import curves
from benchmarks.synthetic.desk import Desk
from benchmarks.synthetic.family import Family, Truth
from benchmarks.synthetic.healthy import pair, sigma
from loganalyzer.model.run import Run

NEVER = frozenset({"loss-never-decreases", "constant-loss"})


def at_chance(desk: Desk) -> tuple[Run, Truth]:
    """Cross-entropy stays at ln K and the accuracy at 1/K, with a little noise."""
    classes = int(desk.rng.choice([2, 5, 10, 20, 100, 1000]))
    level = np.log(classes)
    noisy = desk.log_uniform(1e-4, 0.01) * level
    start = desk.uniform(0.0, 0.05) * level * np.exp(-desk.t / 0.01)
    with_acc = desk.chance(0.6)
    return desk.run(
        scaled=False,
        train=level + start + desk.noise(noisy),
        val=level + desk.noise(noisy) if desk.chance(0.8) else None,
        train_acc=curves.counted(desk, np.full(desk.n, 1 / classes), 5000) if with_acc else None,
        val_acc=curves.counted(desk, np.full(desk.n, 1 / classes), 1000) if with_acc else None,
    ), Truth(("plateau",), ("never-learned", "stalled"), tolerated=NEVER)


def flat_noise(desk: Desk) -> tuple[Run, Truth]:
    """A loss of any scale that never leaves the noise about its first value."""
    level, noisy = 1.0, desk.log_uniform(1e-3, 0.05)
    return desk.run(
        train=level + desk.noise(noisy),
        val=level * desk.uniform(0.9, 1.1) + desk.noise(noisy) if desk.chance(0.7) else None,
    ), Truth(("plateau",), ("never-learned", "constant"), tolerated=NEVER)


def constant(desk: Desk) -> tuple[Run, Truth]:
    """The very same number from the first point to the last: nothing is updated."""
    value = np.full(desk.n, desk.uniform(0.3, 3.0))
    return desk.run(train=value, val=value * 1.02 if desk.chance(0.7) else None), Truth(
        ("plateau",), ("constant",), findings=frozenset({"constant-loss"}), tolerated=NEVER
    )


def stalled(desk: Desk) -> tuple[Run, Truth]:
    """A few per cent are gained at once, then nothing for the rest of the run."""
    gain = desk.uniform(0.02, 0.06)
    curve = np.exp(-desk.t / desk.uniform(max(0.01, 1.0 / desk.n), 0.05))
    noisy = gain * desk.log_uniform(0.005, 0.08)
    with_acc = desk.chance(0.5)
    return desk.run(
        train=1.0 + gain * curve + desk.noise(noisy),
        val=1.005 + gain * curve + desk.noise(noisy),
        val_acc=np.clip(curves.accuracy(curve, 0.1, 0.16) + desk.noise(0.004), 0, 1) if with_acc else None,
    ), Truth(("plateau",), ("stalled",), tolerated=frozenset({"loss-never-decreases"}))


def undertrained(desk: Desk) -> tuple[Run, Truth]:
    """Stopped while train and validation were still falling clearly, at a constant rate."""
    curve = curves.unfinished(desk)
    noisy = sigma(desk, 0.012)
    train, val = pair(desk, curve, floor=desk.uniform(0.2, 1.0))
    rate = np.full(desk.n, 1e-4) if desk.chance(0.4) else None
    return desk.run(
        train=train + desk.noise(noisy), val=val + desk.noise(noisy) if desk.chance(0.75) else None, lr=rate
    ), Truth(("underfitting",), ("undertrained",))


def straight_line(desk: Desk) -> tuple[Run, Truth]:
    """A rate a thousand times too small: a straight, hardly noisy line that gains 10 to 60 % of its start."""
    gain = desk.uniform(0.1, 0.6)
    train = 1.0 - gain * desk.t ** desk.uniform(0.8, 1.1)
    noisy = gain * desk.log_uniform(0.001, 0.015)
    return desk.run(
        train=train + desk.noise(noisy), val=train * 1.02 + desk.noise(noisy) if desk.chance(0.75) else None
    ), Truth(("underfitting",), ("undertrained",))


def high_floor(desk: Desk) -> tuple[Run, Truth]:
    """Settled, training no better than validation, and both accuracies poor: the model is too small or held down."""
    classes = int(desk.rng.choice([4, 10, 20]))
    curve = curves.settled(desk, 0.01)
    end = desk.uniform(0.35, 0.5) if classes == 4 else desk.uniform(0.25, 0.45)
    start = np.log(classes)
    floor = start * desk.uniform(0.6, 0.75)
    train = curves.level(curve, floor, start - floor)
    noisy = sigma(desk, 0.02) * (start - floor)
    acc = curves.accuracy(curve, 1 / classes, end)
    return desk.run(
        scaled=False,
        train=train + desk.noise(noisy),
        val=train + 0.01 * start + desk.noise(noisy),
        train_acc=np.clip(acc + desk.noise(0.006), 0, 1),
        val_acc=np.clip(acc - 0.005 + desk.noise(0.006), 0, 1),
    ), Truth(("underfitting",), ("high-floor",))


def too_short(desk: Desk) -> tuple[Run, Truth]:
    """One to three points: nobody can say anything."""
    train = 1.0 - 0.2 * desk.t + desk.noise(0.02)
    return desk.run(train=train, val=train + 0.05), Truth(("inconclusive",), ("too-short",))


def range_test(desk: Desk) -> tuple[Run, Truth]:
    """A learning-rate range test: the rate grows over decades, the loss falls and then explodes."""
    rate = np.geomspace(1e-7, desk.log_uniform(1.0, 10.0), desk.n)
    best = desk.uniform(0.6, 0.8)
    curve = 1 / (1 + np.exp((desk.t - best + 0.15) / 0.04))
    burst = np.clip(np.expm1(np.clip(desk.t - best, 0, None) / 0.06), 0, 30)
    return desk.run(train=0.3 + curve + burst + desk.noise(0.01), lr=rate), Truth(
        ("inconclusive",), ("range-test",), tolerated=frozenset({"diverging", "loss-spikes"})
    )


def adversarial(desk: Desk) -> tuple[Run, Truth]:
    """A GAN: two losses that fight; neither says how good the samples are."""
    g = 0.8 + 1.2 * (1 - np.exp(-desk.t / 0.1)) + desk.noise(0.2)
    d = 0.69 - 0.3 * (1 - np.exp(-desk.t / 0.1)) + desk.noise(0.05)
    names = [("g_loss", "d_loss"), ("loss_G", "loss_D"), ("generator_loss", "discriminator_loss")][
        int(desk.rng.integers(3))
    ]
    return desk.run(scaled=False, **{names[0]: g, names[1]: d}), Truth(("inconclusive",), ("adversarial",))


def no_objective(desk: Desk) -> tuple[Run, Truth]:
    """Only a learning rate and timings were logged."""
    seconds = 0.3 + 0.02 * np.abs(desk.noise(1.0, "white"))
    return desk.run(
        lr=np.linspace(0.1, 0.0, desk.n), seconds_per_step=seconds, gpu_memory_mb=np.full(desk.n, 8000.0)
    ), Truth(("inconclusive",), ("no-objective",))


FAMILIES = (
    Family("at-chance", at_chance, least=12),
    Family("flat-noise", flat_noise, least=12),
    Family("constant", constant, least=8),
    Family("stalled", stalled, least=20),
    Family("undertrained", undertrained, least=10),
    Family("straight-line", straight_line, least=10),
    Family("high-floor", high_floor, least=12),
    Family("too-short", too_short, least=1, most=3),
    Family("range-test", range_test, least=80, most=1000),
    Family("adversarial", adversarial, least=30),
    Family("no-objective", no_objective, least=8),
)
