"""Runs to judge: a few dozen small trainings with one log that is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

RUNS = 60


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "experiments"
    epochs = np.arange(40)
    for number in range(RUNS):
        rng = np.random.default_rng(number)
        train = 0.1 + 2 * np.exp(-epochs / 6) + 0.004 * rng.normal(size=40)
        validation = train + 0.02 + (np.clip(epochs - 15, 0, None) * 0.03 if number % 2 else 0)
        place = folder / f"sweep{number // 20}" / f"lr0.{number:02d}1_seed{number % 3}"
        place.mkdir(parents=True)
        rows = "".join(f"{e},{a:.5f},{b:.5f}\n" for e, a, b in zip(epochs, train, validation, strict=True))
        (place / "metrics.csv").write_text("epoch,loss,val_loss\n" + rows)
    (folder / "torn.csv").write_bytes(b"epoch,loss\n\x00\x00\x00\x00")
    return folder
