"""What the numbers of a log line mean, for every line of the same shape."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct

from loganalyzer.model.record import Record
from loganalyzer.readers.common.printed.repeats import Repeats, repeats_of
from loganalyzer.readers.common.printed.settings import starts_block

REPEATED = 8
"""A shape that came so often is compiled; an expression costs as much as reading a hundred lines."""


class Value(Record):
    """Where a quantity stands: the number's index, the index of its denominator ("91/100") or -1, a factor (percent).

    ``count`` numbers from ``index`` on are one short list (a Dice per class), of which the mean is taken, or the sum. The
    number at ``place`` is part of the name ("Region 82 Avg IOU"), -1 where none is.
    """

    name: str
    index: int
    over: int = -1
    scale: float = 1.0
    held_out: bool = False
    count: int = 1
    summed: bool = False
    place: int = -1


class Plan(Struct, dict=True):
    """The meaning of a shape. Indices are -1 where there is none.

    ``also`` is a further counter of the line, ``alsos`` what it counts to; ``batches`` says that the step is called a
    batch; ``number`` is that of the print statement, ``statement`` its text without blanks. ``heading`` is the split that a
    heading announces (see ``sections``); ``notice`` lines tell of a saved model, ``better`` ones that it is the best (see
    ``notices``); ``absent`` are the names behind which a word stands in place of a number. ``last`` are the last numbers of
    the lines read before (a torn end is told by them);
    ``seen`` counts the lines.
    """

    epoch: int = -1
    epochs: int = -1
    step: int = -1
    steps: int = -1
    also: int = -1
    alsos: int = -1
    in_epoch: bool = False
    batches: bool = False
    held_out: bool = False
    number: int = 0
    statement: str = ""
    notice: bool = False
    better: bool = False
    bar: bool = False
    tqdm: bool = False
    values: tuple[Value, ...] = ()
    absent: tuple[str, ...] = ()
    heading: str | None = None
    last: tuple[str, ...] = ()
    seen: int = 0
    repeats: Repeats | None = None

    @cached_property
    def indices(self) -> frozenset[int]:
        """The numbers that mean something."""
        own = {i for v in self.values for i in (v.over, v.place, *range(v.index, v.index + v.count))}
        return (self.counters | own) - {-1}

    @cached_property
    def counters(self) -> frozenset[int]:
        """The numbers that count, and what they count to."""
        return frozenset({self.epoch, self.epochs, self.step, self.steps, self.also, self.alsos} - {-1})

    def repeated(self, line: str, parts: list[str]) -> Repeats | None:
        """What reads further lines like ``line`` in one go; None before it has come back a few times, and for lines
        whose reading depends on more than their shape (bars, boxes, lists, thousands with commas)."""
        self.seen += 1
        if self.seen == REPEATED and self._depends_on_shape_only(line, parts):
            self.repeats = repeats_of(self, parts)
        return self.repeats

    def _depends_on_shape_only(self, line: str, parts: list[str]) -> bool:
        running = self.bar or (self.tqdm and any(v.held_out for v in self.values))
        return not (
            running
            or line.startswith("|")
            or line.lstrip().startswith("all ")
            or ":::ML" in line
            or "," in parts[2:-1:2]
            or starts_block(line)
            or any(v.place >= 0 for v in self.values)
            or not self.indices
        )


def scale_of(right: str) -> float:
    """The factor of a number by what stands behind it: that of a percentage, else 1."""
    return 0.01 if right.startswith("%") else 1.0
