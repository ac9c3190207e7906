"""HELD OUT: nothing may be tuned on these families. Healthy and poor trainings that nobody had in mind."""

from __future__ import annotations

import numpy as np

from benchmarks.synthetic import curves
from benchmarks.synthetic.desk import Desk
from benchmarks.synthetic.family import Family, Truth
from benchmarks.synthetic.healthy import HEALTHY, pair, sigma
from loganalyzer.model.run import Run


def delayed(desk: Desk) -> tuple[Run, Truth]:
    """Grokking: training is perfect early, validation stays bad for half the run, then follows and settles."""
    when, width = desk.uniform(0.4, 0.6), desk.uniform(0.02, 0.05)
    step = 1 / (1 + np.exp((desk.t - when) / width))
    memory = np.exp(-desk.t / desk.uniform(0.02, 0.05))
    noisy = sigma(desk, 0.02)
    val = 0.05 + 0.95 * step + 0.2 * (1 - memory) * step
    return desk.run(
        train=0.02 + memory + desk.noise(noisy),
        val=val + desk.noise(noisy),
        train_acc=np.clip(curves.accuracy(memory, 0.02, 1.0), 0, 1),
        val_acc=np.clip(curves.accuracy(step, 0.02, 0.98) + desk.noise(0.004), 0, 1),
    ), Truth(("converged",), tolerated=frozenset({"generalisation-gap"}))


def quantised(desk: Desk) -> tuple[Run, Truth]:
    """A healthy run printed with two significant decimals: most successive values are equal."""
    train, val = pair(desk, curves.settled(desk), floor=desk.uniform(0.1, 0.4))
    grain = desk.uniform(0.01, 0.03)
    noisy = desk.uniform(0.2, 1.0) * grain
    return desk.run(
        train=np.round((train + desk.noise(noisy)) / grain) * grain,
        val=np.round((val + desk.noise(noisy)) / grain) * grain,
    ), HEALTHY


def curriculum(desk: Desk) -> tuple[Run, Truth]:
    """The data become harder once: the loss jumps up, then falls below its old level and settles."""
    when = desk.uniform(0.25, 0.4)
    first = np.exp(-desk.t / desk.uniform(0.04, 0.08))
    second = np.where(desk.t >= when, desk.uniform(0.1, 0.3) * np.exp(-(desk.t - when) / desk.uniform(0.05, 0.08)), 0.0)
    deeper = np.where(
        desk.t >= when, -desk.uniform(0.08, 0.15) * (1 - np.exp(-np.clip(desk.t - when, 0, None) / 0.1)), 0.0
    )
    train, val = pair(desk, first + second + deeper, floor=desk.uniform(0.3, 0.6))
    noisy = sigma(desk, 0.02)
    return desk.run(train=train + desk.noise(noisy), val=val + desk.noise(noisy)), Truth(
        ("converged",), tolerated=frozenset({"loss-spikes"})
    )


def many_drops(desk: Desk) -> tuple[Run, Truth]:
    """Reduced on plateau: the rate is halved five to nine times, the loss goes down in ever smaller stairs."""
    count = int(desk.rng.integers(5, 10))
    cuts = np.sort(desk.rng.uniform(0.2, 0.7, count))
    curve = 0.7 * np.exp(-desk.t / 0.06) + 0.3
    for i, cut in enumerate(cuts):
        curve = curve - 0.13 * 0.55**i * np.where(desk.t >= cut, 1 - np.exp(-(desk.t - cut) / 0.015), 0.0)
    phase = np.searchsorted(cuts, desk.t)
    noisy = sigma(desk, 0.025) * 0.7**phase
    train, val = pair(desk, curve)
    return desk.run(
        train=train + desk.noise(1.0) * noisy,
        val=val + desk.noise(1.0) * noisy,
        lr=0.1 * 0.5**phase if desk.chance(0.6) else None,
    ), HEALTHY


def bad_evaluations(desk: Desk) -> tuple[Run, Truth]:
    """One to three single evaluations gave NaN (an empty batch, a mixed-precision slip); all else is healthy."""
    train, val = pair(desk, curves.settled(desk))
    noisy = sigma(desk, 0.02)
    val = val + desk.noise(noisy)
    inner = desk.seen[1:-2]
    val[desk.rng.choice(inner, int(desk.rng.integers(1, 4)), replace=False)] = np.nan
    return desk.run(train=train + desk.noise(noisy), val=val), Truth(
        ("converged",), findings=frozenset({"non-finite"}), tolerated=frozenset({"hidden-nan"})
    )


def larger_batch(desk: Desk) -> tuple[Run, Truth]:
    """The batch size grows: heavy-tailed noise that shrinks by half, twice, about a settled loss."""
    curve = curves.settled(desk)
    phase = np.searchsorted(np.array([desk.uniform(0.25, 0.4), desk.uniform(0.5, 0.7)]), desk.t)
    train, val = pair(desk, curve, floor=desk.uniform(0.2, 0.5))
    noisy = sigma(desk, 0.03) * 0.5**phase
    train = train * np.exp(noisy * desk.rng.standard_t(5, desk.n))
    return desk.run(train=train, val=val + desk.noise(1.0) * noisy / 2), HEALTHY


def majority(desk: Desk) -> tuple[Run, Truth]:
    """It learned to always say the most frequent class: loss at the entropy of the shares, accuracy at the largest."""
    share = desk.uniform(0.55, 0.8)
    entropy = -share * np.log(share) - (1 - share) * np.log(1 - share)
    curve = (np.log(2) - entropy) * np.exp(-desk.t / 0.01)
    noisy = entropy * desk.log_uniform(5e-4, 0.006)
    return desk.run(
        scaled=False,
        train=entropy + curve + desk.noise(noisy),
        val=entropy + curve + desk.noise(noisy),
        train_acc=np.full(desk.n, round(share, 4)),
        val_acc=np.full(desk.n, round(share, 4)),
    ), Truth(("plateau", "underfitting"), tolerated=frozenset({"loss-never-decreases"}))


def late_onset(desk: Desk) -> tuple[Run, Truth]:
    """Nothing for half the run, then it begins to learn, and is stopped in the middle of its fall."""
    when, width = desk.uniform(0.75, 0.9), desk.uniform(0.08, 0.12)
    curve = 1 / (1 + np.exp((desk.t - when) / width))
    noisy = sigma(desk, 0.015)
    train, val = pair(desk, curve, floor=desk.uniform(0.1, 0.4))
    return desk.run(train=train + desk.noise(noisy), val=val + desk.noise(noisy)), Truth(
        ("underfitting",), ("undertrained",)
    )


def poor_regression(desk: Desk) -> tuple[Run, Truth]:
    """A regression that settles with R² at 0.2 to 0.4 on training and validation alike."""
    curve = curves.settled(desk, 0.01)
    end = desk.uniform(0.2, 0.4)
    r2 = end * (1 - curve)
    noisy = sigma(desk, 0.02) * end
    return desk.run(
        train=1 - r2 + desk.noise(noisy),
        val=1.01 - r2 + desk.noise(noisy),
        train_acc=r2 + desk.noise(noisy),
        val_acc=r2 - 0.01 + desk.noise(noisy),
        rename={"train_acc": "train_r2", "val_acc": "val_r2"},
    ), Truth(("underfitting",), ("high-floor",))


FAMILIES = (
    Family("delayed-generalisation", delayed, least=40, held_out=True),
    Family("quantised", quantised, least=16, held_out=True),
    Family("curriculum", curriculum, least=40, held_out=True),
    Family("many-drops", many_drops, least=40, held_out=True),
    Family("bad-evaluations", bad_evaluations, least=20, held_out=True),
    Family("larger-batch", larger_batch, least=30, held_out=True),
    Family("majority-class", majority, least=16, held_out=True),
    Family("late-onset", late_onset, least=16, held_out=True),
    Family("poor-regression", poor_regression, least=12, held_out=True),
)
