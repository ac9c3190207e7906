"""The last line of a log that has no line end: a writer that was stopped in the middle of it, or a bar that was left standing."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from loganalyzer.readers.common.last_number import COMPARED, goes_on, is_whole
from loganalyzer.readers.common.printed.plan import Plan

_OPEN = re.compile(
    r'\[\d{1,9}\] "[^"]*$|\{"(?=.*"(?:message|msg|log|event|text|textPayload|@message)"\s?:)(?!.*\}\s*$)'
)
"""What R prints, and a record of a logging module, whose message is not closed."""


def is_open(line: str) -> bool:
    """Whether a line that did not end is a message whose closing quote is missing."""
    return line[:1] in "[{" and _OPEN.match(line) is not None


def cut_number(plan: Plan, parts: Sequence[str], shapes: Collection[str]) -> int:
    """The index of the number of an unended line that may be cut, or that means something else in a whole line; -1 if none.

    ``parts`` are the texts and numbers of the line, ``shapes`` those of all lines so far. The number is whole where lines
    of this shape wrote it so, or where it counts on from them; in a line that has come for the first time, unless one
    was longer.
    """
    index = len(parts) // 2 - 1
    if not plan.last:
        shape = "\0".join(parts[::2])
        return index if any(one.startswith(shape) and one != shape for one in shapes) else -1
    whole = parts[-1] or is_whole(parts[-2], plan.last) or (index in plan.counters and goes_on(parts[-2], plan.last))
    return -1 if whole else index


def further(last: Sequence[str], number: str) -> tuple[str, ...]:
    """The last numbers of a shape and one more."""
    return (*last[1 - COMPARED :], number)
