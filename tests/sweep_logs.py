"""A simulated sweep: five learning rates, four batch sizes, some seeds; the same files each time.

A loss falls exponentially, faster with the rate, to a floor that is lowest where ``log10(rate)`` is ``-1`` and rises with
the distance from it and with the noise of small batches; rate 1 blows up but for the largest batch.
"""

from __future__ import annotations

import csv
import json
from itertools import product
from pathlib import Path

import numpy as np

RATES = (0.0001, 0.001, 0.01, 0.1, 1.0)
BATCHES = (32, 64, 128, 256)
EPOCHS = 30


def write(folder: Path, seeds: int = 15, rates: tuple[float, ...] = RATES, batches: tuple[int, ...] = BATCHES) -> Path:
    """Write a folder for each run, ``s0``, ``s1`` ..., with ``metrics.csv`` and ``config.json``; return ``folder``."""
    for number, (rate, batch, seed) in enumerate(product(rates, batches, range(seeds))):
        place = folder / f"s{number}"
        place.mkdir(parents=True)
        train, held_out = losses(rate, batch, seed)
        (place / "config.json").write_text(json.dumps({"lr": rate, "batch_size": batch, "seed": seed}))
        with (place / "metrics.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["epoch", "train_loss", "val_loss"])
            rows.writerows(
                [epoch, f"{a:.5g}", f"{b:.5g}"] for epoch, (a, b) in enumerate(zip(train, held_out, strict=True))
            )
    return folder


def losses(rate: float, batch: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Training and validation loss of one run, an epoch each."""
    rng = np.random.default_rng([seed, batch, round(1e6 * rate)])
    epochs = np.arange(EPOCHS)
    speed = 5.0 * rate**0.6 * (64 / batch) ** 0.2
    floor = 0.17 + 0.03 * (np.log10(rate) + 1) ** 2 + 0.01 * abs(np.log2(batch / 64)) + 0.004 * rng.normal()
    curve = floor + (2.3 - floor) * np.exp(-speed * epochs)
    noise = 1 + 0.006 * rng.normal(size=(2, EPOCHS))
    train, held_out = 0.9 * curve * noise[0], curve * noise[1]
    if rate >= 1 and batch < 256:
        begins = int(rng.integers(4, 12))
        with np.errstate(over="ignore"):
            blow_up = np.exp(np.clip(epochs - begins, 0, None) * 3.0) - 1
        train, held_out = train + blow_up, held_out + blow_up
        train[begins + 10 :] = held_out[begins + 10 :] = np.nan
    return train, held_out
