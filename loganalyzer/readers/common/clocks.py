"""When a point was written: timestamps in any unit, seconds since the start, seconds that each epoch took."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np

from loganalyzer.model.late import late
from loganalyzer.model.run import Floats
from loganalyzer.roles.assign import words_of

FIRST_CLOCK = 1e8
"""Seconds since 1970 are above this (1973); a smaller number is a duration, not a time of day."""
LATEST = 1e11
"""Above it (the year 5138) the unit is a smaller one: milli-, micro- or nanoseconds."""
SURE = frozenset("timestamp walltime elapsed runtime datetime".split())
CLOCK_WORDS = SURE | frozenset("time date clock".split())
NO_CLOCK = frozenset(
    "eta remaining per data load forward backward inference step iter iteration batch sample fps avg mean left best".split()
)
UNITS = {
    "ms": 1e-3,
    "msec": 1e-3,
    "min": 60.0,
    "mins": 60.0,
    "minutes": 60.0,
    "h": 3600.0,
    "hours": 3600.0,
    "hrs": 3600.0,
}
FEWEST_UNSURE = 5
_DATE = late(lambda: re.compile(r"\d{4}-\d\d-\d\d|\d{4}/\d\d/\d\d|\d{8}T"))


def seconds(value: float) -> float:
    """A time of day in seconds since 1970, whatever its unit was."""
    while LATEST < value < math.inf:
        value /= 1000.0
    return value


def _all_seconds(values: Floats) -> Floats:
    """``seconds`` of each, float64[n]; NaN for what is not finite."""
    found = np.where(np.isfinite(values), values, np.nan)
    while bool((small := found > LATEST).any()):
        found[small] /= 1000.0
    return found


def from_text(text: str) -> float:
    """A date and time written as ISO 8601 or nearly so, in seconds since 1970 (UTC unless it says); NaN if it is none."""
    if len(text) > 40 or not _DATE.match(text):
        return math.nan
    try:
        found = datetime.fromisoformat(text.strip().replace("/", "-").replace(",", "."))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return math.nan


def clock_of(columns: Mapping[str, Floats], back: frozenset[int] = frozenset()) -> Floats | None:
    """The wall times of the rows, float64[n]: seconds since 1970, or since the start where the log has only that.

    ``columns`` float64[n] by name; ``back`` are the rows at which the log goes back to an earlier step: there, and only
    there, a clock may begin again. None if no column is a clock.
    """
    found: list[tuple[int, str]] = []
    for name in columns:
        words = set(words_of(name))
        sure = bool(words & SURE) or {"wall", "time"} <= words or {"total", "time"} <= words
        if not words & CLOCK_WORDS or words & NO_CLOCK or _is_per_epoch(name):
            continue
        values = columns[name]
        known = values[np.isfinite(values)]
        if not len(known) or bool((known < 0).any()):
            continue
        if float(known.min()) > FIRST_CLOCK:
            found.append((0, name))
        elif len(known) >= (2 if sure else FEWEST_UNSURE) and _rises(values, back):
            found.append((1 if sure else 2, name))
    if not found:
        per_epoch = [n for n in columns if _is_per_epoch(n)]
        return _summed(columns[per_epoch[0]], per_epoch[0]) if len(per_epoch) == 1 else None
    rank, name = min(found)
    values = columns[name]
    if rank == 0:
        return _all_seconds(values)
    return _continued(values, back) * _unit(name)


def _rises(values: Floats, back: frozenset[int]) -> bool:
    places = np.flatnonzero(np.isfinite(values))
    known = values[places]
    falls = {int(p) for p in places[1:][np.diff(known) < 0]}
    return falls <= back and bool(known.max() > known.min())


def _continued(values: Floats, back: frozenset[int]) -> Floats:
    """A clock that began again goes on where it stood."""
    result = values.copy()
    before = offset = 0.0
    for place, value in enumerate(values.tolist()):
        if not math.isfinite(value):
            continue
        if place in back and value < before:
            offset += before
        before = value
        result[place] = value + offset
    return result


def _unit(name: str) -> float:
    return next((UNITS[w] for w in words_of(name) if w in UNITS), 1.0)


def _is_per_epoch(name: str) -> bool:
    words = words_of(name)
    joined = " ".join(words)
    return joined in {
        "epoch time",
        "time per epoch",
        "epoch seconds",
        "epoch duration",
        "seconds per epoch",
        "epoch time s",
    }


def _summed(values: Floats, name: str) -> Floats | None:
    if not bool(np.isfinite(values).all()) or bool((values < 0).any()):
        return None
    total: Floats = np.cumsum(values) * _unit(name)
    return total
