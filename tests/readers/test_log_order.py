"""Logs that keep each name by itself and no times: where the training was resumed, no curve loses its points."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

import loganalyzer
from loganalyzer.readers.common.log_order import _places  # the one function that decides

Steps = Sequence[int]
EVERY: tuple[tuple[str, Steps, Steps, Steps], ...] = (
    # what was counted, where it was validated, and the steps of the validation that stand
    ("all of it, one step twice", [*range(21), *range(18, 73)], [*range(0, 21, 4), *range(20, 73, 4)], range(0, 73, 4)),
    ("nothing again", [*range(19), *range(17, 73)], range(0, 73, 4), range(0, 73, 4)),
    ("a stretch again", [*range(40), *range(30, 60)], [*range(0, 40, 5), *range(30, 60, 5)], range(0, 60, 5)),
    ("died before it was validated", [*range(41), *range(20, 23)], range(0, 41, 20), [0]),
    ("beyond the last step", [*range(0, 100, 10), *range(60, 150, 10)], [*range(5, 100, 10), *range(65, 150, 10)],
     range(5, 150, 10)),
    ("twice resumed", [*range(30), *range(20, 50), *range(40, 60)], [*range(0, 30, 4), *range(20, 50, 4), *range(40, 60, 4)],
     [*range(0, 20, 4), *range(20, 40, 4), *range(40, 60, 4)]),
    ("begins late", [*range(30), *range(20, 60)], range(40, 60, 2), range(40, 60, 2)),
    ("steps of its own", [*range(0, 3000, 10), *range(2000, 4000, 10)], range(20), range(20)),
    ("the same steps", [*range(30), *range(20, 60)], [*range(30), *range(20, 60)], range(60)),
    ("goes on", range(60), range(0, 60, 3), range(0, 60, 3)),
)  # fmt: skip


def dvclive(folder: Path, name: str, steps: Steps, value: Callable[[int], float]) -> None:
    place = folder / "plots" / "metrics" / f"{name}.tsv"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"step\t{name}\n" + "".join(f"{step}\t{value(step) + 1e-3 * n}\n" for n, step in enumerate(steps)))


@pytest.mark.parametrize(
    ("counted", "validated", "stand"), [case[1:] for case in EVERY], ids=[case[0] for case in EVERY]
)
def test_a_resumed_training(counted: Steps, validated: Steps, stand: Steps, tmp_path: Path) -> None:
    dvclive(tmp_path, "loss", counted, lambda s: 2 * math.exp(-s / 20) + 0.1)
    dvclive(tmp_path, "val_loss", validated, lambda s: 2 * math.exp(-s / 20) + 0.2)
    (run,) = loganalyzer.load(tmp_path)
    assert run.series["val_loss"].steps.tolist() == list(stand)


@pytest.mark.parametrize("every", [1, 3, 4])
def test_a_validation_that_became_nan_after_it_was_resumed(every: int, tmp_path: Path) -> None:
    counted = [*range(21), *range(18, 73)]
    dvclive(tmp_path, "loss", counted, lambda s: 2 * math.exp(-s / 20) + 0.1)
    dvclive(tmp_path, "val_loss", [s for s in counted if s % every == 0],
            lambda s: math.nan if s > 40 else 2 * math.exp(-s / 20) + 0.2)  # fmt: skip
    assert [run.verdict for run in loganalyzer.analyze(tmp_path).runs] == ["diverging"]


@pytest.mark.parametrize(("counted", "validated"), [case[1:3] for case in EVERY])
def test_places_never_fall(counted: Steps, validated: Steps) -> None:
    places = _places(np.array(validated), np.array(counted))
    assert len(places) == len(validated) and bool((places[1:] >= places[:-1]).all())
    assert bool(((places >= 0) & (places < len(counted))).all())
