"""The runs that ``scale.py`` measures on: sweeps of a hundred trainings, 80 epochs x 5 series, two thirds of them sick."""

from __future__ import annotations

from pathlib import Path

import numpy as np

EPOCHS = 80
PER_SWEEP = 100


def make(folder: Path, runs: int) -> Path:
    """``runs`` folders with ``metrics.csv`` (80 rows, 5 series) and ``config.json``; the same bytes each time."""
    epochs = np.arange(EPOCHS)
    for number in range(runs):
        rng = np.random.default_rng(number)
        place = folder / f"sweep{number // PER_SWEEP:04d}" / f"run{number % PER_SWEEP:03d}"
        place.mkdir(parents=True)
        rate, size = 10 ** rng.uniform(-4, -1), int(rng.choice([32, 64, 128]))
        train, validation = _losses(number % 6, epochs, rng)
        columns = (epochs, train, validation, 1 - train / 2.5, 1 - validation / 2.5, np.full(EPOCHS, rate))
        rows = "".join(
            f"{e:.0f},{a:.5f},{b:.5f},{c:.5f},{d:.5f},{lr:.6g}\n" for e, a, b, c, d, lr in zip(*columns, strict=True)
        )
        (place / "metrics.csv").write_text("epoch,loss,val_loss,accuracy,val_accuracy,lr\n" + rows)
        (place / "config.json").write_text(f'{{"lr": {rate:.6g}, "seed": {number % 5}, "batch_size": {size}}}')
    return folder


def _losses(kind: int, epochs: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Training and validation loss: kinds 0 and 5 converge, then overfitting, plateau, diverging, oscillating."""
    falling = 0.1 + 2.2 * np.exp(-epochs / rng.uniform(4, 15))
    noise = 1 + 0.01 * rng.normal(size=(2, len(epochs)))
    train, validation = falling * noise[0], (falling * 1.05 + 0.03) * noise[1]
    if kind == 1:
        validation = validation + np.clip(epochs - 30, 0, None) * 0.02
    elif kind == 2:
        train, validation = 2.3 + 0.01 * (noise - 1)
    elif kind == 3:
        blow_up = np.where(epochs > 50, np.exp((epochs - 50) / 6) - 1, 0)
        train, validation = train + blow_up, validation + blow_up
    elif kind == 4:
        swing = 0.4 * np.sin(1.7 * epochs)
        train, validation = 1.2 + swing + (noise[0] - 1), 1.3 + swing + (noise[1] - 1)
    return train, validation
