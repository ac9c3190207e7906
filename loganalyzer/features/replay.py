"""Early stopping as Keras does it, replayed on a logged curve with several patiences at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from loganalyzer.features.arrays import differences
from loganalyzer.features.curve import Curve
from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats, Ints

PATIENCES = (3, 5, 10, 20, 50)
"""Patiences that people try, in evaluations."""
SHARES = (0.05, 0.1, 0.2)
"""Patiences as shares of a run."""
SHORTEST = 3
"""No share of a short run is less than so many evaluations."""


class Replayed(Record):
    """One patience: the step at which it stops, the best value kept (as logged), its cost and its saving (shares)."""

    patience: int
    stop: int
    best: float
    regret: float
    saved: float


def replay(curve: Curve) -> tuple[Replayed, ...]:
    """What each patience that would have stopped the run would have cost and saved, the shortest first.

    Costs are shares of what the curve gained, so that it must have gained something; savings are shares of the run.
    """
    steps = curve.finite_steps
    lowest = float(curve.values.min())
    length = max(1.0, float(steps[-1].item() - steps[0].item()))  # beyond 64 bits, if need be
    own = {max(SHORTEST, round(share * curve.count)) for share in SHARES}
    replayed = []
    for patience, best in keras_kept(curve.values, {*PATIENCES, *own}).items():
        index = best + patience
        if index >= curve.count - 1:
            continue
        kept = float(curve.values[best])
        regret = (kept - lowest) / curve.gain
        saved = float(steps[-1].item() - steps[index].item()) / length
        replayed.append(Replayed(patience, int(steps[index]), curve.as_logged(kept), max(0.0, regret), saved))
    return tuple(replayed)


def safest(replays: Sequence[Replayed], regret: float, saved: float) -> Replayed | None:
    """The smallest patience that costs at most ``regret``, saves at least ``saved``, and is longer than all that cost more."""
    costly = max((r.patience for r in replays if r.regret > regret), default=0)
    return next((r for r in replays if r.regret <= regret and r.saved >= saved and r.patience > costly), None)


def keras_records(values: Floats) -> Ints:
    """Indices at which Keras's ``EarlyStopping`` (min_delta 0) sees a new best, in single precision; int64[k].

    A patience p stops at the first record that is followed by more than p evaluations without another, p after it.
    """
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    before = np.minimum.accumulate(single)[:-1]
    return np.concatenate([[0], np.flatnonzero(single[1:] < before) + 1])


def keras_kept(values: Floats, patiences: Iterable[int]) -> dict[int, int]:
    """Index of the value that Keras's ``EarlyStopping`` keeps, for each patience that stops the run; shortest first."""
    records = keras_records(values)
    waits = differences(np.append(records, len(values)))
    kept = {}
    for patience in sorted(patiences):
        stops = waits > patience
        first = int(stops.argmax())
        if stops[first]:
            kept[patience] = int(records[first])
    return kept
