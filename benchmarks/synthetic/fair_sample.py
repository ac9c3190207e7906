"""Tuned by now: held out until judged for the first time (303 of 360 runs accepted at seeds 1000 to 1029, .842).

Its macro-F1 was .794 then. The rules were mended with its misses in view. It was the third set to be labelled before
any of its runs was judged.

Chosen by lot, so that nobody's idea of what is hard or easy picked them (``numpy.random.default_rng(20261121)``):

- Six ordinary tasks, permuted and the first six taken out of: image classification with a cosine schedule, semantic
  segmentation with Dice, tabular regression, LSTM language model, autoencoder, CTC speech recognition, translation
  with label smoothing, fine-tuned text classifier, time-series forecasting, recommender (clicks), metric learning
  with triplets, multi-label tagging. Each got one of the six verdicts by a second permutation. It came out as:
  language model overfitting, image classification plateau, autoencoder converged, tabular regression diverging,
  recommender oscillating, text classifier underfitting.
- Six mechanisms of the literature, one for each of these verdicts, drawn out of these candidates: converged (epoch-wise
  double descent, *weight averaging*, KL annealing), overfitting (*sparse-view radiance fields*, diffusion on few images,
  deep image prior), underfitting (*private training*, a job killed in mid schedule, linear probe), plateau (*barren
  plateaus*, dead ReLUs, posterior collapse), inconclusive (Wasserstein critic, evolution strategies, *self-play*). Of
  the verdicts diverging and oscillating the lot fell on oscillating, and there on unshuffled data; as these are too near
  to the family alternating-tasks, its only rival was taken: *federated rounds*.

Whoever wrote them had read what each verdict means and the older families, but neither a rule nor a limit.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.synthetic import curves
from benchmarks.synthetic.desk import Desk
from benchmarks.synthetic.family import Family, Truth
from benchmarks.synthetic.healthy import pair, sigma
from loganalyzer.model.run import Run


def memorising_lstm(desk: Desk) -> tuple[Run, Truth]:
    """A word-level LSTM without dropout: perplexity on new text turns while it learns the corpus by heart.

    The first logged values are means over an epoch already (Zaremba et al. 2014). Validation loses 0.3 to 1.5 times
    what it gained since, by the end; the training loss falls on by one to two and a half nats.
    """
    start = desk.uniform(5.2, 6.6)
    gain = desk.uniform(0.5, 1.2)
    turn = desk.uniform(0.15, 0.4)
    fall = np.exp(-desk.t / (turn / desk.uniform(2.5, 4.0)))
    late = (np.clip(desk.t - 0.7 * turn, 0, None) / (1 - 0.7 * turn)) ** desk.uniform(0.9, 1.5)
    val = start - gain + gain * fall + desk.uniform(0.3, 1.5) * gain * late
    train = start - gain + (gain + 0.4) * fall - desk.uniform(1.0, 2.5) * desk.t ** desk.uniform(0.6, 1.0)
    noisy = desk.log_uniform(0.002, 0.015)
    train_seen, val_seen = train + desk.noise(noisy), val + desk.noise(noisy)
    with_loss = desk.chance(0.7)
    with_ppl = not with_loss or desk.chance(0.6)
    names = [("train_ppl", "valid_ppl"), ("train_perplexity", "val_perplexity"), ("train/ppl", "val/ppl")][
        int(desk.rng.integers(3))
    ]
    return desk.run(
        scaled=False,
        train=train_seen if with_loss else None,
        val=val_seen if with_loss else None,
        train_ppl=np.exp(train_seen) if with_ppl else None,
        val_ppl=np.exp(val_seen) if with_ppl else None,
        rename={"train_ppl": names[0], "val_ppl": names[1]},
    ), Truth(("overfitting",), ("moderate", "severe"), best=desk.best_span(val, max(0.01 * gain, 1.5 * noisy)))


def dead_from_the_start(desk: Desk) -> tuple[Run, Truth]:
    """An image classifier whose rate was too high at once: its units are dead, a cosine then runs down for nothing.

    The first values are up to three times ln K; as the biases find the shares of the classes the loss comes down to
    ln K, and stays there with both accuracies at 1/K, noisier while the rate is high.
    """
    classes = int(desk.rng.choice([10, 100, 200, 1000]))
    level = float(np.log(classes))
    excess = level * desk.log_uniform(0.02, 2.0) * np.exp(-desk.t / desk.uniform(max(0.005, 0.6 / desk.n), 0.045))
    share = 0.5 * (1 + np.cos(np.pi * desk.t))
    shake = desk.log_uniform(2e-4, 4e-3) * level * (0.1 + 0.9 * share)
    percent = 100.0 if desk.chance(0.5) else 1.0
    flat = np.full(desk.n, 1 / classes)
    timm = desk.chance(0.4)
    rename = {"train": "train_loss", "val": "eval_loss", "val_acc": "eval_top1"} if timm else {}
    return desk.run(
        scaled=False,
        rename=rename,
        train=level + excess + np.abs(desk.noise(1.0)) * shake,
        val=level + 0.7 * excess + np.abs(desk.noise(1.0)) * 0.6 * shake,
        train_acc=None if timm else percent * curves.counted(desk, flat, 50_000),
        val_acc=percent * curves.counted(desk, flat, 10_000),
        lr=float(desk.rng.choice([0.1, 0.5, 1.0, 0.01])) * np.maximum(share, 1e-5),
    ), Truth(("plateau",), ("never-learned", "stalled"), tolerated=frozenset({"loss-never-decreases"}))


def reconstruction(desk: Desk) -> tuple[Run, Truth]:
    """An autoencoder of images: the error per pixel falls to a hundredth, or stays near the entropy of grey pixels.

    With the squared error 0.05 to 0.2 come down to 0.001 to 0.02; with the cross-entropy of grey values 0.3 to 0.6
    come down to 0.07 to 0.28. Both settle, with validation next to training (Hinton & Salakhutdinov 2006).
    """
    curve = curves.settled(desk)
    if desk.chance(0.6):
        start, floor = desk.uniform(0.05, 0.2), desk.log_uniform(0.001, 0.02)
    else:
        start, floor = desk.uniform(0.3, 0.6), desk.uniform(0.07, 0.28)
    gap = desk.uniform(0.0, 0.15) * floor
    shake = sigma(desk, 0.03)
    names = [
        ("loss", "val_loss"),
        ("train_recon_loss", "val_recon_loss"),
        ("train/mse", "val/mse"),
        ("train/reconstruction_loss", "val/reconstruction_loss"),
    ][int(desk.rng.integers(4))]
    return desk.run(
        scaled=False,
        rename={"train": names[0], "val": names[1]},
        train=curves.level(curve, floor, start - floor) * np.exp(desk.noise(shake)),
        val=curves.level(curve, floor + gap, start - floor - gap) * np.exp(desk.noise(0.5 * shake)),
    ), Truth(("converged",))


def raw_features(desk: Desk) -> tuple[Run, Truth]:
    """A regression on features nobody scaled: the steepest direction is unstable and its error grows exponentially.

    The error falls first, while the other directions are learned; from the first half on it multiplies, to 3 gains
    up to 1e12 of them, in a third of the runs until it overflows (the classical limit 2/λ of gradient descent).
    """
    start = desk.uniform(0.08, 0.5)
    curve = np.exp(-desk.t / desk.uniform(max(0.02, 1.5 / desk.n), max(0.08, 1.5 / desk.n)))
    train, val = pair(desk, curve)
    height = desk.log_uniform(3.0, 1e12)
    after = np.clip(desk.t - start, 0, None) / (1 - start)
    rise = height * np.expm1(after * np.log1p(20 * height)) / (20 * height)
    shake = desk.log_uniform(0.005, 0.06)
    train = (train + rise) * np.exp(desk.noise(shake))
    val = (val + rise * desk.uniform(0.8, 1.2)) * np.exp(desk.noise(shake))
    place = desk.n
    if desk.chance(0.33):
        place = int(desk.uniform(max(0.75, start + 0.2), 0.95) * desk.n)
        train[place:], val[place:] = desk.rng.choice([np.nan, np.inf]), np.nan
    visible = start + float(np.argmax(rise[desk.t >= start] > 0.3)) / desk.n
    with_mae = desk.chance(0.5)
    return desk.run(
        train=train,
        val=val if desk.chance(0.8) else None,
        mae=0.8 * np.sqrt(train * desk.scale) if with_mae else None,
    ), Truth(
        ("diverging",),
        ("non-finite",) if place < desk.n else ("blow-up", "rising"),
        tolerated=frozenset({"non-finite", "loss-spikes", "overfitting", "oscillating"}),
        onset=desk.span(start, min(1.0, visible)),
    )


def click_swings(desk: Desk) -> tuple[Run, Truth]:
    """A click model at too high a rate with momentum: log-loss and AUC swing, underdamped, to the last evaluation.

    Each swing takes a fifth to a twentieth of the run, none quite as long or as wide as the one before, and all of
    them 0.5 to 1.1 of the gain from trough to peak, in training and validation alike.
    """
    swings = int(desk.rng.integers(5, max(6, min(21, len(desk.seen) // 6 + 1))))
    lengths = desk.rng.uniform(0.7, 1.3, swings)
    edges = np.concatenate([[0.0], np.cumsum(lengths)]) / lengths.sum()
    phase = 2 * np.pi * np.interp(desk.t, edges, np.arange(swings + 1)) + desk.uniform(0, 6)
    width = np.interp(desk.t, edges, desk.rng.uniform(0.8, 1.2, swings + 1)) * desk.uniform(0.3, 0.45)
    swing = width * np.sin(phase) * (1 - np.exp(-desk.t / 0.04))
    first = float(np.log(2)) + desk.uniform(0.0, 0.1)
    gain = desk.uniform(0.15, 0.3)
    fall = np.exp(-desk.t / desk.uniform(0.02, 0.05))
    noisy = sigma(desk, 0.03) * gain
    reached = desk.uniform(0.7, 0.85)
    auc = reached - (reached - 0.5) * (fall + 0.8 * swing)
    return desk.run(
        scaled=False,
        train=first - gain + gain * (fall + swing) + desk.noise(noisy),
        val=first - 0.97 * gain + 0.97 * gain * (fall + swing * desk.uniform(0.9, 1.1)) + desk.noise(noisy),
        val_auc=np.clip(auc + desk.noise(0.003), 0, 1) if desk.chance(0.7) else None,
        rename={"val_auc": str(desk.rng.choice(["val_auc", "valid/auc", "eval_auc"]))},
    ), Truth(("oscillating",), tolerated=frozenset({"loss-spikes"}))


def timid_fine_tuning(desk: Desk) -> tuple[Run, Truth]:
    """A language encoder fine-tuned for one pass at a constant rate ten times too small, cut off while it learns.

    The loss of few batches is noisy; that of the 6 to 30 evaluations falls evenly to the last one, from ln K to 0.4
    to 0.8 of it, and the accuracy still climbs (the defaults of Devlin et al. 2019 take three passes at 2e-5).
    """
    desk = replace(desk, steps=(np.arange(desk.n, dtype=np.int64) + 1) * int(desk.rng.choice([10, 50, 100, 500])))
    evaluations = int(desk.rng.integers(6, min(31, desk.n // 3 + 1)))
    desk = replace(desk, unit="step", seen=np.linspace(0, desk.n - 1, evaluations + 1).round().astype(np.int64)[1:])
    classes = int(desk.rng.choice([2, 3, 4, 6, 20]))
    level = float(np.log(classes))
    learned = desk.t ** desk.uniform(0.75, 1.3)
    share = desk.uniform(0.2, 0.6)
    loss = level * (1 - share * learned)
    acc = 1 / classes + (1 - 1 / classes) * (share + 0.15) * learned
    noisy = share * level
    return desk.run(
        scaled=False,
        train=np.clip(loss + noisy * desk.noise(desk.log_uniform(0.02, 0.12), "white"), 0.02, None),
        val=loss + 0.005 * level + noisy * desk.noise(desk.log_uniform(0.002, 0.015), "white"),
        val_acc=curves.counted(desk, acc, int(desk.rng.choice([1000, 2000, 10_000]))),
        lr=np.full(desk.n, float(desk.rng.choice([1e-6, 2e-6, 5e-7]))),
        norm=2.0 * np.exp(desk.noise(0.3, "white")) if desk.chance(0.6) else None,
        rename={
            "train": "loss",
            "val": "eval_loss",
            "val_acc": str(desk.rng.choice(["eval_accuracy", "eval_f1"])),
            "lr": "learning_rate",
            "norm": "grad_norm",
        },
    ), Truth(("underfitting",), ("undertrained",))


def weight_averaging(desk: Desk) -> tuple[Run, Truth]:
    """Stochastic weight averaging: from the third quarter on the averaged weights are evaluated instead of the last.

    Until then validation jumps about at a constant high rate; the average is better at once, by 8 to 25 % of the gain,
    and calm. Training, always of the running weights, does not change (Izmailov et al. 2018).
    """
    begin = desk.uniform(0.55, 0.75)
    train, val = pair(desk, np.exp(-desk.t / desk.uniform(0.04, 0.1)), floor=desk.uniform(0.3, 0.7))
    back = np.where(desk.t >= begin, 1 - np.exp(-(desk.t - begin) / desk.uniform(0.015, 0.04)), 0.0)
    shake = desk.uniform(0.01, 0.05)
    val = val - desk.uniform(0.08, 0.25) * back
    acc = curves.accuracy(np.clip((val - val[-1]) / (val[0] - val[-1]), 0, 1), 0.1, desk.uniform(0.75, 0.96))
    calm = 1 - 0.85 * back
    rate = float(desk.rng.choice([0.05, 0.02, 1e-3]))
    return desk.run(
        train=train + desk.noise(sigma(desk, 0.03)),
        val=val + desk.noise(shake, "white") * calm,
        val_acc=np.clip(acc + desk.noise(0.4 * shake, "white") * calm, 0, 1) if desk.chance(0.6) else None,
        lr=np.full(desk.n, rate) if desk.chance(0.5) else None,
    ), Truth(("converged",), tolerated=frozenset({"noisy-validation"}))


def sparse_views(desk: Desk) -> tuple[Run, Truth]:
    """A radiance field of three to nine photographs: seen views get ever sharper, new ones fall to pieces.

    The PSNR of new views climbs by 4 to 8 dB and then loses 1.5 to 4 of them; that of the training views climbs on,
    and with it the squared error falls (Niemeyer et al. 2022).
    """
    turn = desk.uniform(0.15, 0.35)
    learned = 1 - np.exp(-desk.t / (turn / desk.uniform(2.5, 4.0)))
    late = (np.clip(desk.t - 0.7 * turn, 0, None) / (1 - 0.7 * turn)) ** desk.uniform(0.7, 1.2)
    first = desk.uniform(9.0, 13.0)
    seen = first + desk.uniform(8.0, 12.0) * learned + desk.uniform(4.0, 8.0) * desk.t ** desk.uniform(0.5, 0.9)
    new = first - 0.3 + desk.uniform(4.0, 8.0) * learned - desk.uniform(1.8, 4.0) * late
    noisy = desk.uniform(0.03, 0.2)
    seen_db, new_db = seen + desk.noise(2 * noisy), new + desk.noise(noisy)
    names = [("train/psnr", "val/psnr"), ("train_psnr", "test_psnr"), ("psnr", "val_psnr")][int(desk.rng.integers(3))]
    return desk.run(
        scaled=False,
        train=10 ** (-seen_db / 10),
        val=10 ** (-new_db / 10) if desk.chance(0.5) else None,
        train_psnr=seen_db,
        val_psnr=new_db,
        rename={"train_psnr": names[0], "val_psnr": names[1]},
    ), Truth(("overfitting",), ("moderate", "severe"), best=desk.best_span(-new, max(0.08, 1.5 * noisy)))


def private_training(desk: Desk) -> tuple[Run, Truth]:
    """Differentially private SGD: clipped and noised gradients hold the model at a poor accuracy, seen data or not.

    Settled early at 0.3 to 0.5 of ten classes right or 0.08 to 0.25 of a hundred, training and test next to one
    another; the budget ε spent so far goes up with the root of the steps (Abadi et al. 2016).
    """
    classes = int(desk.rng.choice([10, 100]))
    level = float(np.log(classes))
    end = desk.uniform(0.3, 0.5) if classes == 10 else desk.uniform(0.08, 0.25)
    curve = curves.settled(desk, 0.01)
    floor = level * (1 - 0.7 * (end - 1 / classes) / (1 - 1 / classes) - desk.uniform(0.05, 0.12))
    acc = curves.accuracy(curve, 1 / classes, end)
    noisy = sigma(desk, 0.03) * (level - floor)
    epsilon = desk.log_uniform(0.5, 10.0) * np.sqrt((np.arange(desk.n) + 1) / desk.n)
    test = desk.chance(0.5)
    names = {"train": "train_loss", "val": "test_loss", "train_acc": "train_acc", "val_acc": "test_acc"}
    return desk.run(
        scaled=False,
        train=curves.level(curve, floor, level - floor) + desk.noise(noisy),
        val=curves.level(curve, floor, level - floor) + desk.uniform(-0.005, 0.01) * level + desk.noise(noisy),
        train_acc=np.clip(acc + desk.noise(0.006), 0, 1),
        val_acc=np.clip(acc + desk.uniform(-0.01, 0.005) + desk.noise(0.006), 0, 1),
        epsilon=epsilon if desk.chance(0.7) else None,
        rename=names if test else None,
    ), Truth(("underfitting",), ("high-floor",))


def barren_plateau(desk: Desk) -> tuple[Run, Truth]:
    """A variational quantum circuit whose gradients vanish: the infidelity, counted in shots, stays next to 1.

    Among 2^qubits states the right one is found in no more than a few of 200 to 8192 shots, from the first step to
    the last (McClean et al. 2018).
    """
    qubits = int(desk.rng.integers(6, 13))
    shots = int(desk.rng.choice([200, 512, 1000, 1024, 4096, 8192]))
    overlap = 2.0**-qubits * (1 + desk.uniform(0.0, 0.1) * desk.t)
    cost = 1.0 - curves.counted(desk, overlap, shots)
    vanished = 2.0**-qubits * np.exp(desk.noise(0.5, "white"))
    return desk.run(
        scaled=False,
        train=cost,
        norm=vanished if desk.chance(0.6) else None,
        fidelity=1.0 - cost if desk.chance(0.3) else None,
        rename={"train": str(desk.rng.choice(["cost", "loss", "train/loss", "train_loss"]))},
    ), Truth(
        ("plateau",),
        ("never-learned", "constant", "stalled"),
        tolerated=frozenset({"loss-never-decreases", "constant-loss", "gradient-norm", "loss-spikes"}),
    )


def self_play(desk: Desk) -> tuple[Run, Truth]:
    """A game learned from self-play: the rating climbs, the losses are those of targets the player makes itself.

    The policy's cross-entropy falls and comes back up as the search grows sharper or broader, the value's error hangs
    on how even the games are (Silver et al. 2017); whether it plays well only the rating can say.
    """
    desk = replace(desk, unit="step")
    learned = 1 - np.exp(-desk.t / desk.uniform(0.1, 0.6))
    elo = desk.uniform(-200, 200) + desk.log_uniform(300, 3000) * learned
    policy = desk.uniform(1.5, 3.0) - 0.8 * learned + desk.uniform(-0.2, 0.4) * desk.t + desk.noise(0.02)
    value = desk.uniform(0.5, 0.9) * (1 - desk.uniform(0.1, 0.5) * learned) * np.exp(desk.noise(0.05))
    length = 60 + 80 * learned + desk.noise(4.0)
    names = [
        ("loss/policy", "loss/value", "arena/elo", "arena/win_rate", "selfplay/game_length"),
        ("policy_loss", "value_loss", "elo", "win_rate", "episode_length"),
        ("train/policy_loss", "train/value_loss", "eval/elo", "eval/win_rate", "selfplay/episode_length"),
    ][int(desk.rng.integers(3))]
    return desk.run(
        policy=policy,
        critic=value,
        elo=elo + desk.noise(25.0),
        wins=curves.counted(desk, 0.5 + 0.1 * (1 - learned), 100) if desk.chance(0.7) else None,
        length=length if desk.chance(0.7) else None,
        rename=dict(zip(("policy", "critic", "elo", "wins", "length"), names, strict=True)),
    ), Truth(("inconclusive",), ("self-play",))


def federated_rounds(desk: Desk) -> tuple[Run, Truth]:
    """Federated averaging over clients that hold one or two classes each: every round forgets what it did not see.

    The shared model is tested after each round, on the training data of all clients and on the test set: both losses
    jump from round to round with a standard deviation of 17 to 39 % of the gain, never settling (Zhao et al. 2018).
    """
    desk = replace(desk, unit="step", steps=np.arange(1, desk.n + 1, dtype=np.int64), seen=np.arange(desk.n))
    clients = desk.uniform(2.0, 4.0)
    bad = desk.rng.gamma(clients, 1 / clients, desk.n) - 1.0
    jump = desk.uniform(0.35, 0.55) * np.clip(bad, None, 3.0) * (1 - np.exp(-desk.t / 0.04))
    classes = int(desk.rng.choice([10, 62, 100]))
    level = float(np.log(classes))
    gain = desk.uniform(0.4, 0.6) * level
    fall = np.exp(-desk.t / desk.uniform(0.03, 0.08))
    noisy = sigma(desk, 0.02) * gain
    reached = desk.uniform(0.5, 0.75)
    acc = reached - (reached - 1 / classes) * np.clip(fall + 0.7 * jump, None, 1.0)
    train, val = level - gain + gain * (fall + jump), level - 0.95 * gain + 0.95 * gain * (fall + jump)
    return desk.run(
        scaled=False,
        train=train + desk.noise(noisy),
        val=val + desk.noise(noisy),
        train_acc=np.clip(acc + 0.02 + desk.noise(0.004), 0, 1),
        val_acc=np.clip(acc + desk.noise(0.006), 0, 1),
        rename={"train": "Train/Loss", "val": "Test/Loss", "train_acc": "Train/Acc", "val_acc": "Test/Acc"},
    ), Truth(("oscillating",), ("erratic",), tolerated=frozenset({"loss-spikes"}))


FAMILIES = (
    Family("memorising-lstm", memorising_lstm, least=12, most=600),
    Family("dead-from-the-start", dead_from_the_start, least=15, most=600),
    Family("reconstruction", reconstruction, least=16),
    Family("raw-features", raw_features, least=16),
    Family("click-swings", click_swings, least=60),
    Family("timid-fine-tuning", timid_fine_tuning, least=20, most=2000),
    Family("weight-averaging", weight_averaging, least=40),
    Family("sparse-views", sparse_views, least=30),
    Family("private-training", private_training, least=16),
    Family("barren-plateau", barren_plateau, least=30, most=3000),
    Family("self-play", self_play, least=30),
    Family("federated-rounds", federated_rounds, least=50, most=2000),
)
