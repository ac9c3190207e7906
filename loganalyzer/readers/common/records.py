"""Records (one dict per logging call) to series: which key counts the steps, what is a number, where it restarts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Floats, Note, Run, Series, make_series
from loganalyzer.readers.common.clocks import clock_of, from_text
from loganalyzer.readers.common.counters import count_in, unrolled
from loganalyzer.readers.common.number_lists import as_float, as_number
from loganalyzer.roles.assign import role_of

CURVES = (
    Quantity.LOSS, Quantity.LOSS_PART, Quantity.METRIC, Quantity.REWARD, Quantity.GENERATOR_LOSS,
    Quantity.DISCRIMINATOR_LOSS, Quantity.RL_SIGNAL, Quantity.PER_CLASS,
)  # fmt: skip
CLOCKS = ("_timestamp", "timestamp", "time", "wall_time")
TOLD = (*CURVES, Quantity.STEP, Quantity.EPOCH, Quantity.LEARNING_RATE, Quantity.GRADIENT_NORM, Quantity.TIME)
MOST_KEYS = 5_000
MOST_DEPTH = 8
LONGEST_NAME = 500
LONGEST_WORD = 64
MOST_CLOCKS = 20
EPOCHS = ("epoch", "Epoch", "epoch_num", "current_epoch")
SETTINGS = frozenset({"config", "hist_stats"})
"""Mappings inside records that repeat settings or hold raw samples (RLlib); W&B's media carry ``_type``."""


def flat(record: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, float]:
    """The numbers of a record, nested names joined by "/".

    A number written as a word, or in a list of its own, counts where its name says that it is one ("loss": "0.52").
    """
    found: dict[str, float] = {}
    for key, value in list(record.items())[:MOST_KEYS]:
        name = f"{prefix}{key}"
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, int | float):
            found[clean_name(name)] = as_float(value)
        elif isinstance(value, dict):
            if depth < MOST_DEPTH and key not in SETTINGS and "_type" not in value:
                found.update(flat(value, f"{name}/", depth + 1))
        elif isinstance(value, str):
            number = _told(name, value)
            if number is not None:
                found[clean_name(name)] = number
        elif isinstance(value, list) and len(value) == 1 and role_of(name[:LONGEST_NAME]).quantity in CURVES:
            number = as_number(value)
            if number is not None:
                found[clean_name(name)] = number
    return found


def clean_name(name: str) -> str:
    """A name that can be written anywhere: no half surrogates, no book."""
    if len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME]}~{len(name)}"
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode()


def _told(name: str, text: str) -> float | None:
    """The number in a word: its name must be that of a quantity."""
    if len(text) > LONGEST_WORD:
        return None
    quantity = role_of(name[:LONGEST_NAME]).quantity
    if quantity is Quantity.TIME or name.lower().endswith("time"):
        time = from_text(text)
        if math.isfinite(time):
            return time
    if quantity not in TOLD:
        return as_number(text) if text.lower().lstrip("+-") in ("nan", "inf", "infinity") else None
    number = as_number(text)
    return count_in(text) if number is None and quantity in (Quantity.STEP, Quantity.EPOCH) else number


def has_curve(record: Mapping[str, Any]) -> bool:
    """Whether a record holds a number that plays a part in a training."""
    return any(role_of(name).quantity in CURVES for name in flat(record))


def run_of(key: str, path: str, reader: str, records: Iterable[Mapping[str, Any]], notes: tuple[Note, ...] = ()) -> Run:
    """A run from its records, in the order in which they were written. Raises ReadError if they hold no curve."""
    rows = [flat(r) for r in records]
    axis = _axis(rows)
    steps = _steps(rows, axis)
    clock = _clock(rows, steps)
    points: dict[str, tuple[list[int], list[float], list[int]]] = defaultdict(lambda: ([], [], []))
    for number, (row, step) in enumerate(zip(rows, steps, strict=True)):
        for name, value in row.items():
            if name != axis and name not in CLOCKS:
                at, values, places = points[name]
                at.append(step)
                values.append(value)
                places.append(number)
    unit = "epoch" if axis is None or role_of(axis).quantity is Quantity.EPOCH else "step"
    return _run(key, path, reader, points, clock, notes, unit)


def _steps(rows: list[dict[str, float]], axis: str | None) -> list[int]:
    if axis is None:
        return list(range(len(rows)))
    if axis not in EPOCHS and role_of(axis).quantity is Quantity.STEP:
        epoch = next((name for name in EPOCHS if any(name in row for row in rows)), None)
        if epoch is not None:
            inner = np.array([row.get(axis, math.nan) for row in rows])
            outer = np.array([row.get(epoch, math.nan) for row in rows])
            whole = unrolled(inner, outer)
            if whole is not None:
                return [int(v) for v in whole.tolist()]
    steps = []
    last = -1
    longest_epoch = max((r["epoch"] for r in rows if math.isfinite(r.get("epoch", math.nan))), default=0.0)
    has_epochs = sum("epoch" in r for r in rows) > 0.3 * len(rows)
    for row in rows:
        value = row.get(axis)
        step = int(value) if value is not None else max(last, 0)
        if axis != "epoch" and has_epochs and "epoch" not in row and step < last and step <= longest_epoch + 1:
            step = last  # an evaluation that counts epochs in a log that counts iterations
        last = step
        steps.append(step)
    return steps


def _clock(rows: list[dict[str, float]], steps: list[int]) -> Floats | None:
    names = {name for row in rows for name in row if role_of(name).quantity is Quantity.TIME or name in CLOCKS}
    columns = {name: np.array([row.get(name, math.nan) for row in rows]) for name in sorted(names)[:MOST_CLOCKS]}
    back = frozenset(i for i in range(1, len(steps)) if steps[i] < steps[i - 1])
    return clock_of(columns, back) if columns else None


def _axis(rows: list[dict[str, float]]) -> str | None:
    """The key that counts steps in most records; iterations before epochs; None: the record's number counts."""
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        for name in row:
            if role_of(name).quantity in (Quantity.STEP, Quantity.EPOCH):
                counts[name] += 1
    usable = []
    for name, count in counts.items():
        values = [r[name] for r in rows if name in r]
        whole = all(math.isfinite(v) and float(v).is_integer() and abs(v) < 2**62 for v in values)
        varied = len(set(values)) > max(1, 0.1 * len(values)) or len(rows) == 1
        if whole and varied and count >= 0.5 * len(rows):
            usable.append((role_of(name).quantity is not Quantity.STEP, -count, len(name), name))
    return min(usable)[-1] if usable else None


def _run(
    key: str,
    path: str,
    reader: str,
    points: Mapping[str, tuple[list[int], list[float], list[int]]],
    clock: Floats | None,
    notes: tuple[Note, ...],
    unit: str,
) -> Run:
    series: dict[str, Series] = {}
    restarts: set[int] = set()
    superseded = 0
    for name, (steps, values, places) in points.items():
        walls = None if clock is None else clock[places]
        one, back, lost = make_series(
            name,
            np.array(steps, dtype=np.int64),
            np.array(values, dtype=np.float64),
            walls if walls is not None and np.isfinite(walls).all() else None,
        )
        series[name] = one
        restarts.update(back)
        superseded = max(superseded, lost)
    if not any(role_of(name).quantity in CURVES for name in series):
        raise ReadError("no-training-log")
    told = (*notes, Note("restarted", {"count": len(restarts), "superseded": superseded})) if restarts else notes
    return Run(key, (path,), reader, series, {}, told, unit, tuple(sorted(restarts)))
