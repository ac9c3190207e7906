"""Records (one dict per logging call) to series: which key counts the steps, what is a number, where it restarts."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from loganalyzer.errors import ReadError
from loganalyzer.model.names import Quantity, role_of
from loganalyzer.model.run import Note, Run, Series, make_series

CURVES = (
    Quantity.LOSS, Quantity.LOSS_PART, Quantity.METRIC, Quantity.REWARD, Quantity.GENERATOR_LOSS,
    Quantity.DISCRIMINATOR_LOSS, Quantity.RL_SIGNAL, Quantity.PER_CLASS,
)  # fmt: skip
CLOCKS = ("_timestamp", "timestamp", "time", "wall_time")
FIRST_CLOCK = 1e8
"""Seconds since 1970 are above this; a smaller number is a duration, not a time of day."""
MOST_KEYS = 5_000
MOST_DEPTH = 8
MOST_NESTING = 64
MOST_DIGITS = 300


def parse(text: str) -> Any:
    """JSON with NaN and Infinity tokens allowed. Raises ReadError "bad-json" or "nested-too-deep"."""
    if text.count("[") + text.count("{") > MOST_NESTING:
        deepest = nesting(text[:4_000_000])
        if deepest > MOST_NESTING:
            raise ReadError("nested-too-deep", depth=deepest)
    try:
        return json.loads(text, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise ReadError("bad-json", reason=str(error)[:80]) from error


def nesting(text: str) -> int:
    """How deep brackets are nested, strings left out."""
    depth = deepest = 0
    inside = escaped = False
    for character in text:
        if inside:
            inside = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            inside, escaped = True, False
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _integer(digits: str) -> float:
    return int(digits) if len(digits) < MOST_DIGITS else math.inf


SETTINGS = frozenset({"config", "hist_stats"})
"""Mappings inside records that repeat settings or hold raw samples (RLlib); W&B's media carry ``_type``."""


def flat(record: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, float]:
    """The numbers of a record, nested names joined by "/"."""
    found: dict[str, float] = {}
    for key, value in list(record.items())[:MOST_KEYS]:
        name = f"{prefix}{key}"
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, int | float):
            found[name] = _float(value)
        elif isinstance(value, dict) and depth < MOST_DEPTH and key not in SETTINGS and "_type" not in value:
            found.update(flat(value, f"{name}/", depth + 1))
        elif isinstance(value, str) and value.lower() in ("nan", "inf", "-inf", "infinity", "-infinity"):
            found[name] = float(value)
    return found


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def has_curve(record: Mapping[str, Any]) -> bool:
    """Whether a record holds a number that plays a part in a training."""
    return any(role_of(name).quantity in CURVES for name in flat(record))


def run_of(key: str, path: str, reader: str, records: Iterable[Mapping[str, Any]], notes: tuple[Note, ...] = ()) -> Run:
    """A run from its records, in the order in which they were written. Raises ReadError if they hold no curve."""
    rows = [flat(r) for r in records]
    axis = _axis(rows)
    points: dict[str, tuple[list[int], list[float], list[float]]] = defaultdict(lambda: ([], [], []))
    last = -1
    longest_epoch = max((r["epoch"] for r in rows if math.isfinite(r.get("epoch", math.nan))), default=0.0)
    has_epochs = sum("epoch" in r for r in rows) > 0.3 * len(rows)
    for number, row in enumerate(rows):
        step = _step(row, axis, number, last)
        if axis and axis != "epoch" and has_epochs and "epoch" not in row and step < last and step <= longest_epoch + 1:
            step = last  # an evaluation that counts epochs in a log that counts iterations
        last = step
        clock = next((row[c] for c in CLOCKS if row.get(c, 0) > FIRST_CLOCK), math.nan)
        for name, value in row.items():
            if name != axis and name not in CLOCKS:
                steps, values, times = points[name]
                steps.append(step)
                values.append(value)
                times.append(clock)
    unit = "epoch" if axis is None or role_of(axis).quantity is Quantity.EPOCH else "step"
    return _run(key, path, reader, points, notes, unit)


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


def _step(row: Mapping[str, float], axis: str | None, number: int, last: int) -> int:
    if axis is None:
        return number
    value = row.get(axis)
    return int(value) if value is not None else max(last, 0)


def _run(
    key: str,
    path: str,
    reader: str,
    points: Mapping[str, tuple[list[int], list[float], list[float]]],
    notes: tuple[Note, ...],
    unit: str,
) -> Run:
    series: dict[str, Series] = {}
    restarts: set[int] = set()
    superseded = 0
    for name, (steps, values, times) in points.items():
        walls = np.array(times)
        one, back, lost = make_series(
            name,
            np.array(steps, dtype=np.int64),
            np.array(values, dtype=np.float64),
            walls if np.isfinite(walls).all() else None,
        )
        series[name] = one
        restarts.update(back)
        superseded = max(superseded, lost)
    if not any(role_of(name).quantity in CURVES for name in series):
        raise ReadError("no-training-log")
    told = (*notes, Note("restarted", {"count": len(restarts), "superseded": superseded})) if restarts else notes
    return Run(key, (path,), reader, series, {}, told, unit, tuple(sorted(restarts)))
