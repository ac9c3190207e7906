"""How far the values of a curve moved, and whether another value goes on from where they ended."""

from __future__ import annotations

import numpy as np

from loganalyzer.model.run import Floats

CLOSE = 0.25
"""A continued training begins within this share of the gain before it from where that ended."""
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


def gain_of(values: Floats) -> tuple[float, float, float] | None:
    """Where values start and end, and their noise; None where they did not move away from their start clearly."""
    known = values[np.isfinite(values)]
    if len(known) < 3:
        return None
    start, end = float(known[0]), float(np.median(known[-3:]))
    noise = float(np.median(np.abs(np.diff(known[len(known) // 2 :]))))
    return None if abs(start - end) <= 4 * noise else (start, end, noise)
