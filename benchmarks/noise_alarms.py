"""How often noise about a trend is called oscillating: `python -m benchmarks.noise_alarms [--runs 4000]`.

White noise and noise with a memory of 0.5 from point to point are what mini-batches give; nothing swings in them,
however large they are. The trends are those of real logs: falls, steps of the learning rate, flat lines, lines, and
curves that turn up. Half of the runs log a validation loss with noise of its own. Every run has its own seed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.synthetic import noise
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.model.run import Run, Series
from loganalyzer.model.verdicts import Verdict

Floats = NDArray[np.float64]
SHORTEST, LONGEST = 20, 5000
LEAST, MOST = 0.03, 0.5
"""The deviation of the noise, as a share of what the trend gains (of the level, where it is flat)."""


def _falling(t: Floats, rng: np.random.Generator) -> Floats:
    return np.asarray(np.exp(-t / rng.uniform(0.02, 0.3)))


def _power(t: Floats, rng: np.random.Generator) -> Floats:
    return np.asarray((1.0 + t * rng.uniform(5, 100)) ** -rng.uniform(0.4, 1.5))


def _line(t: Floats, rng: np.random.Generator) -> Floats:
    return 1.0 - t


def _flat(t: Floats, rng: np.random.Generator) -> Floats:
    return np.zeros_like(t)


def _turned(t: Floats, rng: np.random.Generator) -> Floats:
    turn = rng.uniform(0.2, 0.6)
    return np.where(t < turn, 1.0 - t / turn, rng.uniform(0.2, 0.9) * (t - turn) / (1.0 - turn))


def _steps(t: Floats, rng: np.random.Generator) -> Floats:
    edges = np.sort(rng.uniform(0.1, 0.9, rng.integers(1, 4)))
    heights = np.cumsum(rng.uniform(0.3, 1.0, len(edges)))
    return np.asarray(1.0 - np.concatenate([[0.0], heights / heights[-1]])[np.searchsorted(edges, t)])


TRENDS: dict[str, Callable[[Floats, np.random.Generator], Floats]] = {
    "falling": _falling, "power": _power, "line": _line, "flat": _flat, "turned": _turned, "steps": _steps
}  # fmt: skip
COLOURS = ("white", "ar5")


def make(seed: int) -> tuple[Run, str]:
    """The run number ``seed``, and its trend and colour in words."""
    rng = np.random.default_rng([20, seed])
    trend, colour = list(TRENDS)[seed % len(TRENDS)], COLOURS[seed // len(TRENDS) % 2]
    n = round(float(np.exp(rng.uniform(np.log(SHORTEST), np.log(LONGEST)))))
    size = float(np.exp(rng.uniform(np.log(LEAST), np.log(MOST))))
    floor = rng.uniform(0.1, 2.0) if trend != "flat" else 1.0
    heavy = bool(rng.random() < 0.3)
    curve = floor + TRENDS[trend](np.linspace(0.0, 1.0, n), rng)
    values = {"train_loss": curve + size * noise.draw(rng, n, colour, heavy)}
    if rng.random() < 0.5:
        values["val_loss"] = curve + 0.5 * size * noise.draw(rng, n, colour, heavy)
    steps = np.arange(1, n + 1, dtype=np.int64)
    series = {name: Series(name, steps, np.maximum(y, 0.0)) for name, y in values.items()}
    return Run(f"noise-{seed}", ("noise.csv",), "csv", series), f"{trend}, {colour}"


def alarms(seeds: range) -> tuple[Counter[str], list[int]]:
    """Runs called oscillating, by trend and colour, and their seeds."""
    counts: Counter[str] = Counter()
    which = []
    for seed in seeds:
        run, words = make(seed)
        if diagnose(run).verdict is Verdict.OSCILLATING:
            counts[words] += 1
            which.append(seed)
    return counts, which


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=4000, metavar="N")
    options = parser.parse_args()
    counts, which = alarms(range(options.runs))
    print(f"{len(which)} of {options.runs} runs of noise called oscillating ({len(which) / options.runs:.4f})")
    for words, count in sorted(counts.items()):
        print(f"  {words:16} {count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
