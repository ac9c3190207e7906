"""Trainings that fell ill: divergence, overfitting, oscillation."""

from __future__ import annotations

import numpy as np

from benchmarks.synthetic import curves
from benchmarks.synthetic.desk import Desk
from benchmarks.synthetic.family import Family, Truth
from benchmarks.synthetic.healthy import pair, sigma
from benchmarks.synthetic.noise import Floats
from loganalyzer.model.run import Run


def blow_up(desk: Desk) -> tuple[Run, Truth]:
    """After some learning the loss grows, exponentially or to a new high level, and stays there."""
    start = desk.uniform(0.25, 0.75)
    t = desk.t
    curve = curves.settled(desk) if start > 0.4 else np.exp(-t / desk.uniform(0.05, 0.1))
    after = np.clip(t - start, 0.0, None)
    height = desk.uniform(0.6, 4.0)
    if desk.chance(0.5):
        rise = height * (1 - np.exp(-after / desk.uniform(0.01, 0.08)))
    else:
        rise = height * np.expm1(3.0 * after / (1 - start)) / np.expm1(3.0)
    train, val = pair(desk, curve)
    noisy = sigma(desk)
    visible = start + float(np.argmax(rise[t >= start] > max(0.08, 4 * noisy))) / desk.n
    shaken = noisy * (1 + 3 * rise / height)
    return desk.run(
        train=train + rise + desk.noise(1.0) * shaken,
        val=val + rise * desk.uniform(0.8, 1.2) + desk.noise(1.0) * shaken,
    ), Truth(
        ("diverging",),
        ("blow-up", "rising"),
        tolerated=frozenset({"oscillating", "loss-spikes", "overfitting"}),
        onset=desk.span(start, visible),
    )


def non_finite(desk: Desk) -> tuple[Run, Truth]:
    """The loss becomes NaN or infinite, with or without a rise before it, and does not come back."""
    place = int(desk.uniform(0.2, 0.9) * desk.n)
    train, val = pair(desk, np.exp(-desk.t / desk.uniform(0.05, 0.5)))
    noisy = sigma(desk)
    rise = np.zeros(desk.n)
    if desk.chance(0.5):
        rise = np.exp(np.clip((np.arange(desk.n) - place) / max(0.5, 0.004 * desk.n), -50, 3))
    train, val = train + rise + desk.noise(noisy), val + rise + desk.noise(noisy)
    value = desk.rng.choice([np.nan, np.inf])
    train[place:], val[place:] = value, np.nan
    first = max(0, place - max(2, int(0.02 * desk.n)))
    return desk.run(train=train, val=val if desk.chance(0.7) else None), Truth(
        ("diverging",),
        ("non-finite",),
        findings=frozenset({"non-finite"}),
        tolerated=frozenset({"underfitting", "loss-spikes"}),
        onset=(int(desk.steps[first]), int(desk.steps[place])),
    )


def rising(desk: Desk) -> tuple[Run, Truth]:
    """A rate far too high from the first step: the loss only rises, by its own size or by orders of magnitude."""
    shape = desk.t ** desk.uniform(0.4, 1.5)
    if desk.chance(0.4):
        loss = np.exp(shape * np.log(desk.log_uniform(5.0, 1e4)))
    else:
        loss = 1.0 + desk.uniform(0.5, 5.0) * shape
    train = loss * np.exp(desk.noise(desk.uniform(0.005, 0.04)))
    return desk.run(train=train, val=loss * np.exp(desk.noise(0.02)) if desk.chance(0.7) else None), Truth(
        ("diverging",),
        ("rising", "blow-up"),
        tolerated=frozenset({"oscillating", "loss-spikes", "loss-never-decreases", "overfitting", "plateau"}),
    )


def level_shift(desk: Desk) -> tuple[Run, Truth]:
    """A spike from which the training does not come back: the loss stays high to the end."""
    start = desk.uniform(0.3, 0.75)
    train, val = pair(desk, np.exp(-desk.t / desk.uniform(0.03, 0.1)))
    lift = np.where(desk.t >= start, desk.uniform(0.45, 1.2), 0.0)
    noisy = sigma(desk, 0.02)
    return desk.run(train=train + lift + desk.noise(noisy), val=val + lift + desk.noise(noisy)), Truth(
        ("diverging",),
        ("blow-up", "rising"),
        tolerated=frozenset({"loss-spikes", "overfitting"}),
        onset=desk.span(start, start),
    )


def _with_rise(fall: Floats, rise: Floats, share: float) -> Floats:
    """``fall + m * rise`` with m such that the end lies ``share`` of the gain above the minimum."""
    low, high = 0.0, 50.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        curve = fall + middle * rise
        lost = (curve[-1] - curve.min()) / max(curve[0] - curve.min(), 1e-9)
        low, high = (middle, high) if lost < share else (low, middle)
    return np.asarray(fall + high * rise, dtype=np.float64)


def _overfitted(
    desk: Desk,
    low: float,
    high: float,
    accepted: tuple[str, ...],
    kinds: tuple[str, ...],
    *,
    falling_metric: bool = True,
) -> tuple[Run, Truth]:
    t = desk.t
    turn = desk.uniform(0.15, 0.6)
    share = desk.uniform(low, high)
    speed = turn / desk.uniform(2.5, 5.0)
    learned = 1 - np.exp(-t / speed)
    memorised = (np.clip(t - turn * 0.5, 0, None) / (1 - turn * 0.5)) ** desk.uniform(0.8, 1.6)
    val = _with_rise(1.0 - learned, memorised, share)
    low_point = float(val.min())
    train = 1.0 - learned - 0.25 * t ** desk.uniform(0.5, 1.0)
    floor = desk.uniform(0.27, 0.8)
    noisy = sigma(desk, min(0.03, share / 6))
    gap = 0.05 * learned
    acc = curves.accuracy(1 - learned, 0.1, 0.85) - (0.25 * min(share, 1) * memorised if falling_metric else 0.0)
    with_acc = desk.chance(0.4) or not falling_metric
    best = desk.best_span(val, max(0.01 * (1 - low_point), 1.5 * noisy))
    found = {"over-confidence"} if not falling_metric else set()
    return desk.run(
        train=train + floor + desk.noise(noisy),
        val=val + floor + gap + desk.noise(noisy),
        train_acc=np.clip(curves.accuracy(1 - learned, 0.1, 0.97) + desk.noise(0.005), 0, 1) if with_acc else None,
        val_acc=np.clip(acc + desk.noise(0.005), 0, 1) if with_acc else None,
    ), Truth(accepted, kinds, frozenset(found), frozenset({"over-confidence", "overfitting"}), best=best)


def overfitting_moderate(desk: Desk) -> tuple[Run, Truth]:
    """Validation turns and loses 15 to 45 % of its gain; training falls on."""
    return _overfitted(desk, 0.15, 0.45, ("overfitting",), ("moderate", "mild"))


def overfitting_severe(desk: Desk) -> tuple[Run, Truth]:
    """Validation turns and loses more than 60 % of its gain, or ends above its start."""
    return _overfitted(desk, 0.65, 2.0, ("overfitting",), ("severe", "moderate"))


def overfitting_mild(desk: Desk) -> tuple[Run, Truth]:
    """Validation turns and loses 6 to 10 % of its gain: an expert may also call it converged."""
    return _overfitted(desk, 0.06, 0.10, ("overfitting", "converged"), ("mild", "moderate"))


def over_confident(desk: Desk) -> tuple[Run, Truth]:
    """The validation loss turns up, the validation accuracy does not come down."""
    return _overfitted(desk, 0.2, 0.6, ("converged", "overfitting"), (), falling_metric=False)


def _settling(desk: Desk) -> Floats:
    return np.asarray(np.exp(-desk.t / desk.uniform(0.03, 0.1)), dtype=np.float64)


def periodic(desk: Desk) -> tuple[Run, Truth]:
    """After the start the loss swings regularly by a sizeable share of what it gained, at a constant rate."""
    periods = desk.uniform(6, min(40, desk.n / 5))
    swing = desk.uniform(0.25, 0.6) * (1 - np.exp(-desk.t / 0.05))
    wave = np.sin(2 * np.pi * periods * desk.t + desk.uniform(0, 6))
    wave = wave if desk.chance(0.6) else np.sign(wave) * np.abs(wave) ** 0.5
    train, val = pair(desk, _settling(desk), floor=desk.uniform(0.7, 1.2))
    noisy = sigma(desk, 0.03)
    rate = np.full(desk.n, 0.1) if desk.chance(0.4) else None
    return desk.run(
        train=train + swing * wave + desk.noise(noisy),
        val=val + swing * wave * desk.uniform(0.8, 1.1) + desk.noise(noisy),
        lr=rate,
    ), Truth(("oscillating",), ("periodic",))


def erratic(desk: Desk) -> tuple[Run, Truth]:
    """After the start the loss wanders irregularly, up and down within a few per cent of the run, never settling."""
    knots = int(desk.uniform(20, min(120, desk.n)))
    heights = desk.rng.standard_normal(knots)
    swing = desk.uniform(0.2, 0.4) * (1 - np.exp(-desk.t / 0.05))
    shared = np.interp(desk.t, np.linspace(0, 1, knots), heights)
    train, val = pair(desk, _settling(desk), floor=desk.uniform(0.9, 1.4))
    noisy = sigma(desk, 0.05)
    val = val + swing * shared * desk.uniform(0.8, 1.1) + desk.noise(noisy)
    return desk.run(train=train + swing * shared + desk.noise(noisy), val=val if desk.chance(0.7) else None), Truth(
        ("oscillating",), ("erratic",), tolerated=frozenset({"loss-spikes"})
    )


FAMILIES = (
    Family("blow-up", blow_up, least=12),
    Family("non-finite", non_finite, least=8),
    Family("rising", rising, least=8),
    Family("level-shift", level_shift, least=20),
    Family("overfitting-moderate", overfitting_moderate, least=12),
    Family("overfitting-severe", overfitting_severe, least=10),
    Family("overfitting-mild", overfitting_mild, least=30),
    Family("over-confident", over_confident, least=20),
    Family("periodic", periodic, least=60),
    Family("erratic", erratic, least=40),
)
