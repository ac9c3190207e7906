"""Points as a text log tells them, line by line, kept in flat arrays until the axis is known."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
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

    def add(self, name: str, values: Sequence[float]) -> None:
        """A value for each of the records opened last."""
        count = len(values)
        first = len(self.epoch) - count
        key = (name, self.per_step[first])
        known = self.values.get(key)
        if known is None:
            known = self.values[key] = (array("q"), array("d"))
        if known[0] and known[0][-1] >= first:
            return
        if count == 1:
            known[0].append(first)
            known[1].append(values[0])
            return
        known[0].extend(range(first, first + count))
        known[1].extend(values)

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

    def open(
        self,
        points: Points,
        count: int,
        steps: Sequence[float] | None = None,
        per_step: bool = False,
        epochs: Sequence[float] | None = None,
        totals: Sequence[float] | None = None,
    ) -> None:
        """Start ``count`` records here: their own ``steps``, ``epochs`` and planned ``totals`` of epochs where given."""
        nan = (math.nan,) * count
        own_epochs = epochs if epochs is not None else (self.epoch,) * count
        planned = totals if totals is not None else (self.epochs,) * count
        points.epoch.extend(own_epochs)
        points.step.extend(steps if steps is not None else nan)
        points.last_step.extend(steps if steps is not None and per_step else (self.step,) * count)
        points.per_step.extend((int(per_step),) * count)
        points.block.extend((self.block,) * count)
        points.final.extend([int(a == b) for a, b in zip(own_epochs, planned, strict=True)])

    @property
    def known(self) -> bool:
        """Whether any counter was seen."""
        return not (math.isnan(self.epoch) and math.isnan(self.step))
