"""Tuned by now: held out until judged for the first time (246 of 300 runs accepted at seeds 1000 to 1029, .820).

Its macro-F1 was .753 then. The rules were mended with its misses in view. It was the second set to be labelled before
any of its runs was judged; whoever wrote these families had read what each verdict means, but neither a rule nor a
limit, and their mechanisms are those that no older family has.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.synthetic import curves
from benchmarks.synthetic.desk import Desk
from benchmarks.synthetic.family import Family, Truth
from benchmarks.synthetic.healthy import pair, sigma
from loganalyzer.model.run import Run


def far_targets(desk: Desk) -> tuple[Run, Truth]:
    """A regression on targets far from zero: nearly all of the squared error is gone once the bias has found the mean.

    The targets lie 4 to 40 of their standard deviations from zero, so that the loss falls a hundred- to ten
    thousandfold; R² climbs from far below zero, goes on to 0.8 to 0.97 on the scale of ones, and settles there.
    """
    mean = desk.log_uniform(4.0, 40.0)
    bias = mean**2 * np.exp(-2.0 * desk.t / desk.uniform(max(0.02, 1.5 / desk.n), 0.05))
    left = desk.uniform(0.03, 0.2)
    error = bias + left + (1 - left) * np.exp(-desk.t / desk.uniform(0.06, 0.11))
    shake = desk.log_uniform(0.005, 0.04)
    train = error * np.exp(desk.noise(shake))
    val = (1.05 * error + 0.005) * np.exp(desk.noise(shake))
    with_mae = desk.chance(0.6)
    return desk.run(
        train=train,
        val=val,
        val_acc=1.0 - val,
        train_acc=1.0 - train if desk.chance(0.5) else None,
        val_mae=0.8 * np.sqrt(val * desk.scale) if with_mae else None,
        rename={"train_acc": "train_r2", "val_acc": "val_r2"},
    ), Truth(("converged",))


def single_samples(desk: Desk) -> tuple[Run, Truth]:
    """Batches of one: the logged loss is that of single samples, easy and hard, log-normal about its mean.

    It scatters by half to all of its level without any trend in the scatter; the validation, a mean over thousands of
    samples, falls smoothly and settles.
    """
    curve = np.exp(-desk.t / desk.uniform(0.04, 0.1))
    train, val = pair(desk, curve)
    spread = desk.uniform(0.4, 0.8)
    samples = np.exp(spread * desk.rng.standard_normal(desk.n) - 0.5 * spread**2)
    acc = curves.accuracy(curve, 0.1, desk.uniform(0.8, 0.95))
    return desk.run(
        train=train * samples,
        val=val + desk.noise(desk.log_uniform(0.001, 0.008)),
        val_acc=np.clip(acc + desk.noise(0.004), 0, 1) if desk.chance(0.4) else None,
    ), Truth(("converged",), tolerated=frozenset({"loss-spikes"}))


def lagging_statistics(desk: Desk) -> tuple[Run, Truth]:
    """Batch-norm with a slow running average: evaluation is garbage until the averages have caught up.

    Validation starts at 1 to 30 gains above what training says, unevenly, and its accuracy at chance; within the
    first third it comes down to the ordinary curve, long since settled by the end (Ioffe & Szegedy 2015).
    """
    curve = np.exp(-desk.t / desk.uniform(0.03, 0.08))
    wrong = np.exp(-((desk.t / desk.uniform(0.05, 0.13)) ** desk.uniform(1.5, 4.0)))
    train, val = pair(desk, curve, floor=desk.uniform(0.25, 0.6))
    uneven = np.exp(np.clip(desk.noise(desk.uniform(0.05, 0.3), "white"), -1, 1))
    noisy = sigma(desk, 0.02)
    acc = curves.accuracy(curve, 0.1, desk.uniform(0.8, 0.97))
    lost = np.clip(2.0 * wrong, 0, 1)
    with_acc = desk.chance(0.6)
    return desk.run(
        train=train + desk.noise(noisy),
        val=val + desk.log_uniform(1.0, 30.0) * wrong * uneven + desk.noise(noisy),
        train_acc=np.clip(acc + 0.01 + desk.noise(0.005), 0, 1) if with_acc else None,
        val_acc=np.clip(acc * (1 - lost) + 0.1 * lost + desk.noise(0.006), 0, 1) if with_acc else None,
    ), Truth(("converged",), tolerated=frozenset({"loss-spikes", "generalisation-gap"}))


def slow_drift(desk: Desk) -> tuple[Run, Truth]:
    """Weights kept in bfloat16 without a master copy: after a good start the losses creep up together, all the time.

    The best is reached in the first quarter; from there training and validation rise at the same small slope and have
    lost 40 to 90 % of the gain by the end. No jump, no spike.
    """
    start = desk.uniform(0.12, 0.25)
    rise = desk.uniform(0.4, 0.9) * (np.clip(desk.t - start, 0, None) / (1 - start)) ** desk.uniform(0.85, 1.2)
    train, val = pair(desk, np.exp(-desk.t / (start / desk.uniform(4.0, 6.0))), floor=desk.uniform(0.2, 0.8))
    noisy = sigma(desk, 0.02)
    visible = start + float(np.argmax(rise[desk.t >= start] > max(0.08, 4 * noisy))) / desk.n
    acc = 0.9 - 0.75 * (np.exp(-desk.t / (start / 5)) + 0.6 * rise)
    with_acc = desk.chance(0.3)
    return desk.run(
        train=train + rise + desk.noise(noisy),
        val=val + rise * desk.uniform(0.9, 1.1) + desk.noise(noisy) if desk.chance(0.75) else None,
        train_acc=np.clip(acc + desk.noise(0.006), 0, 1) if with_acc else None,
    ), Truth(
        ("diverging",),
        ("rising", "blow-up"),
        tolerated=frozenset({"overfitting"}),
        onset=desk.span(start, visible),
    )


def detection_parts(desk: Desk) -> tuple[Run, Truth]:
    """A detector whose losses are logged in three parts and never as a sum; its classifier overfits, its boxes do not.

    In validation the part of the classes turns up by 80 to 200 % of its gain and carries the sum with it; boxes stay
    settled, mAP comes down by 0.05 to 0.15. All parts go on falling in training.
    """
    desk = replace(desk, steps=np.arange(1, desk.n + 1, dtype=np.int64), seen=np.arange(desk.n), unit="epoch")
    turn = desk.uniform(0.2, 0.35)
    fall = np.exp(-desk.t / (turn / desk.uniform(2.5, 4.0)))
    late = (np.clip(desk.t - turn, 0, None) / (1 - turn)) ** desk.uniform(0.8, 1.3)
    noisy = sigma(desk, 0.015)
    old = desk.chance(0.4)
    third = "obj" if old else "dfl"
    size = {"box": desk.uniform(0.7, 1.2), "cls": desk.uniform(2.0, 3.0), third: desk.uniform(0.4, 0.7)}
    up = {"box": desk.uniform(-0.03, 0.05), "cls": desk.uniform(0.8, 2.0), third: desk.uniform(-0.03, 0.05)}
    parts: dict[str, Any] = {}
    for part, gain in size.items():
        floor = gain * desk.uniform(0.5, 0.8)
        parts[f"train/{part}_loss"] = floor + gain * (fall - 0.3 * desk.t + desk.noise(noisy))
        parts[f"val_{part}"] = floor + gain * (0.1 + fall + up[part] * late + desk.noise(noisy))
    reached = desk.uniform(0.5, 0.8)
    found = reached * (1 - fall) - desk.uniform(0.05, 0.15) * late
    names = {f"val_{part}": f"val/{part}_loss" for part in size}
    names["val_map"] = "metrics/mAP_0.5" if old else "metrics/mAP50(B)"
    names["val_strict"] = "metrics/mAP_0.5:0.95" if old else "metrics/mAP50-95(B)"
    return desk.run(
        scaled=False,
        rename=names,
        val_map=np.clip(found + desk.noise(0.005), 0, 1),
        val_strict=np.clip(0.65 * found + desk.noise(0.004), 0, 1),
        **parts,
    ), Truth(("overfitting",), ("moderate", "severe"))


def router_flips(desk: Desk) -> tuple[Run, Truth]:
    """A mixture of experts whose router jumps between two assignments, a good and a bad one, at irregular times.

    The losses switch between two levels, 35 to 70 % of the gain apart, fifteen to forty times and to the end.
    """
    flips = int(desk.rng.integers(15, max(16, min(41, desk.n // 6))))
    edges = np.cumsum(desk.rng.uniform(0.5, 1.5, flips + 1))
    state = np.searchsorted(edges / edges[-1], desk.t) % 2
    lift = desk.uniform(0.35, 0.7) * (1 - np.exp(-desk.t / 0.04)) * state
    train, val = pair(desk, np.exp(-desk.t / desk.uniform(0.03, 0.06)), floor=desk.uniform(0.3, 0.9))
    noisy = sigma(desk, 0.03)
    return desk.run(
        train=train + lift + desk.noise(noisy),
        val=val + lift * desk.uniform(0.85, 1.1) + desk.noise(noisy) if desk.chance(0.75) else None,
    ), Truth(("oscillating",), tolerated=frozenset({"loss-spikes"}))


def blank_collapse(desk: Desk) -> tuple[Run, Truth]:
    """A CTC speech recogniser that only ever says the blank: the word error rate is 1 from the first to the last point.

    The loss falls at once, to two thirds or to a sixth, as the blank is learned, and stands there (Graves 2006).
    """
    curve = np.exp(-desk.t / desk.uniform(max(0.008, 1.0 / desk.n), max(0.04, 1.0 / desk.n)))
    gain = desk.log_uniform(0.5, 5.0)
    noisy = desk.log_uniform(0.001, 0.01)
    wer = np.minimum(1.0, 1.0 + 0.15 * curve - np.abs(desk.noise(0.0005)))
    cer = 1.0 - 0.01 * (1 - curve) - np.abs(desk.noise(0.002))
    return desk.run(
        train=1.0 + gain * curve + desk.noise(noisy),
        val=1.0 + desk.uniform(0.0, 0.03) + gain * curve + desk.noise(noisy),
        val_wer=wer,
        val_cer=cer if desk.chance(0.4) else None,
        rename={"val_wer": str(desk.rng.choice(["val_wer", "eval_wer", "valid/wer"]))},
    ), Truth(("plateau", "underfitting"), tolerated=frozenset({"loss-never-decreases"}))


def ended_schedule(desk: Desk) -> tuple[Run, Truth]:
    """A cosine that was set for a fraction of the run: the rate is nothing for the rest, long before it has learned.

    Loss and accuracies freeze where they are, at 0.2 to 0.4 on training and validation alike.
    """
    end = desk.uniform(0.15, 0.35)
    share = 0.5 * (1 + np.cos(np.pi * np.clip(desk.t / end, 0, 1)))
    passed = np.cumsum(share) / np.sum(share)
    curve = 1 - (1 - np.exp(-1.5 * passed)) / (1 - np.exp(-1.5))
    curve = (curve - curve[-1]) / (curve[0] - curve[-1])
    classes = int(desk.rng.choice([10, 20, 100]))
    start = np.log(classes)
    floor = start * desk.uniform(0.6, 0.75)
    acc = curves.accuracy(curve, 1 / classes, desk.uniform(0.2, 0.4))
    noisy = sigma(desk, 0.02) * (start - floor)
    return desk.run(
        scaled=False,
        train=curves.level(curve, floor, start - floor) + desk.noise(noisy),
        val=curves.level(curve, floor, start - floor) + 0.008 * start + desk.noise(noisy),
        train_acc=np.clip(acc + desk.noise(0.005), 0, 1),
        val_acc=np.clip(acc - 0.004 + desk.noise(0.005), 0, 1),
        lr=float(desk.rng.choice([0.1, 1e-3, 3e-4])) * np.maximum(share, 1e-4),
    ), Truth(("underfitting",), ("high-floor",))


def bits_per_character(desk: Desk) -> tuple[Run, Truth]:
    """A character model of a dozen to forty evaluations, logged in bits per character alone, stopped while it falls."""
    curve = curves.unfinished(desk)
    end = desk.uniform(1.4, 2.4)
    gain = np.log2(desk.rng.integers(27, 200)) - end
    noisy = sigma(desk, 0.012) * gain
    train, val = [("train_bpc", "valid_bpc"), ("train/bpc", "val/bpc"), ("train_bpb", "val_bpb")][
        int(desk.rng.integers(3))
    ]
    return desk.run(
        scaled=False,
        train=end + gain * curve + desk.noise(noisy),
        val=end + 0.05 + 0.98 * gain * curve + desk.noise(noisy),
        rename={"train": train, "val": val},
    ), Truth(("underfitting",), ("undertrained",))


def q_learning(desk: Desk) -> tuple[Run, Truth]:
    """Deep Q-learning: as the returns grow, so do the targets, and the temporal-difference loss rises with them.

    The return climbs from nothing to its best while the exploration is wound down (Mnih et al. 2015); the loss, larger
    at the end than ever, says nothing of how good the policy is.
    """
    desk = replace(desk, unit="step")
    learned = 1 / (1 + np.exp(-(desk.t - desk.uniform(0.25, 0.6)) / desk.uniform(0.05, 0.12)))
    best = desk.log_uniform(20.0, 5000.0)
    loss = (0.02 + learned ** desk.uniform(0.8, 1.5)) * np.exp(desk.noise(desk.uniform(0.1, 0.4)))
    names = [
        ("train/loss", "rollout/ep_rew_mean", "rollout/exploration_rate", "train/q_values"),
        ("losses/td_loss", "charts/episodic_return", "charts/epsilon", "losses/q_values"),
        ("loss", "episode_reward", "epsilon", "mean_q"),
    ][int(desk.rng.integers(3))]
    return desk.run(
        loss=loss * desk.log_uniform(0.01, 100.0),
        returns=best * (0.03 + 0.97 * learned) + desk.noise(0.05 * best),
        epsilon=np.clip(1 - desk.t / desk.uniform(0.1, 0.5), 0.05, 1),
        q=0.1 * best * learned + desk.noise(0.002 * best) if desk.chance(0.5) else None,
        rename=dict(zip(("loss", "returns", "epsilon", "q"), names, strict=True)),
    ), Truth(curves.returned(learned))


FAMILIES = (
    Family("far-targets", far_targets, least=40),
    Family("single-samples", single_samples, least=200),
    Family("lagging-statistics", lagging_statistics, least=30),
    Family("slow-drift", slow_drift, least=40),
    Family("detection-parts", detection_parts, least=25, most=600),
    Family("router-flips", router_flips, least=120),
    Family("blank-collapse", blank_collapse, least=20),
    Family("ended-schedule", ended_schedule, least=24),
    Family("bits-per-character", bits_per_character, least=12, most=40),
    Family("q-learning", q_learning, least=40),
)
