"""Fit the map from a rule's score to the stated confidence: `python benchmarks/calibrate.py` prints the table.

The calibration split: the tuned families with seeds of their own (from 500) and every second seed of the cached
trainings; `accuracy.py` measures on other seeds and on the held-out families. The map is isotonic (pool adjacent
violators; Zadrozny & Elkan 2002), with one pseudo-count on either side of each step, read off at a few knots so that it
can stand in the engine as a table.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.accuracy_lib import trainings  # noqa: E402
from benchmarks.accuracy_lib.judged import Judged, judge  # noqa: E402
from benchmarks.synthetic import TUNED  # noqa: E402
from loganalyzer.diagnosis import verdict  # noqa: E402

KNOTS = (0.0, 0.3, 0.5, 0.6, 0.75, 0.9, 0.97, 1.0)


def split(per_family: int) -> list[Judged]:
    """The runs to fit on, with the scores before any calibration."""
    verdict.calibrated = lambda score, *_: score
    runs = [judge(f.make(500 + s)) for f in TUNED for s in range(per_family)]
    return runs + [judge(e) for e in trainings.examples(range(1, 8, 2), 0.0)[0]]


def isotonic(scores: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float, float]]:
    """Steps of the isotonic fit: lowest score, highest score, share right (smoothed by one count on either side)."""
    order = np.argsort(scores, kind="stable")
    steps: list[list[float]] = []  # low, high, n, right
    for i in order:
        steps.append([scores[i], scores[i], 1.0, float(right[i])])
        while len(steps) > 1 and steps[-2][3] / steps[-2][2] >= steps[-1][3] / steps[-1][2]:
            low, _, n, hits = steps.pop(-2)
            steps[-1] = [low, steps[-1][1], steps[-1][2] + n, steps[-1][3] + hits]
    return [(low, high, (hits + 1) / (n + 2)) for low, high, n, hits in steps]


def table(steps: Sequence[tuple[float, float, float]]) -> list[tuple[float, float]]:
    """The fit at the knots, never falling."""
    places = [x for low, high, _ in steps for x in (low, high)]
    shares = list(np.maximum.accumulate([share for *_, share in steps for _ in range(2)]))
    return [(k, round(float(np.interp(k, places, shares)), 3)) for k in KNOTS]


def main() -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-family", type=int, default=25)
    runs = split(parser.parse_args().per_family)
    steps = isotonic([j.confidence for j in runs], [j.right for j in runs])
    for low, high, share in steps:
        print(f"{low:.3f}-{high:.3f}  right {share:.3f}")
    print(f"{len(runs)} runs; table = {tuple(table(steps))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
