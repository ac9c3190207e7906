"""The files of one folder in time: sessions of one training, or two trainings that wrote at the same time."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from loganalyzer.readers.tensorboard.event_file import EventFile

_STARTED = re.compile(r"tfevents\.(\d{9,11})")
_SHARED_TIME = 0.5


def start(file: EventFile) -> tuple[float, str]:
    """When a session began: the time in its name, else of its first point; the name breaks ties."""
    match = _STARTED.search(file.source.name)
    return (float(match.group(1)) if match else _span(file)[0]), file.source.name


def writers(sessions: Sequence[EventFile]) -> list[list[EventFile]]:
    """The sessions (in the order of their start) sorted to those who wrote them.

    A resumed training begins after the one before it has ended. Two files of the same tags and steps with different
    values, written at the same time, are two trainings in one folder. Equal values are one training that several
    processes logged.
    """
    lanes: list[list[EventFile]] = []
    for session in sessions:
        for lane in lanes:
            if not _strangers(lane[-1], session):
                lane.append(session)
                break
        else:
            lanes.append([session])
    return lanes


def _strangers(first: EventFile, second: EventFile) -> bool:
    (begin, end), (later, last) = _span(first), _span(second)
    shorter = min(end - begin, last - later)
    if shorter <= 0 or min(end, last) - max(begin, later) <= _SHARED_TIME * shorter:
        return False
    for tag in sorted(_tags(first) & _tags(second)):
        _, steps, _, values = first.gathered.columns(tag)
        _, other_steps, _, other_values = second.gathered.columns(tag)
        _, here, there = np.intersect1d(steps, other_steps, return_indices=True)
        if len(here) > 1:
            equal = np.isclose(values[here], other_values[there], rtol=1e-6, atol=0.0, equal_nan=True)
            if 2 * int(np.count_nonzero(equal)) < len(here):
                return True
    return False


def _tags(file: EventFile) -> set[bytes]:
    return {*file.gathered.chunks, *file.gathered.singles}


def _span(file: EventFile) -> tuple[float, float]:
    """The wall times of the first and the last point."""
    low, high = np.inf, -np.inf
    for chunks in file.gathered.chunks.values():
        for _, _, walls, _ in chunks:
            if len(walls):
                low, high = min(low, float(walls[0])), max(high, float(walls[-1]))
    for points in file.gathered.singles.values():
        low, high = min(low, points[0][2]), max(high, points[-1][2])
    return (low, high) if np.isfinite(low) and np.isfinite(high) else (0.0, 0.0)
