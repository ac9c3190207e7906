"""Lone jumps of a curve: where, how high, and whether it came back."""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve, per_curve
from loganalyzer.features.levels import scale
from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats

WINDOW = (9, 201)
"""Narrowest and widest window of the running median that spikes stand out from."""


LOCAL = 5.0
"""A spike rises above both its sides by so many times their own scatter."""


class Spike(Record):
    """A jump: ``step`` and ``x`` of its top, ``height`` (units of y), ``z`` over the noise, ``width`` in values."""

    step: int
    last: int
    x: float
    height: float
    z: float
    width: int
    index: int


@per_curve
def spikes(curve: Curve) -> tuple[Spike, ...]:
    """Upward jumps of the full series that come back within 5% of the run; the first 3% are left out.

    The noise is the robust deviation about a centred running median. A spike must exceed 8 of it and 5% of the scale.
    """
    y = curve.values
    n = len(y)
    if n < 20:
        return ()
    width = int(min(WINDOW[1], max(WINDOW[0], 0.1 * n))) | 1
    trend = _trend(y, width)
    residual = y - trend
    noise = max(arrays.spread(residual), curve.point_sigma)
    height = max(8.0 * noise, 0.05 * scale(curve))
    if height <= 0 or not math.isfinite(height):
        return ()
    high = residual > height
    high[: max(2, n * 3 // 100)] = False
    at = np.flatnonzero(high)
    if len(at) == 0:
        return ()
    found = []
    breaks = np.flatnonzero(arrays.differences(at) > max(2, width // 4))
    starts = np.concatenate([[0], breaks + 1])
    ends = np.concatenate([breaks, [len(at) - 1]])
    steps, x = curve.finite_steps, curve.x
    for a, b in zip(starts[:200], ends[:200], strict=True):
        first, last = int(at[a]), int(at[b])
        if last - first + 1 > max(3, 0.05 * n) or last >= n - 1:
            continue
        top = first + int(np.argmax(residual[first : last + 1]))
        if not _stands_out(y, first, last, float(y[top]), width, height):
            continue
        found.append(
            Spike(
                int(steps[top]),
                int(steps[min(last + 1, n - 1)]),
                float(x[top]),
                float(residual[top]),
                float(residual[top] / noise) if noise > 0 else math.inf,
                last - first + 1,
                top,
            )
        )
    return tuple(found)


def _stands_out(y: Floats, first: int, last: int, top: float, width: int, height: float) -> bool:
    """True when ``top`` lies above both neighbouring stretches, by far more than these scatter themselves.

    The edge of a step down lies above what follows only; the noise of an early, high loss is larger than that of all.
    """
    sides = [part for part in (y[max(0, first - width) : first], y[last + 1 : last + 1 + width]) if len(part) >= 3]
    levels = [arrays.median(part) for part in sides]
    scatter = max((arrays.spread(part) for part in sides), default=0.0)
    return all(top - level > max(0.5 * height, LOCAL * scatter) for level in levels)


def _trend(y: Floats, width: int) -> Floats:
    """Running median of ``width``; computed on every k-th value and interpolated where the series is long."""
    n = len(y)
    if n <= 4000:
        return arrays.running_median(y, width)
    stride = max(1, width // 8)
    centres = np.arange(0, n, stride)
    half = width // 2
    padded = np.concatenate([y[half:0:-1], y, y[-2 : -half - 2 : -1]])
    windows = arrays.windows(padded, 2 * half + 1)[centres][:, :: max(1, width // 25)]
    middle = windows.shape[1] // 2
    return np.interp(np.arange(n), centres, np.partition(windows, middle, axis=1)[:, middle])


class Shift(Record):
    """A step to a new level: ``step`` where, ``size`` how far up (units of y), ``z`` over the noise."""

    step: int
    x: float
    size: float
    z: float


@per_curve
def level_shift(curve: Curve) -> Shift | None:
    """The largest sudden rise between two neighbouring stretches that stays; None where there is none.

    Compares the medians of a twentieth of the run before and after each point, away from the first tenth.
    """
    y = curve.reduced.values
    n = len(y)
    width = max(4, n // 20)
    if n < 5 * width or n < 24:
        return None
    medians = np.partition(arrays.windows(y, width), width // 2, axis=1)[:, width // 2]
    jump = medians[width:] - medians[:-width]
    first = max(0, n // 10 - width)
    if first >= len(jump):
        return None
    at = first + int(np.argmax(jump[first:]))
    size = float(jump[at])
    # the medians jump anywhere near the border; it is where two neighbouring values are farthest apart
    steps_up = arrays.differences(y[at : at + 2 * width])
    border = at + int(np.argmax(steps_up)) + 1
    sudden = float(steps_up[border - at - 1])  # most of the rise lies between these two
    after = arrays.median(y[border:])
    before = arrays.median(y[max(0, border - width) : border])
    stays = after - before
    # the shift itself would count in the slow noise; neighbouring values do not know of it
    between = max(math.sqrt(2.0) * curve.point_sigma, arrays.spread(arrays.differences(y)))
    local = 1.25 * between / math.sqrt(width)
    z = size / local if local > 0 else math.inf
    if size <= 0.1 * scale(curve) or z < 5 or sudden < max(0.6 * size, 4.0 * between) or stays < 0.5 * size:
        return None
    return Shift(int(curve.reduced.steps[border]), float(curve.reduced.x[border]), size, z)
