"""Which schedule the logged learning rate followed.

The families are those of PyTorch's and Hugging Face's schedulers. A warm-up is stripped first; level stretches tell
the stepwise families; what is left is fitted by each smooth family, and the Bayesian information criterion (Schwarz,
1978) decides between the fits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.decays import best_family
from loganalyzer.model.record import Record, replace
from loganalyzer.model.run import Floats, Ints

LEVEL = 2e-3
"""Neighbouring rates that differ by less than this share of the peak are level."""
SAME_LEVEL = 0.4
"""So many equal neighbours make levels of a rate, not the scatter of one."""
FROM_NOTHING = 0.02
"""A first rate that differs from the first step up by less than this share of it began at zero."""
PRINTED = 9
"""So many decimals or fewer may have been what a rate was rounded to."""


class Family(StrEnum):
    """The kinds of schedule that are told apart."""

    CONSTANT = "constant"
    STEP = "step"
    MULTI_STEP = "multi-step"
    ON_PLATEAU = "reduce-on-plateau"
    EXPONENTIAL = "exponential"
    COSINE = "cosine"
    LINEAR = "linear"
    POLYNOMIAL = "polynomial"
    INVERSE_SQRT = "inverse-sqrt"
    WARM_RESTARTS = "warm-restarts"
    CYCLIC = "cyclic"
    ONE_CYCLE = "one-cycle"
    STABLE_DECAY = "warmup-stable-decay"
    RANGE_TEST = "range-test"
    RISING = "rising"
    OTHER = "other"


class Schedule(Record):
    """A recognised schedule.

    ``warmup`` is the last step of a warm-up, None without one; ``drops`` the steps at which the rate fell (stepwise
    families) or jumped up (warm restarts); ``factor`` the median ratio of a drop; ``period`` the length in steps of a
    cycle or between equal drops; ``decay_from`` the step at which the decay began; ``patience`` the evaluations without
    improvement before each drop (reduce-on-plateau).
    """

    family: Family
    peak: float
    first: float
    last: float
    warmup: int | None = None
    drops: tuple[int, ...] = ()
    factor: float = 1.0
    period: float = 0.0
    decay_from: int | None = None
    patience: int = 0


def recognise(steps: Ints, values: Floats, monitored: Sequence[tuple[Ints, Floats]] = ()) -> Schedule | None:
    """The schedule behind ``values`` (float64[n], logged at ``steps``, int64[n]); None below three points.

    ``monitored`` holds the curves (steps, values; lower is better) that a reduce-on-plateau may have watched.
    """
    keep = np.isfinite(values)
    steps, rates = steps[keep], np.abs(values[keep])
    if len(rates) < 3 or rates.max() <= 0:
        return None
    u: Floats = rates / rates.max()
    t: Floats = (steps - steps[0]) / max(1.0, float(steps[-1] - steps[0]))
    noise = relative_noise(u)
    tolerance = max(LEVEL, 4 * noise)
    schedule = Schedule(Family.OTHER, float(rates.max()), float(rates[0]), float(rates[-1]))
    if arrays.extent(u) <= max(1e-3, min(0.1, 10 * noise)):
        return replace(schedule, family=Family.CONSTANT)
    if _range_test(t, u, tolerance):
        return replace(schedule, family=Family.RANGE_TEST)
    return _cyclic(schedule, steps, u, tolerance) or _decaying(schedule, steps, t, u, noise, tolerance, monitored)


def _cyclic(schedule: Schedule, steps: Ints, u: Floats, tolerance: float) -> Schedule | None:
    """The schedule of a rate that comes down and goes up again; None for any other."""
    cycle = _cycles(u, tolerance)
    if cycle is None:
        return None
    tops, jumps = cycle
    return replace(
        schedule,
        family=Family.WARM_RESTARTS if jumps else Family.CYCLIC,
        drops=tuple(int(s) for s in steps[tops[1:]]) if jumps else (),
        period=arrays.median(arrays.differences(steps[tops])),
        warmup=_warmup(steps, u, tolerance, tops[0]),
    )


def _decaying(
    schedule: Schedule,
    steps: Ints,
    t: Floats,
    u: Floats,
    noise: float,
    tolerance: float,
    monitored: Sequence[tuple[Ints, Floats]],
) -> Schedule:
    """The schedule of a rate that goes one way once it is warmed up."""
    top = int(np.argmax(u >= 1 - tolerance))
    schedule = replace(schedule, warmup=_warmup(steps, u, tolerance, top))
    begin = top if u[0] < 0.9 else 0
    if t[begin] > 0.9:
        return replace(schedule, family=Family.RISING, warmup=None)
    body, own = u[begin:], steps[begin:]
    if arrays.extent(body) <= max(LEVEL, 10 * noise) or len(body) < 3:
        return replace(schedule, family=Family.CONSTANT)
    stepwise = _stepwise(schedule, own, body, tolerance, monitored)
    if stepwise is not None:
        return stepwise
    name, stable = best_family(own.astype(np.float64), body, noise)
    family, start = Family(name), int(own[0])
    if family is Family.STABLE_DECAY:
        start = int(own[0] + stable * (own[-1] - own[0]))
    elif (
        schedule.warmup is not None
        and t[begin] >= 0.15
        and _one_cycle(family, t[: top + 1], u[: top + 1], float(u[-1]))
    ):
        family = Family.ONE_CYCLE
    return replace(schedule, family=family, decay_from=start)


def _one_cycle(family: Family, t: Floats, rise: Floats, last: float) -> bool:
    """True when a long warm-up (``rise`` at ``t``) and the decay after it are the two halves of one cycle."""
    if family not in (Family.COSINE, Family.LINEAR, Family.OTHER, Family.POLYNOMIAL):
        return False
    if _curved(t, rise):
        return True
    straight = family is not Family.COSINE and len(rise) >= 3 and rise[0] > 0.02 and last < 1.05 * rise[0]
    return bool(straight and not _from_nothing(rise))


def _from_nothing(rise: Floats) -> bool:
    """True for a straight rise that began at zero with the first step, as a warm-up does and a cycle does not."""
    return abs(float(rise[0]) - float(rise[1] - rise[0])) <= FROM_NOTHING * float(rise[1] - rise[0])


def relative_noise(u: Floats) -> float:
    """Relative scatter of the rate from point to point: MAD of the third differences of its logarithm / sqrt 20.

    0 where many neighbours are the very same number: the levels of few drops are no scatter.
    """
    if len(u) > 1 and arrays.share(u[1:] == u[:-1]) >= SAME_LEVEL:
        return 0.0
    logs = np.log(u[u > 1e-6])
    if len(logs) < 6:
        return 0.0
    return arrays.difference_sigma(logs, 3)


def _range_test(t: Floats, u: Floats, tolerance: float) -> bool:
    """True when the rate rises by 2.5 decades or more to the very end, evenly in its logarithm."""
    if (
        len(u) < 8
        or u[0] <= 0
        or u[0] > 10**-2.5
        or bool((arrays.differences(u) < -tolerance * u[:-1] - 1e-12).any())
        or t[int(np.argmax(u))] < 0.95
    ):
        return False
    logs = np.log(np.maximum(u, 1e-300))
    return float(np.corrcoef(t, logs)[0, 1]) ** 2 > 0.97


def _warmup(steps: Ints, u: Floats, tolerance: float, top: int) -> int | None:
    """The step at which a rise from below 90% of the peak ended, if the curve begins with one."""
    rise = u[: top + 1]
    if top < 1 or u[0] >= 0.9 * u[top] or bool((arrays.differences(rise) < -2 * tolerance).any()):
        return None
    return int(steps[top])


def _turns(u: Floats, size: float) -> list[tuple[int, bool]]:
    """Indices of the turning points after which the rate moved back by ``size`` or more; True for a top."""
    turns: list[tuple[int, bool]] = []
    values = u.tolist()
    low_at = high_at = 0
    rising: bool | None = None
    for i, value in enumerate(values):
        if value > values[high_at]:
            high_at = i
        if value < values[low_at]:
            low_at = i
        if rising is not False and values[high_at] - value > size:
            turns.append((high_at, True))
            rising, low_at = False, i
        elif rising is not True and value - values[low_at] > size:
            turns.append((low_at, False))
            rising, high_at = True, i
        if rising is True and value >= values[high_at]:
            high_at = i
        if rising is False and value <= values[low_at]:
            low_at = i
    return turns


def _cycles(u: Floats, tolerance: float) -> tuple[list[int], bool] | None:
    """(indices of the tops, whether the rises are jumps) of a rate that comes down and goes up again."""
    change = arrays.differences(u)
    if not bool((change > 0).any() and (change < 0).any()):
        return None
    size = max(0.04, 3 * tolerance) * arrays.extent(u)
    turns = _turns(u, size)
    lows = [i for i, top in turns if not top and i > 0]
    tops = [i for i, top in turns if top]
    rises = []
    for low in lows:
        after = int(np.argmax(u[low:])) + low
        later = [i for i in tops if i > low]
        after = later[0] if later else after
        before = max((i for i in tops if i < low), default=-1)
        if before < 0:
            continue
        rises.append((after - low, low - before, after))
    if not rises:
        return None
    jumps = sum(up <= max(1, 0.15 * (up + down)) for up, down, _ in rises)
    sudden = jumps > 0.5 * len(rises)
    if not sudden and len(rises) < 2 and len(tops) < 2:
        # one slow way up again after a way down: a cycle only if it came down before, from the start
        return None
    first = [i for i in tops if i < lows[-1]][:1] or [0]
    return sorted({*first, *(after for _, _, after in rises)}), sudden


def _stepwise(
    schedule: Schedule, steps: Ints, u: Floats, tolerance: float, monitored: Sequence[tuple[Ints, Floats]]
) -> Schedule | None:
    """The schedule of a rate that stays level between few drops; None when it is a smooth one."""
    ratio = np.where(u[1:] == u[:-1], 1.0, u[1:] / np.maximum(u[:-1], 1e-300))  # a rate may rest at zero
    fell = ratio < 1 - max(0.04, 2 * tolerance)
    level = np.abs(ratio - 1) <= max(1e-3, 2 * tolerance)
    drops = np.flatnonzero(fell) + 1
    if len(drops) == 0 or len(drops) > 40 or bool((~level & ~fell).any()) or arrays.share(level) < 0.55:
        return None
    edges = [0, *drops.tolist(), len(u)]
    levels = np.array([arrays.median(u[a:b]) for a, b in pairwise(edges)])
    factors = levels[1:] / levels[:-1]
    spread = arrays.extent(np.log(np.maximum(factors, 1e-12)))
    even = spread < max(0.05, 6 * tolerance) or _rounded_factor(levels * schedule.peak, arrays.median(factors))
    if any(_slopes(u[a:b], tolerance) for a, b in pairwise(edges)):
        return None
    if len(levels) >= 6 and not even:
        return None  # a smooth decay that is set once an epoch
    at, factor = steps[drops], arrays.median(factors)
    if len(levels) >= 9 and even and factor > 0.8:
        return replace(schedule, family=Family.EXPONENTIAL)
    schedule = replace(schedule, drops=tuple(int(s) for s in at), factor=factor)
    period = _drop_period(steps, at, even)
    patience = _waited(at, monitored, fixed=period > 0)
    if patience and even:
        return replace(schedule, family=Family.ON_PLATEAU, patience=patience)
    return replace(schedule, family=Family.STEP if period else Family.MULTI_STEP, period=period)


def _rounded_factor(levels: Floats, factor: float) -> bool:
    """True when rounding alone hides that each of three ``levels`` or more is the one before times the same factor.

    The factor is ``factor`` or a round number near it; the digits are those that the levels have in common.
    """
    digits = next((k for k in range(1, PRINTED) if bool((np.abs(levels - np.round(levels, k)) < 1e-12).all())), None)
    if digits is None or len(levels) < 3:
        return False
    powers = np.arange(len(levels))
    return any(
        bool((np.abs(levels - levels[0] * f**powers) <= 0.5001 * 10.0**-digits).all())
        for f in (factor, round(factor, 1), round(20 * factor) / 20)
        if abs(f - factor) <= 0.1 * factor and 0.0 < f < 1.0 and levels[-1] < 0.5 * levels[0]
    )


def _drop_period(steps: Ints, drops: Ints, even: bool) -> float:
    """The length between drops that come at equal distances, in steps; 0 where they do not.

    ``even`` says that all drops have the same factor.
    """
    gaps = arrays.differences(np.concatenate([[steps[0]], drops]))
    sampling, period = arrays.median(arrays.differences(steps)), float(np.mean(gaps))
    equal = len(drops) >= 2 and arrays.extent(gaps) <= max(2.1 * sampling, 0.03 * period)
    # the last level may be cut short by the end of the run, but not last longer than the others
    if equal and even and float(steps[-1] - drops[-1]) <= period + 2.1 * sampling:
        return period
    halves = len(drops) == 1 and abs(2 * gaps[0] - (steps[-1] - steps[0])) <= 2.1 * sampling
    return float(gaps[0]) if halves else 0.0


def _slopes(level: Floats, tolerance: float) -> bool:
    """True when a stretch that should be level goes down by more than its scatter."""
    half = len(level) // 2
    if half < 2:
        return False
    fall = float(level[:half].mean() - level[-half:].mean()) / max(float(level.mean()), 1e-300)
    return fall > max(1e-3, 1.6 * tolerance / math.sqrt(half))


def _waited(drops: Ints, monitored: Sequence[tuple[Ints, Floats]], *, fixed: bool) -> int:
    """How many evaluations without a new best there were before every drop: one number for all drops, else 0.

    Drops at equal distances (``fixed``) waited for nothing, unless there was no new best all the way between them.
    """
    for steps, values in monitored:
        waits, best, bad, last_drop = [], math.inf, 0, 0
        keep = np.isfinite(values)
        known = list(zip(steps[keep].tolist(), values[keep].tolist(), strict=True))
        for step, value in known:
            while last_drop < len(drops) and step >= drops[last_drop]:
                waits.append(bad)
                bad, last_drop = 0, last_drop + 1
            if value < best - 1e-4 * abs(best) or best == math.inf:
                best, bad = value, 0
            else:
                bad += 1
        between = int(np.count_nonzero((steps[keep] >= drops[0]) & (steps[keep] < drops[1]))) if len(drops) > 1 else 0
        if fixed and min(waits, default=0) < between - 1:
            continue
        if len(waits) == len(drops) >= 2 and min(waits) >= 2 and max(waits) - min(waits) <= 1:
            return min(waits)
    return 0


def _curved(t: Floats, u: Floats) -> bool:
    """True when a rise is a half cosine rather than a straight line."""
    if len(u) < 4:
        return False
    s = (t - t[0]) / max(float(t[-1] - t[0]), 1e-12)
    straight = u[0] + (u[-1] - u[0]) * s
    cosine = u[0] + (u[-1] - u[0]) * 0.5 * (1 - np.cos(np.pi * s))
    return float(np.sum((u - cosine) ** 2)) < float(np.sum((u - straight) ** 2))
