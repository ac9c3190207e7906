"""Points in the order in which a tracker wrote them, and the runs that they make."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Mapping

import numpy as np

from loganalyzer.model.run import Detail, Note, Run
from loganalyzer.readers.common.records import LONGEST_NAME, clean_name
from loganalyzer.readers.common.sessions import Column, numbered, trainings

LARGEST_STEP = 2**53


class PointLog:
    """Collects points by name; ``bad`` counts what could not be read, ``torn`` says whether the last record is cut."""

    def __init__(self) -> None:
        self.bad = 0
        self.torn = False
        self._size = 0
        self._points: dict[str, tuple[array[int], array[int], array[float], array[float]]] = {}

    def __bool__(self) -> bool:
        return bool(self._points)

    def add(self, name: str, step: int | None, value: float, time: float = math.nan) -> None:
        """The next point; ``step`` None where none was given (points of that name are counted), ``time`` in seconds."""
        if step is not None and abs(step) >= LARGEST_STEP:
            self.bad += 1
            return
        own = self._points.get(name)
        if own is None:
            own = self._points[name] = (array("q"), array("q"), array("d"), array("d"))
        rows, steps, values, times = own
        rows.append(self._size)
        steps.append(len(steps) if step is None else step)
        values.append(value)
        times.append(time)
        self._size += 1

    def runs(self, key: str, files: tuple[str, ...], reader: str, settings: Mapping[str, Detail]) -> Iterator[Run]:
        """The runs, one unless the log begins again. There must be points."""
        found = trainings({clean_name(name)[: LONGEST_NAME + 20]: _column(*own) for name, own in self._points.items()})
        notes: tuple[Note, ...] = (Note("unfinished-record"),) if self.torn else ()
        if self.bad:
            notes += (Note("damaged-records", {"count": self.bad}, harmful=True),)
        for number, training in enumerate(found, 1):
            run_id, told = numbered(key, number, len(found))
            said = (*notes, *training.notes, *told)
            yield Run(run_id, files, reader, training.series, settings, said, "step", training.restarts)


def _column(rows: array[int], steps: array[int], values: array[float], times: array[float]) -> Column:
    """Where all steps are the same (never given), the order counts."""
    at, walls = np.frombuffer(steps, np.int64), np.frombuffer(times, np.float64)
    if len(at) > 1 and bool((at == at[0]).all()):
        at = np.arange(len(at))
    known = bool(np.isfinite(walls).all())
    return Column(np.frombuffer(rows, np.int64), at, np.frombuffer(values, np.float64), walls if known else None)
