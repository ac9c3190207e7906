"""How much of a training a log shows: the step at which it begins late, and the step to which it was planned."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from loganalyzer.model.record import replace
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Detail, Note, Run, Series
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.roles.assign import role_of
from loganalyzer.roles.hyperparameters import meaning_of, number

LATE = 0.1
"""A log begins late if more than this share of the steps that it shows are missing before it."""
LARGEST_FIRST = 10**9
"""Steps that begin above it are times or numbers of samples, not counted from a start."""
LARGEST_PLAN = 10**15


def with_extent(run: Run) -> Run:
    """The run with ``begins_at`` and ``planned`` from its steps, its counters and its settings, and a note if it is late."""
    curves = [s for name, s in run.series.items() if len(s) and role_of(name).quantity in OBJECTIVES]
    curves = curves or [s for s in run.series.values() if len(s)]
    if not curves:
        return run
    first, last = min(int(s.steps[0]) for s in curves), max(int(s.steps[-1]) for s in curves)
    begins_at = _begins_at(curves, first, last)
    planned = next((p for p in _plans(run, first) if last <= p < LARGEST_PLAN), None)
    run = replace(run, begins_at=begins_at, planned=planned)
    if begins_at is None:
        return run
    return run.with_notes(Note("begins-late-epoch" if run.step_unit == "epoch" else "begins-late", {"at": begins_at}))


def _begins_at(curves: list[Series], first: int, last: int) -> int | None:
    """The first step where it is none of the first ones; None where the log begins at the start.

    A series that is logged every thousand steps begins at a thousand.
    """
    earliest = max((s for s in curves if int(s.steps[0]) == first), key=len)
    if len(earliest) < 2 or not 1 < first <= LARGEST_FIRST:
        return None
    gap = float(np.median(np.diff(earliest.steps)))
    late = first > 2 * gap + 1 and first - gap > LATE * (last - first)
    return first if late else None


def _plans(run: Run, first: int) -> list[int]:
    """The planned last steps by what says so, the surest first: the lines, counters in the records, settings."""
    settings: dict[str, Detail] = {**run.hyperparameters, **_counted(run.series)}
    plans = [run.planned] if run.planned is not None else []
    percent = _percentage(run.series)
    if percent is not None:
        plans.append(percent)
    epochs, steps = _positive(settings, "epochs"), _positive(settings, "steps")
    if run.step_unit == "epoch":
        if epochs is not None:
            plans.append(epochs - 1 if first == 0 else epochs)
    elif steps is not None:
        plans.append(steps)
    elif epochs is not None and (per_epoch := _steps_per_epoch(run.series)) is not None:
        plans.append(round(epochs * per_epoch))
    return plans


def _positive(settings: Mapping[str, Detail], meaning: str) -> int | None:
    setting = number(settings, meaning)
    return round(setting.value) if setting is not None and 1 <= setting.value < LARGEST_PLAN else None


def _counted(series: Mapping[str, Series]) -> dict[str, Detail]:
    """Planned lengths that stand in every record ("total_steps": 900), by name."""
    same = {name: float(s.values[-1]) for name, s in series.items() if meaning_of(name) in ("steps", "epochs")}
    return {name: value for name, value in same.items() if math.isfinite(value)}


def _percentage(series: Mapping[str, Series]) -> int | None:
    """The last step that follows from the share that was done at the last record."""
    share = series.get("percentage")
    if share is None or not 1 <= float(share.values[-1]) <= 100:
        return None
    return round(int(share.steps[-1]) * 100 / float(share.values[-1]))


def _steps_per_epoch(series: Mapping[str, Series]) -> float | None:
    """From epochs told as fractions beside steps; None where they are whole."""
    for name, one in series.items():
        if role_of(name).quantity is Quantity.EPOCH and len(one) > 1:
            step, epoch = float(one.steps[-1]), float(one.values[-1])
            fractions = bool(np.isfinite(one.values).all()) and bool((one.values != np.rint(one.values)).any())
            if fractions and epoch > 0 and step > 0:
                return step / epoch
    return None
