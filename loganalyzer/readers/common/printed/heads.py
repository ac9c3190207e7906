"""What a program prints before it trains ("Using device: cuda"), and prints again where it was started once more."""

from __future__ import annotations

import re
from collections import defaultdict

from msgspec import Struct

from loganalyzer.model.record import field

MOST_LINES = 200
MOST_AGAIN = 20
"""What comes more often is printed in each epoch."""
LONGEST = 200
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d_]{2,40}[^\w\n]{1,8}[^\W\d_]{2,40}")
"""Two words at least: a rule or a heading of one word may stand anywhere."""


class Heads(Struct):
    """The lines ``before`` the first value, and the records ``again`` ahead of which each of them came once more."""

    before: set[str] = field(default_factory=set)
    again: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def line(self, line: str, row: int) -> None:
        """A line without a value, ahead of the record ``row``."""
        if len(line) > LONGEST or (row and not self.before):
            return
        text = _DIGITS.sub("0", line.strip())
        if row:
            if text in self.before:
                self.again[text].append(row)
        elif len(self.before) < MOST_LINES and _WORDS.search(text):
            self.before.add(text)

    def begun(self) -> list[int]:
        """The records ahead of which a program was started again: two lines of its head came once more, or all there are."""
        seldom = {text: set(rows) for text, rows in self.again.items() if len(rows) <= MOST_AGAIN}
        rows = sorted(row for own in seldom.values() for row in own)
        fewest = min(2, len(self.before))
        return sorted({row for row in rows if rows.count(row) >= fewest})
