"""How far the values of a curve moved, and whether another value goes on from where they ended."""

from __future__ import annotations

import numpy as np

from loganalyzer.model.run import Floats

CLOSE = 0.25
"""A continued training begins within this share of the gain before it from where that ended."""
FEW, FEWEST = 4, 3
"""Fewer changes do not tell an even fall from noise; beside a single value that is back at the first step, three do."""
BEYOND, HALVED, EIGHTH = 0.5, float(np.log(2)), float(np.log(8))
"""Better than ever, it is a loss of another size from this share of the logarithm of that gain on; a half never is, less than
an eighth always."""


def goes_on(values: Floats, first: float, told: bool) -> bool | None:
    """Whether ``first`` goes on from the end of ``values``; None where these gained too little to tell.

    One that is better than ever before does, unless the log is ``told`` to begin a training, or it is a loss of another size.
    """
    gained = gain_of(values)
    if gained is None or not np.isfinite(first):
        return None
    start, end, noise = gained
    gain = abs(start - end)
    positive = min(start, end, first) > 0
    if not told and abs(first - start) > gain and abs(first - end) <= gain:  # better than ever before
        most = min(max(BEYOND * abs(np.log(start / end)), HALVED), EIGHTH) if positive else 0.0
        return not positive or bool(abs(np.log(first / end)) <= most)
    close = abs(first - end) <= max(CLOSE * gain, noise)
    if close and positive:  # a huge first value must not make everything close
        close = abs(np.log(first / end)) <= CLOSE * abs(np.log(start / end)) or abs(first - end) <= noise
    return bool(close)


def gain_of(values: Floats, few: int = FEW) -> tuple[float, float, float] | None:
    """Where values start and end, and their noise, which ``few`` changes tell from an even fall; None where they did not move
    away from their start clearly."""
    known = values[np.isfinite(values)]
    if len(known) < 3:
        return None
    start, end = float(known[0]), float(np.median(known[-3:]))
    noise = _noise(known, few)
    return None if abs(start - end) <= 4 * noise else (start, end, noise)


def how_far(values: Floats) -> float:
    """How far the finite values went from the first one up to the end, 0 for fewer than three."""
    known = values[np.isfinite(values)]
    return abs(float(np.median(known[-3:])) - float(known[0])) if len(known) > 2 else 0.0


def _noise(values: Floats, few: int) -> float:
    """How much values change from one to the next beside what they fall or rise evenly; of few, how much they change."""
    changes = np.diff(values[max(0, min(len(values) // 2, len(values) - 5)) :])
    return float(np.median(np.abs(changes)) if len(changes) < few else np.mean(np.abs(changes - np.mean(changes))))
