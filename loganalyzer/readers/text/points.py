"""Points as a text log tells them, line by line, kept in flat arrays until the axis is known."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field


@dataclass
class Points:
    """Records (one per line with values) and the values of each name.

    Per record: ``epoch`` (own or last seen, NaN if none), ``step`` (own, NaN if none), ``last_step`` (own or last
    seen), ``per_step`` (1 when it was written inside an epoch or at a step, 0 when it sums an epoch up), ``block``
    (number of settings blocks seen before it), ``last_epoch`` (1 when the line says "10/10").
    ``values[name, per_step]`` holds record numbers and values.
    """

    epoch: array[float] = field(default_factory=lambda: array("d"))
    step: array[float] = field(default_factory=lambda: array("d"))
    last_step: array[float] = field(default_factory=lambda: array("d"))
    per_step: array[int] = field(default_factory=lambda: array("b"))
    block: array[int] = field(default_factory=lambda: array("i"))
    final: array[int] = field(default_factory=lambda: array("b"))
    values: dict[tuple[str, int], tuple[array[int], array[float]]] = field(default_factory=dict)
    steps_in_epoch: float = 0.0
    in_epoch: bool = False

    def __len__(self) -> int:
        """Number of records."""
        return len(self.epoch)

    def add(self, name: str, value: float) -> None:
        """A value of the record opened last."""
        record = len(self.epoch) - 1
        key = (name, self.per_step[record])
        places = self.values.get(key)
        if places is None:
            places = self.values[key] = (array("q"), array("d"))
        if places[0] and places[0][-1] == record:
            return
        places[0].append(record)
        places[1].append(value)

    def drop_last(self, names: set[str]) -> None:
        """Take back values of the last record (a number cut by the end of the file)."""
        record = len(self.epoch) - 1
        for (name, _), (records, values) in self.values.items():
            if name in names and records and records[-1] == record:
                records.pop()
                values.pop()


@dataclass
class Place:
    """Where the log is: the counters seen last."""

    epoch: float = math.nan
    epochs: float = math.nan
    step: float = math.nan
    block: int = 0

    def open(self, points: Points, step: float, per_step: bool) -> None:
        """Start a record here; ``step`` is NaN for a line without one of its own."""
        points.epoch.append(self.epoch)
        points.step.append(step)
        points.last_step.append(self.step)
        points.per_step.append(int(per_step))
        points.block.append(self.block)
        points.final.append(int(self.epoch == self.epochs))

    @property
    def known(self) -> bool:
        """Whether any counter was seen."""
        return not (math.isnan(self.epoch) and math.isnan(self.step))
