"""Lines on a terminal: wrapped to its width, in styles, with the signs that it can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loganalyzer.model.record import Record
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports.wrap import wrap

if TYPE_CHECKING:
    from rich.console import Console

NARROWEST = 40
"""Columns that are always used, however narrow the terminal says it is."""


class Lines(Record):
    """Where lines are written to."""

    console: Console

    @property
    def width(self) -> int:
        """The width of a line in columns."""
        return max(self.console.width, NARROWEST)

    @property
    def unicode(self) -> bool:
        """True if any character can be shown."""
        return (self.console.encoding or "").lower().replace("-", "").startswith("utf")

    def sign(self, verdict: Verdict) -> str:
        """The sign of a verdict, in ASCII where nothing else can be shown."""
        return verdict.info.sign if self.unicode else verdict.info.ascii_sign

    def blank(self) -> None:
        """Write an empty line."""
        self.console.print()

    def write(self, text: str, left: int = 0, style: str = "", bold: str = "", hang: int = 0) -> None:
        """Write ``text`` wrapped to the width (rich wraps at spaces, Japanese has none), indented by ``left``.

        The beginning ``bold`` is written in bold; further lines are indented by ``hang`` more columns.
        """
        from rich.text import Text

        pad = " " * left
        for number, line in enumerate(wrap(text, pad, pad + " " * hang, self.width)):
            shown = Text(line, style=style)
            if not number and bold:
                shown.stylize("bold", left, left + len(bold))
            self.console.print(shown)

    def pieces(self, *pieces: tuple[str, str], left: int = 0) -> None:
        """Write one line of (text, style) pieces, which is not wrapped."""
        from rich.text import Text

        line = Text(" " * left)
        for text, style in pieces:
            line.append(text, style=style)
        self.console.print(line, no_wrap=True, overflow="ignore", crop=False)
