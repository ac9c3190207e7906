"""From records with epochs and steps to runs: one axis, restarts told from second trainings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from loganalyzer.model.role import Split
from loganalyzer.model.run import Floats, Ints, Series, make_series
from loganalyzer.readers.common.line_names import OBJECTIVES
from loganalyzer.readers.common.printed.points import Points
from loganalyzer.roles.assign import role_of

LARGEST_STEP = 2.0**53


@dataclass(frozen=True)
class Stretch:
    """One training in a log: its series, what its steps count, where it went back, how many points were replaced."""

    series: dict[str, Series]
    unit: str
    restarts: tuple[int, ...]
    superseded: int
    blocks: tuple[int, int]


def stretches(points: Points) -> list[Stretch]:
    """The trainings in the order of the log; those without two points of a loss or metric are left out."""
    if not len(points):
        return []
    x, unit = _axis(points)
    usable = np.isfinite(x) & (np.abs(x) < LARGEST_STEP)
    starts = _starts(x, usable, points)
    found = [_stretch(points, x, usable, unit, a, b) for a, b in zip(starts, [*starts[1:], len(x)], strict=True)]
    return [s for s in found if s is not None]


def _axis(points: Points) -> tuple[Floats, str]:
    epoch, step = np.frombuffer(points.epoch), np.frombuffer(points.step)
    last_step = np.frombuffer(points.last_step)
    per_step = np.frombuffer(points.per_step, np.int8) == 1
    has_epoch = np.isfinite(epoch)
    own = np.isfinite(step)
    if not has_epoch.any():
        return np.where(own, step, last_step), "step"
    counted = own & has_epoch & per_step
    if (counted & _curves(points)).sum() < 2:
        counted[:] = False  # no curve counts by these steps: a stray word in some line
    if not counted.any():
        if own.any() and not (has_epoch & _curves(points)).any():
            return np.where(own, step, last_step), "step"
        whole = bool((epoch[has_epoch] == np.round(epoch[has_epoch])).all())
        return (epoch.copy(), "epoch") if whole else (_rows(points), "")
    if not _starts_anew(epoch[counted], step[counted], points.in_epoch):
        return np.where(own, step, last_step), "step"
    length = max(points.steps_in_epoch, float(step[counted].max()))
    if not points.steps_in_epoch:
        gaps = np.diff(np.unique(step[counted]))
        length += float(gaps.min()) if len(gaps) else 1.0
    elif float(step[counted].min()) == 0 and float(step[counted].max()) == length:
        length += 1  # from 0 to n both written: the last of an epoch is not the first of the next
    base = 1.0 if float(epoch[has_epoch].min()) >= 1 else 0.0
    return np.where(counted, (epoch - base) * length + step, (epoch - base + 1) * length), "step"


def _curves(points: Points) -> np.ndarray:
    """Which records hold a loss or a metric."""
    mask = np.zeros(len(points), bool)
    for (name, _), (records, _) in points.values.items():
        if role_of(name).quantity in OBJECTIVES:
            mask[np.frombuffer(records, np.int64)] = True
    return mask


def _starts_anew(epoch: Floats, step: Floats, in_epoch: bool) -> bool:
    """Whether the step counts inside the epoch: it falls where the epoch rises."""
    rises = np.diff(epoch) > 0
    if not rises.any():
        return in_epoch
    return bool((np.diff(step)[rises] <= 0).mean() > 0.5)


def _rows(points: Points) -> Floats:
    """Fractions of epochs only: the number of the training record, an evaluation shares that of the record before."""
    epoch = np.frombuffer(points.epoch)
    names: list[set[str]] = [set() for _ in range(len(epoch))]
    for (name, _), (records, _) in points.values.items():
        for record in records:
            names[record].add(name)
    rows, row, held = np.full(len(epoch), np.nan), 0, set[str]()
    high = -np.inf
    for record, own in enumerate(names):
        if not np.isfinite(epoch[record]):
            continue
        if row == 0 or held & own or epoch[record] > high:
            row, held = row + 1, set()
        high = max(high, float(epoch[record]))
        held |= own
        rows[record] = row
    return rows


def _starts(x: Floats, usable: np.ndarray, points: Points) -> list[int]:
    """Where a training begins: the counter is back at its first value, and that is clearly another run.

    Clearly: the one before had reached its last epoch ("10/10"), a settings block stands between, or it happens at
    least twice. A single return to the start without such a sign is a restart of the same run.
    """
    places = np.flatnonzero(usable)
    if len(places) < 4:
        return [0]
    along = x[places]
    first = along[0]
    back = np.flatnonzero((along[1:] <= first) & (along[1:] < along[:-1])) + 1
    candidates = [int(places[i]) for i in back]
    candidates = [
        c
        for c, before in zip(candidates, [0, *candidates], strict=False)
        if len(np.unique(x[before:c][usable[before:c]])) >= 2
    ]
    if not candidates:
        return [0]
    final, block = points.final, points.block
    sure = [c for c in candidates if final[c - 1] or block[c] > block[c - 1]]
    return [0, *(candidates if len(candidates) >= 2 else sure)]


def _stretch(points: Points, x: Floats, usable: np.ndarray, unit: str, start: int, stop: int) -> Stretch | None:
    names = {name for name, _ in points.values}
    doubled = {
        n
        for n in names
        if role_of(n).quantity in OBJECTIVES and all(_count(points, n, level, start, stop) >= 2 for level in (0, 1))
    }
    series: dict[str, Series] = {}
    steps_of: dict[str, Ints] = {}
    superseded, changed = 0, False
    for (name, level), (records, values) in points.values.items():
        at = np.frombuffer(records, np.int64)
        inside = (at >= start) & (at < stop) & usable[at]
        if not inside.any():
            continue
        steps = np.round(x[at[inside]]).astype(np.int64)
        kept = np.frombuffer(values)[inside].copy()
        full = name if name not in doubled else f"{name}_{'step' if level else 'epoch'}"
        if full in series:
            steps, kept = np.concatenate([steps_of[full], steps]), np.concatenate([series[full].values, kept])
        series[full], _, lost = make_series(full, steps, kept)
        steps_of[full] = series[full].steps
        superseded = max(superseded, lost)
        final = series[full].values[np.searchsorted(steps_of[full], steps)]
        changed |= bool(((final != kept) & ~(np.isnan(final) & np.isnan(kept))).any())
    if not any(len(s) >= 2 and role_of(n).quantity in OBJECTIVES for n, s in series.items()):
        return None
    longest = max(len(s) for s in series.values())
    if longest >= 3:
        # a single value beside curves is a summary ("train_loss" at the end), no curve; a single evaluation is one
        series = {n: s for n, s in series.items() if len(s) > 1 or role_of(n).split in (Split.VALIDATION, Split.TEST)}
    inside = usable[start:stop]
    along = x[start:stop][inside]
    epochs = np.frombuffer(points.epoch)[start:stop][inside]
    if unit != "epoch" and "epoch" not in series and np.isfinite(epochs).any():
        given = np.isfinite(epochs)
        series["epoch"] = make_series("epoch", np.round(along[given]).astype(np.int64), epochs[given])[0]
    restarts = tuple(sorted({int(s) for s in _restarts(along, unit)})) if changed else ()
    blocks = (points.block[start], points.block[stop - 1])
    return Stretch(series, unit, restarts, superseded if restarts else 0, blocks)


def _count(points: Points, name: str, level: int, start: int, stop: int) -> int:
    found = points.values.get((name, level))
    if found is None:
        return 0
    at = np.frombuffer(found[0], np.int64)
    return int(((at >= start) & (at < stop)).sum())


def _restarts(along: Floats, unit: str) -> Iterator[float]:
    """Steps at which the log goes back by more than the jitter of ranks that print one after the other."""
    if len(along) < 2:
        return
    gaps = np.diff(np.unique(along))
    jitter = float(np.median(gaps)) if len(gaps) and unit != "epoch" else 0.0
    high = along[0]
    for index in np.flatnonzero(np.diff(along) < 0) + 1:
        high = max(high, float(along[:index].max())) if index < 2 else max(high, float(along[index - 1]))
        if high - along[index] > 1.5 * jitter or along[index] <= along[0]:
            high = float(along[index])
            yield high
