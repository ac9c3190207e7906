"""Lines that one print statement wrote again and again: one compiled expression reads them, column by column.

The expression is the literal text between the numbers of a line whose meaning is known, with one atomic group for each
number: a line that it matches would be cut at the same places by ``grammars.NUMBER``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from loganalyzer.model.record import Record
from loganalyzer.readers.common.last_number import COMPARED

if TYPE_CHECKING:
    from loganalyzer.readers.common.printed.plan import Plan

_EXPONENT = r"(?:[eE][-+]?[0-9]{1,4}+)?"
NUMBER_TEXT = (
    rf"[-+]?(?:[0-9]{{1,320}}+(?:\.[0-9]{{0,40}}+)?{_EXPONENT}|\.[0-9]{{1,40}}+{_EXPONENT}"
    r"|(?:nan|NaN|NAN|Nan|inf|Inf|INF|[iI]nfinity|INFINITY)(?![A-Za-z_0-9]))"
)
LARGEST_EPOCH = 1e9
LARGEST_STEP = 1e15


Columns = Mapping[int, list[float]]
"""The numbers of some lines of one shape: for each index that means something, one number a line."""


def usable_lines(plan: Plan, columns: Columns, count: int) -> int:
    """How many of the first ``count`` lines have counters that count, and the same number of steps in an epoch."""
    if plan.epoch >= 0:
        count = _leading(columns[plan.epoch], lambda epoch: 0 <= epoch < LARGEST_EPOCH, count)
    if plan.step >= 0 and not plan.bar:
        count = _leading(columns[plan.step], lambda step: 0 <= step < LARGEST_STEP and step.is_integer(), count)
    if plan.steps >= 0 and count > 1:
        first = columns[plan.steps][0]
        count = _leading(columns[plan.steps], lambda total: total == first, count)
    return count


def _leading(column: Sequence[float], fits: Callable[[float], bool], count: int) -> int:
    """How many of the first ``count`` numbers fit before one does not."""
    for line in range(count):
        if not fits(column[line]):
            return line
    return count


class Repeats(Record):
    """Reads lines of one shape.

    ``plan`` is what they mean, ``captured`` the indices of the expression's groups, ``last`` that of the number at the
    very end of the line, where it ends in one.
    """

    plan: Plan
    expression: re.Pattern[str]
    captured: frozenset[int]
    last: int | None

    def read(self, text: str, start: int, most: int) -> tuple[Columns, list[int]]:
        """The numbers of at most ``most`` lines from ``start`` on, and where each line ends; only lines that can be used."""
        match = self.expression.match
        rows: list[tuple[str, ...]] = []
        ends: list[int] = []
        while len(ends) < most and (found := match(text, start)) is not None:
            rows.append(found.groups())
            start = found.end()
            ends.append(start)
        if not rows:
            return {}, []
        texts = dict(zip(sorted(self.captured), zip(*rows, strict=True), strict=True))
        columns = {index: list(map(float, texts[index])) for index in self.plan.indices}
        count = usable_lines(self.plan, columns, len(ends))
        if count < len(ends):
            columns = {index: column[:count] for index, column in columns.items()}
        if count and self.last is not None:
            self.plan.last = texts[self.last][max(0, count - COMPARED) : count]
        return columns, ends[:count]


def repeats_of(plan: Plan, parts: Sequence[str]) -> Repeats:
    """What reads lines like the one that was cut into ``parts``: literal texts at even places, numbers between them."""
    last = None if parts[-1] else len(parts) // 2 - 1
    captured = plan.indices | ({last} if last is not None else set())
    pieces = []
    for index, literal in enumerate(parts[:-1:2]):
        number = f"(?>{NUMBER_TEXT})"
        pieces += [re.escape(literal), f"({number})" if index in captured else number]
    expression = re.compile("".join([*pieces, re.escape(parts[-1]), "\n"]))
    return Repeats(plan, expression, captured, last)
