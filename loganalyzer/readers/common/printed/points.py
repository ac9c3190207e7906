"""Points as a text log tells them, line by line, kept in flat arrays until the axis is known."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

from msgspec import Struct

from loganalyzer.model.record import Record, field

REDRAWN = -1
"""The shape of lines that a progress bar rewrites: what it says later at the same place is no further value."""


class Points(Struct):
    """Records (one per line with values) and the values of each name.

    Per record: ``epoch`` (own or last seen, NaN if none), ``step`` (own, NaN if none), ``last_step`` (own or last
    seen), ``inner`` (the same, but NaN while the epoch has shown no step yet), ``also`` (a further counter, own or last
    seen: "GLOBAL_STEP: 25" beside "STEP: 4"), ``per_step`` (1 when it was written inside an epoch or at a step, 0 when it
    sums an epoch up), ``shape`` (the number of the print statement, ``REDRAWN`` for a bar that rewrites itself), ``block``
    (number of settings blocks seen before it), ``final`` (1 when the line says "10/10").
    ``values[name, per_step]`` holds record numbers and values, ``absent`` the numbers of records that print a word in place
    of a value (see ``absent``). ``batches`` are the print statements that call their steps
    batches, ``notices`` those that tell of a saved model, ``better`` of these those that call it the best;
    ``planned_epochs`` is how many epochs the lines announce (NaN if they do not), and ``planned_before`` the same of those
    up to a record, where a later line announces another number.
    """

    epoch: array[float] = field(default_factory=lambda: array("d"))
    step: array[float] = field(default_factory=lambda: array("d"))
    last_step: array[float] = field(default_factory=lambda: array("d"))
    inner: array[float] = field(default_factory=lambda: array("d"))
    also: array[float] = field(default_factory=lambda: array("d"))
    shape: array[int] = field(default_factory=lambda: array("i"))
    per_step: array[int] = field(default_factory=lambda: array("b"))
    block: array[int] = field(default_factory=lambda: array("i"))
    final: array[int] = field(default_factory=lambda: array("b"))
    values: dict[tuple[str, int], tuple[array[int], array[float]]] = field(default_factory=dict)
    absent: dict[tuple[str, int], array[int]] = field(default_factory=dict)
    steps_in_epoch: float = 0.0
    in_epoch: bool = False
    batches: set[int] = field(default_factory=set)
    notices: set[int] = field(default_factory=set)
    better: set[int] = field(default_factory=set)
    steps_in_also: float = 0.0
    planned_epochs: float = math.nan
    planned_before: dict[int, float] = field(default_factory=dict)

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

    def announce(self, totals: Sequence[float]) -> None:
        """Take the numbers of epochs that lines announce whose records are opened next."""
        if math.isnan(totals[-1]) or totals[0] == totals[-1] == self.planned_epochs:
            return
        for record, total in enumerate(totals, len(self.epoch)):
            if total != self.planned_epochs:
                if record and not math.isnan(self.planned_epochs):
                    self.planned_before[record] = self.planned_epochs
                self.planned_epochs = total

    def add_absent(self, name: str, count: int) -> None:
        """No value in any of the ``count`` records opened last."""
        first = len(self.epoch) - count
        self.absent.setdefault((name, self.per_step[first]), array("q")).extend(range(first, first + count))

    def drop_last(self, names: set[str]) -> None:
        """Take back values of the last record (a number cut by the end of the file)."""
        record = len(self.epoch) - 1
        for (name, _), (records, values) in self.values.items():
            if name in names and records and records[-1] == record:
                records.pop()
                values.pop()


class Lines(Record):
    """Lines of one shape: what each counts itself, one number a line, None where lines of this shape do not say it."""

    count: int = 1
    steps: Sequence[float] | None = None
    per_step: bool = False
    epochs: Sequence[float] | None = None
    totals: Sequence[float] | None = None
    also: Sequence[float] | None = None
    shape: int = 0


class Place(Struct):
    """Where the log is: the counters seen last; ``inner`` is the step if one was seen since the epoch began."""

    epoch: float = math.nan
    epochs: float = math.nan
    step: float = math.nan
    inner: float = math.nan
    also: float = math.nan
    block: int = 0

    def at_epoch(self, epoch: float, epochs: float = math.nan) -> None:
        """Go to an epoch, of ``epochs`` planned ones."""
        if epoch != self.epoch:
            self.inner = math.nan
        self.epoch, self.epochs = epoch, epochs

    def at_step(self, step: float) -> None:
        """Go to a step."""
        self.step = self.inner = step

    def go(self, lines: Lines) -> Sequence[float]:
        """Go to where the last of the lines is; the step inside the epoch at each of them, NaN where there is none."""
        inner: Sequence[float]
        steps = lines.steps if lines.per_step else None
        if steps is not None:
            inner = steps
        else:
            kept = lines.count  # lines before the first that begins another epoch
            if lines.epochs is not None:
                kept = next((line for line, epoch in enumerate(lines.epochs) if epoch != self.epoch), lines.count)
            inner = (*(self.inner,) * kept, *(math.nan,) * (lines.count - kept))
        if lines.epochs is not None:
            self.at_epoch(lines.epochs[-1], lines.totals[-1] if lines.totals is not None else math.nan)
        if steps is not None:
            self.step = steps[-1]
        if lines.also is not None:
            self.also = lines.also[-1]
        self.inner = inner[-1]
        return inner

    def open(self, points: Points, lines: Lines, inner: Sequence[float]) -> None:
        """Start one record for each of the lines, after ``go``."""
        count = lines.count
        nan = (math.nan,) * count
        steps = lines.steps if lines.per_step else None
        epochs = lines.epochs if lines.epochs is not None else (self.epoch,) * count
        totals = lines.totals if lines.totals is not None else (self.epochs,) * count
        points.announce(totals)
        points.epoch.extend(epochs)
        points.step.extend(lines.steps if lines.steps is not None else nan)
        points.last_step.extend(steps if steps is not None else (self.step,) * count)
        points.inner.extend(inner)
        points.also.extend(lines.also if lines.also is not None else (self.also,) * count)
        points.shape.extend((lines.shape,) * count)
        points.per_step.extend((int(lines.per_step),) * count)
        points.block.extend((self.block,) * count)
        points.final.extend([int(a == b) for a, b in zip(epochs, totals, strict=True)])

    @property
    def known(self) -> bool:
        """Whether any counter was seen."""
        return not (math.isnan(self.epoch) and math.isnan(self.step))
