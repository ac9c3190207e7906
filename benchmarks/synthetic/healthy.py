"""Healthy trainings, in the ways in which healthy curves look odd."""

from __future__ import annotations

import numpy as np

from benchmarks.synthetic import curves, noise
from benchmarks.synthetic.desk import Desk
from benchmarks.synthetic.family import Family, Truth
from benchmarks.synthetic.noise import Floats
from loganalyzer.model.run import Run

HEALTHY = Truth(("converged",))


def pair(desk: Desk, curve: Floats, floor: float | None = None, gap: float | None = None) -> tuple[Floats, Floats]:
    """Noise-free training and validation losses of one fall: the validation gains a little less and lies above."""
    floor = desk.log_uniform(0.12, 0.6) if floor is None else floor
    gap = desk.uniform(0.0, 0.25) if gap is None else gap
    return curves.level(curve, floor), curves.level(curve, floor + gap, 1.0 - 0.3 * gap)


def sigma(desk: Desk, most: float = 0.03) -> float:
    """The noise of a training loss as a share of its gain: less is allowed where few points cannot average it."""
    return desk.log_uniform(0.001, most if desk.n >= 60 else most / 2)


def fall(desk: Desk) -> tuple[Run, Truth]:
    """Power law, exponential, two time scales or stretched exponential, with or without validation and accuracy."""
    curve = curves.settled(desk)
    train, val = pair(desk, curve)
    noisy = sigma(desk)
    quiet = noisy * desk.uniform(0.3, 1.2)
    with_val = desk.chance(0.75)
    acc = curves.accuracy(curve, 0.1, desk.uniform(0.8, 0.99), desk.uniform(0.6, 1.2)) if desk.chance(0.5) else None
    return desk.run(
        train=train + desk.noise(noisy),
        val=val + desk.noise(quiet) if with_val else None,
        train_acc=None if acc is None else np.clip(acc + desk.noise(0.01), 0, 1),
        val_acc=None if acc is None or not with_val else np.clip(acc - 0.02 + desk.noise(0.008), 0, 1),
    ), HEALTHY


def level_noise(desk: Desk) -> tuple[Run, Truth]:
    """Noise in proportion to the loss itself, as minibatch losses have it."""
    train, val = pair(desk, curves.settled(desk), floor=desk.uniform(0.15, 0.5))
    share = sigma(desk, 0.06)
    return desk.run(train=train * np.exp(desk.noise(share)), val=val * np.exp(desk.noise(share / 2))), HEALTHY


def long_tail(desk: Desk) -> tuple[Run, Truth]:
    """All learning in the first tenth, then nothing but noise."""
    curve = np.exp(-desk.t / desk.uniform(0.006, 0.03) + (0.7 / desk.n))
    train, val = pair(desk, curve)
    noisy = sigma(desk, 0.04)
    return desk.run(train=train + desk.noise(noisy), val=val + desk.noise(noisy / 2)), HEALTHY


def dropout(desk: Desk) -> tuple[Run, Truth]:
    """Dropout or augmentation: the training loss stays above the validation loss."""
    curve = curves.settled(desk)
    lift = desk.uniform(0.1, 0.4)
    train = curves.level(curve, 0.1 + lift, desk.uniform(0.8, 1.0))
    val = curves.level(curve, 0.1)
    noisy = sigma(desk, 0.03)
    return desk.run(
        train=train + desk.noise(noisy),
        val=val + desk.noise(noisy / 3),
        train_acc=np.clip(curves.accuracy(curve, 0.1, 0.85) + desk.noise(0.01), 0, 1),
        val_acc=np.clip(curves.accuracy(curve, 0.1, 0.92) + desk.noise(0.006), 0, 1),
    ), HEALTHY


def smoothing_floor(desk: Desk) -> tuple[Run, Truth]:
    """Label smoothing: the loss cannot fall below the entropy of its soft targets, the accuracy is good."""
    classes = int(desk.rng.choice([10, 100, 1000]))
    share = float(desk.rng.choice([0.1, 0.2]))
    on, off = 1 - share + share / classes, share / classes
    entropy = -on * np.log(on) - (classes - 1) * off * np.log(off)
    start = np.log(classes)
    curve = curves.settled(desk)
    floor = entropy + 0.06 * (start - entropy)
    train = curves.level(curve, floor, start - floor)
    val = curves.level(curve, floor + 0.04, start - floor - 0.04)
    noisy = sigma(desk, 0.02) * (start - entropy)
    return desk.run(
        scaled=False,
        train=train + desk.noise(noisy),
        val=val + desk.noise(noisy / 2),
        train_acc=np.clip(curves.accuracy(curve, 1 / classes, 0.97) + desk.noise(0.004), 0, 1),
        val_acc=np.clip(curves.accuracy(curve, 1 / classes, 0.93) + desk.noise(0.004), 0, 1),
    ), HEALTHY


def small_validation(desk: Desk) -> tuple[Run, Truth]:
    """Few validation samples: the validation loss and accuracy jump about a level that no longer changes."""
    curve = curves.settled(desk)
    train, val = pair(desk, curve)
    samples = int(desk.rng.integers(20, 80))
    shake = desk.uniform(0.06, 0.14)
    return desk.run(
        train=train + desk.noise(sigma(desk, 0.015)),
        val=val + desk.noise(shake, "white"),
        val_acc=curves.counted(desk, curves.accuracy(curve, 0.1, desk.uniform(0.8, 0.95)), samples),
    ), Truth(("converged",), tolerated=frozenset({"noisy-validation"}))


def ema(desk: Desk) -> tuple[Run, Truth]:
    """Exported with TensorBoard's smoothing: noise with a long memory that looks like trends."""
    train, val = pair(desk, curves.settled(desk))
    weight = desk.uniform(0.6, 0.95 if desk.n > 100 else 0.8)
    noisy = desk.uniform(0.02, 0.06)
    return desk.run(
        train=noise.smoothed(train + desk.noise(noisy, "white"), weight),
        val=noise.smoothed(val + desk.noise(noisy, "white"), weight),
    ), HEALTHY


def negative(desk: Desk) -> tuple[Run, Truth]:
    """A log-likelihood, a Dice loss, an ELBO: below zero from the start, or passing through it."""
    train, val = pair(desk, curves.settled(desk))
    down = desk.uniform(0.3, 3.0)
    noisy = sigma(desk)
    return desk.run(train=train - down + desk.noise(noisy), val=val - down + desk.noise(noisy)), HEALTHY


def metric_only(desk: Desk) -> tuple[Run, Truth]:
    """Nothing logged but a metric of which more is better."""
    curve = curves.settled(desk)
    name = str(desk.rng.choice(["accuracy", "f1", "auc", "mIoU", "r2"]))
    end = desk.uniform(0.8, 0.97)
    start = {"auc": 0.5, "r2": 0.05}.get(name, desk.uniform(0.05, 0.3))
    noisy = sigma(desk, 0.02)
    train = np.clip(curves.accuracy(curve, start, min(end + 0.02, 0.99)) + desk.noise(noisy), 0, 1)
    val = np.clip(curves.accuracy(curve, start, end) + desk.noise(noisy), 0, 1)
    return desk.run(
        train_acc=train, val_acc=val, rename={"train_acc": f"train_{name}", "val_acc": f"val_{name}"}
    ), HEALTHY


FAMILIES = (
    Family("plain-fall", fall),
    Family("level-noise", level_noise),
    Family("long-tail", long_tail, least=20),
    Family("dropout", dropout),
    Family("label-smoothing-floor", smoothing_floor),
    Family("small-validation", small_validation, least=20, most=2000),
    Family("ema-smoothed", ema, least=20),
    Family("negative-loss", negative),
    Family("metric-only", metric_only),
)
